"""The incentive (奖励): what a claim is worth under the components of its notice, in one part on the day achieved.

Every component rounds once; a ladder pays the difference to what the firm was paid on it before (晋档补差). The bound
over all levels of government is rounded down, so that the award never lies above it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from calculators.awards.conditions import Condition
from calculators.awards.item import Calculator
from calculators.awards.lines import ItemLine, ItemPart, Outside, Row, clause_label, order_key
from calculators.facts.model import Claim
from calculators.money import Exact, Rounding, format_percent, format_yuan, largest_remainder, round_fen
from calculators.notices.incentive import (
    Bands,
    Fixed,
    IncentiveNotice,
    Ladder,
    PerUnit,
    Reward,
    ShareOfBase,
)
from calculators.problems import N_

__all__ = ["INCENTIVE"]


@dataclass(slots=True)
class _Paid:
    """What one firm was paid under one notice before: by each ladder, and outside as far as not yet counted."""

    outside_fen: int = 0
    by_ladder: dict[str, int] = field(default_factory=dict)


def _conditions(line: ItemLine) -> Iterator[Condition]:
    """That a component fits the claim, and that the claim has the figures it needs."""
    notice, claim = _notice(line), _claim(line)
    fitting = _fitting(line)
    names = tuple(component.id for component in notice.components)
    found = ", ".join(component.id for component in fitting)
    clause = clause_label(notice, notice.combine)
    yield Condition("component", "component_missing", bool(fitting), found or "-", "in", names, clause)
    for component in fitting:
        clause = clause_label(notice, component.rule)
        match component.rule:
            case PerUnit():
                yield Condition("units", "units_missing", claim.units > 0, claim.units, ">", 0, clause)
            case ShareOfBase() | Bands() | Ladder():
                base = format_yuan(claim.base_fen)
                yield Condition("base", "base_missing", claim.base_fen > 0, base, ">", format_yuan(0), clause)


def _calculate(lines: Sequence[ItemLine], outside: Sequence[Outside]) -> Mapping[str, Sequence[ItemPart]]:
    """One part per claim; the claims of a firm under one notice in order of achievement, for its ladders."""
    paid: dict[tuple[str, str], _Paid] = defaultdict(_Paid)
    for one in outside:
        paid[one.notice, one.uscc].outside_fen += one.amount_fen
    in_order = sorted(lines, key=lambda line: (_claim(line).achieved_on, order_key(line)))
    return {line.id: [_part(line, paid[line.notice.id, line.entity.uscc])] for line in in_order}


def _part(line: ItemLine, paid: _Paid) -> ItemPart:
    notice, claim = _notice(line), _claim(line)
    rows: list[Row] = []
    amounts: list[int] = []
    for component in _fitting(line):
        own = list(_component(component, claim, notice, paid))
        amounts.append(own[-1].amount_fen)
        rows += own
    claim_fen = sum(amounts)
    if len(amounts) > 1:
        text = " + ".join(format_yuan(amount) for amount in amounts)
        rows.append(Row("sum", "{text}", {"text": text}, claim_fen, clause_label(notice, notice.combine)))
    if notice.all_levels:
        levels = notice.all_levels
        # Rounded down: all levels together stay within the share to the last fen.
        room_fen = round_fen(levels.share * claim.base_fen, Rounding.DOWN) - claim.other_levels_fen
        values = {
            "share": format_percent(levels.share),
            "base": format_yuan(claim.base_fen),
            "others": format_yuan(claim.other_levels_fen),
        }
        text = N_("{share} of {base} less {others} of other levels")
        rows.append(Row("all_levels", text, values, max(0, room_fen), clause_label(notice, levels)))
        claim_fen = min(claim_fen, max(0, room_fen))
    return ItemPart(notice, claim.achieved_on, claim.base_fen, claim_fen, rows)


def _component(component: Reward, claim: Claim, notice: IncentiveNotice, paid: _Paid) -> Iterator[Row]:
    """The rows of a component; the amount of the last one is what it pays."""
    mode, clause = notice.rounding.award.mode, clause_label(notice, component.rule)
    match component.rule:
        case Fixed() as fixed:
            yield Row(component.id, N_("fixed amount"), {}, fixed.amount, clause)
        case PerUnit() as rule:
            values = {"units": claim.units, "amount": format_yuan(rule.amount)}
            yield from _bounded(
                Row(component.id, N_("{units} x {amount}"), values, claim.units * rule.amount, clause), rule.at_most
            )
        case ShareOfBase() as rule:
            base_fen = claim.base_fen
            if rule.base_at_most is not None and rule.base_at_most < base_fen:
                base_fen = rule.base_at_most
                values = {"base": format_yuan(claim.base_fen)}
                yield Row("", N_("of {base} count at most"), values, base_fen, clause)
            share = {"share": format_percent(rule.share), "base": format_yuan(base_fen)}
            amount_fen = round_fen(rule.share * base_fen, mode)
            row = Row(component.id, N_("{share} of {base}"), share, amount_fen, clause)
            yield from _bounded(row, rule.at_most, rule.at_least)
        case Bands() as rule:
            yield from _bands(component.id, rule, claim.base_fen, mode, clause)
        case Ladder() as rule:
            yield from _ladder(component.id, rule, claim.base_fen, paid, clause)


def _bounded(row: Row, at_most: int | None, at_least: int | None = None) -> Iterator[Row]:
    """The row, and one with the bound that held, if one did."""
    yield row
    if at_most is not None and row.amount_fen > at_most:
        yield Row("", N_("at most {amount}"), {"amount": format_yuan(at_most)}, at_most, row.clause)
    if at_least is not None and row.amount_fen < at_least:
        yield Row("", N_("at least {amount}"), {"amount": format_yuan(at_least)}, at_least, row.clause)


def _bands(name: str, rule: Bands, base_fen: int, mode: Rounding, clause: str) -> Iterator[Row]:
    """The band that decides for the whole base, or each band's part of it with their sum."""
    reached = [band for band in rule.bands if band.starts_at <= base_fen]
    if not reached:
        first = format_yuan(rule.bands[0].starts_at)
        values = {"base": format_yuan(base_fen), "first": first}
        yield Row(name, N_("{base} lies below the first band, {first}"), values, 0, clause)
        return
    if rule.mode == "whole":
        band = reached[-1]
        values = {"base": format_yuan(base_fen), "first": format_yuan(band.starts_at)}
        if band.share is None:
            yield Row(name, N_("band of {base}, from {first} on"), values, band.amount or 0, clause)
            return
        values = {**values, "share": format_percent(band.share)}
        yield Row(
            name, N_("{share} of {base}, band from {first} on"), values, round_fen(band.share * base_fen, mode), clause
        )
        return
    ends = [*(band.starts_at for band in reached[1:]), base_fen]
    within = [end - band.starts_at for band, end in zip(reached, ends, strict=True)]
    exact = [(band.share or Exact(0)) * fen for band, fen in zip(reached, within, strict=True)]
    total_fen = round_fen(sum(exact, Exact(0)), mode)
    shares = largest_remainder(total_fen, exact) if total_fen else [0] * len(exact)
    for band, fen, amount_fen in zip(reached, within, shares, strict=True):
        values = {
            "share": format_percent(band.share or Exact(0)),
            "part": format_yuan(fen),
            "first": format_yuan(band.starts_at),
        }
        label = name if band is reached[0] else ""
        yield Row(label, N_("{share} of the {part} from {first} on"), values, amount_fen, clause)
    if len(reached) > 1:
        yield Row("", N_("all bands"), {}, total_fen, clause)


