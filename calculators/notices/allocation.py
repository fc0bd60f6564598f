"""The notice of an allocated subsidy (拨款补助): a share of a project's investment, paid in stages. Shapes only."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from calculators.money import Exact, format_percent
from calculators.notices import rules
from calculators.notices.figures import unit_differs
from calculators.notices.item import AllLevels, ItemNotice
from calculators.notices.model import Sourced
from calculators.notices.quantities import PERCENT, Measured, quantity_or_none
from calculators.notices.rewards import rising
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Fault, Label, Name, Shape, Share, fault
from calculators.problems import N_

__all__ = ["AcceptanceRule", "AllocatedSubsidyNotice", "Allocation", "AllocationStage", "Performance"]


class Allocation(Sourced):
    """A share of the audited investment, at most so many yuan per project; what counts while nothing is audited.

    With `of` it is a share of another figure of the project in yuan: of `other_levels`, what the nation grants for it.
    """

    share: Share
    of: Name = "base"
    at_most: Amount | None = None
    before_audit: Literal["claimed", "nothing"]


class AllocationStage(Sourced):
    """A part of the subsidy and when it is paid.

    With the grant, with a stage's evidence, on passed acceptance, or after the review of performance (绩效评价), which
    says how much of it.
    """

    id: Label
    percent: Share
    on: Literal["grant", "stage", "acceptance", "review"]


class PerformanceBand(Shape):
    """From a score, or a part of the targets reached, on: the share of its stage that is paid."""

    starts_at: Measured = Field(alias="from")
    share: Share


class Performance(Sourced):
    """What a review of performance pays of the stage that waits for it; what lies below the first band pays nothing.

    `score`: by the points that the review gave. `targets`: by the mean part of the project's targets that was reached,
    each counted up to all of it.
    """

    measure: Literal["score", "targets"]
    bands: tuple[PerformanceBand, ...] = Field(min_length=1)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Bands rise, in the unit of what is measured."""
        yield from super().rules(raw)
        yield from rising(raw, "bands", "from")
        unit = {"score": "points", "targets": PERCENT}.get(str(raw.get("measure")))
        for place, band in parts(raw, "bands"):
            edge = quantity_or_none(band.get("from"))
            if edge is not None and unit is not None and edge.unit != unit:
                yield unit_differs(("bands", place, "from"), band["from"], edge.unit, unit)


class AcceptanceRule(Sourced):
    """What a failed or partial acceptance does: money back in proportion to the part not done."""

    failed: Literal["proportional"]


class AllocatedSubsidyNotice(ItemNotice):
    """One notice for allocated subsidies."""

    type: Literal["allocated_subsidy"]
    allocation: Allocation
    stages: tuple[AllocationStage, ...] = Field(min_length=1)
    acceptance: AcceptanceRule
    performance: Performance | None = None
    all_levels: AllLevels | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The stages make a whole, and only stages with evidence of their own come several times.

        A stage that waits for a review says what the review decides, and the other way round.
        """
        yield from super().rules(raw)
        listed = raw.get("stages")
        stages = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        yield from rules.repeated([stage.get("id") for stage in stages], ("stages",), "id")
        shares = [rules.rate(stage.get("percent")) for stage in stages]
        known = [share for share in shares if share is not None]
        if known and len(known) == len(shares) and sum(known) != 1:
            yield fault(
                "stages",
                "stages_not_whole",
                N_("the stages' percents sum to {total}"),
                N_("let them sum to 100%"),
                total=format_percent(sum(known, Exact(0))),
            )
        seen: list[object] = []
        for place, stage in enumerate(stages):
            on = stage.get("on")
            if on in ("grant", "acceptance", "review") and on in seen:
                yield fault(
                    ("stages", place, "on"),
                    "stage_day_twice",
                    N_("two stages fall due with the {on}"),
                    N_("make one stage of them"),
                    on=on,
                )
            seen.append(on)
        if ("review" in seen) != ("performance" in raw):
            yield fault(
                "performance" if "performance" in raw else "stages",
                "performance_idle",
                N_("a review is asked for without saying what it decides, or the other way round"),
                N_("write both performance: and a stage with on: review, or neither"),
            )
