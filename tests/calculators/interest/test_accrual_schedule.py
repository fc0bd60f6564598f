"""The days on which interest falls due, and how NOMINAL_MONTH and the 30/360 family count what lies between them."""

from datetime import date

import pytest

from calculators.interest.day_count import add_months, nominal_months
from calculators.interest.loan import DayCount, DueRule, Loan, Movement
from calculators.interest.segments import Period, due_periods, year_fraction
from calculators.money import Exact

day = date.fromisoformat


def schedule(due: DueRule, first: str, matures: str) -> list[Period]:
    loan = Loan(
        key="L",
        contract="L",
        lender="a bank",
        uscc="",
        signed_on=day(first),
        matures_on=day(matures),
        amount_fen=100,
        day_count=DayCount.NOMINAL_MONTH,
        due=due,
        movements=(Movement(day(first), 100),),
        rates=(),
    )
    return due_periods(loan)


@pytest.mark.parametrize(
    ("due", "first", "matures", "ends"),
    [
        (
            DueRule("month", 20, False),
            "2024-01-10",
            "2024-03-25",
            "2024-01-20 2024-02-20 2024-03-20 2024-03-25",
        ),
        (
            DueRule("month", 20, True),
            "2024-01-10",
            "2024-03-25",
            "2024-01-21 2024-02-21 2024-03-21 2024-03-25",
        ),
        # Drawn on the settlement day: not counted, it opens the next period; counted, it ends a period of one day.
        (DueRule("month", 20, False), "2024-01-20", "2024-02-20", "2024-02-20"),
        (DueRule("month", 20, True), "2024-01-20", "2024-02-20", "2024-01-21 2024-02-20"),
        (
            DueRule("month", 31, False),
            "2024-01-31",
            "2024-05-31",
            "2024-02-29 2024-03-31 2024-04-30 2024-05-31",
        ),
        (DueRule("month", 31, True), "2024-12-31", "2025-02-01", "2025-01-01 2025-02-01"),
        (
            DueRule("quarter", 20, False),
            "2024-03-15",
            "2025-03-14",
            "2024-03-20 2024-06-20 2024-09-20 2024-12-20 2025-03-14",
        ),
        (
            DueRule("quarter", 20, True),
            "2024-03-15",
            "2025-03-14",
            "2024-03-21 2024-06-21 2024-09-21 2024-12-21 2025-03-14",
        ),
        (DueRule("quarter", 20, True), "2023-12-25", "2024-03-21", "2024-03-21"),
        # A maturity that is also a settlement day ends the last period; that day is not counted, the loan is repaid.
        (DueRule("quarter", 20, True), "2024-01-10", "2024-03-20", "2024-03-20"),
        (
            DueRule("custom", counted=True, dates=(day("2024-05-31"), day("2024-01-05"), day("2024-03-31"))),
            "2024-01-10",
            "2024-06-30",
            "2024-04-01 2024-06-01 2024-06-30",
        ),
        (
            DueRule("custom", counted=False, dates=(day("2024-06-30"),)),
            "2024-01-10",
            "2024-06-30",
            "2024-06-30",
        ),
        (DueRule("quarter", 20, True), "2024-03-20", "2024-03-20", ""),
    ],
)
def test_periods_meet_from_the_first_drawdown_to_maturity(due: DueRule, first: str, matures: str, ends: str) -> None:
    periods = schedule(due, first, matures)
    assert [str(period.ends_before) for period in periods] == ends.split()
    starts = [first, *ends.split()][: len(periods)]
    assert [str(period.starts_on) for period in periods] == starts


def test_a_loan_that_was_never_drawn_has_no_due_period() -> None:
    loan = Loan(
        "L",
        "L",
        "a bank",
        "",
        day("2024-01-01"),
        day("2025-01-01"),
        1,
        DayCount.ACT_360,
        DueRule("month"),
        (),
        (),
    )
    assert due_periods(loan) == []


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-20", "2024-02-20", Exact(1)),
        ("2024-03-20", "2024-06-20", Exact(3)),
        ("2024-02-29", "2025-02-28", Exact(12)),
        ("2024-01-31", "2024-02-29", Exact(1)),
        ("2024-02-29", "2024-03-31", Exact(1)),
        ("2024-02-29", "2024-03-30", Exact(1)),
        # A stub: whole months from the start, then the days of the broken month over its length.
        ("2024-01-15", "2024-03-20", 2 + Exact(5, 31)),
        ("2024-02-01", "2024-02-15", Exact(14, 29)),
        ("2025-02-01", "2025-02-15", Exact(14, 28)),
        # 31 January + 1 month = 29 February; the month broken after it runs to 31 March, 31 days.
        ("2024-01-31", "2024-03-01", 1 + Exact(1, 31)),
    ],
)
def test_nominal_months_of_a_period_given_by_its_dates(start: str, end: str, months: Exact) -> None:
    assert nominal_months(Period(day(start), day(end))) == months


def months_of(period: Period) -> Exact:
    """The equal months of a loan's due period."""
    return 12 * year_fraction(DayCount.NOMINAL_MONTH, period.starts_on, period.ends_before, period)