def _ladder(name: str, rule: Ladder, base_fen: int, paid: _Paid, clause: str) -> Iterator[Row]:
    """The rung reached, what was paid on the way to it, and the difference."""
    reached = [rung for rung in rule.rungs if rung.reach <= base_fen]
    if not reached:
        values = {"base": format_yuan(base_fen), "first": format_yuan(rule.rungs[0].reach)}
        yield Row(name, N_("{base} lies below the first rung, {first}"), values, 0, clause)
        return
    rung = reached[-1]
    values = {"base": format_yuan(base_fen), "reach": format_yuan(rung.reach)}
    yield Row(name, N_("{base} reaches the rung of {reach}"), values, rung.amount, clause)
    before_fen = paid.by_ladder.get(name, 0)
    due_fen = max(0, rung.amount - before_fen)
    # What was paid outside is not told apart by ladder: it counts once, on the first amounts that fall due.
    counted_fen = min(due_fen, paid.outside_fen)
    paid.outside_fen -= counted_fen
    paid.by_ladder[name] = before_fen + due_fen
    if before_fen or counted_fen:
        values = {"earlier": format_yuan(before_fen), "outside": format_yuan(counted_fen)}
        text = N_("less {earlier} of earlier claims, {outside} outside")
        yield Row("", text, values, due_fen - counted_fen, clause)


def _fitting(line: ItemLine) -> list[Reward]:
    """The components that the claim's attributes fit; at most one under `combine: one`, whose components exclude."""
    return [component for component in _notice(line).components if line.fits(component.when)]


def _notice(line: ItemLine) -> IncentiveNotice:
    assert isinstance(line.notice, IncentiveNotice), line.ref
    return line.notice


def _claim(line: ItemLine) -> Claim:
    assert isinstance(line.item, Claim), line.id
    return line.item


INCENTIVE = Calculator("incentive/2", _conditions, _calculate)
