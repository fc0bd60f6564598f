"""Entries that the bank took back: which earlier line each reversal undoes, whatever that line was taken for meanwhile.

A reversal takes back the latest line before it with the opposite amount that shares most references with it, or, where
none shares any, that has the same other side. A line that is booked again stands by itself, and a reversal may be taken
back in turn: then the line under it stands again. Lines that stand for different payments are never chosen between.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from ledger.reconcile.matching.model import RETURN_DAYS, Line

_Booked = tuple[int, int, str]


class Reversals:
    """The lines of one account in the order of booking, and who takes back whom; `names` gives a line's payouts."""

    def __init__(self, names: Callable[[Line], Sequence[str]]) -> None:
        self._names = names
        self._lines: list[Line] = []
        self._start()

    def _start(self) -> None:
        # Reversal -> the line that it takes back; reversal -> what it may take back, where that is not one line.
        self.pairs: dict[str, str] = {}
        self.unclear: dict[str, tuple[Line, ...]] = {}
        self._taken: dict[str, str] = {}
        self._by_reference: dict[tuple[int, str], list[Line]] = defaultdict(list)
        self._by_side: dict[tuple[int, tuple[str, ...]], list[Line]] = defaultdict(list)

    def add(self, lines: Iterable[Line]) -> None:
        """Take more lines in; such as are of earlier days than others before put everything in order once more."""
        more = sorted(lines, key=_booked)
        if self._lines and more and _booked(more[0]) < _booked(self._lines[-1]):
            more = sorted([*self._lines, *more], key=_booked)
            self._lines = []
            self._start()
        for line in more:
            if is_reversal(line):
                self._take_back(line)
            for reference in line.references:
                self._by_reference[line.amount_fen, reference].append(line)
            if line.fits is not None:
                self._by_side[line.amount_fen, line.fits].append(line)
        self._lines += more

    def _take_back(self, line: Line) -> None:
        found = self._candidates(line)
        if len({(self._names(one), one.fits) for one in found}) > 1 and line.fits is not None:
            found = [one for one in found if one.fits == line.fits]
        if not found or len({(self._names(one), one.fits) for one in found}) > 1:
            self.unclear[line.id] = tuple(found)
            return
        other = found[-1].id
        under = self.pairs.pop(other, "")
        if under:
            del self._taken[under]
        self.pairs[line.id] = other
        self._taken[other] = line.id

    def _candidates(self, line: Line) -> list[Line]:
        """The lines that a reversal may take back by the best evidence there is, in the order of booking."""
        amount = -line.amount_fen
        named = [
            self._standing(line, self._by_reference.get((amount, reference), ())) for reference in set(line.references)
        ]
        shared: dict[str, int] = defaultdict(int)
        for candidate in chain.from_iterable(named):
            shared[candidate.id] += 1
        most = max(shared.values(), default=0)
        found = {candidate.id: candidate for candidate in chain.from_iterable(named) if shared[candidate.id] == most}
        if not found and line.fits:
            found = {
                candidate.id: candidate
                for candidate in self._standing(line, self._by_side.get((amount, line.fits), ()))
            }
        return sorted(found.values(), key=_booked)

    def _standing(self, line: Line, others: Iterable[Line]) -> list[Line]:
        return [other for other in others if other.id not in self._taken and line.day - other.day <= RETURN_DAYS]


def is_reversal(line: Line) -> bool:
    """Whether the bank takes an entry of its own back; money that a payee's bank sent back is none, however marked."""
    return line.reversal and not line.returned


def _booked(line: Line) -> _Booked:
    return line.day, line.place, line.id
