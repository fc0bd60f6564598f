"""What a calculator is given: an entity, its application and grant, a loan and what happened to it.

Shapes only, no rules. Money is `int` fen, rates are `Exact` per year, dates are Asia/Shanghai calendar days. Every
period is half-open: `starts_on` counts, `ends_before` does not (算头不算尾); inclusive dates of notices and registers
were made exclusive once, at loading.
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
class District:
    """The registered district of an entity from a day on (empty = not in Beijing is written as the other place)."""

    starts_on: date
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """A status such as `innovative_sme`, held from a day on, before `ends_before` where it has ended."""

    name: str
    starts_on: date
    ends_before: date | None = None


@dataclass(frozen=True, slots=True)
class Dishonesty:
    """A decision that names an entity as seriously dishonest (严重失信), and the day it was repaired, if it was."""

    decided_on: date
    document: str
    repaired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A firm: unified social credit code (USCC, GB 32100-2015), registered name, district history, statuses."""

    uscc: str
    name: str
    districts: tuple[District, ...]
    statuses: tuple[Status, ...] = ()
    dishonesty: tuple[Dishonesty, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """What frees an application from conditions: `major_project`, `key_enterprise` or `national_project`, as approved.

    `document` is the approving document; without one nothing is exempt.
    """

    kind: str
    document: str


@dataclass(frozen=True, slots=True)
class Application:
    """申报: an entity asks for support for one item (the key of a loan, policy, claim or project) under one notice.

    `other_support` names other municipal support of the same item, as the applicant declares it; empty = none.
    """

    id: str
    uscc: str
    notice: str
    item: str
    applied_on: date
    other_support: str = ""
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """批复: what was granted on an application; `ceiling_fen` bounds everything ever due on it."""

    id: str
    application: str
    granted_on: date
    ceiling_fen: int
    envelope: str
    payee: str
    document: str


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


# What an item is besides its figures, as a register has it: (name, value), such as ("category", "mpw").
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Premium:
    """Premium paid to the insurer on a day (positive) or returned by it (negative), tax included.

    `tax_fen` is the part of it that is tax, with the same sign.
    """

    on: date
    amount_fen: int
    tax_fen: int = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """How a premium by the unit is made: sum insured per unit x rate x units, rounded after the multiplication."""

    sum_insured_fen: int
    rate: Exact
    units: Exact


@dataclass(frozen=True, slots=True)
class Policy:
    """An insurance policy for one year of cover.

    `item` is the product or launch covered, `cover_year` counts the years of continuous cover from 1. `premium_fen` is
    what the policy asks for, `premiums` what was paid and returned. `liability_fen` is the sum insured, `contract_fen`
    the value of the contract under which the insured product was sold, where there is one.
    """

    key: str
    uscc: str
    insurer: str
    item: str
    signed_on: date
    cover_year: int
    liability_fen: int
    premium_fen: int
    premiums: tuple[Premium, ...]
    contract_fen: int | None = None
    launched_on: date | None = None
    rating: Rating | None = None
    attributes: Attributes = ()

    @property
    def base_fen(self) -> int:
        """The premium borne so far: paid less returned, tax included."""
        return sum(premium.amount_fen for premium in self.premiums)


@dataclass(frozen=True, slots=True)
class Claim:
    """What an incentive rewards: something achieved on a day, with the figure it is measured by.

    `base_fen` is the spending, investment or revenue in yuan x 100, `units` a number of things, `other_levels_fen` what
    other levels of government pay for the same.
    """

    key: str
    uscc: str
    achieved_on: date
    base_fen: int = 0
    units: int = 0
    other_levels_fen: int = 0
    attributes: Attributes = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a project that was reached on a day, by its evidence."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Audit:
    """The investment that an audit recognised up to its day; a later one replaces an earlier one."""

    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The outcome of a project's acceptance: `done` is the part of it that was done, 1 = passed, 0 = failed."""

    on: date
    done: Exact


@dataclass(frozen=True, slots=True)
class Project:
    """An investment or research project: claimed against audited investment, stages reached, acceptance."""

    key: str
    uscc: str
    signed_on: date
    claimed_fen: int
    audits: tuple[Audit, ...] = ()
    stages: tuple[Stage, ...] = ()
    acceptance: Acceptance | None = None
    attributes: Attributes = ()

    @property
    def base_fen(self) -> int:
        """The investment recognised by the latest audit; as claimed before the first."""
        return max(self.audits, key=lambda audit: audit.on).amount_fen if self.audits else self.claimed_fen


Item = Policy | Claim | Project
