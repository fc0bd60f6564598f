"""Interest over a loan's schedule: which principal bore which rate on which days, and what that comes to.

Read with `day_count` (days as parts of a year, and the due periods), whose names are offered here too. Money is whole
fen; interest leaves unrounded, and the caller rounds it once per due period (`money.round_fen`).

A day on which a rate over the benchmark comes to less than zero bears zero: no bank pays its borrower. Principal that
is overdue and extended at once is left out once; what rows of one kind name is different principal each. No source says
either: assumptions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, pairwise
from math import lcm
from typing import NamedTuple

from calculators.interest.benchmark import Benchmark
from calculators.interest.day_count import Period, due_periods, month_day, ruler, year_fraction
from calculators.interest.loan import DayCount, FixedRate, FloatingRate, Loan, Movement, Spell
from calculators.money import Exact, Ratio, format_yuan
from calculators.problems import N_, Place, Problem, Refused

__all__ = [
    "BALANCE_NEGATIVE",
    "RATE_MISSING",
    "Period",
    "Segment",
    "due_periods",
    "interest",
    "interest_ratio",
    "lay_out",
    "rates_below_zero",
    "segments",
    "spells_overlap",
    "year_fraction",
]

# What a loan's movements and rates may contradict each other in, by the code of the problem.
BALANCE_NEGATIVE = N_("on {day} repayments exceed drawdowns by {amount} yuan")
RATE_MISSING = N_("no rate is given for {day}, when principal is outstanding")


class Segment(NamedTuple):
    """Days, half-open, over which `principal_fen` bears `rate` per year and neither changes."""

    starts_on: date
    ends_before: date
    principal_fen: int
    rate: Exact


def segments(loan: Loan, starts_on: date, ends_before: date, benchmark: Benchmark, *, supported: bool) -> list[Segment]:
    """The segments of `loan` from `starts_on` to before `ends_before`, none beyond maturity, none without principal.

    With `supported` overdue and extended principal is left out; without, all principal bears the contract rate (penalty
    interest is in neither). `Refused`: `balance_negative`, `rate_missing`, and `benchmark_unknown` for a floating rate
    that is set on a day the table does not know. Ask up to the day you need: later days need no benchmark then.
    """
    ends_before = min(ends_before, loan.matures_on)
    if ends_before <= starts_on:
        return []
    nothing = Exact(0)
    contract = rate_steps(loan.rates, ends_before, benchmark)
    steps = [(day, rate if rate.numerator >= 0 else nothing) for day, rate in contract]
    spells = loan.spells if supported else ()
    return lay_out(loan.movements, steps, starts_on, ends_before, spells, Place(loan.key))


def rates_below_zero(loan: Loan, ends_before: date, benchmark: Benchmark) -> list[tuple[date, Exact]]:
    """(day, rate per year) of every step before `ends_before` at which the contract's rate comes to less than zero."""
    return [(day, rate) for day, rate in rate_steps(loan.rates, ends_before, benchmark) if rate < 0]


def spells_overlap(spells: Sequence[Spell]) -> list[tuple[date, date | None]]:
    """The days, half-open, on which a loan has overdue and extended principal at once; None = they have not ended."""
    pairs = [
        (max(spell.starts_on, other.starts_on), min(spell.ends_before or date.max, other.ends_before or date.max))
        for spell in spells
        for other in spells
        if (spell.kind, other.kind) == ("overdue", "extension")
    ]
    return [(first, None if end == date.max else end) for first, end in sorted(pairs) if first < end]


def lay_out(
    movements: Sequence[Movement],
    rate_steps: Sequence[tuple[date, Exact]],
    starts_on: date,
    ends_before: date,
    spells: Sequence[Spell] = (),
    place: Place | None = None,
) -> list[Segment]:
    """Cut the days from `starts_on` to before `ends_before` wherever balance, rate or a spell changes.

    Movements before `starts_on` make the opening balance; a day bears its new balance. `rate_steps` are (from, rate per
    year), ascending. Neighbours with equal principal and rate are one segment. `Refused` with every problem found:
    `balance_negative` (a repayment before or above what was drawn), `rate_missing` (principal on a day without rate).
    """
    balances = _balances(movements)
    problems = [
        Problem(
            "balance_negative",
            BALANCE_NEGATIVE,
            N_("correct the repayment, or add the drawdown that is missing"),
            place or Place(),
            {"day": day, "amount": format_yuan(-balance)},
        )
        for day, balance in balances
        if balance < 0
    ]
    cuts = [day for day, _ in balances] + [day for day, _ in rate_steps]
    cuts += [day for spell in spells for day in (spell.starts_on, spell.ends_before or ends_before)]
    inner = {day for day in cuts if starts_on < day < ends_before}
    found: list[Segment] = []
    uncovered: date | None = None
    # Balances, rates and days all go forward, so that each is looked at once.
    balance, rate = 0, None
    at_balance = at_rate = 0
    for opens, closes in pairwise([starts_on, *sorted(inner), ends_before]):
        while at_balance < len(balances) and balances[at_balance][0] <= opens:
            balance = balances[at_balance][1]
            at_balance += 1
        while at_rate < len(rate_steps) and rate_steps[at_rate][0] <= opens:
            rate = rate_steps[at_rate][1]
            at_rate += 1
        principal = balance - _left_out(spells, opens, balance) if spells else balance
        if principal <= 0:
            continue
        if rate is None:
            uncovered = uncovered or opens
            continue
        if found and found[-1][1:] == (opens, principal, rate):
            found[-1] = Segment(found[-1].starts_on, closes, principal, rate)
        else:
            found.append(Segment(opens, closes, principal, rate))
    if uncovered:
        problems.append(
            Problem(
                "rate_missing",
                RATE_MISSING,
                N_("give the rate that held on that day"),
                place or Place(),
                {"day": uncovered},
            )
        )
    if problems:
        raise Refused(problems)
    return found


