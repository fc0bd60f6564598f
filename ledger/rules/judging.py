"""Whatever is written to an office's ledger is judged by the rule book before rows go in."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from calculators.problems import Place, Problem, Refused
from ledger.log import kinds
from ledger.rules.codes import CODES
from ledger.rules.groups import Found
from ledger.rules.judge import Judge, judges
from ledger.rules.needs import NEEDS
from ledger.rules.records import Logged
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from ledger.store.ledger import View


class Judging:
    """Judges what one write appends to a view; what was recorded before comes from the tables."""

    def __init__(self, view: View) -> None:
        rules = view.current(kinds.RULES, "rules")
        self._state = Fold(Tables(view))
        self._judge = Judge(self._state, judging=rules is not None and judges(rules.body))
        # What was refused: whoever caught that and went on writing would write what nobody judges.
        self._refused: Refused | None = None

    def take(self, kind: str, first: int, bodies: Sequence[Any], leaves: Sequence[bytes]) -> None:
        """Judge records of a kind that are to be appended from log index `first` on; refuses the first improper one."""
        if self._refused:
            raise self._refused
        for need in NEEDS.get(kind, ()):
            for name, keys in need(self._state, bodies).items():
                self._state.prefetch(name, keys)
        seqs, named = range(first, first + len(bodies)), repeat(kind, len(bodies))
        _proper, found = self._judge.take_all(list(map(Logged, seqs, named, bodies, leaves)))
        self._refuse(found)

    def behind(self, moment: str) -> bool:
        """Whether the log has gone on beyond this time: what two people say of the clock moves it."""
        return self._state.last is not None and moment < self._state.last

    def end(self) -> None:
        """Refuse what the write leaves open."""
        if self._refused:
            raise self._refused
        self._refuse(self._judge.end())

    def _refuse(self, found: Found | None) -> None:
        if found is None:
            return
        code, values = found.fault
        text, record = CODES[code], found.record
        place = Place(" ".join(filter(None, (record.kind, record.body.get("key", "")))))
        self._refused = Refused(Problem(code, text.what, text.remedy, place, values))
        raise self._refused
