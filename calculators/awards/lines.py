"""What calculators are given: award lines, awards paid outside, other supports.

An award line is one granted item under one notice: a loan (`Line`) or a policy, a claim, a project (`ItemLine`, whose
parts in which it falls due are `ItemPart`s). Caps, conditions and the order among lines ask of a line only what
`AwardLine` names. What bounds a line as a whole stands here too: the grant's ceiling and the decisions below it; what
lies above the lowest is withheld by decision and never topped up by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple, Protocol

from calculators.awards.payers import TakenBack
from calculators.digest import Withheld
from calculators.facts.model import Application, Entity, Grant, Item, Policy, Project
from calculators.interest.loan import Loan
from calculators.money import Exact, Rounding
from calculators.notices.dimensions import value_of
from calculators.notices.figures import BUILT_IN
from calculators.notices.item import ItemNotice
from calculators.notices.loan import LoanNotice
from calculators.notices.model import Cap, Notice, Sourced
from calculators.notices.premium import InsurancePremiumNotice
from calculators.notices.quantities import PERCENT, YUAN, Quantity
from calculators.notices.when import Match

__all__ = ["ItemLine", "ItemPart", "Row", "district_of", "lowest_limit", "withheld_by"]

# The label of what no source says; it stands in records, so it is translated where it is printed.
ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class Version:
    """A notice version by its reference (`id@sha256:<hex>`) and the accrual days that it governs; None = open."""

    ref: str
    notice: LoanNotice
    starts_on: date = date.min
    ends_before: date | None = None


class Limit(NamedTuple):
    """A recorded decision that bounds everything ever due on a line, below or at the grant's ceiling.

    `code` is `meeting` (会议核减, a meeting granted less than was computed) or `shortage` (what a short budget
    allotted); the grant's own ceiling is `grant_ceiling`. `document` is the decision's.
    """

    code: str
    amount_fen: int
    document: str


class Proportion(NamedTuple):
    """How a part takes back a share of the award, where its notice says so.

    Of what is awarded after the part's claim without it (`gained_fen`, mostly 0) only `kept` is left, 0 to 1.
    """

    kept: Exact
    gained_fen: int


class PaidTo(NamedTuple):
    """Who receives an award: the firm, or a lender or insurer by its name in the registers."""

    who: Literal["firm", "lender", "insurer"] = "firm"
    name: str = ""


class AwardLine(Protocol):
    """One granted item under one notice, of any type of support."""

    @property
    def id(self) -> str:
        """The grant number."""

    @property
    def entity(self) -> Entity:
        """Who is supported."""

    @property
    def application(self) -> Application:
        """What was asked for."""

    @property
    def grant(self) -> Grant:
        """What was granted."""

    @property
    def limits(self) -> Sequence[Limit]:
        """Decisions that bound it beside the grant's ceiling."""

    @property
    def notice_id(self) -> str:
        """The notice, whatever its version."""

    @property
    def notices(self) -> Sequence[Notice]:
        """The versions of the notice that govern it, the latest last."""

    @property
    def notice_refs(self) -> Sequence[str]:
        """The references of those versions (`id@sha256:<hex>`), in the same order."""

    @property
    def facts_root(self) -> str:
        """The hex root over the records that it rests on."""

    @property
    def taken_back(self) -> Sequence[TakenBack]:
        """The claw-backs that were agreed."""

    @property
    def on_loan(self) -> bool:
        """Whether it supports a loan, and not another item."""

    @property
    def item_key(self) -> str:
        """The key of its loan or other item."""

    @property
    def paid_to(self) -> PaidTo:
        """Who receives the award."""

    def own(self, dimension: str) -> str:
        """Its entity, lender, loan or item, as caps tell lines apart."""

    def dates(self) -> Mapping[str, date]:
        """The dates that windows and the order among lines may look at, by name; unknown ones are left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One granted loan under one notice.

    `versions` are the notice's versions by the days they govern, without overlap (mostly one). `facts_root` is the hex
    root over the records the line rests on. `released` holds (due, our interest, receipt) of held due periods that
    somebody released: it counts while both figures (fen; None = no receipt) still stand. `limits` are decisions below
    the grant's ceiling, `taken_back` the claw-backs that were agreed.
    """

    id: str
    versions: tuple[Version, ...]
    entity: Entity
    application: Application
    grant: Grant
    loan: Loan
    facts_root: str
    released: frozenset[tuple[date, int, int | None]] = frozenset()
    limits: tuple[Limit, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def notice_id(self) -> str:
        """The notice, whatever its version."""
        return self.versions[0].notice.id

    @property
    def notices(self) -> Sequence[Notice]:
        """The versions of the notice that govern the loan."""
        return [version.notice for version in self.versions]

    @property
    def notice_refs(self) -> Sequence[str]:
        """The references of those versions."""
        return [version.ref for version in self.versions]

    @property
    def on_loan(self) -> bool:
        """It is one."""
        return True

    @property
    def item_key(self) -> str:
        """The loan's key."""
        return self.loan.key

    @property
    def paid_to(self) -> PaidTo:
        """The firm, or the lender, as the latest version says: an amendment by accrual day cannot change it."""
        prepaid = self.versions[-1].notice.payment.path == "lender_prepaid"
        return PaidTo("lender", self.loan.lender) if prepaid else PaidTo()

    def own(self, dimension: str) -> str:
        """Its entity, lender or loan."""
        return value_of(self, "loan", dimension)

    def dates(self) -> Mapping[str, date]:
        """Dates of application, contract and, once something is drawn, first drawdown."""
        dates = {"application": self.application.applied_on, "contract": self.loan.signed_on}
        if self.loan.movements:
            dates["drawdown"] = first_drawdown(self.loan)
        return dates


class Outside(NamedTuple):
    """An award paid outside this ledger for the due period that ends before `due`; unknown texts are empty.

    It uses up the room of caps, except for a line that is calculated itself: there the line's own award does.
    """

    notice: str
    uscc: str
    line: str
    lender: str
    loan: str
    due: date
    amount_fen: int

    def own(self, dimension: str) -> str:
        """Its entity, lender, loan or item, as caps tell lines apart."""
        return value_of(self, "outside", dimension)


class Support(NamedTuple):
    """A granted support of an entity that is not among the lines, for the rule of one support per fund year."""

    uscc: str
    programme: str
    fund_year: int
    notice: str
    granted_on: date
    grant: str


class OrderKey(NamedTuple):
    """A line's place where lines compete for one cap or one principal: the notice's stated order, then the id.

    Notices that state different orders stand in blocks, each in its own order.
    """

    stated: tuple[str, ...]
    values: tuple[str, ...]
    id: str


def order_key(line: AwardLine) -> OrderKey:
    """The key that sorts competing lines; dates in ISO form sort as text."""
    stated = line.notices[-1].order
    dates = line.dates()
    values = [
        line.id
        if name == "id"
        else (line.grant.granted_on if name == "grant_date" else dates[name.removesuffix("_date")]).isoformat()
        for name in stated
    ]
    return OrderKey(stated, tuple(values), line.id)


def first_drawdown(loan: Loan) -> date:
    """The day of the first drawdown, from which accrual runs; the day of signing while nothing is drawn."""
    return min([movement.on for movement in loan.movements], default=loan.signed_on)


def holds_status(entity: Entity, status: str, day: date) -> bool:
    """Whether the entity holds the status on `day`: from the day it gained it until it ended."""
    return any(
        held.name == status and held.starts_on <= day and (held.ends_before is None or day < held.ends_before)
        for held in entity.statuses
    )


def district_of(entity: Entity, day: date) -> str:
    """The registered district on `day`; empty where none is known so early."""
    return max(
        ((since.starts_on, since.name) for since in entity.districts if since.starts_on <= day), default=(day, "")
    )[1]


def clause_label(notice: Notice, rule: Sourced) -> str:
    """Where a rule stands, short: the basis id, then the clause where one is known (`guide.III.2.2`); `assumption`."""
    if rule.basis is None:
        return ASSUMPTION
    clause = next((basis.clause for basis in notice.basis if basis.id == rule.basis), "unknown")
    # An id may carry its clause already (`n3.2`, clause 3.2).
    return rule.basis if clause == "unknown" or rule.basis.endswith(clause) else f"{rule.basis}.{clause}"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One granted item under the version of its notice (`ref` is `id@sha256:<hex>`) that governs it.

    `facts_root` is the hex root over the records the line rests on; `limits` are decisions below the grant's ceiling,
    `taken_back` the claw-backs that were agreed.
    """

    id: str
    ref: str
    notice: ItemNotice
    entity: Entity
    application: Application
    grant: Grant
    item: Item
    facts_root: str
    limits: tuple[Limit, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def notice_id(self) -> str:
        """The notice, whatever its version."""
        return self.notice.id

    @property
    def notices(self) -> Sequence[Notice]:
        """The one version that governs the item."""
        return (self.notice,)

    @property
    def notice_refs(self) -> Sequence[str]:
        """Its reference."""
        return (self.ref,)

    @property
    def on_loan(self) -> bool:
        """It is none."""
        return False

    @property
    def item_key(self) -> str:
        """The item's key."""
        return self.item.key

    @property
    def paid_to(self) -> PaidTo:
        """The firm, or the insurer where the firm pays only its own share of the premium."""
        if isinstance(self.notice, InsurancePremiumNotice) and self.notice.counted.paid == "own_share":
            assert isinstance(self.item, Policy), self.id
            return PaidTo("insurer", self.item.insurer)
        return PaidTo()

    def own(self, dimension: str) -> str:
        """Its entity or item, as caps tell lines apart; a policy's item is the product or launch that it covers."""
        return value_of(self, "item", dimension)

    def dates(self) -> Mapping[str, date]:
        """Dates of application, contract and launch, as far as the item has them."""
        dates = {"application": self.application.applied_on}
        if isinstance(self.item, Policy | Project):
            dates["contract"] = self.item.signed_on
        if isinstance(self.item, Policy) and self.item.launched_on:
            dates["launch"] = self.item.launched_on
        return dates

    def attribute(self, name: str) -> str:
        """The item's attribute; empty where it has none of that name."""
        return dict(self.item.attributes).get(name, "")

    def figure(self, name: str) -> Quantity | None:
        """The item's figure in the unit that the notice declares; None where it has none, or none in that unit."""
        match name:
            case "base":
                return Quantity(Exact(self.item.base_fen, 100), YUAN) if self.item.base_fen > 0 else None
            case "other_levels":
                others_fen = self.item.other_levels_fen
                return Quantity(Exact(others_fen, 100), YUAN) if others_fen > 0 else None
        told = dict(self.item.figures).get(name)
        return told if told and told.unit == self.unit_of(name) else None

    def unit_of(self, name: str) -> str:
        """The unit of a figure that the notice declares."""
        return BUILT_IN.get(name) or next(figure.unit for figure in self.notice.figures if figure.id == name)

    def measure(self, of: str, over: str | None) -> Quantity | None:
        """The figure `of`, or what it lies above the figure `over`, at least 0; None where one of them is missing."""
        whole = self.figure(of)
        if over is None or whole is None:
            return whole
        before = self.figure(over)
        return before and Quantity(max(Exact(0), whole.value - before.value), whole.unit)

    def ranged(self, figure: str, over: str | None) -> Quantity | None:
        """The figure, or its growth on `over` in per cent (below zero too); None where one of them is missing or 0."""
        whole = self.figure(figure)
        if over is None or whole is None:
            return whole
        before = self.figure(over)
        return Quantity(whole.value / before.value - 1, PERCENT) if before and before.value > 0 else None

    def fits(self, when: Iterable[Match]) -> bool:
        """Whether the item has everything that a part of the notice asks for."""
        return all(self._has(match) for match in when)

    def _has(self, match: Match) -> bool:
        applied_on = self.application.applied_on
        if match.attribute is not None:
            return self.attribute(match.attribute) == match.value
        if match.status is not None:
            return holds_status(self.entity, match.status, applied_on) == match.held
        if match.district is not None:
            return district_of(self.entity, applied_on) == match.district
        assert match.figure is not None, "a match asks for something"
        found = self.ranged(match.figure, match.over)
        return (
            found is not None
            and (match.at_least is None or found.value >= match.at_least.value)
            and (match.below is None or found.value < match.below.value)
        )


class Row(NamedTuple):
    """A line of the worksheet: a label of the notice's own, a marked template with its values, fen, a clause.

    Values that are fen or rates are given as texts already; `label` and `clause` may be empty.
    """

    label: str
    text: str
    values: Mapping[str, object]
    amount_fen: int
    clause: str = ""


@dataclass(slots=True)
class ItemPart:
    """What of a line falls due by one event (premium paid, stage reached, decision taken); all figures in fen.

    `on` is the day of the event and counts; `base_fen` is what the part was calculated on (0 where there is no such
    figure). `claim_fen` is negative where an event takes back what an earlier one gave; `proportion` says where it
    takes a share of the award. `award_fen` is what caps and the grant's ceiling leave, `withheld_fen` what lies above
    the ceiling alone: a type that calculates within the ceiling says here what it left out, negative where that
    shrinks. `rows` explain the claim.
    """

    notice: ItemNotice
    on: date
    base_fen: int
    claim_fen: int
    rows: list[Row] = field(default_factory=list)
    proportion: Proportion | None = None
    award_fen: int = 0
    withheld_fen: int = 0

    @property
    def caps(self) -> Sequence[Cap]:
        """The notice's caps."""
        return self.notice.caps

    @property
    def rounding(self) -> Rounding:
        """How the notice rounds the award."""
        return self.notice.rounding.award.mode

    @property
    def due(self) -> date:
        """The exclusive end: the day after the event."""
        return self.on + timedelta(days=1)

    @property
    def starts_on(self) -> date:
        """The day of the event."""
        return self.on

    @property
    def ends_before(self) -> date:
        """The day after the event."""
        return self.due


def lowest_limit(line: AwardLine) -> int:
    """The most that may ever be due on the line, in fen."""
    ceiling_fen = line.grant.ceiling_fen
    return min(ceiling_fen, *(limit.amount_fen for limit in line.limits)) if line.limits else ceiling_fen


def withheld_by(line: AwardLine, withheld_fen: int) -> list[Withheld]:
    """The field `withheld` of a digest: per decision that cut something, what it cut of what the earlier ones had left.

    First the ceiling, then the line's limits in their order; the parts sum to `withheld_fen`.
    """
    ceiling = Limit("grant_ceiling", line.grant.ceiling_fen, line.grant.document)
    # Something is withheld where the award has reached the lowest limit; a return later on leaves it withheld.
    left_fen = lowest_limit(line) + withheld_fen
    cuts: list[Withheld] = []
    for limit in (ceiling, *line.limits):
        cut_fen = max(0, left_fen - limit.amount_fen)
        if cut_fen:
            cut = Withheld(code=limit.code, limit_fen=limit.amount_fen, amount_fen=cut_fen)
            if limit.document:
                cut["document"] = limit.document
            cuts.append(cut)
            left_fen -= cut_fen
    return cuts
