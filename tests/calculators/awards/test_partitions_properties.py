"""A calculation cut into partitions comes to what it comes to in one piece: equal digests, equal keys, equal clauses.

The books are random: firms with loans, policies and claims under notices with every kind of cap, over firms, lenders,
products, years and everybody; awards paid outside, runs before, lines that are held. A failing book says its seed.
"""

import pickle
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest

from calculators.awards import apart, partitions, wire
from calculators.awards.all import Partition, calculate_all
from calculators.awards.apart import calculated_by
from calculators.awards.caps import NOTHING_POSTED, Posted, stated_pools
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Outside, Support
from calculators.awards.partitions import pieces
from calculators.awards.unsure import Absent, Unsure
from calculators.facts.model import Status
from tests.calculators import items, lending
from tests.calculators.awards.test_partitions import END, LENDERS, NOTICES, in_any_order
from tests.calculators.lending import LPR
from tests.support.seeds import SEED, examples

FIRMS = ("E1", "E2", "E3", "E4", "E5")
LATER = date(2024, 9, 1)


class Book:
    """Some granted lines, and what beside them decides what they are due."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.lines = [self._line(f"{number:02d}") for number in range(draw.randint(2, 14))]
        self.outside = [self._paid() for _ in range(draw.choice((0, 1, 3)))]
        self.others = [Support(draw.choice(FIRMS), "test-programme", 2024, "other", date(2023, 12, 1), "G-other")]
        stopped = {line.id for line in self.lines if draw.random() < 0.1}
        absent = Absent("G-gone", "gone", draw.choice(FIRMS), "principal")
        self.unsure = Unsure(stopped, (absent,) if draw.random() < 0.3 else ())
        self.posted: dict[str, Posted] = {}
        self.posts: set[str] | None = None

    def _line(self, key: str) -> AwardLine:
        draw = self.draw
        name, firm = draw.choice(sorted(NOTICES)), draw.choice(FIRMS)
        ceiling = draw.choice(("90,000,000", "90,000,000", "700.50"))
        granted = (date(2024, 1, 1) + timedelta(days=draw.randrange(30))).isoformat()
        if name == "policies":
            paid = [
                (f"2024-{month:02d}-15", f"{draw.randint(100, 3000)}.05")
                for month in sorted(draw.sample(range(2, 12), 2))
            ]
            policy = items.policy(f"P{key}", *paid, uscc=firm, item=draw.choice(("launch 1", "launch 2")))
            return items.line(policy, NOTICES[name], ceiling=ceiling, granted_on=granted)
        if name == "claims":
            claim = items.claim(f"C{key}", f"{draw.randint(10, 20000)}", uscc=firm)
            return items.line(claim, NOTICES[name], ceiling=ceiling, granted_on=granted)
        # Sometimes one loan under two notices.
        number = draw.choice((key, "00")) if name != "principal" else key
        lent = lending.loan(
            f"L{number}",
            {"2024-01-20": f"{20_000 + 100 * int(number)}"},
            draw.choice(("2025-01-20", "2025-06-20")),
            uscc="E1" if number == "00" else firm,
            lender=draw.choice(LENDERS),
        )
        statuses = (Status("innovative_sme", date(2024, 5, 1)),) if draw.random() < 0.3 else ()
        return lending.line(
            lent, NOTICES[name], grant=f"G-{key}", granted_on=granted, ceiling=ceiling, statuses=statuses
        )

    def _paid(self) -> Outside:
        draw = self.draw
        line = draw.choice(("", "", "G-elsewhere", draw.choice(self.lines).id))
        return Outside(
            draw.choice(sorted(NOTICES)),
            draw.choice(FIRMS),
            line,
            draw.choice(("", *LENDERS)),
            draw.choice(("", "L00", "L05")),
            date(2024, draw.randint(3, 9), 20),
            draw.randint(1, 90_000),
        )

    def after_a_run(self, results: Iterable[AwardResult], moves: bool) -> None:
        """The book once `results` are posted: some lines are gone from it, one belongs to another lender."""
        draw = self.draw
        for result in results:
            dues = {date.fromisoformat(period["due"]): period["award_fen"] for period in result.digest["periods"]}
            keys = {key: fill.own_fen for key, fill in result.capped.fills.items()}
            self.posted[result.line.id] = Posted(dues, keys, LATER) if dues else NOTHING_POSTED
        self.lines = [line for line in self.lines if draw.random() < 0.85] or self.lines
        self.posts = {line.id for line in self.lines if draw.random() < 0.8}
        if moves:
            self.lines = [
                replace(line, loan=replace(line.loan, lender="Bank 3"))
                if line.on_loan and draw.random() < 0.3
                else line
                for line in self.lines
            ]

    def whole(self, through: date) -> Partition:
        return Partition(
            self.lines,
            LPR,
            "lpr@test",
            through,
            tuple(self.outside),
            tuple(self.others),
            self.posted,
            self.posts,
            self.unsure,
            stated_pools(NOTICES[line.notice_id] for line in self.lines),
        )


def told(results: Iterable[AwardResult]) -> list[object]:
    """All that is asked of results: digests, how keys were filled, clauses by due period."""
    days = [date(2024, month, 21) for month in range(1, 13)] + [date(2024, month, 16) for month in range(1, 13)]
    return [
        (result.line.id, result.digest, result.capped.fills, [result.clause(day) for day in days]) for result in results
    ]


def both(whole: Partition, most: int, draw: random.Random) -> list[AwardResult]:
    """What the whole comes to in one piece, which is what it comes to in partitions of so many lines."""
    here = calculate_all(whole)
    with mock.patch.object(partitions, "MOST", most), mock.patch.object(apart, "MOST", most):
        there = calculated_by(in_any_order(draw))(whole._replace(pools=None))
    assert told(there) == told(here)
    return here


@pytest.mark.parametrize("number", range(examples(120)))
def test_partitions_come_to_the_whole(number: int) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    come_to_the_whole(random.Random(f"{SEED}/{number}"))


def test_a_cap_reached_to_the_fen_does_not_hang_on_who_lets_go_elsewhere() -> None:
    # In this book a policy takes the last fen of its launch while a line that meets it in no cap lets go of room.
    come_to_the_whole(random.Random("8414015/47"))


def come_to_the_whole(draw: random.Random) -> None:
    book = Book(draw)
    most = draw.choice((1, 2, 3, 5))
    first = both(book.whole(LATER), most, draw)
    book.after_a_run(first, moves=draw.random() < 0.5)
    both(book.whole(END), most, draw)


def test_the_books_are_cut_and_caps_tie_firms() -> None:
    """What the test above is for does happen: groups of one firm, of several, and those that are cut."""
    alone = tied = cut = 0
    for number in range(40):
        whole = Book(random.Random(f"{SEED}/{number}")).whole(LATER)
        with mock.patch.object(partitions, "MOST", 1):
            for group in partitions.partitions(whole):
                firms = {line.entity.uscc for line in group.lines}
                alone += len(firms) == 1
                tied += len(firms) > 1
                cut += len(pieces(group)) > 1
    assert min(alone, tied, cut) >= 10


def test_bytes_hold_the_same_lines() -> None:
    book = Book(random.Random(SEED))
    task = wire.to_compute(book.whole(END))
    _asked, partition, _known = pickle.loads(task[32:])
    assert list(partition.lines) == book.lines
