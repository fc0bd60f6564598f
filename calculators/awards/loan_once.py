"""What a loan notice pays once: a share of what was drawn, the present value of points, a component earned at the end.

Amounts are exact and in fen, one for each part of a line; who calls rounds them on the cumulative amount.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate, groupby
from operator import attrgetter

from calculators.awards.lines import Line, first_drawdown
from calculators.awards.loan_parts import Part, Stretch, clip
from calculators.interest.day_count import add_months
from calculators.interest.loan import Loan
from calculators.interest.segments import due_periods, interest, lay_out
from calculators.money import Exact, Ratio
from calculators.notices.loan_components import GrantEquivalent, OneOff

__all__ = ["at_its_time", "drawn_in", "once", "present_value", "repaid_on"]

NOTHING = Exact(0)


def once(rule: OneOff | GrantEquivalent, line: Line, parts: Sequence[Part], days: Sequence[Stretch]) -> Iterator[Exact]:
    """The amount of each part; `days` are all supported days of the line, however far its parts reach."""
    for place, part in enumerate(parts):
        if isinstance(rule, OneOff):
            yield rule.share * drawn_in(line.loan, part)
        else:
            yield present_value(rule, line.loan, days) if place == 0 else NOTHING


def drawn_in(loan: Loan, part: Part) -> int:
    """The principal drawn on the days of a part, in fen."""
    return sum(
        movement.amount_fen
        for movement in loan.movements
        if movement.amount_fen > 0 and part.starts_on <= movement.on < part.ends_before
    )


def present_value(rule: GrantEquivalent, loan: Loan, days: Iterable[Stretch]) -> Exact:
    """What the points on the principal of the supported days are worth on the day of the first drawdown, in fen."""
    first = first_drawdown(loan)
    # The points alone: what the loan itself bears, and so any benchmark, does not matter here.
    whole = lay_out(loan.movements, [(first, rule.points)], first, loan.matures_on, loan.spells)
    timeline = [segment for stretch in days for segment in clip(whole, stretch.starts_on, stretch.ends_before)]
    return sum(
        (
            interest(timeline, loan.day_count, period) / _grown(rule.reference_rate, first, period.ends_before)
            for period in due_periods(loan)
        ),
        NOTHING,
    )


def _grown(rate: Exact, first: date, day: date) -> Exact:
    """What 1 grows to by `day` at a rate a year: compound over whole years, simple over the days that are left."""
    years = day.year - first.year
    if add_months(first, 12 * years) > day:
        years -= 1
    begins, ends = add_months(first, 12 * years), add_months(first, 12 * (years + 1))
    return (1 + rate) ** years * (1 + rate * Exact((day - begins).days, (ends - begins).days))


def repaid_on(loan: Loan) -> date | None:
    """The day on which the loan was repaid in time: nothing is left by its maturity, and there were no arrears."""
    if loan.spells or not loan.movements:
        return None
    ordered = sorted(loan.movements, key=attrgetter("on"))
    days = [
        (day, sum(movement.amount_fen for movement in group)) for day, group in groupby(ordered, key=attrgetter("on"))
    ]
    balances = accumulate(amount_fen for _day, amount_fen in days)
    last = [(day, balance_fen) for (day, _), balance_fen in zip(days, balances, strict=True)][-1]
    return last[0] if last[1] == 0 and last[0] <= loan.matures_on else None


def at_its_time(
    amounts: Sequence[Exact | Ratio], parts: Sequence[Part], loan: Loan, days: Sequence[Stretch]
) -> list[Exact]:
    """The amounts of a component that is earned by repaying in time: all of them in the part in which it is repaid.

    Where support ended before, that is its last part; before the part has fallen due, nothing.
    """
    earned_on, due = repaid_on(loan), [NOTHING] * len(amounts)
    if earned_on is None:
        return due
    settled_on = min(earned_on, days[-1].ends_before)
    place = next((place for place, part in enumerate(parts) if part.ends_before >= settled_on), None)
    if place is not None:
        due[place] = sum((Exact(*amount.as_integer_ratio()) for amount in amounts[: place + 1]), NOTHING)
    return due
