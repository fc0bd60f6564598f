"""Lines that bear nothing but their amount: what they may be, for a person to decide.

An amount settles nothing. Of the many sums that many open payouts make one fits by accident, and a purchase may cost
what a batch comes to. So a single payout, a batch or a part of one batch that has the amount is a candidate, no more.
"""

from collections.abc import Iterator
from heapq import nsmallest

from ledger.reconcile.matching.desk import CANDIDATES, Desk, Pile
from ledger.reconcile.matching.model import WINDOW_DAYS, Line, Payout, Reason, Rule
from ledger.reconcile.matching.subsets import all_but_two, exact

# Batches within the window of one line that may be searched for a part of them.
BATCHES = 500
# Payouts of a batch up to which every subset is tried; of a larger batch those that lack one or two.
WHOLLY = 16


def list_bare(desk: Desk) -> None:
    """Say of every line that bears nothing but its amount what it may be."""
    batches_on: dict[int, set[str]] = {}
    for batch, names in desk.of_batch.items():
        for name in names:
            batches_on.setdefault(desk.payouts[name].day, set()).add(batch)
    for key in sorted(desk.waiting[Pile.BARE]):
        for line in desk.at(Pile.BARE, key):
            _list(desk, line, batches_on)


def _list(desk: Desk, line: Line, batches_on: dict[int, set[str]]) -> None:
    total = -line.amount_fen
    days = range(line.day - WINDOW_DAYS, line.day + 1)
    singles = nsmallest(CANDIDATES, (name for day in days for name in desk.with_amount.get((total, day), ())))
    singles = [name for name in singles if (line.id, name) not in desk.banned]
    wholes = list(_wholes(desk, line, total))
    near = {batch for day in days for batch in batches_on.get(day, ())}
    near = {batch for batch in near if desk.batch_fen[batch] > total}
    too_many = len(near) > BATCHES
    parts = [] if too_many else [part for batch in sorted(near) for part in _parts(desk, line, batch, total)]
    candidates = [*singles, *(one.id for members in (*wholes, *parts) for one in members)]
    rule = Rule.BATCH_TOTAL if wholes else Rule.BATCH_PART if parts else Rule.AMOUNT
    reason = Reason.TOO_MANY if too_many else Reason.AMOUNT if candidates else Reason.UNKNOWN
    desk.list(line, reason, rule, candidates)


def _wholes(desk: Desk, line: Line, total: int) -> Iterator[list[Payout]]:
    """Batches of two or more whose open sum, failures left out, is the total and all of which the line sees."""
    for batch in sorted(desk.with_total.get(total, ())):
        members = _open(desk, batch)
        if len(members) > 1 and all(desk.sees(line, one) for one in members):
            yield members


def _parts(desk: Desk, line: Line, batch: str, total: int) -> list[list[Payout]]:
    """Parts of one batch with the total."""
    members = [one for one in _open(desk, batch) if desk.sees(line, one)]
    amounts = [desk.open_fen[one.id] for one in members]
    subsets = exact(amounts, total, smallest=2).subsets if len(members) <= WHOLLY else all_but_two(amounts, total)
    return [[members[place] for place in subset] for subset in subsets]


def _open(desk: Desk, batch: str) -> list[Payout]:
    members = (desk.payouts[name] for name in desk.of_batch[batch])
    return [one for one in members if not one.failed and desk.open_fen[one.id]]