def test_a_settlement_day_at_the_month_end_makes_whole_months_by_the_rule() -> None:
    """Settled on the 30th, counted: the periods end on 1 March (29 February counted) and 31 March."""
    periods = schedule(DueRule("month", 30, True), "2024-01-31", "2024-04-10")
    assert [str(period.ends_before) for period in periods] == ["2024-03-01", "2024-03-31", "2024-04-10"]
    assert [months_of(period) for period in periods] == [1, 1, Exact(10, 30)]
    # By the dates alone they would be stubs: 29 February to 1 March is 1 of 31 days, 1 to 31 March 30 of 31.
    by_dates = [nominal_months(Period(period.starts_on, period.ends_before)) for period in periods]
    assert by_dates == [1 + Exact(1, 31), Exact(30, 31), Exact(10, 30)]


@pytest.mark.parametrize(
    ("due", "first", "matures", "months"),
    [
        # Drawn on the day that the rule ends a period on (29 February, counted), repaid on another such day.
        (DueRule("month", 30, True), "2024-03-01", "2024-03-31", [Exact(1)]),
        (DueRule("month", 30, True), "2024-03-01", "2024-05-01", [Exact(1), Exact(1)]),
        # Drawn or repaid between two such days: 10 of the 31 days of March, 5 of those from 20 March to 20 April.
        (DueRule("month", 20, False), "2024-03-10", "2024-03-25", [Exact(10, 31), Exact(5, 31)]),
        (DueRule("quarter", 20, False), "2024-03-10", "2024-06-20", [Exact(10, 31), Exact(3)]),
    ],
)
def test_first_and_last_periods_are_regular_only_between_ends_of_the_rule(
    due: DueRule, first: str, matures: str, months: list[Exact]
) -> None:
    assert [months_of(period) for period in schedule(due, first, matures)] == months


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("settles_on", [1, 15, 20, 28, 31])
@pytest.mark.parametrize("every", ["month", "quarter"])
def test_n_months_from_the_first_drawdown_are_n_twelfths_of_a_year(every: str, settles_on: int, counted: bool) -> None:
    """Whatever the due day, and whatever periods the months are cut into."""
    for first in ("2024-01-31", "2024-02-29", "2024-05-01", "2024-06-17", "2024-12-30"):
        periods = schedule(DueRule(every, settles_on, counted), first, "2029-03-03")
        for months in (1, 2, 12, 24, 36):
            until = add_months(day(first), months)
            parts = [
                year_fraction(DayCount.NOMINAL_MONTH, period.starts_on, min(until, period.ends_before), period)
                for period in periods
                if period.starts_on < until
            ]
            assert sum(parts) == Exact(months, 12), (first, months)


def test_a_part_of_an_equal_month_lies_between_the_days_that_are_known() -> None:
    """Drawn on 1 May, settled on 20 June, not counted: 1 + 19/30 months; on 1 July two; each quarter three."""
    periods = schedule(DueRule("quarter", 20, False), "2024-05-01", "2025-05-01")
    assert [months_of(period) for period in periods] == [1 + Exact(19, 30), 3, 3, 3, 1 + Exact(11, 30)]
    second = periods[1]
    to_july = year_fraction(DayCount.NOMINAL_MONTH, second.starts_on, day("2024-07-01"), second)
    assert to_july * 12 == Exact(11, 30)


def test_dates_one_by_one_make_whole_months_where_they_are_some() -> None:
    """From 29 February to 31 March is a month, to 15 April what the days make of it."""
    days = (day("2024-03-31"), day("2024-04-15"))
    periods = schedule(DueRule("custom", counted=False, dates=days), "2024-02-29", "2024-05-29")
    # 29 March is one month as well, 29 April two: 15 of the 29 days from 31 March to 29 April.
    assert [months_of(period) for period in periods] == [1, Exact(15, 29), 3 - 1 - Exact(15, 29)]


def test_bond_basis_takes_the_31st_for_the_30th_after_a_start_on_the_30th() -> None:
    """ISDA 2006 4.16(f): from 30 April to 31 May, D1 = 30, so D2 = 30: 30 days; from 29 April D2 = 31: 32 days."""
    for start, days in (("2024-04-30", 30), ("2024-04-29", 32)):
        period = Period(day(start), day("2024-05-31"))
        assert year_fraction(DayCount.THIRTY_360, period.starts_on, period.ends_before, period) == Exact(days, 360)


def test_a_part_of_a_nominal_month_counts_its_days_over_those_of_the_period() -> None:
    """14 of the 29 days of February: 1/12 x 14/29; the other 15 make up the month."""
    period = Period(day("2024-02-01"), day("2024-03-01"))
    first = year_fraction(DayCount.NOMINAL_MONTH, day("2024-02-01"), day("2024-02-15"), period)
    rest = year_fraction(DayCount.NOMINAL_MONTH, day("2024-02-15"), day("2024-03-01"), period)
    assert first == Exact(1, 12) * Exact(14, 29)
    assert first + rest == Exact(1, 12)


def test_bond_basis_measures_parts_from_the_period_start() -> None:
    """15 January to 15 February is 30 days. Cut at the 31st, each part alone would count 16 + 15 = 31."""
    period = Period(day("2024-01-15"), day("2024-02-15"))
    first = year_fraction(DayCount.THIRTY_360, day("2024-01-15"), day("2024-01-31"), period)
    rest = year_fraction(DayCount.THIRTY_360, day("2024-01-31"), day("2024-02-15"), period)
    assert (first, rest) == (Exact(16, 360), Exact(14, 360))


def test_a_period_runs_forward() -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Period(day("2024-03-01"), day("2024-03-01"))
