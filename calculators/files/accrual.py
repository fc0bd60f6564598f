"""Interest from one JSON file, without a ledger: read it, refuse what cannot be taken, say what each period bears.

The form: `accrual_start`, `cash_events` (date, type `drawdown` or `principal_repayment`, amount), `rate_steps` (from,
annual_rate_pct), `day_count`, `due_dates` (exclusive ends), `rounding` (mode, place), `round_to`. Amounts in yuan and
rates in per cent are JSON strings, because a JSON number has already lost its exact value in most programs. Places of
problems are JSON pointers (RFC 6901).
"""

import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo

from calculators.clear import unclear
from calculators.interest.loan import DayCount, Movement
from calculators.interest.segments import Period, interest, lay_out
from calculators.money import Exact, Rounding, parse_exact, round_fen
from calculators.notices.values import Amount, Day, Shape, wrong
from calculators.problems import N_, Place, Problem, Refused, refuse

_MALFORMED = (
    "json_malformed",
    N_("this is not JSON"),
    N_("look here and just before for a missing comma, quote or bracket"),
)

# What pydantic itself finds wrong with the form of a file.
_FORM = {
    "missing": ("key_missing", N_("this key is missing"), N_("add it with its value")),
    "tuple_type": ("list_expected", N_("a list belongs here"), N_("write it in square brackets")),
    "model_type": (
        "part_expected",
        N_("a part with keys of its own belongs here"),
        N_("write it in curly brackets"),
    ),
}


class EventType(StrEnum):
    """What a cash event does to the principal."""

    DRAWDOWN = "drawdown"
    PRINCIPAL_REPAYMENT = "principal_repayment"


class RoundingPlace(StrEnum):
    """Where interest rounds: once per due period, or once per segment with the period as their sum."""

    PER_PERIOD = "per_period"
    PER_SEGMENT = "per_segment"


