"""How long nobody has worked: what serves the log alone ends no rest, for somebody has to say which day it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from ledger.log import kinds
from ledger.office.approvals import APPROVE
from ledger.registry.agreements import CLOCK
from ledger.store.ledger import View, local_day

# After how many days without work a clock is asked about: from the first day on which a second quarter can be run, on 1
# July, to the end of the longest National Day, on 8 October, a log may rest with nothing wrong.
REST_DAYS = 100
# Kinds whose records are about who may write, or about the log itself; of what takes two, the other's approval too.
_SERVE = frozenset({"actor", "key", "person", "rules", "cut", "run_aborted"})


@lru_cache(maxsize=64)
def _day(moment: str) -> int:
    return local_day(datetime.fromisoformat(moment)).toordinal()


def serves(kind: str, body: Any, read: Callable[[int], Any]) -> bool:
    """Whether a record is possible while the log rests; `read(seq)` gives an earlier body."""
    if kind == "approval":
        said = read(body["about"])
        return kinds.kind_of(said) in _SERVE or said.get("type") == CLOCK
    # An act says nothing by itself: what it covers was asked.
    return kind in _SERVE or kind == "act" or (kind == "decision" and body["type"] == CLOCK)


@dataclass(slots=True)
class Rest:
    """When somebody last worked, as `recorded_at` says it; None before the first record."""

    worked: str | None

    def before(self, moment: str) -> bool:
        """Whether nobody had worked for longer than a log rests."""
        worked = self.worked
        return worked is not None and worked != moment and _day(moment) - _day(worked) > REST_DAYS

    def take(self, moment: str, of_the_clock: bool | None, serving: Callable[[], bool]) -> None:
        """A record of this time: where it says something of the clock, whether that is agreed; else whether it serves
        the log alone.
        """
        works = of_the_clock if of_the_clock is not None else not (self.before(moment) and serving())
        if works or self.worked is None:
            self.worked = moment


def last_worked(view: View) -> str | None:
    """When somebody last worked, from the last record on that is more than what serves the log alone."""
    first = view.size - 1
    while first > 0 and serves(kinds.kind_of(view.record(first)), view.record(first), view.record):
        first -= 1
    rest = Rest(None)
    for seq in range(max(first, 0), view.size):
        body = view.record(seq)
        kind = kinds.kind_of(body)
        said = view.record(body["about"]) if kind == "approval" else body
        of_clock = said.get("type") == CLOCK or (kind == "act" and body["act"] == CLOCK)
        rest.take(body["recorded_at"], body.get("opinion") == APPROVE if of_clock else None, lambda: True)
    return rest.worked
