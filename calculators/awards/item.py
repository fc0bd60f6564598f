"""From items to digests, the same way for premiums, incentives and allocations: conditions, parts, caps, ceiling.

A type of support brings its `Calculator`: conditions of its own, and `Calculate`: what each eligible line claims, in
parts by the day they fall due, cumulative and rounded once per part. Two parts of a line never fall due on one day.
Results do not depend on the order of lines.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, TypeAlias

from calculators.awards.caps import CappedLine
from calculators.awards.conditions import (
    Condition,
    Supports,
    common_condition,
    exempted,
    granted_supports,
    refuses,
    window_conditions,
)
from calculators.awards.digests import Found, digest_of
from calculators.awards.failed import contradiction, held_whole, openings_ahead, waiting
from calculators.awards.figures import ByFirm, by_firm, in_range, matched, reached_together, told
from calculators.awards.filling import fill
from calculators.awards.lines import ItemLine, ItemPart, Outside, Support, clause_label
from calculators.awards.unsure import SURE, Unsure, WaitedByFirm
from calculators.digest import AwardedPeriod, Digest
from calculators.money import format_yuan
from calculators.notices.item import (
    AttributeIn,
    BaseAtLeast,
    FigureInRange,
    FirmTotalAtLeast,
    ItemCondition,
    ItemWindow,
    LaunchedByApplication,
    MatchedByOtherLevels,
)
from calculators.problems import Problem

__all__ = ["Calculate", "Calculator", "ItemResult", "calculate_items", "item_results", "prepare_items"]

# Eligible lines by id, and what was paid outside on other lines -> the parts of each line by its id.
Calculate: TypeAlias = Callable[[Sequence[ItemLine], Sequence[Outside]], Mapping[str, Sequence[ItemPart]]]

# Lines, and those of each firm that are held -> by line id why it waits for one of them.
Waits: TypeAlias = Callable[[Sequence[ItemLine], WaitedByFirm], Mapping[str, Problem]]


def _nobody(_lines: Sequence[ItemLine], _held: WaitedByFirm) -> Mapping[str, Problem]:
    return {}


@dataclass(frozen=True, slots=True)
class Calculator:
    """How one type of support is calculated; `name` has its version, such as `incentive/2`, and stands in digests.

    `conditions` says of a line what the type asks for besides what the notice's eligibility lists: that a rule of the
    notice fits the item, that the item has the figures which that rule needs. `waits` says which lines get what others
    of the firm leave, where one of those is held.
    """

    name: str
    conditions: Callable[[ItemLine], Iterable[Condition]]
    calculate: Calculate
    waits: Waits = _nobody


class ItemWorking(NamedTuple):
    """How a line was calculated: its conditions, its parts with their claims, and what draws on the caps.

    `failed` is what kept it from being calculated, or from being posted as calculated: it is held whole.
    """

    line: ItemLine
    conditions: Sequence[Condition]
    capped: CappedLine
    parts: Sequence[ItemPart]
    failed: Problem | None = None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came out for one line: the digest, and what its worksheet shows: conditions, parts, cap fills."""

    line: ItemLine
    digest: Digest
    conditions: Sequence[Condition]
    capped: CappedLine
    parts: Sequence[ItemPart]
    failed: Problem | None = None

    def with_digest(self, digest: Digest) -> "ItemResult":
        """The same with another digest."""
        return replace(self, digest=digest)

    def clause(self, due: date) -> str:
        """The clause of the rule that the part was calculated by; of the condition not met where nothing is due."""
        of_part = [row.clause for part in self.parts if part.due == due for row in part.rows if row.clause]
        others = [row.clause for part in self.parts for row in part.rows if row.clause]
        refused = [code["clause"] for code in self.digest["refused"]]
        return next(clauses[-1] for clauses in (of_part, others, refused, ["registers"]) if clauses)


def calculate_items(
    lines: Iterable[ItemLine],
    calculator: Calculator,
    through: date,
    outside: Iterable[Outside] = (),
    other_supports: Iterable[Support] = (),
) -> list[ItemResult]:
    """What every line is due for events before `through` (exclusive), by line id.

    All lines that share a cap, a ladder or an entity's one support are given together.
    """
    ordered = sorted(lines, key=lambda line: line.id)
    paid_outside = tuple(outside)
    workings = prepare_items(ordered, calculator, granted_supports(ordered, other_supports), through, paid_outside)
    fill([working.capped for working in workings], paid_outside)
    return item_results(workings, calculator, through)


