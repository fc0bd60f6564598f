"""Conditions on the figures of an item: that it tells one, that it lies within bounds, that a firm's items reach it."""

from collections.abc import Iterable, Mapping, Sequence
from operator import ge, le, lt
from typing import NamedTuple, TypeAlias

from calculators.awards.conditions import Condition
from calculators.awards.lines import ItemLine, clause_label
from calculators.awards.unsure import Waited, WaitedByFirm
from calculators.money import Exact, format_yuan, round_fen
from calculators.notices.item import FigureInRange, FirmTotalAtLeast, MatchedByOtherLevels
from calculators.notices.quantities import Quantity
from calculators.problems import Say

__all__ = ["ByFirm", "Granted", "by_firm", "in_range", "matched", "reached_together", "told"]


class Granted(NamedTuple):
    """What a firm was granted under a notice, and which of that is held."""

    lines: Sequence[ItemLine]
    held: Sequence[Waited]


# By firm and notice.
ByFirm: TypeAlias = Mapping[tuple[str, str], Granted]


class Named(NamedTuple):
    """A figure with its name, as a condition prints it; with `before` its growth is what the condition asks about."""

    name: str
    quantity: Quantity | None
    before: Quantity | None = None

    def render(self, say: Say = str) -> str:
        """`power 1,200 kWh`, `output 340,000,000.00 on 200,000,000.00`, `tax -`."""
        value = self.quantity.render(say) if self.quantity else "-"
        return f"{self.name} {value} on {self.before.render(say)}" if self.before else f"{self.name} {value}"


def by_firm(lines: Iterable[ItemLine], held: WaitedByFirm) -> ByFirm:
    """The lines by firm and notice, and those that are held."""
    found: dict[tuple[str, str], list[ItemLine]] = {}
    for line in lines:
        found.setdefault((line.entity.uscc, line.notice.id), []).append(line)
    return {key: Granted(own, held.get(key, ())) for key, own in found.items()}


def told(line: ItemLine, name: str, clause: str) -> Condition:
    """That the item tells the figure, in the unit that the notice declares."""
    if name == "base":
        base_fen = line.item.base_fen
        return Condition("base", "base_missing", base_fen > 0, format_yuan(base_fen), ">", format_yuan(0), clause)
    found = line.figure(name)
    written = found or dict(line.item.figures).get(name)
    code = "figure_unit_differs" if written and found is None else "figure_missing"
    return Condition("figure", code, found is not None, Named(name, written), "in", line.unit_of(name), clause)


def in_range(line: ItemLine, rule: FigureInRange) -> Condition:
    """That a figure, or its growth, lies within the bounds; the first bound that it misses is the one named."""
    clause = clause_label(line.notice, rule)
    for name in (rule.figure, rule.over):
        if name is not None and not (there := told(line, name, clause)).met:
            return there
    found = line.ranged(rule.figure, rule.over)
    before = line.figure(rule.over) if rule.over else None
    named = Named(rule.figure, line.figure(rule.figure), before)
    if found is None:
        return Condition(rule.kind, "growth_from_nothing", False, named, ">", 0, clause)
    asked = [
        (bound, sign, holds(found.value, bound.value))
        for bound, sign, holds in ((rule.at_least, ">=", ge), (rule.at_most, "<=", le), (rule.below, "<", lt))
        if bound is not None
    ]
    bound, sign, met = next((one for one in asked if not one[2]), asked[0])
    return Condition(rule.kind, "figure_out_of_range", met, named, sign, bound, clause)


def reached_together(line: ItemLine, rule: FirmTotalAtLeast, firms: ByFirm) -> Condition:
    """That what the firm was granted under the notice reaches the amount; an item without the figure adds nothing.

    It waits where lines are held without which it is not reached.
    """
    clause = clause_label(line.notice, rule)
    granted = firms[line.entity.uscc, line.notice.id]
    held = {one.line for one in granted.held}
    waited = () if line.id in held else granted.held
    own = [sibling.figure(rule.of) for sibling in granted.lines if not waited or sibling.id not in held]
    total = sum((one.value for one in own if one), Exact(0))
    met = total >= rule.amount.value
    found = Named(rule.of, Quantity(total, rule.amount.unit))
    waits_for = waited[0] if waited and not met else None
    return Condition(rule.kind, "firm_total_too_small", met, found, ">=", rule.amount, clause, waits_for=waits_for)


def matched(line: ItemLine, rule: MatchedByOtherLevels) -> Condition:
    """That other levels pay at least their share of the base."""
    others_fen, wanted = line.item.other_levels_fen, rule.share * line.item.base_fen
    # Only what is shown is rounded.
    figures = format_yuan(others_fen), ">=", format_yuan(round_fen(wanted))
    return Condition(rule.kind, "not_matched", others_fen >= wanted, *figures, clause_label(line.notice, rule))
