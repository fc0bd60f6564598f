"""A calculation cut into partitions comes to what it comes to in one piece: equal digests, equal keys, equal clauses.

The books are random: firms with loans, policies and claims under notices with every kind of cap, over firms, lenders,
products, years and everybody; awards paid outside, runs before, lines that are held. A failing book says its seed.
"""

import pickle
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest

from calculators.awards import apart, partitions, wire
from calculators.awards.all import Partition, calculate_all
from calculators.awards.apart import Answers, Computed, calculated_by
from calculators.awards.caps import NOTHING_POSTED, Posted, stated_pools
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Outside, Support
from calculators.awards.partitions import pieces
from calculators.awards.unsure import Absent, Unsure
from calculators.facts.model import Status
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import FloatingRate
from calculators.money import Exact
from calculators.problems import Refused
from tests.calculators import items, lending
from tests.calculators.lending import ASSUMED, LPR
from tests.support.seeds import SEED, examples

FIRMS = ("E1", "E2", "E3", "E4", "E5")
LENDERS = ("Bank 1", "Bank 2")
EARLY, LATER, END = date(2024, 3, 1), date(2024, 9, 1), date(2025, 4, 1)
ONE_SUPPORT = {"eligibility": [{"kind": "one_support_per_year", **ASSUMED}]}
FIRM_YEAR = items.cap("firm_year", "entity year", "9,000.01", year_of="due_date")
NOTICES = {
    "firm": lending.notice(id="firm", caps=[lending.cap("yearly", "entity year", "900.01", year_of="accrual_day")]),
    "principal": lending.notice(
        id="principal",
        base={"interest": "accrued", "principal_cap": {"per": "entity", "amount": "90,000", **ASSUMED}, **ASSUMED},
        caps=[lending.cap("joint", "entity", "1,500", shared_with=["claims"])],
        **ONE_SUPPORT,
    ),
    "lender": lending.notice(
        id="lender",
        caps=[lending.cap("lender", "lender", "1,234.56"), lending.cap("drawn", "loan", share_of_drawdown="1%")],
    ),
    "everybody": lending.notice(id="everybody", caps=[lending.cap("all", "year", "2,000", year_of="due_date")]),
    "policies": items.premium_notice(id="policies", caps=[items.cap("launch", "item", "4,000"), FIRM_YEAR]),
    "claims": items.incentive(
        items.reward("share", items.rule("share_of_base", share="10%")),
        id="claims",
        caps=[items.cap("joint", "entity", "1,500", shared_with=["principal"])],
        **ONE_SUPPORT,
    ),
}


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


def in_any_order(draw: random.Random) -> Answers:
    """Whoever answers each task, one after another, from the last to the first and some of them twice."""

    def answers(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        numbered = list(enumerate(tasks))
        draw.shuffle(numbered)
        for place, task in numbered + numbered[:1]:
            yield place, wire.answer(task)

    return answers


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


def test_groups_of_firms_are_packed_and_those_of_a_lender_are_one() -> None:
    def lines(name: str, count: int) -> list[AwardLine]:
        lent = (
            lending.loan(f"L{n}", {"2024-01-20": "100"}, "2025-01-20", uscc=f"E{n // 2}", lender=LENDERS[n % 2])
            for n in range(count)
        )
        return [lending.line(one, NOTICES[name]) for one in lent]

    def sizes(own: list[AwardLine]) -> list[int]:
        whole = Partition(own, LPR, "lpr@test", END, pools=stated_pools(NOTICES.values()))
        with mock.patch.object(partitions, "MOST", 5):
            return [len(partition.lines) for partition in partitions.partitions(whole)]

    # Ten firms of two loans each: two firms fill a partition of five, since a third would not go in whole.
    assert sizes(lines("firm", 20)) == [4, 4, 4, 4, 4]
    # Each firm has a loan of either bank, so that both banks' caps tie all.
    assert sizes(lines("lender", 20)) == [20]
    assert sizes(lines("everybody", 20)) == [20]


def lent_line() -> AwardLine:
    return lending.line(lending.loan("L1", {"2024-01-20": "100,000"}, "2025-01-20"))


def test_a_worker_with_other_calculators_is_refused() -> None:
    task = wire.to_compute(Partition([lent_line()], LPR, "lpr@test", END))
    other = bytes(32) + task[32:]
    assert wire.read_answer(wire.answer(other)) == wire.Answer("other", wire.fingerprint().hex())
    with pytest.raises(Refused) as refused:
        calculated_by(lambda tasks: ((place, wire.answer(bytes(32) + task[32:])) for place, task in enumerate(tasks)))(
            Partition([lent_line()], LPR, "lpr@test", END)
        )
    assert [problem.code for problem in refused.value.problems] == ["worker_differs"]


def test_a_worker_without_memory_is_refused() -> None:
    with mock.patch.object(wire, "compute", side_effect=MemoryError), pytest.raises(Refused) as refused:
        calculated_by(in_any_order(random.Random(0)))(Partition([lent_line()], LPR, "lpr@test", END))
    assert [problem.code for problem in refused.value.problems] == ["worker_memory"]


def test_a_benchmark_that_ends_too_early_is_refused_in_the_words_of_one_process() -> None:
    floating = lending.loan(
        "L1",
        {"2024-01-20": "100,000"},
        "2025-01-20",
        floating=FloatingRate(date(2024, 1, 20), "1y", Exact(0), "publication"),
    )
    early = Benchmark([row for row in LPR.rows if row.effective_from < EARLY], EARLY)
    said = []
    for calculate in (calculate_all, calculated_by(in_any_order(random.Random(0)))):
        with pytest.raises(Refused) as refused:
            calculate(Partition([lending.line(floating)], early, "lpr@test", END))
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert "benchmark_unknown" in said[0]


def test_bytes_hold_the_same_lines() -> None:
    book = Book(random.Random(SEED))
    task = wire.to_compute(book.whole(END))
    _asked, partition, _known = pickle.loads(task[32:])
    assert list(partition.lines) == book.lines


def test_what_came_from_elsewhere_has_no_working() -> None:
    [result] = calculated_by(in_any_order(random.Random(0)))(Partition([lent_line()], LPR, "lpr@test", END))
    assert isinstance(result, Computed)
    assert not hasattr(result, "working")
