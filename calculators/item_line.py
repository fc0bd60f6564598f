"""Award lines whose item is no loan: a policy, an incentive claim, a project; and the parts in which they fall due.

Shapes only. What a type of support makes of a line is a list of `ItemPart`s; conditions, caps, ceiling and digest are
the same for all of them (`item_award`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from calculators.awards.lines import Limit
from calculators.facts.model import Application, Entity, Grant, Item, Policy, Project
from calculators.money import Rounding
from calculators.notices.item import ItemNotice, Match
from calculators.notices.model import Notice
from calculators.taken_back import TakenBack

__all__ = ["ItemLine", "ItemPart", "Row"]


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
    def notices(self) -> Sequence[Notice]:
        """The one version that governs the item."""
        return (self.notice,)

    def own(self, dimension: str) -> str:
        """Its entity or item, as caps tell lines apart; a policy's item is the product or launch that it covers."""
        item = self.item.item if isinstance(self.item, Policy) else self.item.key
        return {"entity": self.entity.uscc, "item": item}.get(dimension, "")

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

    def fits(self, when: Iterable[Match]) -> bool:
        """Whether the item has every attribute that a part of the notice asks for."""
        return all(self.attribute(match.attribute) == match.value for match in when)


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

    `on` is the day of the event and counts; `base_fen` is what the part was reckoned on (0 where there is no such
    figure). `claim_fen` is negative where an event takes back what an earlier one gave. `award_fen` is what caps and
    the grant's ceiling leave, `withheld_fen` what lies above the ceiling alone: a type that reckons within the ceiling
    says here what it left out, negative where that shrinks. `rows` explain the claim.
    """

    notice: ItemNotice
    on: date
    base_fen: int
    claim_fen: int
    rows: list[Row] = field(default_factory=list)
    award_fen: int = 0
    withheld_fen: int = 0

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
