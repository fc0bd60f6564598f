"""Packages that only some offices need: what each extra brings, and the refusal where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from calculators.problems import N_, refuse

__all__ = ["EXTRAS", "extra"]

# Extra -> what it brings of which an import may fail.
EXTRAS = {
    "server": frozenset({"fastapi", "starlette", "jinja2", "uvicorn"}),
    "dask": frozenset({"dask", "distributed"}),
    "ray": frozenset({"ray", "grpc"}),
    "parquet": frozenset({"pyarrow"}),
}


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Imports that few commands need: every other would wait for what they load. Refuses `extra_missing`."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRAS[name]:
            raise
        raise refuse(
            "extra_missing",
            N_("this needs packages that are not installed ({name} and others)"),
            N_("install them: pip install 'subsidy-ledger[{extra}]'"),
            name=error.name,
            extra=name,
        ) from error
