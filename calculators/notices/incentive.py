"""The notice of an incentive (奖励): what is paid for something achieved. Shapes, as in `notice`."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices.item import AllLevels, ItemNotice
from calculators.notices.model import Sourced
from calculators.notices.rewards import Rule
from calculators.notices.rules import parts
from calculators.notices.values import LABEL, Fault, Shape, fault, patterned
from calculators.notices.when import Match, overlap, repeated_matches
from calculators.problems import N_

__all__ = ["IncentiveNotice", "Reward"]


class Reward(Shape):
    """A component: its name on the worksheet, what a claim must have for it, and its rule."""

    id: Annotated[str, patterned(LABEL, 14, "full_mask")]
    when: tuple[Match, ...] = ()
    rule: Rule

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Nothing is asked for twice."""
        yield from super().rules(raw)
        yield from repeated_matches(raw)


class RewardCombine(Sourced):
    """What the components that fit a claim come to.

    `one`: exactly one fits (a table with unique hits); `sum`: all are added up; `lowest`, `highest`: that one of them.
    """

    kind: Literal["one", "sum", "lowest", "highest"]


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
        if kind in ("sum", "lowest", "highest") and len(components) == 1:
            yield fault(
                ("combine", "kind"),
                "combine_count",
                N_("there is only one component to combine"),
                N_("write kind: one, or add the other components"),
            )
        for (_first, combination), (place, other) in combinations(components, 2):
            if kind == "one" and overlap(combination, other):
                yield fault(
                    ("components", place),
                    "components_overlap",
                    N_("a claim could fit {first} and {second}, and only one of them may pay"),
                    N_("let their when ask the same thing for different values, or write another kind of combine"),
                    first=combination.get("id", "?"),
                    second=other.get("id", "?"),
                )
