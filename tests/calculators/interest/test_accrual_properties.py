"""What holds of interest whatever the loan: parts sum to the whole, principal scales it, nothing bears nothing.

A failing test shows its example and the seed of the run; `SUBSIDY_TEST_SEED` runs the same examples again.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from calculators.interest.loan import DayCount, DueRule, Movement
from calculators.interest.segments import Period, Segment, due_periods, interest, lay_out, year_fraction
from calculators.money import Exact, round_fen
from tests.calculators.lending import loan
from tests.support.seeds import SEED

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))
RATES = st.integers(0, 240_000).map(lambda ppm: Exact(ppm, 1_000_000))
FEN = st.integers(0, 10**15)
CONVENTIONS = st.sampled_from(DayCount)


@pytest.fixture(autouse=True)
def _tell_the_seed() -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    return Period(start, start + timedelta(days=draw(st.integers(1, 800))))


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Period, list[date]]:
    """A period and the days at which it is cut, both ends included."""
    period = draw(periods())
    length = (period.ends_before - period.starts_on).days
    inner = draw(st.sets(st.integers(0, length), max_size=6))
    return period, [period.starts_on + timedelta(days=each) for each in sorted(inner | {0, length})]


def pieces(days: list[date], fen: int, rate: Exact) -> list[Segment]:
    return [Segment(first, last, fen, rate) for first, last in pairwise(days)]


@seed(SEED)
@given(cuts(), FEN, RATES, CONVENTIONS)
def test_cutting_a_segment_never_moves_the_sum(
    cut: tuple[Period, list[date]], fen: int, rate: Exact, convention: DayCount
) -> None:
    period, days = cut
    whole = interest(pieces([days[0], days[-1]], fen, rate), convention, period)
    assert interest(pieces(days, fen, rate), convention, period) == whole
    assert sum(interest([piece], convention, period) for piece in pieces(days, fen, rate)) == whole


@seed(SEED)
@given(periods(), FEN, RATES, CONVENTIONS)
def test_one_segment_is_principal_times_rate_times_year_fraction(
    period: Period, fen: int, rate: Exact, convention: DayCount
) -> None:
    fraction = year_fraction(convention, period.starts_on, period.ends_before, period)
    assert (
        interest(pieces([period.starts_on, period.ends_before], fen, rate), convention, period) == fen * rate * fraction
    )


@seed(SEED)
@given(cuts(), FEN, RATES, CONVENTIONS, st.integers(0, 1000))
def test_interest_is_linear_in_principal(
    cut: tuple[Period, list[date]], fen: int, rate: Exact, convention: DayCount, times: int
) -> None:
    period, days = cut
    once = interest(pieces(days, fen, rate), convention, period)
    assert interest(pieces(days, fen * times, rate), convention, period) == once * times


@seed(SEED)
@given(periods(), RATES, CONVENTIONS)
def test_nothing_bears_nothing(period: Period, rate: Exact, convention: DayCount) -> None:
    assert interest(pieces([period.starts_on, period.ends_before], 0, rate), convention, period) == 0
    assert interest([], convention, period) == 0


@seed(SEED)
@given(st.integers(2000, 2095), st.integers(1, 10**13), RATES)
def test_a_leap_year_is_one_day_longer_where_days_are_actual(year: int, fen: int, rate: Exact) -> None:
    leap = year % 4 == 0  # no century in this range is an exception: 2000 is a leap year
    period = Period(date(year, 1, 1), date(year + 1, 1, 1))
    borne = pieces([period.starts_on, period.ends_before], fen, rate)
    yearly = fen * rate
    assert interest(borne, DayCount.ACT_360, period) == yearly * (366 if leap else 365) / 360
    assert interest(borne, DayCount.ACT_365F, period) == yearly * (366 if leap else 365) / 365
    for convention in (
        DayCount.ACT_ACT_ISDA,
        DayCount.THIRTY_360,
        DayCount.THIRTY_E_360,
        DayCount.NOMINAL_MONTH,
    ):
        assert interest(borne, convention, period) == yearly


@seed(SEED)
@given(st.lists(st.tuples(DAYS, FEN), min_size=1, max_size=8), RATES)
def test_each_drawdown_bears_its_own_days(drawn: list[tuple[date, int]], rate: Exact) -> None:
    """The interest of an account is the sum of that of its drawdowns, each from its day to the end."""
    end = date(2033, 1, 1)
    period = Period(date(2019, 1, 1), end)
    steps = [(period.starts_on, rate)]
    account = lay_out([Movement(on, fen) for on, fen in drawn], steps, period.starts_on, end)
    alone = sum(fen * rate * Exact((end - on).days, 360) for on, fen in drawn)
    assert interest(account, DayCount.ACT_360, period) == alone


def test_rounding_each_segment_does_move_the_sum() -> None:
    """The control: 450.00 at 3.6 % is 0.045 a day; two days are 0.09, rounded day by day 0.05 + 0.05."""
    days = [date(2024, 3, 20), date(2024, 3, 21), date(2024, 3, 22)]
    period = Period(days[0], days[-1])
    parts = pieces(days, 45_000, Exact(36, 1000))
    assert round_fen(interest(parts, DayCount.ACT_360, period)) == 9
    assert sum(round_fen(interest([part], DayCount.ACT_360, period)) for part in parts) == 10


@pytest.mark.parametrize("convention", DayCount)
def test_every_convention_has_a_ruler(convention: DayCount) -> None:
    """Half a year at 2 % of 100.00 is about 1.00, by 181 or 180 days: 0.99 to 1.01."""
    period = Period(date(2025, 1, 1), date(2025, 7, 1))
    borne = pieces([period.starts_on, period.ends_before], 10_000, Exact(2, 100))
    assert 99 <= interest(borne, convention, period) <= 101


DUE = st.sampled_from(
    [
        DueRule("month", 20, True),
        DueRule("month", 31, False),
        DueRule("quarter", 20, True),
        DueRule("quarter", 31, True),
    ]
)


@seed(SEED)
@given(DAYS, st.integers(1, 1500), DUE, CONVENTIONS, DAYS)
def test_who_asks_through_a_day_gets_the_due_periods_that_have_ended_by_then(
    drawn_on: date, days: int, due: DueRule, convention: DayCount, through: date
) -> None:
    lent = loan("L1", {drawn_on.isoformat(): "1"}, (drawn_on + timedelta(days=days)).isoformat())
    lent = replace(lent, due=due, day_count=convention)
    everything = due_periods(lent)
    found = due_periods(lent, through)
    assert found == [period for period in everything if period.ends_before <= through]
    # The scale of equal months is no part of a period's identity, and must be the same all the same.
    assert [period.scale for period in found] == [period.scale for period in everything[: len(found)]]


@seed(SEED)
@given(
    st.lists(st.tuples(DAYS, st.integers(-(10**15), 10**15)), min_size=1, max_size=6, unique_by=lambda moved: moved[0]),
    st.lists(st.tuples(DAYS, RATES), max_size=4, unique_by=lambda step: step[0]),
    periods(),
)
def test_every_day_bears_the_balance_and_the_rate_that_stood_last(
    moved: list[tuple[date, int]], rates: list[tuple[date, Exact]], period: Period
) -> None:
    """Day by day, as a clerk would look them up: the sum of what moved by then, the last rate that began by then."""
    steps = sorted(rates)
    balances = [sum(fen for day, fen in moved if day <= on) for on, _ in moved]
    if min(balances) < 0 or not steps or steps[0][0] > min(period.starts_on, *(day for day, _ in moved)):
        return
    found = lay_out([Movement(day, fen) for day, fen in moved], steps, period.starts_on, period.ends_before)
    for back in range((period.ends_before - period.starts_on).days):
        on = period.starts_on + timedelta(days=back)
        balance = sum(fen for day, fen in moved if day <= on)
        rate = [rate for day, rate in steps if day <= on][-1]
        borne = [(one.principal_fen, one.rate) for one in found if one.starts_on <= on < one.ends_before]
        assert borne == ([(balance, rate)] if balance else [])
