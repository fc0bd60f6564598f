"""The notice of an incentive (奖励): what is paid for something achieved. Shapes, as in `notice`."""

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices.item import ItemNotice, Match, overlap, parts, repeated_attributes
from calculators.notices.model import Sourced
from calculators.notices.values import Amount, Fault, Shape, Share, fault, fen, patterned
from calculators.problems import N_

__all__ = ["AllLevels", "Bands", "Fixed", "IncentiveNotice", "Ladder", "PerUnit", "Reward", "ShareOfBase"]


class Fixed(Sourced):
    """An amount of its own."""

    kind: Literal["fixed"]
    amount: Amount


class ShareOfBase(Sourced):
    """A share of the claim's base, counted up to `base_at_most`; at least and at most so many yuan."""

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


class PerUnit(Sourced):
    """An amount for each of the claim's units; at most so many yuan."""

    kind: Literal["per_unit"]
    amount: Amount
    at_most: Amount | None = None


class Band(Shape):
    """Bases from `from` on up to the next band: a share of them, or an amount."""

    starts_at: Amount = Field(alias="from")
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


class Bands(Sourced):
    """Bands of the claim's base; what lies below the first pays nothing.

    `whole`: the band that the base lies in applies to the whole base. `marginal`: each band's share applies to the part
    of the base that lies in it.
    """

    kind: Literal["bands"]
    mode: Literal["whole", "marginal"]
    bands: tuple[Band, ...] = Field(min_length=1)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Bands rise, and a marginal one has a share."""
        yield from super().rules(raw)
        yield from _rising(raw, "bands", "from")
        for place, band in parts(raw, "bands"):
            if raw.get("mode") == "marginal" and "amount" in band and "share" not in band:
                yield fault(
                    ("bands", place, "amount"),
                    "band_amount_marginal",
                    N_("an amount cannot apply to a part of a base"),
                    N_("write a share, or mode: whole"),
                )


class Rung(Shape):
    """A base that is reached, and what reaching it is worth in all."""

    reach: Amount
    amount: Amount


class Ladder(Sourced):
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
        yield from _rising(raw, "rungs", "reach")
        yield from _rising(raw, "rungs", "amount")


class Reward(Shape):
    """A component: its name on the worksheet, the attributes a claim must have for it, and its rule."""

    id: Annotated[str, patterned(r"[a-z][a-z0-9_]*", 14, "full_mask")]
    when: tuple[Match, ...] = ()
    rule: Annotated[Fixed | ShareOfBase | PerUnit | Bands | Ladder, Field(discriminator="kind")]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """An attribute is asked for once."""
        yield from super().rules(raw)
        yield from repeated_attributes(raw)


class RewardCombine(Sourced):
    """Whether exactly one component fits each claim (a table with unique hits), or all that fit are added up."""

    kind: Literal["one", "sum"]


class AllLevels(Sourced):
    """The award and what other levels of government pay for the same come to at most `share` of the base."""

    share: Share


class IncentiveNotice(ItemNotice):
    """One notice for incentives."""

    type: Literal["incentive"]
    components: tuple[Reward, ...] = Field(min_length=1)
    combine: RewardCombine
    all_levels: AllLevels | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Components that can be told apart."""
        yield from super().rules(raw)
        combine = raw.get("combine")
        kind = combine.get("kind") if isinstance(combine, dict) else None
        components = list(parts(raw, "components"))
        if kind == "sum" and len(components) == 1:
            yield fault(
                ("combine", "kind"),
                "combine_count",
                N_("there is only one component to add up"),
                N_("write kind: one, or add the other components"),
            )
        for (_first, one), (place, other) in combinations(components, 2):
            if kind == "one" and overlap(one, other):
                yield fault(
                    ("components", place),
                    "components_overlap",
                    N_("a claim could fit {first} and {second}, and only one of them may pay"),
                    N_("let their when ask the same attribute for different values, or write kind: sum"),
                    first=one.get("id", "?"),
                    second=other.get("id", "?"),
                )


def _rising(raw: Mapping[str, Any], key: str, field: str) -> Iterator[Fault]:
    """Each amount of a list lies above the one before."""
    for (_before, low), (place, high) in pairwise(parts(raw, key)):
        below, above = fen(low.get(field)), fen(high.get(field))
        if below is not None and above is not None and above <= below:
            yield fault(
                (key, place, field),
                "steps_not_rising",
                N_("{value} does not lie above the {before} of the step before"),
                N_("write the steps in rising order"),
                value=high[field],
                before=low[field],
            )
