"""Ledgers that many tests begin with: built once in a session by the command line, and copied for each test.

Nothing of a copy reaches the one it was made from, so tests know nothing of each other. The folder of a ledger and the
folders that belong to it, such as that of its officers' keys, are copied together with its anchor. Where processes
share the tests, they share these ledgers as well: who needs one first builds it, and the others wait for that.
"""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Hashable
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import pytest

_places: dict[str, Path] = {}
_kept: dict[Hashable, tuple[Any, Path]] = {}
# Beside the ledger in its place: what its builder gave, written last.
_GIVEN = "given"


class Copyable(Protocol):
    """What holds a ledger in a folder and can go on elsewhere."""

    def at(self, folder: Path, anchor: Path | None) -> Self:
        """The same, of a copy of the ledger in `folder`."""


Built = TypeVar("Built", bound=Copyable)


def keep_in(folder: Path) -> None:
    """Where what is built once stands from now on; before this, nothing is kept and everything is built."""
    folder.mkdir(exist_ok=True)
    _places["session"] = folder
    _kept.clear()


def built_once(build: Callable[..., Built]) -> Callable[..., Built]:
    """`build(folder, ..., anchor=None)` called once in a session for equal arguments; each caller gets a copy.

    Without `anchor` the anchor of the copy is in the folder that `SUBSIDY_ANCHOR` names. A file among the arguments is
    known by its name and content.
    """

    @wraps(build)
    def ask(folder: Path, *arguments: Any, anchor: Path | None = None, **named: Any) -> Built:
        if "session" not in _places:
            return build(folder, *arguments, anchor=anchor, **named)
        given = [("", argument) for argument in arguments] + sorted(named.items())
        key = (_name(build), *((name, _known(argument)) for name, argument in given))
        built, place = _once(key, lambda ledger, kept: build(ledger, *arguments, anchor=kept, **named))
        copy_ledger(place / "ledger", place / "anchor", folder, anchor)
        return built.at(folder, anchor)

    return ask


def copied(build: Callable[[Path], Any], folder: Path) -> Any:
    """What `build(folder)` leaves there and gives, called once in a session, its anchor where `SUBSIDY_ANCHOR` says.

    Of what holds a ledger itself, that of the copy is given.
    """
    if "session" not in _places:
        return build(folder)
    built, place = _once(_name(build), lambda ledger, kept: _anchored(build, ledger, kept))
    copy_ledger(place / "ledger", place / "anchor", folder)
    if not hasattr(built, "at"):
        return built
    anchor = built.anchor
    inside = anchor is not None and anchor.is_relative_to(place / "ledger")
    return built.at(
        folder / built.folder.relative_to(place / "ledger"),
        folder / anchor.relative_to(place / "ledger") if inside else None,
    )


def ready(build: Callable[[Path], Any]) -> Any:
    """A fixture: for each test a copy, in its `tmp_path`, of the ledger that `build(folder)` makes."""

    @pytest.fixture(name=build.__name__)
    def ask(tmp_path: Path) -> Any:
        return copied(build, tmp_path)

    return ask


class Kept:
    """The ledger in `folder`/ledger and the anchor in force, as they were when this was made; to be copied at will."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(os.environ["SUBSIDY_ANCHOR"], folder / "anchor")

    def copy(self, name: str) -> Path:
        """A copy of the ledger in `folder`/`name`; the anchor in force is as it was kept."""
        copy_ledger(self.folder / "ledger", self.folder / "anchor", self.folder / name)
        return self.folder / name


def copy_ledger(ledger: Path, kept_anchor: Path, folder: Path, anchor: Path | None = None) -> None:
    """Copy a ledger and what belongs to it to `folder`, its anchor to `anchor` or where `SUBSIDY_ANCHOR` says.

    An anchor that stands beside the ledger belongs to it, and there is no other.
    """
    for belonging in ledger.parent.glob(f"{ledger.name}*"):
        there = folder.with_name(folder.name + belonging.name.removeprefix(ledger.name))
        shutil.copytree(belonging, there, dirs_exist_ok=True)
    if kept_anchor.exists():
        there = anchor or Path(os.environ["SUBSIDY_ANCHOR"])
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(kept_anchor, there)


def _once(key: Hashable, build: Callable[[Path, Path], Any]) -> tuple[Any, Path]:
    """What `build(ledger, anchor)` gave when it was called in this session, and the place where both stand."""
    if key not in _kept:
        place = _places["session"] / sha256(repr(key).encode()).hexdigest()[:24]
        place.mkdir(exist_ok=True)
        with (place / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (place / _GIVEN).exists():
                for left in (*place.glob("ledger*"), *place.glob("anchor*")):
                    # Of an attempt that failed.
                    shutil.rmtree(left)
                (place / "ledger").mkdir()
                built = build(place / "ledger", place / "anchor")
                (place / _GIVEN).write_bytes(pickle.dumps(built))
        _kept[key] = pickle.loads((place / _GIVEN).read_bytes()), place
    return _kept[key]


def _anchored(build: Callable[[Path], Any], ledger: Path, anchor: Path) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SUBSIDY_ANCHOR", str(anchor))
        return build(ledger)


def _name(build: Callable[..., Any]) -> str:
    return f"{build.__module__}.{build.__qualname__}"


def _known(argument: Any) -> Hashable:
    return (argument.name, argument.read_bytes()) if isinstance(argument, Path) else argument
