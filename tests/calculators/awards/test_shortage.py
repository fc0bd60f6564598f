"""Budgets that do not reach: in proportion, by rank, first come; exact, fair to a fen, the same in any order."""

from collections.abc import Callable
from datetime import date
from itertools import permutations

import pytest

from calculators.awards.shortage import Approved, first_come, pro_rata, ranking


def approved(**fen: int) -> list[Approved]:
    return [Approved(line, amount, date(2024, 6, 1)) for line, amount in fen.items()]


def test_the_published_example_of_a_pro_rata_cut() -> None:
    # Row P18 of the policy cases, in yuan: 100,000 of 1,000,000 approved, a budget of 500,000, paid 50,000.
    lines = approved(a=10_000_000, b=90_000_000)
    assert pro_rata(lines, 50_000_000) == {"a": 5_000_000, "b": 45_000_000}


def test_a_budget_that_reaches_cuts_nothing() -> None:
    lines = approved(a=3, b=5)
    assert pro_rata(lines, 8) == pro_rata(lines, 9) == {"a": 3, "b": 5}
    assert ranking(lines, 8, {"a": 2, "b": 1}) == first_come(lines, 100) == {"a": 3, "b": 5}


def test_the_fen_left_over_go_to_the_largest_remainders_and_ties_to_the_lower_line() -> None:
    # 10 over 5 + 5 + 5 + 1: 3.125 three times and 0.625 -> 3 + 3 + 3 + 1
    assert pro_rata(approved(a=5, b=5, c=5, d=1), 10) == {"a": 3, "b": 3, "c": 3, "d": 1}
    # 2 over three equals: two thirds each, the first two by line id
    assert pro_rata(approved(c=1, b=1, a=1), 2) == {"a": 1, "b": 1, "c": 0}


def test_no_money_and_nothing_approved() -> None:
    assert pro_rata(approved(a=3, b=5), 0) == {"a": 0, "b": 0}
    assert pro_rata([], 7) == {}
    assert pro_rata(approved(a=0), 0) == {"a": 0}


def test_a_ranking_pays_the_best_in_full_and_the_last_reached_in_part() -> None:
    lines = approved(a=400, b=300, c=200)
    assert ranking(lines, 600, {"a": 2, "b": 1, "c": 3}) == {"b": 300, "a": 300, "c": 0}


def test_equal_ranks_share_what_is_left() -> None:
    # 300 to b, 300 left for a and c of one rank: 400 and 200 wanted, two thirds and one third of 300
    lines = approved(a=400, b=300, c=200)
    assert ranking(lines, 600, {"a": 2, "b": 1, "c": 2}) == {"b": 300, "a": 200, "c": 100}


def test_first_come_by_the_day_of_the_application() -> None:
    lines = [
        Approved("a", 400, date(2024, 6, 2)),
        Approved("b", 300, date(2024, 6, 1)),
        Approved("c", 200, date(2024, 6, 2)),
        Approved("d", 100, date(2024, 6, 3)),
    ]
    assert first_come(lines, 600) == {"b": 300, "a": 200, "c": 100, "d": 0}
    assert first_come(lines, 950) == {"b": 300, "a": 400, "c": 200, "d": 50}


@pytest.mark.parametrize(
    "allot",
    [pro_rata, first_come, lambda lines, budget: ranking(lines, budget, {"a": 1, "b": 2, "c": 2, "d": 3})],
)
def test_the_order_of_the_lines_is_of_no_matter(allot: Callable[[list[Approved], int], dict[str, int]]) -> None:
    lines = approved(a=7, b=5, c=5, d=9)
    found = [allot(list(each), 17) for each in permutations(lines)]
    assert all(one == found[0] for one in found)
    assert sum(found[0].values()) == 17


def test_what_makes_no_sense_is_no_allotment() -> None:
    with pytest.raises(ValueError, match=r"^a budget below zero: -1$"):
        pro_rata(approved(a=1), -1)
    with pytest.raises(ValueError, match=r"^a line is approved twice$"):
        pro_rata([*approved(a=1), *approved(a=2)], 2)
    with pytest.raises(ValueError, match=r"^a line is approved twice$"):
        first_come([Approved("a", 1, date(2024, 6, 1)), Approved("a", 1, date(2024, 6, 2))], 2)
    with pytest.raises(KeyError):
        ranking(approved(a=1), 1, {})


def test_a_list_in_hundreds_of_yuan_sums_to_its_budget() -> None:
    # A published list: 1,000,000 of 3,812,300 approved, a budget of 1,380,000, allotted 362,000; in hundreds of yuan
    # 3,619.86 and 10,180.13 of what the others are approved for together.
    lines = approved(a=100_000_000, b=281_230_000)
    assert pro_rata(lines, 138_000_000, 10_000) == {"a": 36_200_000, "b": 101_800_000}


def test_nobody_is_allotted_more_than_was_approved_for_the_sake_of_a_unit() -> None:
    # 148.5 each in hundreds: one more hundred would be 200 of 150.
    assert pro_rata(approved(a=15_000, b=15_000), 29_700, 10_000) == {"a": 10_000, "b": 10_000}


def test_a_rest_smaller_than_a_unit_stays_in_the_budget_and_goes_to_nobody_after() -> None:
    lines = approved(a=40_000, b=30_000, c=20_000)
    assert pro_rata(lines, 50_050, 100) == {"a": 22_200, "b": 16_700, "c": 11_100}
    # b in full, then 20,050 for a, which gets whole hundreds; the rest of 50 is not c's.
    assert ranking(lines, 50_050, {"a": 2, "b": 1, "c": 3}, 100) == {"b": 30_000, "a": 20_000, "c": 0}
    assert first_come(lines, 90_000, 100) == {"a": 40_000, "b": 30_000, "c": 20_000}