def prepare_items(
    lines: Sequence[ItemLine],
    calculator: Calculator,
    supports: Supports,
    through: date,
    outside: Iterable[Outside],
    unsure: Unsure = SURE,
) -> list[ItemWorking]:
    """What every line of one type claims before caps, in the order of `lines`."""
    own = {line.id: list(calculator.conditions(line)) for line in lines}
    held = unsure.by_firm(lines, {line for line, found in own.items() if contradiction(found)})
    firms = by_firm(lines, held)
    conditions = {line.id: [*_conditions(line, supports, firms), *own[line.id]] for line in lines}
    ahead, waits = openings_ahead(outside, through), calculator.waits(lines, held)
    eligible = [line for line in lines if not refuses(conditions[line.id])]
    # What was paid outside on a line that is calculated here is that line's own award, not another's.
    ids = {line.id for line in lines}
    calculated = calculator.calculate(eligible, [paid for paid in outside if paid.line not in ids])
    workings = []
    for line in lines:
        parts = sorted((part for part in calculated.get(line.id, ()) if part.due <= through), key=lambda part: part.on)
        found = conditions[line.id]
        failed = contradiction(found) or ahead.get(line.id) or waiting(found)
        if failed is None and not refuses(found):
            failed = waits.get(line.id)
        capped = CappedLine(line, parts, date.min if failed else date.max)
        workings.append(ItemWorking(line, conditions[line.id], capped, parts, failed))
    return workings


def item_results(workings: Iterable[ItemWorking], calculator: Calculator, through: date) -> list[ItemResult]:
    """The digests of lines of one type whose caps are filled."""
    return [
        ItemResult(working.line, digest_of(working.capped, calculator.name, through, _found(working)), *working[1:])
        for working in workings
    ]


def _found(working: ItemWorking) -> Found:
    return Found(
        eligible=not refuses(working.conditions),
        conditions=working.conditions,
        periods=[
            AwardedPeriod(due=part.due.isoformat(), base_fen=part.base_fen, award_fen=part.award_fen)
            for part in (() if working.failed else working.parts)
        ],
        withheld_fen=0 if working.failed else sum(part.withheld_fen for part in working.parts),
        held=[held_whole(working.line.item_key, working.failed)] if working.failed else [],
        failed=working.failed is not None,
    )


def _conditions(line: ItemLine, supports: Supports, firms: ByFirm) -> list[Condition]:
    """Every condition of the line's notice, in order."""
    dates = line.dates()
    return [
        *window_conditions(line, line.notice),
        *(_dateless(line, window) for window in line.notice.windows if window.on not in dates),
        *(_condition(line, rule, supports, firms) for rule in line.notice.eligibility),
        *(
            told(line, cap.share_of_figure.figure, clause_label(line.notice, cap))
            for cap in line.notice.caps
            if cap.share_of_figure
        ),
    ]


def _dateless(line: ItemLine, window: ItemWindow) -> Condition:
    """A window on a date that the item does not have is missed."""
    code = f"window_{window.on}"
    return Condition(code, code, False, "-", "in", [window], clause_label(line.notice, window))


def _condition(line: ItemLine, rule: ItemCondition, supports: Supports, firms: ByFirm) -> Condition:
    clause = clause_label(line.notice, rule)
    if exempt := exempted(line, line.notice, rule):
        return exempt
    match rule:
        case AttributeIn():
            value = line.attribute(rule.attribute)
            met = value in rule.values
            return Condition(rule.attribute, "attribute_excluded", met, value or "-", "in", rule.values, clause)
        case BaseAtLeast():
            base_fen = line.item.base_fen
            met = base_fen >= rule.amount
            figures = format_yuan(base_fen), ">=", format_yuan(rule.amount)
            return Condition(rule.kind, "base_too_small", met, *figures, clause)
        case FigureInRange():
            return in_range(line, rule)
        case FirmTotalAtLeast():
            return reached_together(line, rule, firms)
        case MatchedByOtherLevels():
            return matched(line, rule)
        case LaunchedByApplication():
            dates = line.dates()
            launched_on, applied_on = dates.get("launch"), dates["application"]
            met = launched_on is not None and launched_on <= applied_on
            found = launched_on or "-"
            return Condition(rule.kind, "launch_after_application", met, found, "<=", applied_on, clause)
        case _:
            return common_condition(line, line.notice, rule, supports)
