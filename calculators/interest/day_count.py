"""Day counts and due periods: how many parts of a year lie between two days, and on which days interest falls due.

Every convention is written as a ruler: a position for each day, in whole units, and the units of a year. The year
fraction of any stretch is the difference of two positions, so stretches that meet always sum to the whole, however a
period is cut. That holds for the ACT conventions and 30E/360 by their own definition. 30/360 bond basis and
NOMINAL_MONTH depend on the due period, and their ruler is laid from the period's first day: a part counts what it adds
to the count from there (an assumption: the sources define them for whole periods only).

Sources: ISDA 2006 Definitions 4.16 (b) ACT/ACT, (d) ACT/365F, (e) ACT/360, (f) 30/360, (g) 30E/360. NOMINAL_MONTH
(annual rate / 12 for a month, whatever its days) is the usage of Chinese loan contracts for whole months; a part of a
period counts actual days over the actual days of the period, as Apache Fineract does.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from calculators.interest.loan import DayCount, DueRule, Loan
from calculators.money import Exact

# Both lengths of a year divide it, so ACT/ACT needs no rationals.
_ISDA_YEAR = 365 * 366


@dataclass(frozen=True, slots=True)
class Period:
    """A due period: `starts_on` counts, `ends_before` does not.

    `months` is the whole months that the contract's due rule makes of it; None where only the dates tell (a stub, dates
    given one by one). It is no part of the period's identity, and only NOMINAL_MONTH asks for it.
    """

    starts_on: date
    ends_before: date
    months: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.ends_before <= self.starts_on:
            raise ValueError(f"a period runs forward: {self.starts_on} to {self.ends_before}")


def ruler(day_count: DayCount, period: Period) -> tuple[Callable[[date], int], int]:
    """(position of a day, units of a year) for days of `period`, its exclusive end included."""
    match day_count:
        case DayCount.ACT_360:
            return date.toordinal, 360
        case DayCount.ACT_365F:
            return date.toordinal, 365
        case DayCount.ACT_ACT_ISDA:
            return _isda_position, _ISDA_YEAR
        case DayCount.THIRTY_E_360:
            return _thirty_position, 360
        case DayCount.THIRTY_360:
            # 4.16(f): the 31st at the end counts as 30th only where the period itself starts on the 30th or 31st.
            return (_thirty_position if period.starts_on.day >= 30 else _thirty_one_position), 360
        case DayCount.NOMINAL_MONTH:
            months = nominal_months(period)
            days = (period.ends_before - period.starts_on).days
            return lambda day: day.toordinal() * months.numerator, 12 * days * months.denominator


def year_fraction(day_count: DayCount, starts_on: date, ends_before: date, period: Period) -> Exact:
    """The part of a year from `starts_on` to before `ends_before`, both within the due period `period`."""
    position, year = ruler(day_count, period)
    return Exact(position(ends_before) - position(starts_on), year)


def nominal_months(period: Period) -> Exact:
    """The months of a due period as NOMINAL_MONTH counts them: a month is 1, a quarter 3, a year 12.

    By the due rule where it says so. Otherwise the period is whole months when both ends are one day of the month,
    clamped to short months (31 January to 29 February to 31 March). A stub is its whole months from the start, then the
    actual days of the broken month over that month's actual days: 15 January to 20 March is 2 + 5/31. No source states
    the rule for stubs: it is an assumption.
    """
    if period.months is not None:
        return Exact(period.months)
    start, end = period.starts_on, period.ends_before
    apart = (end.year - start.year) * 12 + end.month - start.month
    if start.day < end.day and _ends_month(start):
        return Exact(apart)
    whole = apart if add_months(start, apart) <= end else apart - 1
    broken_from, broken_to = add_months(start, whole), add_months(start, whole + 1)
    return whole + Exact((end - broken_from).days, (broken_to - broken_from).days)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, clamped to the month's end."""
    return day + relativedelta(months=months)


def month_day(year: int, month: int, day: int) -> date:
    """The day `day` (1..31) of a month, clamped to its end; months beyond 1..12 reach into other years."""
    years, month_from_0 = divmod(month - 1, 12)
    year, month = year + years, month_from_0 + 1
    return date(year, month, day if day <= 28 else min(day, monthrange(year, month)[1]))


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _isda_position(day: date) -> int:
    """Each day is one 366th of a leap year or one 365th of another; a day belongs to the year it stands in."""
    new_year = date(day.year, 1, 1).toordinal()
    days_of_year = date(day.year, 12, 31).toordinal() - new_year + 1
    return day.year * _ISDA_YEAR + (day.toordinal() - new_year) * (_ISDA_YEAR // days_of_year)


def _thirty_position(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _thirty_one_position(day: date) -> int:
    return day.year * 360 + day.month * 30 + day.day


_MONTHS_APART = {"month": 1, "quarter": 3}


def due_periods(loan: Loan) -> list[Period]:
    """The due periods from the first movement to maturity, in order, without gaps; the last ends at maturity.

    A settlement day that is counted ends its period a day later (settled on the 20th, exclusive end the 21st). A loan
    without movements, or drawn at maturity or later, has none. Interest after maturity (overdue, extension) belongs to
    no due period.
    """
    if not loan.movements:
        return []
    starts_on = min(movement.on for movement in loan.movements)
    if starts_on >= loan.matures_on:
        return []
    ends = dict(_period_ends(loan.due, starts_on, loan.matures_on))
    periods = []
    opened = starts_on
    for end in sorted(day for day in ends if starts_on < day < loan.matures_on):
        # Only between two ends of the rule is a period its regular length; the first and last may be stubs.
        periods.append(Period(opened, end, ends[end] if opened in ends else None))
        opened = end
    regular = ends[loan.matures_on] if opened in ends and loan.matures_on in ends else None
    return [*periods, Period(opened, loan.matures_on, regular)]


def _end(due: DueRule, settles_on: date) -> date:
    """The exclusive end of the due period that is settled on `settles_on`, the day as the bank prints it."""
    return settles_on + timedelta(days=due.counted)


def _period_ends(due: DueRule, first: date, last: date) -> Iterator[tuple[date, int | None]]:
    """(exclusive end, whole months of a regular period) of the rule, at least all from `first` to `last`."""
    if due.every == "custom":
        for day in due.dates:
            yield _end(due, day), None
        return
    apart = _MONTHS_APART[due.every]
    # Months counted from year 0, so that the quarters' ends are those divisible by 3. The month before the first one
    # may settle on its last day, counted, and so end a period on the first day.
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1):
        if month % apart == 0:
            yield _end(due, month_day(0, month, due.day)), apart
