"""Rules of what signs the heads of the log: its key, and witnesses."""

from contextlib import suppress

from ledger.log import kinds
from ledger.log.checkpoint import BadCheckpoint, VerifierKey, verify_note
from ledger.log.key_note import verify as verify_key_note
from ledger.log.witness import head_of
from ledger.office.witnesses import policy_of, signed_by
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold


def log_key(state: Fold, record: Logged[kinds.LogKeyBody]) -> Faults:
    """Another key goes on where the one in force was, behind a head of this log, with the word of the keys at hand."""
    body = record.body
    try:
        note, by_both = verify_key_note(body["note"])
    except BadCheckpoint:
        yield fault("log_key_otherwise", reason="note")
        return
    keys: tuple[str, ...] = state.whole("log_keys")
    if note.origin != state.origin or str(note.before) != keys[-1] or str(note.after) in keys:
        yield fault("log_key_otherwise", reason="keys")
    root = state.root(note.size) if note.size <= record.seq else None
    if root != note.root:
        yield fault("log_key_otherwise", reason="root")
    if by_both != (body["cause"] == "rotated"):
        yield fault("log_key_otherwise", reason="cause")


def witness(_state: Fold, record: Logged[kinds.WitnessBody]) -> Faults:
    """Keys of witnesses, each once, and no more of them needed than there are."""
    body = record.body
    try:
        found = policy_of(body)
    except BadCheckpoint:
        yield fault("witness_differs", reason="keys")
        return
    if len({key.public for key in found.keys}) < len(body["keys"]):
        yield fault("witness_differs", reason="keys")
    if body["needed"] > len(body["keys"]):
        yield fault("witness_differs", reason="needed")


def witnessed(state: Fold, record: Logged[kinds.WitnessedBody]) -> Faults:
    """A head of this log, signed by a key of it and by a witness of the policy in force."""
    body, policy = record.body, state.whole("witnesses")
    try:
        head = head_of(body["note"])
    except BadCheckpoint:
        yield fault("witness_differs", reason="note")
        return
    root = state.root(head.size) if head.size <= record.seq else None
    if head.origin != state.origin or head.size != body["size"] or root != head.root:
        yield fault("witness_differs", reason="head")
    if not _signed_by_log(state, body["note"]):
        yield fault("witness_differs", reason="signature")
    if policy is None or not signed_by(body["note"], policy.keys):
        yield fault("witness_differs", reason="witness")


def _signed_by_log(state: Fold, note: str) -> bool:
    for key in state.whole("log_keys"):
        with suppress(BadCheckpoint):
            verify_note(note, VerifierKey.parse(key))
            return True
    return False
