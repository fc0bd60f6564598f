"""A loan as the bank reports it: principal, rates, due days, and what happened to it.

Shapes only. Money is `int` fen, rates are `Exact` per year; every period is half-open (算头不算尾).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators.money import Exact


class DayCount(StrEnum):
    """How days become a fraction of a year; the names are those of a loan register."""

    ACT_360 = "ACT/360"
    ACT_365F = "ACT/365F"
    THIRTY_E_360 = "30E/360"
    THIRTY_360 = "30/360"
    ACT_ACT_ISDA = "ACT/ACT.ISDA"
    NOMINAL_MONTH = "NOMINAL_MONTH"


@dataclass(frozen=True, slots=True)
class DueRule:
    """When the bank settles interest.

    `every` is `month`, `quarter` (March, June, September, December) or `custom`; `day` 1..31 is clamped to the month's
    end with the anchor day kept; `counted` = the settlement day itself bears interest in the period it ends, so the
    exclusive end is the day after. `dates` (custom only) are settlement days as the bank wrote them, before `counted`
    is applied.
    """

    every: str
    day: int = 20
    counted: bool = True
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """Principal drawn (positive `amount_fen`) or repaid (negative) on a day; that day bears the new balance."""

    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class FixedRate:
    """From `starts_on` the contract rate is `rate` per year."""

    starts_on: date
    rate: Exact


@dataclass(frozen=True, slots=True)
class FloatingRate:
    """From `starts_on` the contract rate is a benchmark tenor plus `spread`, set on `starts_on` and again as said.

    `tenor` is `1y` or `5y`; `repriced` is `fixed` (set once), `january_1`, `anniversary` (of `starts_on`), `quarter`
    (1 January, April, July, October) or `publication` (each day a new value comes into force).
    """

    starts_on: date
    tenor: str
    spread: Exact
    repriced: str


@dataclass(frozen=True, slots=True)
class Spell:
    """Days that bear no support: `kind` is `overdue` or `extension`; `principal_fen` None means the whole balance."""

    kind: str
    starts_on: date
    ends_before: date | None
    principal_fen: int | None = None


@dataclass(frozen=True, slots=True)
class OtherSubsidy:
    """What another programme pays on the same loan: `rate` per year of its principal, from a day on until it ended."""

    starts_on: date
    ends_before: date | None
    rate: Exact


@dataclass(frozen=True, slots=True)
class Receipt:
    """Interest the bank says was paid for the due period that ends before `due`."""

    due: date
    interest_fen: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as the bank reports it; principal movements are input and never derived.

    `key` identifies it (contract number, and slip number 借据号 where given, joined with `/`). Accrual runs from the
    first movement to `matures_on` (that day not counted). `rates` cover every day from the first movement on, each
    from its `starts_on` until the next one's.
    """

    key: str
    contract: str
    lender: str
    uscc: str
    signed_on: date
    matures_on: date
    amount_fen: int
    day_count: DayCount
    due: DueRule
    movements: tuple[Movement, ...]
    rates: tuple[FixedRate | FloatingRate, ...]
    spells: tuple[Spell, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    purpose: str = ""
    other_subsidies: tuple[OtherSubsidy, ...] = ()
