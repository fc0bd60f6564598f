"""An office's ledger: judged by the rule book where it writes, proved where money rests on what it reads.

A book that somebody else wrote to is explained in the words of verification, whichever command meets it.
"""

from sqlalchemy.exc import DatabaseError

from calculators.problems import N_, Place, Problem, Refused
from ledger.audit.damage import Damage
from ledger.audit.proof import UNREADABLE, disproved
from ledger.audit.verify import Trust, verify
from ledger.log.checkpoint import Checkpoint
from ledger.rules.judging import Judging
from ledger.store.ledger import Ledger as StoredLedger
from ledger.store.ledger import View

# What follows from the records, and is made again from them.
_MADE_AGAIN = frozenset(
    {
        "schema_changed",
        "node_changed",
        "projection_missing",
        "projection_differs",
        "projection_surplus",
        "envelope_differs",
    }
)


class Ledger(StoredLedger):
    """A ledger that is given rule book and proof; it refuses what both name, besides what its store does."""

    def _judge(self, view: View) -> Judging:
        return Judging(view)

    def _prove(self, view: View, head: Checkpoint) -> None:
        """Refuse what stands in the file and does not follow from the signed records, or is improper behind them."""
        try:
            damage = disproved(view.connection, head, behind=view.size - head.size)
        except (DatabaseError, *UNREADABLE) as error:
            damage = Damage("unreadable", {"reason": error})
        if damage:
            raise self._refused(damage, head.size)

    def _explained(self) -> Refused | None:
        signed, trust = 0, None
        try:
            home = self.anchor
            key = home.open(self.genesis["log_key"]).verifier
            trust = Trust(home.checkpoint_file.read_text(encoding="utf-8"), key)
            signed = home.checkpoint(key).size
        except Refused:
            # Without its anchor a ledger can still be held against itself.
            pass
        found = next(iter(verify(self.path, trust).damages), None)
        return self._refused(found, signed) if found else None

    def _refused(self, damage: Damage, signed: int) -> Refused:
        """The damage in verification's words, and the way out; `signed` records stand under the signed head."""
        named = filter(None, (f"#{damage.record}", damage.kind, damage.key))
        place = Place(str(self.path), key=" ".join(named) if damage.record is not None else "")
        return Refused(Problem(damage.code, damage.what, _way_out(damage, signed), place, damage.values))


def _way_out(damage: Damage, signed: int) -> str:
    if damage.code in _MADE_AGAIN and (damage.record is None or damage.record < signed):
        return N_("somebody wrote to the file: `subsidy audit rebuild` makes its tables again from the records")
    return N_("run `subsidy audit verify`, and go on with a backup that is whole")
