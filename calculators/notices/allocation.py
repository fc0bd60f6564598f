"""The notice of an allocated subsidy (拨款补助): a share of a project's investment, paid in stages. Shapes only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.money import Exact, format_percent
from calculators.notices import rules
from calculators.notices.item import ItemNotice
from calculators.notices.model import Sourced
from calculators.notices.values import Amount, Fault, Share, fault, patterned
from calculators.problems import N_

__all__ = ["AcceptanceRule", "AllocatedSubsidyNotice", "Allocation", "AllocationStage"]


class Allocation(Sourced):
    """A share of the audited investment, at most so many yuan per project; what counts while nothing is audited."""

    share: Share
    at_most: Amount | None = None
    before_audit: Literal["claimed", "nothing"]


class AllocationStage(Sourced):
    """A part of the subsidy and when it is paid: with the grant, with a stage's evidence, or on passed acceptance."""

    id: Annotated[str, patterned(r"[a-z][a-z0-9_]*", 24, "mid_term")]
    percent: Share
    on: Literal["grant", "stage", "acceptance"]


class AcceptanceRule(Sourced):
    """What a failed or partial acceptance does: money back in proportion to the part not done."""

    failed: Literal["proportional"]


class AllocatedSubsidyNotice(ItemNotice):
    """One notice for allocated subsidies."""

    type: Literal["allocated_subsidy"]
    allocation: Allocation
    stages: tuple[AllocationStage, ...] = Field(min_length=1)
    acceptance: AcceptanceRule

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The stages make a whole, and only stages with evidence of their own come several times."""
        yield from super().rules(raw)
        listed = raw.get("stages")
        stages = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        yield from rules.repeated([one.get("id") for one in stages], ("stages",), "id")
        shares = [rules.rate(one.get("percent")) for one in stages]
        known = [share for share in shares if share is not None]
        if known and len(known) == len(shares) and sum(known) != 1:
            yield fault(
                "stages",
                "stages_not_whole",
                N_("the stages' percents sum to {total}"),
                N_("let them sum to 100%"),
                total=format_percent(sum(known, Exact(0))),
            )
        seen: set[object] = set()
        for place, one in enumerate(stages):
            on = one.get("on")
            if on in ("grant", "acceptance") and on in seen:
                yield fault(
                    ("stages", place, "on"),
                    "stage_day_twice",
                    N_("two stages fall due with the {on}"),
                    N_("make one stage of them"),
                    on=on,
                )
            seen.add(on)
