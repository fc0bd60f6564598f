"""The review of a project's performance (绩效评价): which share of its stage the score, or the targets reached, pay.

A review that does not tell the figure it decides by decides nothing yet: its stage stays unpaid until the score is
told, or what was reached of every target.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from calculators.facts.model import Project, Target
from calculators.money import Exact, format_percent, plain_exact
from calculators.notices.allocation import Performance
from calculators.problems import N_

__all__ = ["Judged", "judged"]


class Judged(NamedTuple):
    """What a review comes to: the share of its stage, and a marked text with its values that says why."""

    share: Exact
    text: str
    values: Mapping[str, object]


def judged(rule: Performance, project: Project) -> Judged:
    """The share that the project's review pays of its stage; 0 while it does not tell what it decides by."""
    assert project.review is not None, project.key
    if rule.measure == "score":
        measure, text = project.review.score, N_("score {measure}: {share} of its stage")
        shown = "-" if measure is None else plain_exact(measure)
    else:
        measure, text = reached(project.targets), N_("targets reached to {measure} on average: {share} of their stage")
        shown = "-" if measure is None else format_percent(measure)
    if measure is None:
        return Judged(Exact(0), N_("the review does not tell yet what it decides by"), {})
    share = next((band.share for band in reversed(rule.bands) if band.starts_at.value <= measure), Exact(0))
    return Judged(share, text, {"measure": shown, "share": format_percent(share)})


def reached(targets: Sequence[Target]) -> Exact | None:
    """The mean part of the targets that was reached, each at most 1; None where one of them, or any, is not told."""
    parts = [
        min(Exact(1), target.reached.value / target.agreed.value) for target in targets if target.reached is not None
    ]
    return sum(parts, Exact(0)) / len(parts) if parts and len(parts) == len(targets) else None
