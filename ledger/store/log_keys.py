"""Which keys have signed the heads of a log: that of genesis, and those that took over from it, in their order."""

from typing import Final, NamedTuple

from ledger.log import kinds
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey
from ledger.log.key_note import verify
from ledger.store.views import View

# The key of the records that change the key of the log.
LOG_KEY: Final = "log-key"


class TakesOver(NamedTuple):
    """A key that takes over with a write; `known` is the last head, where the key that signed it is gone."""

    key: SignerKey
    known: Checkpoint | None = None


def log_keys(view: View) -> tuple[str, ...]:
    """The verifier keys of a log in their order; the last one is in force."""
    later = (key for row in view.records(kinds.LOG_KEY) for key in key_after(row.body))
    return (view.body(kinds.GENESIS, 0)["log_key"], *later)


def key_after(body: kinds.LogKeyBody) -> tuple[str, ...]:
    """The key that a record puts in force; none where it is not what it says, which rules refuse."""
    try:
        return (str(verify(body["note"]).note.after),)
    except (BadCheckpoint, LookupError, TypeError, AttributeError):
        return ()
