"""Every rate rule on one segment, the arithmetic shown: what the fund pays per year on the contract rate."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.loan_parts import at_support_rate
from calculators.interest.loan import OtherSubsidy
from calculators.interest.segments import Segment
from calculators.money import format_percent, parse_percent, parse_yuan
from calculators.notices.loan_components import BorrowerFloor, LprShare, NamedComponent, PlusOverLpr, Points
from tests.calculators.lending import LPR, day, loan, notice

# Signed while LPR 1Y was 3.55 % (from 2023-06-20), drawn at 3.45 % (from 2023-08-21), and 3.35 % from 2024-07-22.
LOAN = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", signed_on=day("2023-08-01"))


def support(
    rule: dict[str, Any],
    contract: str,
    first: str = "2024-03-01",
    last: str = "2024-03-31",
    others: Sequence[OtherSubsidy] = (),
) -> list[str]:
    """`from rate` of each segment that comes out of one month at the contract rate."""
    component = notice(components=[{"id": "tested", "rule": {"basis": "n3", **rule}}]).components[0]
    assert isinstance(component, NamedComponent)
    assert isinstance(component.rule, Points | LprShare | BorrowerFloor | PlusOverLpr)
    segment = Segment(day(first), day(last), parse_yuan("1,800,000"), parse_percent(contract))
    lent = replace(LOAN, other_subsidies=tuple(others))
    found = at_support_rate(component.rule, lent, [segment], LPR)
    assert found[0].starts_on == segment.starts_on
    assert found[-1].ends_before == segment.ends_before
    assert {each.principal_fen for each in found} == {segment.principal_fen}
    return [f"{each.starts_on} {format_percent(each.rate)}" for each in found]


@pytest.mark.parametrize(
    ("share", "contract", "expected"),
    [
        (None, "3.6%", "2%"),
        (None, "1.5%", "2%"),  # no bound is stated, none is invented
        ("100%", "3.6%", "2%"),
        ("100%", "1.5%", "1.5%"),  # the actual rate, where lower
        ("50%", "3.6%", "1.8%"),  # 50 % of 3.6 %, where lower
        ("50%", "4%", "2%"),  # equal
        ("50%", "4.2%", "2%"),
    ],
)
def test_points_or_a_share_of_the_contract_rate_whichever_is_lower(
    share: str | None, contract: str, expected: str
) -> None:
    bound = {"at_most_rate_share": share} if share else {}
    assert support({"kind": "points", "points": "2.0%", **bound}, contract) == [f"2024-03-01 {expected}"]


def other(rate: str, first: str, last: str = "") -> OtherSubsidy:
    """Another subsidy of the loan from `first` until before `last`."""
    return OtherSubsidy(day(first), day(last) if last else None, parse_percent(rate))


@pytest.mark.parametrize(
    ("others", "contract", "expected"),
    [
        ([], "3.0%", ["2024-03-01 1%"]),
        ([], "0.8%", ["2024-03-01 0.8%"]),  # never more than the rate itself
        ([other("1.5%", "2020-01-01")], "3.0%", ["2024-03-01 1%"]),
        ([other("2.0%", "2020-01-01")], "3.0%", ["2024-03-01 1%"]),  # exactly the point is left
        ([other("2.4%", "2020-01-01")], "3.0%", ["2024-03-01 0.6%"]),
        ([other("1.5%", "2020-01-01"), other("1.2%", "2020-01-01")], "3.0%", ["2024-03-01 0.3%"]),
        ([other("4.0%", "2020-01-01")], "3.0%", ["2024-03-01 0%"]),  # below nothing is nothing
        # It begins on the 11th and has ended on the 21st.
        ([other("2.4%", "2024-03-11", "2024-03-21")], "3.0%", ["2024-03-01 1%", "2024-03-11 0.6%", "2024-03-21 1%"]),
        # On the edges of the segment nothing is cut.
        ([other("2.4%", "2024-03-01", "2024-03-31")], "3.0%", ["2024-03-01 0.6%"]),
        ([other("2.4%", "2024-02-01", "2024-03-01")], "3.0%", ["2024-03-01 1%"]),
    ],
)
def test_points_within_what_other_subsidies_leave_of_the_rate(
    others: list[OtherSubsidy], contract: str, expected: list[str]
) -> None:
    rule = {"kind": "points", "points": "1.0%", "others_within_rate": "true"}
    assert support(rule, contract, others=others) == expected


def test_other_subsidies_are_no_matter_where_the_notice_does_not_say_so() -> None:
    assert support({"kind": "points", "points": "1.0%"}, "3.0%", others=[other("2.4%", "2020-01-01")]) == [
        "2024-03-01 1%"
    ]


def test_both_bounds_on_points_hold_together() -> None:
    # 50 % of 3 % = 1.5 %, and 3 % - 2 % = 1 %
    rule = {"kind": "points", "points": "2.0%", "at_most_rate_share": "50%", "others_within_rate": "true"}
    assert support(rule, "3.0%", others=[other("2.0%", "2020-01-01")]) == ["2024-03-01 1%"]
    assert support(rule, "3.0%") == ["2024-03-01 1.5%"]


@pytest.mark.parametrize(
    ("fixed_on", "expected"),
    [
        ("contract", "1.775%"),  # 50 % of 3.55 %
        ("drawdown", "1.725%"),  # 50 % of 3.45 %
    ],
)
def test_a_share_of_lpr_on_the_day_that_fixes_it(fixed_on: str, expected: str) -> None:
    rule = {"kind": "lpr_share", "share": "50%", "tenor": "1y", "fixed_on": fixed_on}
    assert support(rule, "3.6%") == [f"2024-03-01 {expected}"]


def test_a_share_of_lpr_of_the_day_changes_with_lpr() -> None:
    # 50 % of 3.45 % until 2024-07-21, 50 % of 3.35 % from the 22nd on.
    rule = {"kind": "lpr_share", "share": "50%", "tenor": "1y", "fixed_on": "accrual_day"}
    assert support(rule, "3.6%", "2024-07-01", "2024-08-01") == ["2024-07-01 1.725%", "2024-07-22 1.675%"]


def test_a_share_of_lpr_never_exceeds_the_contract_rate() -> None:
    # 60 % of 4.20 % (5Y) is 2.52 %, the contract bears 2.4 %.
    rule = {"kind": "lpr_share", "share": "60%", "tenor": "5y", "fixed_on": "drawdown"}
    assert support(rule, "2.4%") == ["2024-03-01 2.4%"]
    assert support(rule, "2.6%") == ["2024-03-01 2.52%"]


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ("4.95%", "3%"),  # at the ceiling, LPR 3.45 % + 150BP: 4.95 - 1.95
        ("5.5%", "3%"),  # above it: what lies above counts for nobody
        ("3.6%", "1.65%"),  # 3.6 - 1.95
        ("1.95%", "0%"),  # the borrower pays it all
        ("1.5%", "0%"),  # less than the borrower's own rate: never negative
    ],
)
def test_the_borrower_pays_lpr_less_150bp_and_the_fund_the_rest_up_to_a_ceiling(contract: str, expected: str) -> None:
    rule = {
        "kind": "borrower_floor",
        "tenor": "1y",
        "borrower_over": "-150BP",
        "ceiling_over": "150BP",
        "fixed_on": "drawdown",
    }
    assert support(rule, contract) == [f"2024-03-01 {expected}"]


def test_a_borrower_never_pays_less_than_nothing() -> None:
    # LPR 3.45 % less 400BP would be -0.55 %: the fund pays the whole 3.6 %, not more.
    rule = {
        "kind": "borrower_floor",
        "tenor": "1y",
        "borrower_over": "-400BP",
        "ceiling_over": "150BP",
        "fixed_on": "drawdown",
    }
    assert support(rule, "3.6%") == ["2024-03-01 3.6%"]


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ("3.95%", "0.5%"),  # 3.95 - 3.45
        ("4.45%", "1%"),  # exactly the ceiling
        ("4.6%", "1%"),
        ("3.45%", "0%"),
        ("3%", "0%"),
    ],
)
def test_the_plus_over_lpr_up_to_a_ceiling(contract: str, expected: str) -> None:
    rule = {"kind": "plus_over_lpr", "tenor": "1y", "ceiling": "1%", "fixed_on": "drawdown"}
    assert support(rule, contract) == [f"2024-03-01 {expected}"]


def test_the_plus_over_lpr_of_the_day() -> None:
    # 3.95 - 3.45 = 0.5 until 2024-07-21, 3.95 - 3.35 = 0.6 from the 22nd on.
    rule = {"kind": "plus_over_lpr", "tenor": "1y", "ceiling": "1%", "fixed_on": "accrual_day"}
    assert support(rule, "3.95%", "2024-07-01", "2024-08-01") == ["2024-07-01 0.5%", "2024-07-22 0.6%"]
