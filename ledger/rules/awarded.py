"""Rules of what is awarded: on which lines something is posted, and that it does not become another thing's."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.rules.codes import Faults, fault
from ledger.rules.state import Fold


def granted_on(state: Fold, item: str) -> Iterator[str]:
    """The lines that are granted on an item under any notice."""
    for notice in state.whole("hashes") or {}:
        yield from granted_under(state, notice, item)


def granted_under(state: Fold, notice: str, item: str) -> Iterator[str]:
    """The lines that are granted on an item under a notice."""
    for application in state.get("supporting", (f"item/{notice}", item)) or ():
        yield from state.get("supporting", ("application", application)) or ()


def awarded(state: Fold, line: str) -> bool:
    """Whether something is posted on a line."""
    return any(state.line(line).dues.values())


def stays(about: str, before: Mapping[str, Any], now: Mapping[str, Any], names: Iterable[str]) -> Faults:
    """What was awarded for one thing does not become another's."""
    for name in names:
        if now[name] != before[name]:
            yield fault("award_moved", about=about, field=name, before=before[name], found=now[name])
