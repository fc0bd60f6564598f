"""What a calculator is given: an entity, its application and grant, and what was insured, achieved or built.

Shapes only, no rules. Money is `int` fen, rates are `Exact` per year, dates are Asia/Shanghai calendar days. Every
period is half-open: `starts_on` counts, `ends_before` does not (算头不算尾); inclusive dates of notices and registers
were made exclusive once, at loading.
"""

from dataclasses import dataclass
from datetime import date

from calculators.money import Exact
from calculators.notices.quantities import Quantity


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
    `investment_fen` is what the project of a loan invests in all; None where nobody told.
    """

    id: str
    uscc: str
    notice: str
    item: str
    applied_on: date
    other_support: str = ""
    exemption: Exemption | None = None
    investment_fen: int | None = None


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


# Nothing, of what may be a part of a whole.
NONE = Exact(0)

# What an item is besides its figures, as a register has it: (name, value), such as ("category", "mpw").
Attributes = tuple[tuple[str, str], ...]
# What an item is measured by besides its base: (name, quantity), such as ("power", 1,200 kWh).
Figures = tuple[tuple[str, Quantity], ...]


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
    other_levels_fen: int = 0
    figures: Figures = ()

    @property
    def subject(self) -> str:
        """The product or launch that it covers: policies for one launch share its cap."""
        return self.item

    @property
    def base_fen(self) -> int:
        """The premium borne so far: paid less returned, tax included."""
        return sum(premium.amount_fen for premium in self.premiums)


@dataclass(frozen=True, slots=True)
class Claim:
    """What an incentive rewards: something achieved on a day, with the figure it is measured by.

    `base_fen` is the spending, investment or revenue in yuan x 100, `units` a number of things (mostly whole),
    `other_levels_fen` what other levels of government pay for the same.
    """

    key: str
    uscc: str
    achieved_on: date
    base_fen: int = 0
    units: Exact = NONE
    other_levels_fen: int = 0
    attributes: Attributes = ()
    figures: Figures = ()

    @property
    def subject(self) -> str:
        """The claim itself."""
        return self.key


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
class Target:
    """A target of a project (绩效目标): what was agreed, and what of it was reached; None while nobody has told."""

    name: str
    agreed: Quantity
    reached: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a project's performance (绩效评价) on a day; `score` in points, None where it gives none."""

    on: date
    score: Exact | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """An investment or research project: claimed against audited investment, stages, acceptance, targets, review."""

    key: str
    uscc: str
    signed_on: date
    claimed_fen: int
    audits: tuple[Audit, ...] = ()
    stages: tuple[Stage, ...] = ()
    acceptance: Acceptance | None = None
    attributes: Attributes = ()
    other_levels_fen: int = 0
    targets: tuple[Target, ...] = ()
    review: Review | None = None
    figures: Figures = ()

    @property
    def subject(self) -> str:
        """The project itself."""
        return self.key

    @property
    def base_fen(self) -> int:
        """The investment recognised by the latest audit, at most the claim; as claimed before the first."""
        if not self.audits:
            return self.claimed_fen
        return min(max(self.audits, key=lambda audit: audit.on).amount_fen, self.claimed_fen)


Item = Policy | Claim | Project
