"""Lines that name nothing and go to no payee that we know: what they may be by their amount, for a person to decide.

An amount alone settles nothing. What is listed is the total of a batch, else of a part of one batch, else of a single
payout; the rule of the list says which.
"""

from heapq import nsmallest

from ledger.reconcile.matching.desk import CANDIDATES, Desk, Pile
from ledger.reconcile.matching.model import WINDOW_DAYS, Line, Payout, Reason, Rule
from ledger.reconcile.matching.subsets import all_but_two, exact, telling

# Batches within the window of one line that may be searched for a part of them.
BATCHES = 500
# Payouts of a batch up to which every subset is tried; of a larger batch those that lack one or two.
WHOLLY = 16


def list_by_amount(desk: Desk) -> None:
    """List every line that bears no evidence but its amount, with the payouts that have it."""
    batches_on: dict[int, set[str]] = {}
    for batch, names in desk.of_batch.items():
        for name in names:
            batches_on.setdefault(desk.payouts[name].day, set()).add(batch)
    for key in desk.take(Pile.BARE):
        line = desk.lines[key]
        whole, (complete, parts) = _whole(desk, line), _parts(desk, line, batches_on)
        single = _single(desk, line)
        found = [*single, *(one.id for members in (*whole, *parts) for one in members)]
        rule = Rule.BATCH_TOTAL if whole else Rule.BATCH_PART if parts else Rule.AMOUNT
        desk.list(line, Reason.TOO_MANY if not complete else Reason.AMOUNT if found else Reason.UNKNOWN, rule, found)


def _single(desk: Desk, line: Line) -> list[str]:
    """The first payouts in sight that have the amount by themselves."""
    days = range(line.day - WINDOW_DAYS, line.day + 1)
    names = (name for day in days for name in desk.with_amount.get((-line.amount_fen, day), ()))
    return [name for name in nsmallest(CANDIDATES, names) if (line.id, name) not in desk.banned]


def _whole(desk: Desk, line: Line) -> list[list[Payout]]:
    """The open payouts of batches of two or more whose sum, failures left out, is the line's and that it sees all."""
    opened = (_open(desk, batch) for batch in sorted(desk.with_total.get(-line.amount_fen, ())))
    return [members for members in opened if len(members) > 1 and all(desk.sees(line, one) for one in members)]


def _parts(desk: Desk, line: Line, batches_on: dict[int, set[str]]) -> tuple[bool, list[list[Payout]]]:
    """Whether all was searched and each hit says more than chance would, and the parts of one batch with the amount."""
    total = -line.amount_fen
    near = {batch for day in range(line.day - WINDOW_DAYS, line.day + 1) for batch in batches_on.get(day, ())}
    near = {batch for batch in near if desk.batch_fen[batch] > total}
    if len(near) > BATCHES:
        return False, []
    found: list[list[Payout]] = []
    complete = True
    for batch in sorted(near):
        members = [one for one in _open(desk, batch) if desk.sees(line, one)]
        amounts = [desk.open_fen[one.id] for one in members]
        if len(members) <= WHOLLY:
            tried, subsets = 1 << len(members), exact(amounts, total, smallest=2).subsets
        else:
            tried, subsets = len(members) * (len(members) + 1) // 2, all_but_two(amounts, total)
        complete = complete and (not subsets or telling(tried, total, amounts))
        found += [[members[place] for place in subset] for subset in subsets]
    return complete, found


def _open(desk: Desk, batch: str) -> list[Payout]:
    members = (desk.payouts[name] for name in desk.of_batch[batch])
    return [one for one in members if not one.failed and desk.open_fen[one.id]]
