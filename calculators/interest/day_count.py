"""Day counts and due periods: how many parts of a year lie between two days, and on which days interest falls due.

Every convention is written as a ruler: a position for each day, in whole units, and the units of a year. The year
fraction of any stretch is the difference of two positions, so stretches that meet always sum to the whole, however a
period is cut. That holds for the ACT conventions and 30E/360 by their own definition. 30/360 bond basis and
NOMINAL_MONTH depend on the due period, and their ruler is laid from the period's first day: a part counts what it adds
to the count from there (an assumption: the sources define them for whole periods only).

Sources: ISDA 2006 Definitions 4.16 (b) ACT/ACT, (d) ACT/365F, (e) ACT/360, (f) 30/360, (g) 30E/360. NOMINAL_MONTH
(annual rate / 12 for a month, whatever its days) is the usage of Chinese loan contracts for whole months; a part of a
period given by its dates counts actual days over the actual days of the period, as Apache Fineract does. On a loan
equal months have one scale from the first drawdown on, so that n months from there are n/12 of a year whatever the due
day, and what lies between two ends of the due rule is whole months as well (`MonthScale`).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, count, pairwise
from math import lcm

from dateutil.relativedelta import relativedelta

from calculators.interest.loan import DayCount, DueRule, Loan
from calculators.money import Exact

# Both lengths of a year divide it, so ACT/ACT needs no rationals.
_ISDA_YEAR = 365 * 366
# Every number of days that a month can have divides it.
_MONTH = lcm(*range(1, 32))


@dataclass(frozen=True, slots=True)
class MonthScale:
    """The equal months of one loan: days at which a whole position is known, in order, and what lies between by days.

    `positions` are in `unit`s of a month. Known are the first drawdown's day of every month (0, 1, 2 ...) and the ends
    that the due rule makes, which lie whole months apart, the first of them where its stub ends.
    """

    days: tuple[int, ...]
    positions: tuple[int, ...]
    unit: int

    def position(self, day: date) -> int:
        """The position of a day from the first drawdown to maturity."""
        ordinal = day.toordinal()
        place = min(bisect_right(self.days, ordinal), len(self.days) - 1)
        first, last = self.days[place - 1], self.days[place]
        low, high = self.positions[place - 1], self.positions[place]
        return low + (high - low) * (ordinal - first) // (last - first)


@dataclass(frozen=True, slots=True)
class Period:
    """A due period: `starts_on` counts, `ends_before` does not.

    `scale` is that of the loan whose period it is; None where only the dates are known. It is no part of the period's
    identity, and only NOMINAL_MONTH asks for it.
    """

    starts_on: date
    ends_before: date
    scale: MonthScale | None = field(default=None, compare=False)

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
            if period.scale:
                return period.scale.position, 12 * period.scale.unit
            months = nominal_months(period)
            days = (period.ends_before - period.starts_on).days
            return lambda day: day.toordinal() * months.numerator, 12 * days * months.denominator


def year_fraction(day_count: DayCount, starts_on: date, ends_before: date, period: Period) -> Exact:
    """The part of a year from `starts_on` to before `ends_before`, both within the due period `period`."""
    position, year = ruler(day_count, period)
    return Exact(position(ends_before) - position(starts_on), year)


def nominal_months(period: Period) -> Exact:
    """The months of a due period as NOMINAL_MONTH counts them by its dates: a month is 1, a quarter 3, a year 12.

    It is whole months when both ends are one day of the month, clamped to short months (31 January to 29 February to 31
    March). A stub is its whole months from the start, then the actual days of the broken month over that month's actual
    days: 15 January to 20 March is 2 + 5/31. No source states the rule for stubs: it is an assumption.
    """
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


_DAY = timedelta(days=1)
_MONTHS_APART = {"month": 1, "quarter": 3}


def due_periods(loan: Loan, through: date = date.max) -> list[Period]:
    """The due periods from the first movement to maturity, in order, without gaps; the last ends at maturity.

    Only those that end at or before `through`. A settlement day that is counted ends its period a day later (settled on
    the 20th, exclusive end the 21st). A loan without movements, or drawn at maturity or later, has none. Interest after
    maturity (overdue, extension) belongs to no due period.
    """
    if not loan.movements:
        return []
    starts_on = min(movement.on for movement in loan.movements)
    if starts_on >= loan.matures_on:
        return []
    # Equal months are laid out over the whole loan; else what falls due later is of no matter.
    equal = loan.day_count is DayCount.NOMINAL_MONTH
    last = loan.matures_on if equal else min(loan.matures_on, through)
    ends = [end for end in due_ends(loan.due, starts_on, last) if starts_on <= end <= last]
    edges = sorted({starts_on, *ends, *((loan.matures_on,) if last == loan.matures_on else ())})
    scale = _month_scale(loan, edges, ends) if equal else None
    return [Period(opened, closed, scale) for opened, closed in pairwise(edges) if closed <= through]


def _month_scale(loan: Loan, edges: list[date], ends: Iterable[date]) -> MonthScale:
    """The scale of a loan whose due periods have these edges; `ends` are those that the due rule makes."""
    starts_on, matures_on = edges[0], edges[-1]
    known = dict(_anniversaries(starts_on, matures_on))
    to_first = Exact(0)
    for place, end in enumerate(sorted(ends)):
        if loan.due.every == "custom":
            # Dates one by one: only what is whole months from the drawdown is known.
            months = nominal_months(Period(starts_on, end)) if end > starts_on else Exact(0)
            if months.denominator > 1:
                continue
        else:
            if place == 0 and end > starts_on:
                to_first = nominal_months(Period(starts_on, end))
            months = to_first + place * _MONTHS_APART[loan.due.every]
        known.setdefault(end, months)
    days = sorted(known)
    unit = _MONTH * to_first.denominator
    # Clamped to short months two days may stand in the wrong order: the later one is no earlier in months.
    positions = accumulate((int(known[day] * unit) for day in days), max)
    return MonthScale(tuple(day.toordinal() for day in days), tuple(positions), unit)


def _anniversaries(starts_on: date, matures_on: date) -> Iterator[tuple[date, Exact]]:
    """(the same day of each month, months from the first) up to the first one at maturity or later."""
    for months in count():
        day = add_months(starts_on, months)
        yield day, Exact(months)
        if day >= matures_on:
            return


def _end(due: DueRule, settles_on: date) -> date:
    """The exclusive end of the due period that is settled on `settles_on`, the day as the bank prints it."""
    return settles_on + _DAY if due.counted else settles_on


def due_ends(due: DueRule, first: date, last: date) -> Iterator[date]:
    """The exclusive ends that the rule makes, at least all from `first` to `last`."""
    if due.every == "custom":
        yield from (_end(due, day) for day in due.dates)
        return
    apart = _MONTHS_APART[due.every]
    # Months counted from year 0, so that the quarters' ends are those divisible by 3. The month before the first one
    # may settle on its last day, counted, and so end a period on the first day.
    begin = first.year * 12 + first.month - 1
    for month in range(begin + -begin % apart, last.year * 12 + last.month + 1, apart):
        yield _end(due, month_day(0, month, due.day))
