"""What commands need that bring the ledger into a browser or to programs: the packages of the extra `server`."""

from collections.abc import Iterator
from contextlib import contextmanager

from calculators.problems import N_, refuse

EXTRA = frozenset({"fastapi", "starlette", "jinja2", "uvicorn"})


@contextmanager
def server_extra() -> Iterator[None]:
    """Imports that only these commands need: every other would wait for what they load. Refuses `extra_missing`."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise refuse(
            "extra_missing",
            N_("pages need packages that are not installed ({name} and others)"),
            N_("install them: pip install 'subsidy-ledger[server]'"),
            name=error.name,
        ) from error
