"""What notices for premiums, incentives and allocations share beside `notice`: one item, a few dates, one rounding.

An item is what was granted: a policy, an incentive claim, a project. Its award falls due in parts (years of cover,
stages, a single day); each part rounds once, on the cumulative amount.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices import rules
from calculators.notices.dimensions import ItemDimension
from calculators.notices.figures import Figure, figure_rules
from calculators.notices.model import (
    AwardRounding,
    Cap,
    Condition,
    HoldsStatus,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    Sourced,
    Window,
)
from calculators.notices.quantities import Measured
from calculators.notices.values import Amount, Fault, Name, Shape, Share, Text, fault
from calculators.notices.when import ranges
from calculators.problems import N_


class ItemWindow(Window):
    """A window on one date: of the application, of the item's contract, or of the launch that a policy covers."""

    on: Literal["application", "contract", "launch"]


class AttributeIn(Condition):
    """The item's attribute, as registered, is one of `values`."""

    kind: Literal["attribute_in"]
    attribute: Name
    values: tuple[Text, ...] = Field(min_length=1)


class BaseAtLeast(Condition):
    """The item's base is at least `amount` yuan: premium paid, spending, investment (as claimed before an audit)."""

    kind: Literal["base_at_least"]
    amount: Amount


class FigureInRange(Condition):
    """A figure of the item is at least, at most or below a bound; with `over` its growth on that other figure is."""

    kind: Literal["figure_in_range"]
    figure: Name
    over: Name | None = None
    at_least: Measured | None = None
    at_most: Measured | None = None
    below: Measured | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Bounds that leave something between them."""
        yield from super().rules(raw)
        yield from ranges(raw, ("at_most", "below"))


class FirmTotalAtLeast(Condition):
    """The figure of all items that the firm was granted under the notice comes to at least `amount` together."""

    kind: Literal["firm_total_at_least"]
    of: Name = "base"
    amount: Measured


class MatchedByOtherLevels(Condition):
    """Other levels of government pay at least `share` of the item's base for the same (配套)."""

    kind: Literal["matched_by_other_levels"]
    share: Share


class LaunchedByApplication(Condition):
    """The launch that a policy covers took place on the day of the application or before."""

    kind: Literal["launched_by_application"]


ItemCondition = Annotated[
    RegisteredIn
    | OneSupportPerYear
    | NoSeriousDishonesty
    | NoOtherMunicipalSupport
    | HoldsStatus
    | AttributeIn
    | BaseAtLeast
    | FigureInRange
    | FirmTotalAtLeast
    | MatchedByOtherLevels
    | LaunchedByApplication,
    Field(discriminator="kind"),
]


class ShareOfFigure(Shape):
    """A limit that is a share of a figure of the item, such as the tax that its firm paid."""

    figure: Name
    share: Share


class ItemCap(Cap):
    """A limit on the award of all items that share the dimensions in `per`: yuan, or a share of a figure of theirs."""

    per: tuple[ItemDimension, ...] = Field(min_length=1)
    year_of: Literal["fund", "due_date"] | None = None
    share_of_figure: ShareOfFigure | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One limit, and a year where a year is meant."""
        yield from super().rules(raw)
        yield from rules.cap_limits(raw, "share_of_figure")
        yield from rules.cap_years(raw, "fund, due_date")


class AllLevels(Sourced):
    """The award and what other levels of government pay for the same come to at most `share` of the base."""

    share: Share


class ItemRounding(Shape):
    """The one place where such a notice rounds: the award, once per part on the cumulative amount."""

    award: AwardRounding


class ItemNotice(Notice):
    """Base of the notices whose awards rest on one item."""

    governed_by: Literal["application", "contract"]
    windows: tuple[ItemWindow, ...] = ()
    eligibility: tuple[ItemCondition, ...] = ()
    caps: tuple[ItemCap, ...] = ()
    order: tuple[Literal["grant_date", "application_date", "id"], ...] = ("grant_date", "application_date", "id")
    figures: tuple[Figure, ...] = ()
    rounding: ItemRounding

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Figures that are declared, used, and in their unit wherever they are."""
        yield from super().rules(raw)
        yield from figure_rules(raw)


def idle(key: str, what: str) -> Fault:
    """A key that says nothing where it stands; `what` is a marked text that says why."""
    return fault(key, "key_idle", what, N_("take it out"))
