"""The incentive (奖励): what a claim is worth under the components of its notice, in one part on the day achieved.

Every component rounds once to the fen; what they come to together rounds to the unit in which the notice publishes its
awards. A component that lacks a figure is refused by itself where the others are added to it without it; where one is
chosen among them, nobody can say which, and the claim is refused. The bound over all levels of government is rounded
down, so that the award never lies above it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from calculators.awards.conditions import Condition
from calculators.awards.failed import waiting_for
from calculators.awards.figures import told
from calculators.awards.item import Calculator
from calculators.awards.lines import ItemLine, ItemPart, Outside, Row, clause_label, order_key
from calculators.awards.rewards import PaidBefore, component_rows, needs
from calculators.awards.unsure import WaitedByFirm, waited_for
from calculators.facts.model import Claim
from calculators.money import Rounding, format_percent, format_yuan, round_fen
from calculators.notices.incentive import IncentiveNotice, Reward
from calculators.notices.rewards import Ladder
from calculators.problems import N_, Problem

__all__ = ["INCENTIVE"]


def _conditions(line: ItemLine) -> Iterator[Condition]:
    """That a component fits the claim, and that the claim has the figures it needs."""
    notice = _notice(line)
    fitting = _fitting(line)
    names = tuple(component.id for component in notice.components)
    found = ", ".join(component.id for component in fitting)
    clause = clause_label(notice, notice.combine)
    yield Condition("component", "component_missing", bool(fitting), found or "-", "in", names, clause)
    if notice.all_levels:
        yield told(line, "base", clause_label(notice, notice.all_levels))
    needed = [(component, list(needs(component, line))) for component in fitting]
    # Where components are added up, one that lacks a figure is refused by itself and the others stand.
    by_itself = notice.combine.kind == "sum" and any(_all_met(own) for _, own in needed)
    for component, own in needed:
        yield from (condition._replace(component=component.id) if by_itself else condition for condition in own)


def _calculate(lines: Sequence[ItemLine], outside: Sequence[Outside]) -> Mapping[str, Sequence[ItemPart]]:
    """One part per claim; the claims of a firm under one notice in order of achievement, for its ladders."""
    paid: dict[tuple[str, str], PaidBefore] = defaultdict(PaidBefore)
    for payment in outside:
        paid[payment.notice, payment.uscc].outside_fen += payment.amount_fen
    in_order = sorted(lines, key=lambda line: (_claim(line).achieved_on, order_key(line)))
    return {line.id: [_part(line, paid[line.notice.id, line.entity.uscc])] for line in in_order}


def _waits(lines: Sequence[ItemLine], held: WaitedByFirm) -> Mapping[str, Problem]:
    """The claims on a ladder that another claim of the firm may stand on too, and that one is held.

    Also where it was achieved later, as far as is known: the day is one of the facts that are not to be relied on.
    """
    known = {line.id: _ladders(line) for line in lines if (line.entity.uscc, line.notice_id) in held}
    found = {}
    for line in lines:
        ladders = known.get(line.id)
        # Of one without its claim nobody knows on which ladder it stands.
        waited = [one for one in waited_for(line, held) if ladders and ladders & known.get(one.line, ladders)]
        if ladders and waited:
            found[line.id] = waiting_for(waited[0], min(ladders))
    return found


def _ladders(line: ItemLine) -> set[str]:
    return {component.id for component in _fitting(line) if isinstance(component.rule, Ladder)}


def _part(line: ItemLine, paid: PaidBefore) -> ItemPart:
    notice, claim = _notice(line), _claim(line)
    rows: list[Row] = []
    amounts: dict[str, int] = {}
    for component in _fitting(line):
        if not _all_met(needs(component, line)):
            clause = clause_label(notice, component.rule)
            rows.append(Row(component.id, N_("refused: a figure is missing"), {}, 0, clause))
            continue
        own = list(component_rows(component, line, paid))
        amounts[component.id] = own[-1].amount_fen
        rows += own
    claim_fen, combined = _combined(notice, amounts)
    rows += combined
    rounding, levels = notice.rounding.award, notice.all_levels
    if rounding.in_units:
        claim_fen = rounding.rounded(claim_fen)
        values: dict[str, object] = {"unit": format_yuan(rounding.unit)}
        rows.append(Row("", N_("rounded to whole {unit}"), values, claim_fen, clause_label(notice, rounding)))
    if levels:
        # Rounded down: all levels together stay within the share to the last fen.
        room_fen = round_fen(levels.share * claim.base_fen, Rounding.DOWN) - claim.other_levels_fen
        room_fen = max(0, rounding.within(room_fen))
        values = {
            "share": format_percent(levels.share),
            "base": format_yuan(claim.base_fen),
            "others": format_yuan(claim.other_levels_fen),
        }
        text = N_("{share} of {base} less {others} of other levels")
        rows.append(Row("all_levels", text, values, room_fen, clause_label(notice, levels)))
        claim_fen = min(claim_fen, room_fen)
    return ItemPart(notice, claim.achieved_on, claim.base_fen, claim_fen, rows)


def _combined(notice: IncentiveNotice, amounts: Mapping[str, int]) -> tuple[int, list[Row]]:
    """What the components that pay come to together, in fen, and the row that says so where there are several."""
    kind, clause = notice.combine.kind, clause_label(notice, notice.combine)
    if kind in ("lowest", "highest"):
        pick = min if kind == "lowest" else max
        name = pick(amounts, key=lambda name: amounts[name])
        text = ", ".join(format_yuan(amount) for amount in amounts.values())
        chosen = Row(kind, N_("of {text}: {name}"), {"text": text, "name": name}, amounts[name], clause)
        return amounts[name], [chosen] if len(amounts) > 1 else []
    claim_fen = sum(amounts.values())
    text = " + ".join(format_yuan(amount) for amount in amounts.values())
    return claim_fen, [Row("sum", "{text}", {"text": text}, claim_fen, clause)] if len(amounts) > 1 else []


def _all_met(conditions: Iterable[Condition]) -> bool:
    return all(condition.met for condition in conditions)


def _fitting(line: ItemLine) -> list[Reward]:
    """The components that the claim's attributes fit; at most one under `combine: one`, whose components exclude."""
    return [component for component in _notice(line).components if line.fits(component.when)]


def _notice(line: ItemLine) -> IncentiveNotice:
    assert isinstance(line.notice, IncentiveNotice), line.ref
    return line.notice


def _claim(line: ItemLine) -> Claim:
    assert isinstance(line.item, Claim), line.id
    return line.item


INCENTIVE = Calculator("incentive/2", _conditions, _calculate, _waits)