def interest(segments: Iterable[Segment], day_count: DayCount, period: Period) -> Exact:
    """The interest, in fen and unrounded, of the segments' days that lie within the due period `period`.

    Segments may reach beyond the period; the parts outside do not count. The caller rounds, once per due period.
    """
    return Exact(*interest_ratio(segments, day_count, period))


def interest_ratio(segments: Iterable[Segment], day_count: DayCount, period: Period) -> Ratio:
    """The same for who only sums and rounds it."""
    position, year = ruler(day_count, period)
    opens, closes = period.starts_on, period.ends_before
    # One common denominator for all segments keeps this in integers: a rational per segment takes six times as long.
    total, scale = 0, 1
    for first, last, principal_fen, rate in segments:
        if first >= closes or last <= opens:
            continue
        days = position(last if last < closes else closes) - position(first if first > opens else opens)
        numerator, denominator = rate.as_integer_ratio()
        amount = principal_fen * numerator * days
        if denominator != scale:
            common = lcm(scale, denominator)
            total, amount, scale = total * (common // scale), amount * (common // denominator), common
        total += amount
    return Ratio(total, scale * year)


def _balances(movements: Iterable[Movement]) -> list[tuple[date, int]]:
    """(day, balance from that day on) in order; what happens on one day counts together."""
    by_day: dict[date, int] = {}
    for movement in movements:
        by_day[movement.on] = by_day.get(movement.on, 0) + movement.amount_fen
    days = sorted(by_day)
    return list(zip(days, accumulate(by_day[day] for day in days), strict=True))


def _left_out(spells: Iterable[Spell], day: date, balance_fen: int) -> int:
    """The principal that bears no support on `day`; it may be more than the balance."""
    by_kind: dict[str, int] = defaultdict(int)
    for spell in spells:
        if spell.starts_on <= day and (spell.ends_before is None or day < spell.ends_before):
            by_kind[spell.kind] += balance_fen if spell.principal_fen is None else spell.principal_fen
    return max(by_kind.values(), default=0)


def rate_steps(
    rates: Iterable[FixedRate | FloatingRate], ends_before: date, benchmark: Benchmark
) -> list[tuple[date, Exact]]:
    """The contract's rates as (from, rate per year) up to `ends_before`, floating ones resolved."""
    # Of two rates from one day the one given later holds: an event on the first day replaces the contract's own rate.
    on_day = {rate.starts_on: rate for rate in rates if rate.starts_on < ends_before}
    ordered = [on_day[day] for day in sorted(on_day)]
    ends = [*(rate.starts_on for rate in ordered[1:]), ends_before]
    steps: list[tuple[date, Exact]] = []
    for rate, end in zip(ordered, ends, strict=True):
        if isinstance(rate, FixedRate):
            steps.append((rate.starts_on, rate.rate))
        elif rate.repriced == "publication":
            steps += [(day, value + rate.spread) for day, value in benchmark.steps(rate.tenor, rate.starts_on, end)]
        else:
            steps += [(day, benchmark.rate(rate.tenor, day) + rate.spread) for day in _reset_days(rate, end)]
    return steps


def _reset_days(rate: FloatingRate, ends_before: date) -> list[date]:
    """The days before `ends_before` on which the rate is set: its first day, then by its repricing rule."""
    first = rate.starts_on
    years = range(first.year, ends_before.year + 1)
    match rate.repriced:
        case "fixed":
            later = []
        case "january_1":
            later = [date(year, 1, 1) for year in years]
        case "anniversary":
            later = [month_day(year, first.month, first.day) for year in years]
        case "quarter":
            later = [date(year, month, 1) for year in years for month in (1, 4, 7, 10)]
        case _:
            raise ValueError(f"unknown repricing rule: {rate.repriced}")
    return [first, *(day for day in later if first < day < ends_before)]
