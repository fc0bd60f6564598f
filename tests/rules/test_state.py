"""Both sources of what rules know: the fold over the log, and the tables at the same size, say the same."""

from collections import defaultdict
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ledger.log.canonical import canonical
from ledger.log.kinds import kind_of
from ledger.log.tree import leaf_hash
from ledger.office.public_notices import Noticeboard
from ledger.rules import values
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from ledger.store.ledger import Ledger
from tests.audit.attacker import bodies
from tests.support.demo import Told

# Every how many records the two are compared in `make test`; by night after each.
SOME = 10
# The lines of a statement that is not closed, and the step of the last outcome, are never known from before a write.
ONLY_WITHIN = {"lines_of", "step"}


class Asked(Fold):
    """A fold that remembers what it was asked, by look-up, since the last comparison."""

    def __init__(self, source: LogOnly) -> None:
        self.asked: dict[str, set[Any]] = defaultdict(set)
        super().__init__(source)

    def get(self, name: str, key: Any) -> Any:
        if name not in ONLY_WITHIN:
            self.asked[name].add(key)
        return super().get(name, key)


def records(path: Path) -> list[Logged[Any]]:
    log = bodies(path)
    return [Logged(seq, kind_of(body), body, leaf_hash(canonical(body))) for seq, body in enumerate(log)]


def compared(told: Told, step: int) -> int:
    """Judge the demo's log, and hold what was asked for each `step`-th record against the tables; how much was."""
    path = told.out / "ledger.db"
    log = records(path)
    fold = Asked(LogOnly(lambda seq: log[seq].body))
    judge = Judge(fold)
    numbers, compared_values = count(), 0
    with Ledger.open(f"sqlite:///{path}").read() as view:
        for record in log:
            assert judge.take(record) is None, record.seq
            # A write begins where no group is open.
            if judge.open or next(numbers) % step:
                continue
            tables = Tables(view.at(record.seq + 1))
            for name, keys in fold.asked.items():
                there = tables.load(name, keys)
                for key in keys:
                    assert plain(Fold.get(fold, name, key)) == plain(there.get(key)), (record.seq, name, key)
                compared_values += len(keys)
            fold.asked.clear()
            assert (fold.last, fold.moving) == (tables.load("last", ("",))[""], tables.load("moving", ("",))[""])
    assert judge.end() is None
    return compared_values


def plain(value: Any) -> Any:
    """A value in which nothing differs that means the same: an absent one, and one of nothing."""
    if isinstance(value, values.Line):
        kept = {place: fen for place, fen in value.kept.items() if fen}
        return (value.entries, value.dues, kept) if value.entries or kept else None
    if isinstance(value, Noticeboard):
        return {**vars(value), "applied": None, "calendar": value.calendar.recorded}
    if isinstance(value, dict):
        return {key: fen for key, fen in value.items() if fen} or None
    return None if value == values.Path() else value or None


def test_both_sources_say_the_same(told: Told) -> None:
    assert compared(told, SOME) > 1_000


@pytest.mark.nightly
def test_both_sources_say_the_same_after_every_record(told: Told) -> None:
    assert compared(told, 1) > 10_000
