"""Where a calculation is cut, what each partition is given, and what is said of workers that cannot do their part."""

import random
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest

from calculators.awards import apart, partitions, wire
from calculators.awards.all import Partition, calculate_all
from calculators.awards.apart import Answers, Computed, calculated_by
from calculators.awards.caps import Posted, stated_pools
from calculators.awards.lines import AwardLine, Outside, Support
from calculators.awards.partitions import claims, compute, filled, pieces
from calculators.awards.unsure import Absent, Unsure
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import FloatingRate
from calculators.money import Exact
from calculators.problems import Refused
from tests.calculators import items, lending
from tests.calculators.lending import ASSUMED, LPR

LENDERS = ("Bank 1", "Bank 2")
EARLY, END = date(2024, 3, 1), date(2025, 4, 1)
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


def in_any_order(draw: random.Random) -> Answers:
    """Whoever answers each task, one after another, from the last to the first and some of them twice."""

    def answers(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        numbered = list(enumerate(tasks))
        draw.shuffle(numbered)
        for place, task in numbered + numbered[:1]:
            yield place, wire.answer(task)

    return answers


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


def lent_line(key: str = "L1", firm: str = "E1", bank: str = "Bank 1", rules: str = "lender") -> AwardLine:
    lent = lending.loan(key, {"2024-01-20": "100,000"}, "2025-01-20", uscc=firm, lender=bank)
    return lending.line(lent, NOTICES[rules])


def apart_of(**beside: Any) -> list[Partition]:
    """Two lines that meet in nothing, of firms E1 and E2 with loans of two banks, and what is given beside them."""
    lines = [lent_line("A", "E1", "Bank 1"), lent_line("B", "E2", "Bank 2")]
    pools = stated_pools(NOTICES.values())
    with mock.patch.object(partitions, "MOST", 1):
        first, second = partitions.partitions(Partition(lines, LPR, "lpr@test", END, **{"pools": pools, **beside}))
    assert [[line.id for line in one.lines] for one in (first, second)] == [["G-A"], ["G-B"]]
    return [first, second]


def outside(firm: str = "E9", line: str = "", bank: str = "", loan: str = "", notice: str = "lender") -> Outside:
    return Outside(notice, firm, line, bank, loan, date(2024, 3, 20), 1)


@pytest.mark.parametrize(
    ("paid", "to_first", "to_second"),
    [
        (outside(line="G-A"), True, False),
        # On a line of neither: to the firm's, to the loan's, to those that draw on the bank's cap, to nobody.
        (outside("E2"), False, True),
        (outside(loan="B"), False, True),
        (outside(bank="Bank 1"), True, False),
        (outside(), False, False),
        (outside("E1", bank="Bank 2"), True, True),
        # Under a notice of which nothing is known, its bank's cap is used up by nobody.
        (outside(bank="Bank 1", notice="unheard of"), False, False),
    ],
)
def test_what_was_paid_outside_goes_to_whom_it_may_concern(paid: Outside, to_first: bool, to_second: bool) -> None:
    first, second = apart_of(outside=(paid,))
    assert (list(first.outside), list(second.outside)) == ([paid] * to_first, [paid] * to_second)


def test_an_award_outside_ties_its_line_to_the_firm_and_the_loan_that_it_names() -> None:
    lines = [lent_line(key, firm, bank, "firm") for key, firm, bank in (("A", "E1", "X"), ("B", "E2", "Y"))]
    for paid, together in (
        (outside("E2", line="G-A"), 2),
        (outside("E1", line="G-A", loan="B"), 2),
        (outside("E1"), 1),
    ):
        whole = Partition(lines, LPR, "lpr@test", END, (paid,), pools=stated_pools(NOTICES.values()))
        with mock.patch.object(partitions, "MOST", 1):
            assert [len(one.lines) for one in partitions.partitions(whole)] == [together] * (2 // together)
            assert [len(one.lines) for one in pieces(whole)] == [together] * (2 // together)


def test_what_is_posted_goes_with_its_line_or_to_those_that_draw_on_its_keys() -> None:
    key = (("cap", "lender"), ("lender", "Bank 2"), ("notice", "lender"))
    own, elsewhere, gone = (Posted({EARLY: fen}, keys, EARLY) for fen, keys in ((1, {}), (2, {key: 2}), (3, {})))
    first, second = apart_of(posted={"G-A": own, "G-C": elsewhere, "G-D": gone})
    assert (first.posted, second.posted) == ({"G-A": own}, {"G-C": elsewhere})
    # What was paid outside on a line that is gone counts with what stands there, for whoever it concerns.
    first, second = apart_of(posted={"G-D": gone}, outside=(outside("E1", line="G-D"),))
    assert (first.posted, second.posted) == ({"G-D": gone}, {})


def test_what_decides_about_a_firm_goes_to_its_lines() -> None:
    supports = [Support(firm, "test-programme", 2024, "other", EARLY, f"G-{firm}") for firm in ("E1", "E2", "E9")]
    absent = [Absent(f"G-{firm}", "gone", firm, "lender") for firm in ("E2", "E9")]
    first, second = apart_of(supports=supports, unsure=Unsure({"G-A"}, absent), posts={"G-B"})
    assert (list(first.supports), list(second.supports)) == (supports[:1], supports[1:2])
    assert (first.unsure, second.unsure) == (Unsure({"G-A"}, []), Unsure(set(), absent[:1]))
    assert (first.posts, second.posts) == (set(), {"G-B"})
    assert [one.posts for one in apart_of()] == [None, None]


def test_a_key_of_before_ties_a_line_to_those_that_draw_on_it_now_whatever_the_year() -> None:
    """A is the loan of another bank now; what is posted on it stands under the cap of Bank 2."""
    lines = [lent_line("A", "E1", "Bank 1"), lent_line("B", "E2", "Bank 2")]
    key = (("cap", "lender"), ("due_date", "2023"), ("lender", "Bank 2"), ("notice", "lender"))
    posted = {"G-A": Posted({EARLY: 1}, {key: 1}, EARLY)}
    whole = Partition(lines, LPR, "lpr@test", END, posted=posted, pools=stated_pools(NOTICES.values()))
    with mock.patch.object(partitions, "MOST", 1):
        assert [len(one.lines) for one in partitions.partitions(whole)] == [2]
        # Their firms and loans have nothing in common: claims are calculated apart.
        assert [(len(one.lines), one.posted) for one in pieces(whole)] == [(1, {}), (1, {})]


def test_a_piece_is_given_what_was_paid_outside_to_its_firm_or_for_its_loan_and_nothing_posted() -> None:
    lines = [lent_line("A", "E1"), lent_line("B", "E2")]
    gone = {"G-D": Posted({EARLY: 1}, {}, EARLY)}
    to_firm, for_loan = outside("E1", line="G-D"), outside(loan="B")
    whole = Partition(lines, LPR, "lpr@test", END, (to_firm, for_loan), posted=gone)
    with mock.patch.object(partitions, "MOST", 1):
        assert [(one.outside, one.posted) for one in pieces(whole)] == [([to_firm], {}), ([for_loan], {})]


def test_a_full_partition_takes_no_more_and_a_large_group_stands_alone() -> None:
    """Of at most three lines each, but for the group of four; one that is full is left for the next."""
    counts = {"E1": 2, "E2": 3, "E3": 4, "E4": 1, "E5": 1, "E6": 1, "E7": 1}
    lines = [lent_line(f"{firm}-{n}", firm, rules="firm") for firm, most in counts.items() for n in range(most)]
    whole = Partition(lines, LPR, "lpr@test", END, pools=stated_pools(NOTICES.values()))
    with mock.patch.object(partitions, "MOST", 3):
        found = [sorted({line.entity.uscc for line in one.lines}) for one in partitions.partitions(whole)]
    assert found == [["E1"], ["E2"], ["E3"], ["E4", "E5", "E6"], ["E7"]]


def test_claims_say_what_each_line_asks_for_and_caps_are_filled_over_all_of_them() -> None:
    """100,000 for 60 days at 2 points are 333.33 each: of 400.00 for the bank A comes first, B gets 66.67."""
    rules = lending.notice(id="n", caps=[lending.cap("lender", "lender", "400")])
    lines = [
        lending.line(
            lending.loan(key, {"2024-01-20": "100,000"}, "2024-03-20", uscc=firm, due=lending.settled_on("2024-03-20")),
            rules,
        )
        for key, firm in (("A", "E1"), ("B", "E2"))
    ]
    group = Partition(lines, LPR, "lpr@test", END, pools=stated_pools([rules]))
    claimed = [claim for line in lines for claim in claims(group._replace(lines=[line]))]
    assert [(one.line, one.held_from, [part.claim_fen for part in one.parts]) for one in claimed] == [
        ("G-A", date.max, [33_333]),
        ("G-B", date.max, [33_333]),
    ]
    known = filled(group, claimed)
    assert {line: one.parts for line, one in known.items()} == {"G-A": [(33_333, 0)], "G-B": [(6_667, 0)]}
    [second] = compute(group._replace(lines=lines[1:]), known)
    assert (second.digest["award_fen"], second.capped.fills) == (6_667, known["G-B"].fills)


def test_a_worker_with_other_calculators_is_refused() -> None:
    task = wire.to_compute(Partition([lent_line()], LPR, "lpr@test", END))
    other = bytes(32) + task[32:]
    assert wire.read_answer(wire.answer(other)) == wire.Answer("other", wire.fingerprint().hex())
    with pytest.raises(Refused) as refused:
        calculated_by(lambda tasks: ((place, wire.answer(bytes(32) + task[32:])) for place, task in enumerate(tasks)))(
            Partition([lent_line()], LPR, "lpr@test", END)
        )
    [problem] = refused.value.problems
    short = wire.fingerprint().hex()[:12]
    assert (problem.code, problem.values) == ("worker_differs", {"theirs": short, "ours": short})


def test_what_is_answered_twice_counts_once_and_stops_nothing() -> None:
    def twice(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        for place, task in enumerate(tasks):
            yield from [(place, wire.answer(task))] * 2

    whole = Partition([lent_line("A", "E1", "Bank 1"), lent_line("B", "E2", "Bank 2")], LPR, "lpr@test", END)
    with mock.patch.object(partitions, "MOST", 1), mock.patch.object(apart, "MOST", 1):
        found = calculated_by(twice)(whole)
    assert [(one.line.id, one.digest) for one in found] == [(one.line.id, one.digest) for one in calculate_all(whole)]


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


def test_what_came_from_elsewhere_has_no_working() -> None:
    [result] = calculated_by(in_any_order(random.Random(0)))(Partition([lent_line()], LPR, "lpr@test", END))
    assert isinstance(result, Computed)
    assert not hasattr(result, "working")
