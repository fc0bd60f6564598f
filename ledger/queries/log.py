"""The log itself: its head, its records by sequence, and one of them with the exact bytes that were hashed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculators.problems import N_, refuse
from ledger.log.canonical import canonical
from ledger.log.kinds import kind_of
from ledger.log.tree import leaf_hash
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Head:
    """The log at a size: its name, its number of records, its root in hex, and when the last record was made."""

    origin: str
    size: int
    root: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record: its log index, its kind, its leaf hash in hex, who made it and when, and what it says."""

    seq: int
    kind: str
    leaf: str
    actor: str
    recorded_at: str
    body: Mapping[str, Any]


def head(view: View) -> Head:
    """The log at the view's size."""
    last = view.record(view.size - 1)
    return Head(view.record(0)["origin"], view.size, view.root().hex(), last["recorded_at"])


def log_records(view: View, after: int = -1, count: int = 100) -> tuple[LogRecord, ...]:
    """At most `count` records behind log index `after`, in order."""
    return tuple(log_record(view, seq) for seq in range(after + 1, min(after + 1 + count, view.size)))


def log_record(view: View, seq: int) -> LogRecord:
    """Record `seq`; refuses `record_unknown`."""
    if not 0 <= seq < view.size:
        raise refuse(
            "record_unknown",
            N_("the log has no record {seq}; its last one is {last}"),
            N_("records are numbered from 0"),
            seq=seq,
            last=view.size - 1,
        )
    body = view.record(seq)
    leaf = view.leaf(seq)
    assert leaf == leaf_hash(canonical(body)), f"record {seq} is not what its leaf says"
    return LogRecord(seq, kind_of(body), leaf.hex(), body["actor"], body["recorded_at"], body)