class RoundingMode(StrEnum):
    """The two usages of lenders for a tie."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class _Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def _in_quotes(value: object) -> object:
    if isinstance(value, _Number):
        raise wrong(
            "json_number",
            N_("{value} is a JSON number, which most programs read inexactly"),
            N_('write it as text: "{value}"'),
            value=str(value),
        )
    if not isinstance(value, str):
        raise wrong("text_expected", N_("a text belongs here"), N_("write one value in quotes"))
    return value


def _percent(value: str) -> Exact:
    try:
        rate = parse_exact(value) / 100
    except ValueError:
        rate = Exact(-1)
    if rate < 0:
        raise wrong(
            "rate_malformed",
            N_("{value!r} is not a rate in per cent per year"),
            N_("write the per cent without a sign or a unit, such as 3.55"),
            value=value,
        )
    return rate


def _unit(fen: int) -> int:
    if fen == 0:
        raise wrong("unit_zero", N_("nothing rounds to a unit of 0"), N_("write 0.01 to round to the fen"))
    return fen


def _choice(words: type[StrEnum]) -> BeforeValidator:
    def check(value: str) -> StrEnum:
        try:
            return words(value)
        except ValueError:
            raise wrong(
                "choice_unknown",
                N_("{value!r} is not possible here"),
                N_("write one of: {allowed}"),
                value=value,
                allowed=", ".join(words),
            ) from None

    return BeforeValidator(check)


def _ascending(days: Sequence[date]) -> None:
    if not days:
        raise wrong("list_empty", N_("the list is empty"), N_("add at least one item"))
    late = [str(after) for before, after in pairwise(days) if after <= before]
    if late:
        raise wrong(
            "dates_out_of_order",
            N_("not later than the date before: {days}"),
            N_("write each date once, the earliest first"),
            days=", ".join(late),
        )


# Of several `BeforeValidator`s the last one runs first.
Yuan = Annotated[Amount, BeforeValidator(_in_quotes)]
Percent = Annotated[Exact, BeforeValidator(_percent), BeforeValidator(_in_quotes)]
QuotedDay = Annotated[Day, BeforeValidator(_in_quotes)]


class CashEvent(Shape):
    """Principal drawn or repaid on a day, in yuan; that day bears the new balance."""

    day: QuotedDay = Field(alias="date")
    type: Annotated[EventType, _choice(EventType), BeforeValidator(_in_quotes)]
    amount: Yuan


class RateStep(Shape):
    """The rate per year from a day on."""

    starts_on: QuotedDay = Field(alias="from")
    rate: Percent = Field(alias="annual_rate_pct")


class RoundingRule(Shape):
    """How and where interest rounds."""

    mode: Annotated[RoundingMode, _choice(RoundingMode), BeforeValidator(_in_quotes)]
    place: Annotated[RoundingPlace, _choice(RoundingPlace), BeforeValidator(_in_quotes)]


def _steps_ascend(steps: tuple[RateStep, ...]) -> tuple[RateStep, ...]:
    _ascending([step.starts_on for step in steps])
    return steps


def _days_ascend(days: tuple[date, ...], file: ValidationInfo) -> tuple[date, ...]:
    _ascending(days)
    start = file.data.get("accrual_start", date.min)
    if days[0] <= start:
        raise wrong(
            "dates_out_of_order",
            N_("the first due date {due} is not later than accrual_start {start}"),
            N_("write the exclusive ends of the periods after accrual_start"),
            due=str(days[0]),
            start=str(start),
        )
    return days


class AccrualFile(Shape):
    """The whole file; cash events may stand in any order, and those before `accrual_start` make the opening balance."""

    accrual_start: QuotedDay
    cash_events: tuple[CashEvent, ...]
    rate_steps: Annotated[tuple[RateStep, ...], AfterValidator(_steps_ascend)]
    day_count: Annotated[DayCount, _choice(DayCount), BeforeValidator(_in_quotes)]
    due_dates: Annotated[tuple[QuotedDay, ...], AfterValidator(_days_ascend)]
    rounding: RoundingRule
    round_to: Annotated[Amount, AfterValidator(_unit), BeforeValidator(_in_quotes)]


def period_interest(text: str, source: str) -> list[tuple[Period, int]]:
    """The due periods of a JSON file and the interest of each in fen, rounded as the file says.

    `source` is the file's name for messages. `Refused` with every problem of the file: those of its form first, and
    only when it has none, `balance_negative` and `rate_missing`.
    """
    file = _read(text, source)
    movements = [
        Movement(event.day, event.amount if event.type == EventType.DRAWDOWN else -event.amount)
        for event in file.cash_events
    ]
    steps = [(step.starts_on, step.rate) for step in file.rate_steps]
    segments = lay_out(movements, steps, file.accrual_start, file.due_dates[-1], place=Place(source))
    periods = [Period(opens, due) for opens, due in pairwise([file.accrual_start, *file.due_dates])]
    per_segment = file.rounding.place == RoundingPlace.PER_SEGMENT
    # What rounds together: all segments at once, or each alone.
    groups = [[segment] for segment in segments] if per_segment else [segments]
    mode = Rounding(file.rounding.mode)
    return [
        (
            period,
            sum(round_fen(interest(group, file.day_count, period), mode, file.round_to) for group in groups),
        )
        for period in periods
    ]


def _read(text: str, source: str) -> AccrualFile:
    parsed, problems = _parse(text, source)
    taken = None
    try:
        taken = AccrualFile.model_validate(parsed)
    except ValidationError as error:
        problems += [_problem(found, source) for found in error.errors(include_url=False)]
    if taken is None or problems:
        raise Refused(problems)
    return taken


def _parse(text: str, source: str) -> tuple[object, list[Problem]]:
    """What the text says, the keys that it says twice and its unclear texts; `Refused` where it is not JSON."""
    problems: list[Problem] = []

    def take(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        what, remedy = N_("this key stands here a second time"), N_("keep one of the two")
        again = sorted({key for key in keys if keys.count(key) > 1})
        problems.extend(Problem("key_twice", what, remedy, Place(source, key=key)) for key in again)
        texts = [*((key, key) for key in keys), *((key, text) for key, text in pairs if isinstance(text, str))]
        problems.extend(found for key, text in texts if (found := unclear(text, Place(source, key=key))))
        return dict(pairs)

    try:
        parsed = json.loads(
            text, object_pairs_hook=take, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except json.JSONDecodeError as error:
        raise refuse(*_MALFORMED, Place(source, error.lineno, error.colno)) from None
    except RecursionError:
        raise refuse(*_MALFORMED, Place(source)) from None
    return parsed, problems


def _problem(found: Any, source: str) -> Problem:
    """An error of pydantic as a problem at its JSON pointer."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in found["loc"])
    place = Place(source, key="".join(f"/{step}" for step in steps))
    if found["type"] in _FORM:
        return Problem(*_FORM[found["type"]], place)
    context = dict(found["ctx"])
    return Problem(found["type"], context.pop("what"), context.pop("remedy"), place, context)
