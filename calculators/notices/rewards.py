"""What a component of an incentive pays: one shape per kind of rule.

What a rule is measured by is a figure of the item, `of` (`base` where none is named), or with `over` what it grew on
that other one. A growth below zero counts as zero.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices.model import Sourced
from calculators.notices.quantities import Measured, Quantity, quantity_or_none
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Fault, Name, Shape, Share, fault, fen
from calculators.problems import N_

__all__ = [
    "Bands",
    "Fixed",
    "Ladder",
    "OfFigure",
    "PerUnit",
    "Rule",
    "ShareOfBase",
    "ShareOfProduct",
    "Steps",
    "rising",
]


class Fixed(Sourced):
    """An amount of its own."""

    kind: Literal["fixed"]
    amount: Amount


class OfFigure(Sourced):
    """Base of the rules that are measured by a figure of the item, or by its growth on another one."""

    of: Name = "base"
    over: Name | None = None


class ShareOfBase(OfFigure):
    """A share of the figure, counted up to `base_at_most`; at least and at most so many yuan."""

    kind: Literal["share_of_base"]
    share: Share
    base_at_most: Amount | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The floor lies below the ceiling."""
        yield from super().rules(raw)
        low, high = fen(raw.get("at_least")), fen(raw.get("at_most"))
        if low is not None and high is not None and low > high:
            yield fault(
                "at_least",
                "floor_above_ceiling",
                N_("the least amount {low} lies above the greatest, {high}"),
                N_("correct one of at_least and at_most"),
                low=raw["at_least"],
                high=raw["at_most"],
            )


class ShareOfProduct(Sourced):
    """A share of a figure times a price, both told by the item; quantity and price count up to a bound of their own.

    `times_at_most` is a guide price (指导价): what is charged above it does not count.
    """

    kind: Literal["share_of_product"]
    share: Share
    of: Name
    times: Name
    of_at_most: Measured | None = None
    times_at_most: Measured | None = None
    at_most: Amount | None = None


class PerUnit(Sourced):
    """An amount for each of the item's units, or a `price` for each unit of a figure; at most so many yuan."""

    kind: Literal["per_unit"]
    amount: Amount | None = None
    price: Measured | None = None
    of: Name | None = None
    of_at_most: Measured | None = None
    at_most: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """An amount for units that have no name, or a price for those of a figure."""
        yield from super().rules(raw)
        if ("amount" in raw) == ("price" in raw) or ("price" in raw) != ("of" in raw):
            yield fault(
                "amount",
                "per_unit_unclear",
                N_("what a unit is, and what it is worth, is not clear"),
                N_("write amount: alone, or price: (such as 0.30 yuan/kWh) with of: and the figure"),
            )
        if "of_at_most" in raw and "of" not in raw:
            yield fault("of_at_most", "key_idle", N_("no figure is named"), N_("take it out"))


class Band(Shape):
    """From `from` on up to the next band: a share, or an amount."""

    starts_at: Measured = Field(alias="from")
    share: Share | None = None
    amount: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A share or an amount."""
        yield from super().rules(raw)
        if ("share" in raw) == ("amount" in raw):
            yield fault(
                "share",
                "band_unclear",
                N_("a band pays either a share or an amount"),
                N_("write exactly one of share and amount"),
            )


class Bands(OfFigure):
    """Bands of the figure; what lies below the first pays nothing.

    `whole`: the band that the figure lies in applies to the whole of it. `marginal`: each band's share applies to the
    part of the figure that lies in it. With `over` the bands may begin at per cent: that growth of the other figure.
    """

    kind: Literal["bands"]
    mode: Literal["whole", "marginal"]
    bands: tuple[Band, ...] = Field(min_length=1)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Bands rise, and a marginal one has a share."""
        yield from super().rules(raw)
        yield from rising(raw, "bands", "from")
        for place, band in parts(raw, "bands"):
            if raw.get("mode") == "marginal" and "amount" in band and "share" not in band:
                yield fault(
                    ("bands", place, "amount"),
                    "band_amount_marginal",
                    N_("an amount cannot apply to a part of a base"),
                    N_("write a share, or mode: whole"),
                )


class Rung(Shape):
    """A figure that is reached, and what reaching it is worth in all."""

    reach: Measured
    amount: Amount


class Ladder(OfFigure):
    """The highest rung reached pays its amount less what was paid before: the difference on promotion (晋档补差).

    Before are the firm's earlier claims under the same notice and what was paid to it outside under it. What a cap or
    a decision cut off an earlier claim counts as paid: a ladder pays for rising, and makes nothing up.
    """

    kind: Literal["ladder"]
    rungs: tuple[Rung, ...] = Field(min_length=1)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Rungs rise, and what they pay rises with them."""
        yield from super().rules(raw)
        yield from rising(raw, "rungs", "reach")
        yield from rising(raw, "rungs", "amount")


class Step(Shape):
    """From `from` on: what a full step is worth, or in `first` what the figure is worth at least."""

    starts_at: Measured = Field(alias="from")
    amount: Amount


class Steps(OfFigure):
    """An amount for each full `step` of the figure; a step that is not full pays nothing.

    A full step is worth what the band says that it lies in. `first` is what the figure is worth at least from a point
    on, which may lie below the first full step.
    """

    kind: Literal["steps"]
    step: Measured
    bands: tuple[Step, ...] = Field(min_length=1)
    first: Step | None = None
    at_most: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A step is above zero, and bands rise by full steps."""
        yield from super().rules(raw)
        yield from rising(raw, "bands", "from")
        step = quantity_or_none(raw.get("step"))
        if step is None:
            return
        if step.value <= 0:
            yield fault(
                "step", "step_not_positive", N_("{value} is no step"), N_("write a quantity above 0"), value=raw["step"]
            )
            return
        for place, band in parts(raw, "bands"):
            edge = quantity_or_none(band.get("from"))
            if edge is not None and (edge.value / step.value).denominator != 1:
                yield fault(
                    ("bands", place, "from"),
                    "band_off_step",
                    N_("{value} is no whole number of steps of {step}"),
                    N_("let the band begin where a step ends"),
                    value=band["from"],
                    step=raw["step"],
                )


Rule = Annotated[Fixed | ShareOfBase | ShareOfProduct | PerUnit | Bands | Ladder | Steps, Field(discriminator="kind")]


def rising(raw: Mapping[str, Any], key: str, field: str) -> Iterator[Fault]:
    """Each quantity of a list lies above the one before."""
    for (_before, low), (place, high) in pairwise(parts(raw, key)):
        below, above = quantity_or_none(low.get(field)), quantity_or_none(high.get(field))
        if below is not None and above is not None and _not_above(above, below):
            yield fault(
                (key, place, field),
                "steps_not_rising",
                N_("{value} does not lie above the {before} of the step before"),
                N_("write the steps in rising order"),
                value=high[field],
                before=low[field],
            )


def _not_above(quantity: Quantity, other: Quantity) -> bool:
    return quantity.unit == other.unit and quantity.value <= other.value
