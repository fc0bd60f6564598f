"""Lines that name a batch: its open sum, with or without what failed, or else exactly one part of it."""

from ledger.reconcile.matching.desk import Desk, Pile, Proposal
from ledger.reconcile.matching.model import Kind, Line, Payout, Reason, Rule, Share, elsewhere
from ledger.reconcile.matching.subsets import exact


def settle_classes(desk: Desk) -> bool:
    """Take fees and interest, which no payout stands behind, as what the bank says they are."""
    taken = False
    for key in desk.take(Pile.CLASS):
        line = desk.lines[key]
        desk.accept(Proposal(Rule.CLASS, Kind(line.sort), (line,), ()))
        taken = True
    return taken


def settle_batches(desk: Desk) -> bool:
    """Match the lines that name touched batches."""
    taken = False
    for batch in desk.take(Pile.BATCH):
        proposals, held = [], set[str]()
        for line in desk.at(Pile.BATCH, batch):
            members = [
                payout
                for payout in (desk.payouts[name] for name in desk.of_batch[batch])
                if payout.day <= line.day and desk.open_fen[payout.id] and (line.id, payout.id) not in desk.banned
            ]
            held.update(member.id for member in members if desk.waiting[Pile.NAMED].get(member.id))
            proposals += _readings(desk, line, batch, members)
        taken = desk.accept_single(proposals, held) or taken
    return taken


def _readings(desk: Desk, line: Line, batch: str, members: list[Payout]) -> list[Proposal]:
    """The readings of a line as its batch or a part of it; where there is none, the line is listed."""
    total = -line.amount_fen
    if elsewhere(line, members):
        desk.list(line, Reason.PAYEE_DIFFERS, Rule.BATCH, (member.id for member in members))
        return []
    alive = [member for member in members if not member.failed]
    for whole in (alive, members):
        if whole and sum(desk.open_fen[one.id] for one in whole) == total:
            return [_proposal(desk, line, whole, batch)]
    found = exact([desk.open_fen[member.id] for member in members], total, smallest=1)
    if not found.subsets:
        reason = Reason.BATCH_DIFFERS if found.complete else Reason.TOO_MANY
        desk.list(line, reason, Rule.BATCH, (member.id for member in members))
    return [_proposal(desk, line, [members[place] for place in subset], batch) for subset in found.subsets]


def _proposal(desk: Desk, line: Line, members: list[Payout], batch: str) -> Proposal:
    """The reading of a line as the total of these payouts of a batch."""
    shares = tuple(Share(member.id, desk.open_fen[member.id]) for member in members)
    whole = all(desk.open_fen[member.id] == member.amount_fen for member in members)
    kind = Kind.PARTIAL if not whole else Kind.ONE_TO_ONE if len(members) == 1 else Kind.ONE_TO_MANY
    return Proposal(Rule.BATCH, kind, (line,), shares, (("batch", batch), ("payouts", str(len(members)))))
