"""Lines that name nothing and go to no payee that we know: what they may be by their amount, for a person to decide.

An amount alone settles nothing. What is listed is the total of a batch, else of a part of one batch, else of a single
payout; the rule of the list says which.
"""

from heapq import nlargest, nsmallest

from ledger.reconcile.matching.desk import CANDIDATES, Desk, Pile
from ledger.reconcile.matching.model import WINDOW_DAYS, Line, Payout, Reason, Rule
from ledger.reconcile.matching.subsets import all_but_two, exact, telling

# Batches within the window of one line that may be searched for a part of them.
BATCHES = 500
# Payouts of a batch up to which every subset is tried; of a larger batch those that lack one or two.
WHOLLY = 16


def list_by_amount(desk: Desk) -> None:
    """List every line that bears no evidence but its amount, with the payouts that have it."""
    keys = desk.take(Pile.BARE)
    if not keys:
        return
    sheets = _Sheets(desk)
    for key in keys:
        line = desk.lines[key]
        whole, (complete, parts) = _whole(desk, sheets, line), _parts(desk, sheets, line)
        single = _single(desk, line)
        found = [*single, *(member.id for members in (*whole, *parts) for member in members)]
        rule = Rule.BATCH_TOTAL if whole else Rule.BATCH_PART if parts else Rule.AMOUNT
        desk.list(line, Reason.TOO_MANY if not complete else Reason.AMOUNT if found else Reason.UNKNOWN, rule, found)


def _single(desk: Desk, line: Line) -> list[str]:
    """The first payouts in sight that have the amount by themselves."""
    days = range(line.day - WINDOW_DAYS, line.day + 1)
    names = (name for day in days for name in desk.with_amount.get((-line.amount_fen, day), ()))
    return [name for name in nsmallest(CANDIDATES, names) if (line.id, name) not in desk.banned]


class _Sheets:
    """What is open of each batch, written up once: nothing changes any more where lines are only listed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[str, list[Payout]] = {}
        self._near: dict[int, list[str]] = {}
        self._on: dict[int, set[str]] = {}
        for batch, names in desk.of_batch.items():
            for name in names:
                self._on.setdefault(desk.payouts[name].day, set()).add(batch)

    def open(self, batch: str) -> list[Payout]:
        """The open payouts of a batch, failures left out."""
        if batch not in self._open:
            members = (self._desk.payouts[name] for name in self._desk.of_batch[batch])
            self._open[batch] = [member for member in members if not member.failed and self._desk.open_fen[member.id]]
        return self._open[batch]

    def near(self, day: int) -> list[str]:
        """The batches that a line of the day may see."""
        if day not in self._near:
            days = range(day - WINDOW_DAYS, day + 1)
            self._near[day] = sorted({batch for number in days for batch in self._on.get(number, ())})
        return self._near[day]


def _whole(desk: Desk, sheets: _Sheets, line: Line) -> list[list[Payout]]:
    """The open payouts of batches of two or more whose sum, failures left out, is the line's and that it sees all."""
    opened = (sheets.open(batch) for batch in sorted(desk.with_total.get(-line.amount_fen, ())))
    return [members for members in opened if len(members) > 1 and all(desk.sees(line, member) for member in members)]


def _parts(desk: Desk, sheets: _Sheets, line: Line) -> tuple[bool, list[list[Payout]]]:
    """Whether all was searched and each hit says more than chance would, and the parts of one batch with the amount."""
    total = -line.amount_fen
    near = [batch for batch in sheets.near(line.day) if desk.batch_fen[batch] > total]
    if len(near) > BATCHES:
        return False, []
    found: list[list[Payout]] = []
    complete = True
    for batch in near:
        members = [one for one in sheets.open(batch) if desk.sees(line, one)]
        amounts = [desk.open_fen[member.id] for member in members]
        if len(members) <= WHOLLY:
            tried, subsets = 1 << len(members), exact(amounts, total, smallest=2).subsets
        elif sum(amounts) - total > sum(nlargest(2, amounts)):
            # No two of them are as much as is missing.
            continue
        else:
            tried, subsets = len(members) * (len(members) + 1) // 2, all_but_two(amounts, total)
        complete = complete and (not subsets or telling(tried, total, amounts))
        found += [[members[place] for place in subset] for subset in subsets]
    return complete, found
