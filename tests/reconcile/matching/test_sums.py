"""Sums of payouts and of lines: what is searched, how far, and what a hit says."""

import pytest

from ledger.reconcile.matching import match
from ledger.reconcile.matching.subsets import all_but_two, exact, telling
from tests.reconcile.lines import in_short, line, payout


@pytest.mark.parametrize(
    ("tried", "total", "amounts", "says"),
    [
        (2, 1999, [3], False),
        (2, 2000, [3], True),
        # In steps of 100 fen there are 2,000 sums up to 200,000 fen, and 20 up to 2,000.
        (2, 2000, [300, 500], False),
        (2, 199_900, [300, 500], False),
        (2, 200_000, [300, 500], True),
    ],
)
def test_a_subset_tells_only_where_chance_is_small(tried: int, total: int, amounts: list[int], says: bool) -> None:
    assert telling(tried, total, amounts) is says


def test_subsets_of_thirty_are_searched_in_whole_and_of_more_not_at_all() -> None:
    powers = [1 << place for place in range(30)]
    # Every total below 2^30 has exactly one subset of powers of two: its binary digits. 2^29 + 2^3 + 1.
    assert exact(powers, (1 << 29) + 9, smallest=2) == (((0, 3, 29),), True)
    assert exact([2] * 31, 10, smallest=2) == ((), False)
    assert exact([2] * 31, 63, smallest=2) == ((), True), "62 is less than 63"
    assert exact([100] * 40, 50, smallest=1) == ((), True), "none is small enough"
    assert exact([5, 3], 5, smallest=1) == (((0,),), True)
    subsets, complete = exact([100] * 3, 100, smallest=1)
    assert (len(subsets), complete) == (2, True), "two show that there is more than one"


def test_of_a_large_batch_those_parts_are_searched_that_lack_one_or_two() -> None:
    amounts = [1000, 2000, 4000, 4000]
    assert all_but_two(amounts, 10000) == ((1, 2, 3),)  # 11,000 less 1,000
    assert all_but_two(amounts, 8000) == ((2, 3),)  # less 1,000 and 2,000
    assert all_but_two(amounts, 7000) == ((0, 1, 3), (0, 1, 2))  # less either 4,000
    assert all_but_two([4000] * 3, 8000) == ((1, 2), (0, 2))  # less any, of which two are enough
    assert all_but_two(amounts, 4000) == ()  # less 7,000: no one, no two
    assert all_but_two(amounts, 11000) == ()  # less nothing is the whole


def test_no_more_than_three_hundred_payouts_are_looked_through_for_a_sum() -> None:
    parts = [payout("S1", 1_000_003, payee="p"), payout("S2", 2_000_002, payee="p")]
    sent = [line("a", -3_000_005, payee="p")]

    def kinds(others: int, day: int) -> list[str]:
        return [
            one.kind
            for one in match(
                sent, [*parts, *(payout(f"X{n:03}", 9_000_001, day, payee="p") for n in range(others))]
            ).matches
        ]

    assert kinds(298, day=100) == ["one-to-many"]
    assert kinds(299, day=100) == []
    # Those of before the window are none of them: 100 - 10 = 90.
    assert kinds(299, day=89) == ["one-to-many"]


def test_where_more_than_three_hundred_lines_may_make_a_payout_none_of_them_is_settled_otherwise() -> None:
    payouts = [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 2_000_002, 9_000_001), 1)]
    sent = line("a", -3_000_005, payee="p")

    def taken(others: int) -> list[tuple[str, ...]]:
        more = [line(f"x{n:03}", -9_000_002, payee="p") for n in range(others)]
        return [one.lines for one in match([sent, *more], payouts).matches]

    assert taken(299) == [("a",)]
    assert taken(300) == []


def test_lines_of_before_a_payout_are_not_counted_among_those_that_may_make_it() -> None:
    before = [line(f"x{n:03}", -9_000_002, payee="p", day=95) for n in range(299)]
    halves = [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p")]
    outcome = match([*before, *halves], [payout("S1", 3_000_005, payee="p")])
    assert in_short(outcome) == [("payee-sum", "many-to-one", ("a", "b"), (("S1", 3_000_005),))]


def test_a_payout_that_too_many_lines_may_make_stands_in_no_other_one_s_way() -> None:
    small = [line(f"x{n:02}", -(10 + n), payee="p") for n in range(31)]
    halves = [line("a", -1_000_003, payee="p", day=140), line("b", -2_000_002, payee="p", day=140)]
    payouts = [payout("S1", 9_000_001, payee="p"), payout("S2", 3_000_005, payee="p", day=140)]
    outcome = match([*small, *halves], payouts)
    assert in_short(outcome) == [("payee-sum", "many-to-one", ("a", "b"), (("S2", 3_000_005),))]


@pytest.mark.parametrize(("others", "kinds"), [(28, ["one-to-many"]), (29, [])])
def test_a_sum_is_searched_among_thirty_payouts_of_a_payee(others: int, kinds: list[str]) -> None:
    # 2^30 subsets: a hit tells from 1,073,741,824,000 fen on. Only two of them are as little as the line together.
    few = [payout("S1", 10**12 + 1, payee="p"), payout("S2", 10**12 + 8, payee="p")]
    many = [payout(f"X{n:02}", 15 * 10**11 + 2**n, payee="p") for n in range(others)]
    found = match([line("a", -(2 * 10**12 + 9), payee="p")], [*few, *many])
    assert [one.kind for one in found.matches] == kinds


@pytest.mark.parametrize(("others", "kinds"), [(298, ["many-to-one"]), (299, [])])
def test_a_payout_is_searched_among_three_hundred_lines(others: int, kinds: list[str]) -> None:
    more = [line(f"x{n:03}", -9_000_002, payee="p") for n in range(others)]
    halves = [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p")]
    assert [one.kind for one in match([*more, *halves], [payout("S1", 3_000_005, payee="p")]).matches] == kinds
