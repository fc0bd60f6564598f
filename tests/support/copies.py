"""Ledgers that many tests begin with: built once in a session by the command line, and copied for each test.

Nothing of a copy reaches the one it was made from, so tests know nothing of each other. The folder of a ledger and the
folders that belong to it, such as that of its officers' keys, are copied together with its anchor.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

_places: dict[str, Path] = {}
_kept: dict[Hashable, tuple[Any, Path]] = {}


class Copyable(Protocol):
    """What holds a ledger in a folder and can go on elsewhere."""

    def at(self, folder: Path, anchor: Path | None) -> Self:
        """The same, of a copy of the ledger in `folder`."""


Built = TypeVar("Built", bound=Copyable)


def keep_in(folder: Path) -> None:
    """Where what is built once stands from now on; before this, nothing is kept and everything is built."""
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
        key = (build.__module__, build.__qualname__, *((name, _known(argument)) for name, argument in given))
        if key not in _kept:
            place = _places["session"] / secrets.token_hex(8)
            ledger = place / "ledger"
            ledger.mkdir(parents=True)
            _kept[key] = build(ledger, *arguments, anchor=place / "anchor", **named), place
        built, place = _kept[key]
        copy_ledger(place / "ledger", place / "anchor", folder, anchor)
        return built.at(folder, anchor)

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
    """Copy a ledger and what belongs to it to `folder`, its anchor to `anchor` or where `SUBSIDY_ANCHOR` says."""
    for belonging in ledger.parent.glob(f"{ledger.name}*"):
        there = folder.with_name(folder.name + belonging.name.removeprefix(ledger.name))
        shutil.copytree(belonging, there, dirs_exist_ok=True)
    there = anchor or Path(os.environ["SUBSIDY_ANCHOR"])
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree(kept_anchor, there)


def _known(argument: Any) -> Hashable:
    return (argument.name, argument.read_bytes()) if isinstance(argument, Path) else argument
