"""No discount above the interest: per line, per loan over all lines, before caps, under every notice that ships."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from calculators.awards.lines import Line, Outside
from calculators.awards.loan import calculate
from calculators.explain.loan import render
from calculators.facts.model import District, Status
from calculators.interest.loan import DayCount, Loan, Receipt
from calculators.money import format_yuan
from calculators.notices.loan import LoanNotice
from tests.calculators.files.test_notice_cases import SHIPPED as FOLDER
from tests.calculators.files.test_notice_cases import notice_files, version
from tests.calculators.lending import (
    ASSUMED,
    LPR,
    award,
    cap,
    components,
    day,
    interest_share,
    line,
    loan,
    monthly,
    notice,
    only,
    periods,
    points,
    quarterly,
    results_of,
    settled_on,
    window,
    yuan,
)
from tests.support.seeds import SEED, examples

BEIJING = (District(date(2000, 1, 1), "海淀区"),)
OPTED_OUT = {"basis": "n3"}


@pytest.fixture(autouse=True)
def _tell_the_seed() -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")


def _loan_notices() -> dict[str, LoanNotice]:
    """Every loan notice that ships, by id."""
    rules = (version(file).notice for file in notice_files(FOLDER))
    return {notice.id: notice for notice in rules if isinstance(notice, LoanNotice)}


SHIPPED = _loan_notices()


def shipped(name: str, lent: Loan, applied_on: str, **more: Any) -> Line:
    made = line(lent, SHIPPED[name], districts=BEIJING, applied_on=applied_on, granted_on=applied_on, **more)
    return replace(made, application=replace(made.application, investment_fen=500_000_000))


# The notices that ship, on loans that bear less than they pay.


@pytest.mark.parametrize(
    ("rate", "awarded"),
    [
        # 365 days of 2023 at 1 %/365, quarter by quarter: 21,643.84 + 2 x 25,205.48 + 24,931.51 + 3,013.70; two points
        # would be 200,000.00.
        ("1.0%", "100000.01"),
        ("0%", "0.00"),
    ],
)
def test_two_points_on_a_loan_that_bears_less(rate: str, awarded: str) -> None:
    lent = loan(
        "L-1",
        {"2023-01-01": "10,000,000"},
        "2025-01-01",
        rate,
        day_count=DayCount.ACT_365F,
        due=quarterly(20, counted=True),
        purpose="fixed_asset",
    )
    assert award(shipped("gjj-2023-batch-2-direction-2", lent, "2023-03-01"), through="2025-02-01") == awarded


def test_one_and_a_half_points_on_a_loan_at_less() -> None:
    # To 20 December 354 days: at 1.5 %/365 145,479.45; at 1.2 % 79 d 25,972.60, 92 d 30,246.58 twice, 91 d 29,917.81.
    lent = loan(
        "L-1",
        {"2026-01-01": "10,000,000"},
        "2028-01-01",
        "1.2%",
        day_count=DayCount.ACT_365F,
        due=quarterly(20, counted=True),
        purpose="fixed_asset",
    )
    one = shipped("national-sme-fixed-asset-2026", lent, "2026-01-01")
    result = only(results_of(one, through="2027-01-01"))
    assert result.digest["interest_bound"] == {
        "combined_fen": 14_547_945,
        "interest_fen": 11_638_357,
        "claim_fen": 11_638_357,
    }
    assert result.digest["award_fen"] == 11_638_357


def test_the_fen_that_twenty_four_roundings_leave() -> None:
    # 6,706,562.58 at 2.25 %/360: 12,993.96 in each of 14 months of 31 days, 12,574.80 in 8 of 30, 12,155.64 in one of
    # 29 and 11,736.48 in one of 28: 306,405.96; in one sum 731 days come to 306,406.08.
    lent = loan(
        "L-1",
        {"2024-01-21": "6,706,562.58"},
        "2026-01-21",
        "2.25%",
        due=monthly(20, counted=True),
        purpose="equipment",
    )
    result = only(results_of(shipped("bj-equipment-loan-2024", lent, "2024-03-01")))
    assert result.digest["interest_bound"] == {
        "combined_fen": 30_640_608,
        "interest_fen": 30_640_596,
        "claim_fen": 30_640_596,
    }
    assert format_yuan(result.digest["award_fen"]) == "306,405.96"
    assert 14 * 1_299_396 + 8 * 1_257_480 + 1_215_564 + 1_173_648 == 30_640_596


# 1,800,000 yuan at 3.60 %, ACT/360, bear 180.00 a day; a point is 50.00 a day. 31 days to 20 February, 29 to 20 March.

DRAWN = {"2024-01-20": "1,800,000"}
LENT = loan("L", DRAWN, "2024-03-20")
FIVE_POINTS = notice(components=components(points=points("5.0%")))


def test_the_bound_is_a_step_of_its_own() -> None:
    # 60 days x 250.00 = 15,000.00 against 60 x 180.00 = 10,800.00.
    result = only(results_of(line(LENT, FIVE_POINTS)))
    assert periods(result) == {"2024-02-20": "5580.00", "2024-03-20": "5220.00"}
    assert result.digest["interest_bound"] == {
        "combined_fen": 1_500_000,
        "interest_fen": 1_080_000,
        "claim_fen": 1_080_000,
    }
    assert render(result).splitlines()[-4:] == [
        " points        108,000,000 yuan-days x 5.0%/360        =     15,000.00  n3.2",
        " combine       single -> points                              15,000.00",
        " bound         at most the interest to date, 10,800.00 =     10,800.00  assumption",
        " award         10,800.00",
    ]


def test_a_bound_that_cuts_nothing_stands_in_the_digest_and_not_on_the_sheet() -> None:
    result = only(results_of(line(LENT)))
    assert result.digest["interest_bound"] == {
        "combined_fen": 600_000,
        "interest_fen": 1_080_000,
        "claim_fen": 600_000,
    }
    assert "bound" not in render(result)


def test_what_is_paid_bounds_where_the_receipt_is_the_base() -> None:
    # 5,000.00 and 5,200.00 paid: less than accrued by 580.00 and 20.00, within the tolerance.
    rules = notice(
        components=components(points=points("5.0%"), share=interest_share("100%")),
        combine={"kind": "sum", **ASSUMED},
        base={"interest": "paid", **ASSUMED},
        tolerance={"receipt": "600", **ASSUMED},
    )
    lent = loan("L", DRAWN, "2024-03-20", receipts={"2024-02-20": "5,000.00", "2024-03-20": "5,200.00"})
    assert list(periods(only(results_of(line(lent, rules)))).values()) == ["5000.00", "5200.00"]


def test_only_the_supported_part_of_the_interest_counts() -> None:
    rules = notice(
        components=components(points=points("5.0%")), windows=[window("accrual_day", "2024-02-10", "2024-02-29")]
    )
    # 10 days of February's period, 10 of March's, at 180.00.
    assert list(periods(only(results_of(line(LENT, rules)))).values()) == ["1800.00", "1800.00"]
    rules = notice(
        components=components(points=points("5.0%")),
        base={"interest": "accrued", "principal_cap": {"per": "loan", "amount": "900,000", **ASSUMED}, **ASSUMED},
    )
    assert award(line(LENT, rules)) == "5400.00"


def test_the_bound_comes_before_the_caps() -> None:
    """A cap of 1,000 in the first year and 5,000 in the second: 1,000 + 2,700, and not 1,000 + 5,000."""
    # 20 days of December bear 3,600.00 at 3.60 %, 20 days of January 2,700.00 at 2.70 %; points of 3.60 % and of 5.00 %
    # combine to 3,600.00 and 5,000.00. Looked at after the caps, 6,000.00 would lie within the 6,300.00 of interest.
    lent = loan(
        "L",
        {"2023-12-12": "1,800,000"},
        "2024-01-21",
        rates={"2024-01-01": "2.70%"},
        due=settled_on("2024-01-01"),
    )
    switch = {"kind": "switch", "status": "star", "before": points("3.6%"), "after": points("5.0%"), "basis": "n3"}
    when = {"status": "star", "amount": "5,000", **ASSUMED}
    yearly = cap("yearly", "entity year", "1,000", year_of="due_date", when_status=when)
    rules = notice(components=components(points=switch), caps=[yearly])
    result = only(results_of(line(lent, rules, statuses=(Status("star", day("2024-01-01")),))))
    assert result.digest["interest_bound"] == {"combined_fen": 860_000, "interest_fen": 630_000, "claim_fen": 630_000}
    assert list(periods(result).values()) == ["1000.00", "2700.00"]


# Opting out.


def test_a_notice_may_say_that_the_interest_is_no_bound() -> None:
    rules = notice(components=components(points=points("5.0%")), not_bounded_by_interest=OPTED_OUT)
    result = only(results_of(line(LENT, rules)))
    assert yuan(result.digest["award_fen"]) == "15000.00"
    assert "interest_bound" not in result.digest


def test_opting_out_is_never_assumed() -> None:
    with pytest.raises(ValidationError, match="never assumed"):
        notice(not_bounded_by_interest=dict(ASSUMED))
    with pytest.raises(ValidationError, match="nothing says where this comes from"):
        notice(not_bounded_by_interest={})


# One loan under several notices.

THREE = notice(id="three", programme="three", components=components(points=points("3.0%")))
TWO = notice(id="two", programme="two", components=components(points=points("2.0%")))


def two_lines(first: LoanNotice = THREE, second: LoanNotice = TWO) -> list[Line]:
    return [line(LENT, first, grant="G-1"), line(LENT, second, grant="G-2")]


def test_all_lines_on_one_loan_get_at_most_its_interest() -> None:
    # 150.00 a day and 100.00 a day of 180.00: the second, by its number, gets what the first leaves, 30.00.
    first, second = results_of(*two_lines())
    assert list(periods(first).values()) == ["4650.00", "4350.00"]
    assert list(periods(second).values()) == ["930.00", "870.00"]
    assert " cap           loan_interest 10,800, used 9,000: binding" in render(second).splitlines()
    assert award(*reversed(two_lines())) == "9000.00 1800.00"


def test_what_the_interest_did_not_reach_is_given_when_it_does() -> None:
    # The first supports only the period to 20 February and leaves 930.00 of it; by 20 March the interest has grown by
    # 5,220.00, and the second claims 2,900.00 and the 2,170.00 that were cut before.
    early = notice(
        id="early",
        programme="early",
        components=components(points=points("3.0%")),
        windows=[window("accrual_day", "2024-01-01", "2024-02-19")],
    )
    _, second = results_of(*two_lines(first=early))
    assert list(periods(second).values()) == ["930.00", "5070.00"]


def test_interest_of_periods_that_nobody_supports_is_no_room() -> None:
    march = [window("accrual_day", "2024-02-20")]
    first = notice(id="three", programme="three", components=components(points=points("3.0%")), windows=march)
    second = notice(id="two", programme="two", components=components(points=points("2.0%")), windows=march)
    assert award(*two_lines(first, second)) == "4350.00 870.00"


@pytest.mark.parametrize("kind", ["firm_interest_at_least", "firm_loans_at_least"])
def test_a_line_below_its_firms_minimum_supports_no_period_of_the_loan(kind: str) -> None:
    """Neither minimum of 90 million is reached; the other line gets its two points, as it does alone on the loan."""
    least = notice(
        id="least",
        programme="least",
        components=components(points=points("3.0%")),
        eligibility=[{"kind": kind, "amount": "90,000,000", **ASSUMED}],
    )
    assert award(*two_lines(first=least)) == "0.00 6000.00"
    # Of periods that it alone supports nothing is room: as above 4,350.00 of March's 5,220.00 leave 870.00.
    march = [window("accrual_day", "2024-02-20")]
    three, two = (
        notice(id=name, programme=name, components=components(points=points(rate)), windows=march)
        for name, rate in (("three", "3.0%"), ("two", "2.0%"))
    )
    lines = [*two_lines(three, two), line(LENT, least, grant="G-0")]
    assert award(*lines) == "0.00 4350.00 870.00"


def test_an_award_outside_on_the_loan_takes_of_its_interest() -> None:
    paid = Outside("other", "E1", "", "Bank One", "L", day("2024-02-20"), 1_000_000)
    # 10,800.00 - 10,000.00
    assert award(line(LENT), outside=[paid]) == "800.00"
    # Of the line itself, or on another loan, it takes nothing.
    assert award(line(LENT), outside=[paid._replace(line="G-L")]) == "6000.00"
    assert award(line(LENT), outside=[paid._replace(loan="M")]) == "6000.00"


def test_a_line_that_is_not_bounded_neither_takes_of_the_loans_interest_nor_waits_for_it() -> None:
    free = notice(
        id="free",
        programme="free",
        components=components(points=points("3.0%")),
        not_bounded_by_interest=OPTED_OUT,
    )
    assert award(*two_lines(first=free)) == "9000.00 6000.00"
    assert award(*two_lines(second=free)) == "9000.00 9000.00"


def test_receipts_are_the_loans_interest_where_they_are_the_base() -> None:
    paid = notice(
        id="paid",
        programme="paid",
        components=components(share=interest_share("60%")),
        base={"interest": "paid", **ASSUMED},
    )
    more = notice(
        id="more",
        programme="more",
        components=components(share=interest_share("60%")),
        base={"interest": "paid", **ASSUMED},
    )
    lent = loan("L", DRAWN, "2024-02-20", receipts={"2024-02-20": "5,580.01"})
    first, second = results_of(line(lent, paid, grant="G-1"), line(lent, more, grant="G-2"))
    # 60 % of 5,580.01 = 3,348.006, and what is left of 5,580.01.
    assert [yuan(result.digest["award_fen"]) for result in (first, second)] == ["3348.01", "2232.00"]


# Every notice that ships.

PURPOSES = {
    "bj-equipment-loan-2024": "equipment",
    "gjj-2023-batch-2-direction-2-chain-leader": "working_capital",
}
LONGER = {"gjj-2023-batch-2-direction-2"}
STARTS = {"gjj-2023-batch-2-direction-2": 2023, "gjj-2023-batch-2-direction-2-chain-leader": 2023}
YEARS = {"bj-equipment-loan-2024": 2024, "example-loan-interest-discount": 2024, "national-sme-fixed-asset-2026": 2026}


@st.composite
def eligible(draw: st.DrawFn, name: str) -> Line:
    """A line under a shipped notice on a loan that it supports: any rate from nothing, any day count, any rhythm."""
    year = {**STARTS, **YEARS}.get(name, 2025)
    drawn_on = date(year, 3, 16) + timedelta(days=draw(st.integers(0, 100)))
    fen = draw(st.integers(1, 6_000_000_000))
    months = draw(st.integers(13, 30) if name in LONGER else st.integers(1, 11))
    rates = {}
    if draw(st.booleans()):
        later = drawn_on + timedelta(days=draw(st.integers(1, 200)))
        rates = {later.isoformat(): f"{draw(st.integers(0, 400))}BP"}
    lent = loan(
        "L",
        {drawn_on.isoformat(): yuan(fen)},
        (drawn_on + timedelta(days=30 * months + draw(st.integers(0, 29)))).isoformat(),
        f"{draw(st.integers(0, 400))}BP",
        rates=rates,
        day_count=draw(st.sampled_from([DayCount.ACT_360, DayCount.ACT_365F, DayCount.NOMINAL_MONTH])),
        due=draw(st.sampled_from([monthly(20, counted=True), quarterly(20), monthly(31)])),
        purpose=PURPOSES.get(name, "fixed_asset"),
        signed_on=drawn_on,
    )
    if SHIPPED[name].base.interest == "paid":
        ours = only(results_of(line(lent))).digest["periods"]
        paid = {one["due"]: max(0, one["bank_fen"] - draw(st.integers(0, 2))) for one in ours}
        lent = replace(lent, receipts=tuple(Receipt(day(due), fen, day(due)) for due, fen in paid.items()))
    statuses = (Status("innovative_sme", drawn_on + timedelta(days=40)),) if draw(st.booleans()) else ()
    statuses = (*statuses, Status("chain_leader", date(2020, 1, 1)))
    applied_on = drawn_on.isoformat()
    return shipped(name, lent, applied_on, statuses=statuses, ceiling="90,000,000")


# 60 % of the interest, under another notice: with most of those that ship more than the loan bears.
BESIDE = {
    base: notice(
        id="beside",
        programme="beside",
        components=components(share=interest_share("60%")),
        base={"interest": base, **ASSUMED},
    )
    for base in ("accrued", "paid")
}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_no_notice_that_ships_awards_more_than_the_interest(name: str) -> None:
    """Per line after each due period, and over both lines where another notice supports the loan as well."""
    assert not SHIPPED[name].not_bounded_by_interest
    awarded: list[int] = []

    @seed(SEED)
    @settings(deadline=None, max_examples=examples(25))
    @given(eligible(name), st.integers(0, 14), st.booleans())
    def holds(one: Line, month: int, alone: bool) -> None:
        through = min(date(2026 + (month + 3) // 12, (month + 3) % 12 + 1, 1), LPR.checked_through)
        lines = [one] if alone else [one, line(one.loan, BESIDE[SHIPPED[name].base.interest], grant="G-2")]
        results = calculate(lines, LPR, "lpr@test", through)
        whole: dict[str, int] = {}
        for result in results:
            assert result.digest["eligible"]
            to_date = interest = 0
            for period in result.digest["periods"]:
                to_date, interest = to_date + period["award_fen"], interest + period["interest_fen"]
                assert 0 <= to_date <= interest
                whole[period["due"]] = max(whole.get(period["due"], 0), period["bank_fen"], period["interest_fen"])
            assert to_date == result.digest["award_fen"]
        # Receipts are at most what the bank's own interest comes to here.
        assert sum(result.digest["award_fen"] for result in results) <= sum(whole.values())
        awarded.append(results[0].digest["award_fen"])

    holds()
    # It looked at something.
    assert any(awarded)
