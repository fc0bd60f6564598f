"""Payments: whether a batch holds what it names, and whether its payouts went only where payouts can go.

The steps are those of the table in `docs/contracts.md`, 11.2, and whoever prepared a batch neither approves it nor
decides what became of it. What settles a debt says how much, and a correction moves no money. Money and claims are held
by the book and by the claims' own guard.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ledger.log import kinds
from ledger.payouts.states import Source, State, allowed
from ledger.rules.earlier.codes import found
from ledger.rules.groups import Found
from ledger.rules.records import Logged


@dataclass(slots=True)
class _Batch:
    """A batch while its payouts are read."""

    record: Logged[kinds.PaymentBatchBody]
    key: str
    maker: str
    count: int
    total_fen: int
    read: int = 0
    read_fen: int = 0
    state: State = State.PREPARED


_READ = ("payment_batch", "payout", "outcome", "recovery", "netting", "correction")


class Payments:
    """Takes the records of a log one by one, in their order."""

    def __init__(self) -> None:
        self._batches: dict[str, _Batch] = {}
        # Item no. -> its batch, and what was last said of the item itself.
        self._items: dict[str, _Batch] = {}
        self._states: dict[str, State] = {}
        # The batch whose payouts are being read.
        self._reading: _Batch | None = None
        # The correction whose entry comes next.
        self._correction: Logged[kinds.CorrectionBody] | None = None

    def check(self, record: Logged[Any]) -> Iterable[Found]:
        """What is wrong with the next record."""
        corrected = record.kind == "entry" and record.body["reason"] == "corrected"
        # What has begun takes an interest in whatever comes next.
        concerned = record.kind in _READ or corrected or self._reading or self._correction
        return self._check(record) if concerned else ()

    def _check(self, record: Logged[Any]) -> Iterator[Found]:
        if self._reading and record.kind != "payout":
            yield from self._whole()
        if record.kind == "payment_batch":
            body = record.body
            batch = _Batch(record, body["key"], body["actor"], body["count"], body["total_fen"])
            self._batches[batch.key] = self._reading = batch
            if body["first"] != record.seq + 1:
                yield found(record, "batch_differs", reason="first")
        elif record.kind == "payout":
            yield from self._payout(record)
        elif record.kind == "outcome":
            yield from self._outcome(record)
        elif record.kind in ("recovery", "netting"):
            yield from _settlement(record)
        yield from self._corrected(record)

    @property
    def open(self) -> bool:
        """Whether a batch or a correction has begun and not ended."""
        reading = self._reading
        return self._correction is not None or (reading is not None and reading.read < reading.count)

    def end(self) -> Iterator[Found]:
        """A batch whose payouts the log ends before."""
        yield from self._whole()
        yield from self._uncorrected()

    def _corrected(self, record: Logged[Any]) -> Iterator[Found]:
        """A correction is followed by its entry, and the entry leaves every account but those of the indicator."""
        entry = record.body if record.kind == "entry" and record.body["reason"] == "corrected" else None
        if entry is None or self._correction is None:
            yield from self._uncorrected()
            if entry is not None:
                yield found(record, "correction_differs", reason="record")
        elif entry["cause"] != self._correction.seq:
            self._correction = None
            yield found(record, "correction_differs", reason="cause")
        else:
            self._correction = None
            sums: Counter[tuple[str, str]] = Counter()
            for line in entry["postings"]:
                sums[line["chart"], line["account"]] += line["amount_fen"]
            if any(sums.values()):
                yield found(record, "correction_differs", reason="postings")
        if record.kind == "correction":
            self._correction = record

    def _uncorrected(self) -> Iterator[Found]:
        correction, self._correction = self._correction, None
        if correction:
            yield found(correction, "correction_differs", reason="entry")

    def _whole(self) -> Iterator[Found]:
        batch, self._reading = self._reading, None
        if batch and (batch.read, batch.read_fen) != (batch.count, batch.total_fen):
            yield found(batch.record, "batch_differs", reason="count, total_fen")

    def _payout(self, record: Logged[kinds.PayoutBody]) -> Iterator[Found]:
        body, batch = record.body, self._reading
        if batch is None or body["batch"] != batch.key or body["key"] in self._items:
            yield found(record, "batch_differs", reason="batch")
            return
        batch.read += 1
        batch.read_fen += body["amount_fen"]
        self._items[body["key"]] = batch
        if body["n"] != batch.read:
            yield found(record, "batch_differs", reason="n")
        if body["amount_fen"] != sum(claim["amount_fen"] for claim in body["claims"]):
            yield found(record, "batch_differs", reason="claims")

    def _outcome(self, record: Logged[kinds.OutcomeBody]) -> Iterator[Found]:
        body = record.body
        about, after, source = body["about"], State(body["state"]), Source(body["source"]["kind"])
        batch = self._batches.get(about) or self._items.get(about)
        if batch is None:
            yield found(record, "payout_unknown", about=about)
            return
        before = batch.state if about in self._batches else self._states.get(about, batch.state)
        # A statement may contradict once more what is disputed already.
        repeated = before is after is State.DISPUTED and source is Source.STATEMENT
        if not repeated and not allowed(before, after, source):
            yield found(
                record, "step_illegal", about=about, before=before.value, after=after.value, source=source.value
            )
        decides = source is Source.DECISION and after is not State.CANCELLED
        if body["actor"] == batch.maker and (decides or source is Source.APPROVAL):
            yield found(record, "maker_decides", actor=batch.maker, about=about)
        if about in self._batches:
            batch.state = after
        else:
            self._states[about] = after


def _settlement(record: Logged[kinds.RecoveryBody] | Logged[kinds.NettingBody]) -> Iterator[Found]:
    """Money that came in is the sum of what it settles; what is netted takes as much of a payable as of a debt."""
    claims = [claim["amount_fen"] for claim in record.body["claims"]]
    taken, settled = sum(fen for fen in claims if fen > 0), -sum(fen for fen in claims if fen < 0)
    fen = record.body["amount_fen"]
    if (taken, settled) != ((fen if record.kind == "netting" else 0), fen):
        yield found(record, "settlement_differs", taken=taken, settled=settled)
