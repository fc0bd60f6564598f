"""Lines without a name and without a payee of ours: the total of a batch, else of one part of one batch."""

from heapq import nsmallest
from typing import NamedTuple

from ledger.reconcile.matching.batches import batch_proposal
from ledger.reconcile.matching.desk import CANDIDATES, Desk, Pile, Proposal
from ledger.reconcile.matching.model import WINDOW_DAYS, Line, Payout, Reason, Rule
from ledger.reconcile.matching.subsets import all_but_two, exact, telling

# Batches within the window of one line that may be searched for a part of them.
BATCHES = 500
# Payouts of a batch up to which every subset is tried; of a larger batch those that lack one or two.
WHOLLY = 16


class _Reading(NamedTuple):
    """A batch, those of its payouts that have the total together, and how many subsets were tried for it."""

    batch: str
    members: list[Payout]
    tried: int = 1


class Totals:
    """Remembers what was found in a batch until the batch changes."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._batches_on: dict[int, set[str]] = {}
        for batch, names in desk.of_batch.items():
            for name in names:
                self._batches_on.setdefault(desk.payouts[name].day, set()).add(batch)
        # (line, batch) -> the state of the batch that was searched, and up to two parts with the total.
        self._known: dict[tuple[str, str], tuple[int, list[_Reading]]] = {}
        # Undecided line -> what it may be, and the payouts that are held against the others because of it.
        self._standing: dict[str, tuple[list[Proposal], set[str]]] = {}
        # (amount, day of a line) -> how many matches there were when the single payouts were looked up, and these.
        self._singles: dict[tuple[int, int], tuple[int, list[str]]] = {}

    def settle(self) -> bool:
        """Match the bare lines that are new or whose payouts in sight were touched."""
        desk = self.desk
        names = set(desk.take(Pile.BARE))
        for day in {desk.payouts[name].day for name in desk.stirred}:
            for later in range(day, day + WINDOW_DAYS + 1):
                names |= desk.bare_on.get(later, set())
        desk.stirred = set()
        for name in names:
            held = set[str]()
            self._standing[name] = (self._readings(desk.lines[name], held), held)
        # What was found before and is still undecided contends with what is new.
        self._standing = {name: self._standing[name] for name in sorted(self._standing) if name in desk.lines}
        found = self._standing.values()
        return bool(names) and desk.accept_single(
            [one for proposals, _held in found for one in proposals],
            {one for _proposals, held in found for one in held},
        )

    def _readings(self, line: Line, held: set[str]) -> list[Proposal]:
        """Batches or parts of batches with the line's total, if no single payout has it; else the line is listed."""
        desk, total = self.desk, -line.amount_fen
        rivals = self._rivals(line, total)
        whole, parts = self._whole(line, total), self._parts(line, total)
        readings = [*whole, *(parts or ())]
        candidates = [*rivals, *(one.id for reading in readings for one in reading.members)]
        rule = Rule.BATCH_TOTAL if whole else Rule.BATCH_PART if readings else Rule.AMOUNT
        if parts is None or not all(telling(reading.tried, total) for reading in readings):
            desk.list(line, Reason.TOO_MANY, rule, candidates)
        elif not readings:
            desk.list(line, Reason.AMOUNT if rivals else Reason.UNKNOWN, rule, candidates)
        elif rivals:
            desk.list(line, Reason.AMBIGUOUS, rule, candidates)
        else:
            held.update(one.id for reading in readings for one in reading.members if self._wanted(one))
            return [batch_proposal(desk, rule, line, reading.members, reading.batch) for reading in readings]
        # Nobody else may take what this line may stand for.
        held.update(candidates if readings else ())
        return []

    def _rivals(self, line: Line, total: int) -> list[str]:
        """The first payouts in sight that have the total by themselves."""
        key, state = (total, line.day), len(self.desk.matches)
        known = self._singles.get(key)
        if known is None or known[0] != state:
            days = range(line.day - WINDOW_DAYS, line.day + 1)
            names = (name for day in days for name in self.desk.with_amount.get((total, day), ()))
            known = self._singles[key] = (state, nsmallest(CANDIDATES, names))
        return [name for name in known[1] if (line.id, name) not in self.desk.banned]

    def _whole(self, line: Line, total: int) -> list[_Reading]:
        """Batches of two or more whose open sum, failures left out, is the total and all of which the line sees."""
        desk = self.desk
        found = []
        for batch in sorted(desk.with_total.get(total, ())):
            members = self._open(batch)
            if len(members) > 1 and all(desk.sees(line, one) for one in members):
                found.append(_Reading(batch, members))
        return found

    def _parts(self, line: Line, total: int) -> list[_Reading] | None:
        """Parts of one batch with the total; None where too many batches are in sight."""
        days = range(line.day - WINDOW_DAYS, line.day + 1)
        near = {batch for day in days for batch in self._batches_on.get(day, ())}
        near = {batch for batch in near if self.desk.batch_fen[batch] > total}
        if len(near) > BATCHES:
            return None
        return [reading for batch in sorted(near) for reading in self._search(line, batch, total)]

    def _search(self, line: Line, batch: str, total: int) -> list[_Reading]:
        state = self.desk.changes[batch]
        known = self._known.get((line.id, batch))
        if known is None or known[0] != state:
            members = [one for one in self._open(batch) if self.desk.sees(line, one)]
            amounts = [self.desk.open_fen[one.id] for one in members]
            if len(members) <= WHOLLY:
                tried, subsets = 1 << len(members), exact(amounts, total, smallest=2).subsets
            else:
                tried, subsets = len(members) * (len(members) + 1) // 2, all_but_two(amounts, total)
            found = [_Reading(batch, [members[place] for place in subset], tried) for subset in subsets]
            known = self._known[(line.id, batch)] = (state, found)
        return known[1]

    def _open(self, batch: str) -> list[Payout]:
        members = (self.desk.payouts[name] for name in self.desk.of_batch[batch])
        return [one for one in members if not one.failed and self.desk.open_fen[one.id]]

    def _wanted(self, payout: Payout) -> bool:
        """Whether an undecided line with stronger evidence may be this payout's."""
        desk = self.desk
        if desk.named_by_lines(payout.id):
            return True
        amount = desk.open_fen[payout.id]
        lines = (desk.lines[name] for name in desk.waiting[Pile.PAYEE].get(payout.payee, ()))
        return any(-line.amount_fen == amount and desk.sees(line, payout) for line in lines)
