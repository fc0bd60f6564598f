"""What a fold knows of claw-backs, and of what became of the book itself: cuts, restores, keys in doubt, witnesses."""

from typing import Any

from ledger.log import kinds
from ledger.office.approvals import APPROVE
from ledger.office.compromised import COMPROMISED, Suspicions
from ledger.office.losses import Doubt, lost
from ledger.registry.clawbacks import AGREED, INSPECTION
from ledger.rules.entries import Entries
from ledger.rules.records import Logged
from ledger.store.log_keys import key_after


class Kept(Entries):
    """What is asked back, and by whose word the book is as it is."""

    def _clawback(self, record: Logged[kinds.ClawbackBody]) -> None:
        """Line -> the claw-backs of it that were agreed to and reduce its award."""
        body = record.body
        self._subject(record)
        if "fact" in body:
            self.moves("naming", body["key"], None, body["fact"])
        if (body["state"], body["cause"]) == (AGREED, INSPECTION):
            clawed = self.whole("clawed") or {}
            self.put("clawed", "", {**clawed, body["line"]: (*clawed.get(body["line"], ()), body["key"])})

    def _cut(self, record: Logged[Any]) -> None:
        self._subject(record)
        self.put("floor", "", record.seq)
        self._waits_for_another(record)

    def _waits_for_another(self, record: Logged[Any]) -> None:
        """One person has made the book again, put it back, or given it another key: of keys the last one waits."""
        waiting = self.whole("unagreed") or {}
        of_keys = record.kind == kinds.LOG_KEY.name
        left = {at: kind for at, kind in waiting.items() if not (of_keys and kind == record.kind)}
        self.put("unagreed", "", {**left, record.seq: record.kind})

    def _restore(self, record: Logged[kinds.RestoreBody]) -> None:
        self._cut(record)
        if lost(record.body):
            self.put("doubt", "", Doubt(record.seq))

    @property
    def suspicions(self) -> Suspicions:
        """Keys that others may have had, and what nobody has looked at."""
        return self.whole("suspects") or Suspicions()

    def _compromise(self, record: Logged[kinds.CompromiseBody]) -> None:
        self._subject(record)
        self.put("suspects", "", self.suspicions.asked(record.seq, record.body))

    def _looked_at(self, said: kinds.CompromiseBody, about: int, opinion: str, seq: int) -> None:
        """Another person has answered what was said of a key; one that is compromised signs nothing more."""
        self.put("suspects", "", self.suspicions.answered(about, said, opinion, seq))
        if opinion == APPROVE and said["state"] == COMPROMISED:
            self.burn(said["person"], about)

    def _witnessed(self, record: Logged[kinds.WitnessedBody]) -> None:
        self.put("witnessed", "", record.body["note"])

    def _log_key(self, record: Logged[kinds.LogKeyBody]) -> None:
        self._subject(record)
        self._waits_for_another(record)
        self.put("log_keys", "", (*(self.whole("log_keys") or ()), *key_after(record.body)))

    def consented(self, about: int) -> None:
        """Another person has agreed to a record."""
        waiting = self.whole("unagreed") or {}
        if about in waiting:
            self.put("unagreed", "", {at: kind for at, kind in waiting.items() if at != about})
