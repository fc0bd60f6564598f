"""The bank's schedule: on which days the interest of a loan falls due, as half-open due periods."""

from collections.abc import Iterator
from datetime import date, timedelta

from calculators.facts.model import DueRule, Loan
from calculators.interest.day_count import Period, month_day

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
