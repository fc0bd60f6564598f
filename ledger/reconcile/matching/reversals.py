"""Entries that the bank took back: a reversal and the one undecided entry that it undoes cancel each other."""

from ledger.reconcile.matching.desk import Desk, Pile, Proposal
from ledger.reconcile.matching.model import RETURN_DAYS, Kind, Line, Rule


def settle_reversals(desk: Desk) -> bool:
    """Pair reversals with what they undo; one that undoes nothing undecided is money that came back.

    Every undecided reversal is looked at together, since what one of them may undo no other rule may match.
    """
    if not desk.take(Pile.REVERSAL):
        return False
    reversals = [desk.lines[name] for name in sorted(name for name, ids in desk.waiting[Pile.REVERSAL].items() if ids)]
    proposals, disputed = [], set()
    for line in reversals:
        undone = _undone(desk, line)
        if not undone and line.amount_fen > 0:
            desk.lay_as_credit(line)
        for other in undone:
            disputed.add(other.id)
            inputs = (("amount_fen", str(line.amount_fen)),)
            proposals.append(Proposal(Rule.REVERSAL, Kind.REVERSAL, (line, other), (), inputs))
    _free(desk, disputed)
    taken = desk.accept_single(proposals)
    desk.disputed = disputed & desk.lines.keys()
    return taken


def _undone(desk: Desk, line: Line) -> list[Line]:
    names = {one for reference in line.references for one in desk.by_reference.get((reference, -line.amount_fen), ())}
    lines = (desk.lines[name] for name in sorted(names))
    return [one for one in lines if 0 <= line.day - one.day <= RETURN_DAYS]


def _free(desk: Desk, disputed: set[str]) -> None:
    """Let other rules look again at lines that no reversal disputes any more; the dispute itself is judged again."""
    for name in desk.disputed - disputed:
        if name in desk.lines:
            pile, keys = desk.pile_of[name]
            desk.dirty[pile].update(keys)
    desk.disputed = set()
