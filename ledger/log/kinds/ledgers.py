"""Records of the ledger itself: how it began, and by which rules it is kept."""

from typing import Literal, NotRequired, TypedDict

from ledger.log.kinds.kind import Kind, Record, Signed
from ledger.log.kinds.values import Count, Hash, Text, Time, Versioned

# `from` is a word of Python's, so shapes that have it are written as calls.
_From = TypedDict("_From", {"from": Count})


class GenesisBody(Record):
    """The first record: what this log is.

    origin: the name of the log
    purpose: `production`, `practice` for learning, or `demo` where clock, salts and keys are fixed
    log_key: the C2SP verifier key of the log's first key
    software: name and version of the program that made it
    currency, zone: those of the books
    duties: the set of duties, as text, that it begins under: it is founded by two people, and everything is signed
    """

    origin: Text
    purpose: Literal["production", "practice", "demo"]
    log_key: Text
    software: Text
    currency: Literal["CNY"]
    zone: Literal["Asia/Shanghai"]
    duties: NotRequired[Text]


class RulesBody(Record):
    """By which rules the records after it stand: written at creation and by `subsidy upgrade`.

    key: `rules`
    book: version of the rules for what may stand in the log
    calculators: names with versions, as they stand in digests
    schemas: the `$schema` of every kind that the program writes
    """

    key: Literal["rules"]
    book: Versioned
    calculators: list[Versioned]
    schemas: list[Versioned]


class CutBody(Signed, _From):
    """What stood in the file and in no signed record was taken away, and kept aside in a file.

    key: the log index of this record, as text
    from: that log index, which the first of the records taken away had, if any was
    count: how many records were taken away, none of them signed for
    removed: rows of tables, tables and guards that no record makes, or not so
    restored: rows of tables that records make and that were not there, or not so
    file, sha256: what was taken away, a JSON line each
    reason: why
    """

    key: Text
    count: Count
    removed: Count
    restored: Count
    file: Text
    sha256: Hash
    reason: Text


class LostOrder(TypedDict):
    """A file that is an order, or may be one, and that no record of the backup names."""

    file: Text
    sha256: Hash


class RestoreBody(Signed, _From):
    """The ledger was put back from a backup: the records from `from` on that were signed for are gone.

    key: the log index of this record, as text
    from: how many records the backup has
    to: how many records the last head of the anchor was signed over; what lies between is lost, where it is more
    root: of that head
    made_at: when the backup was made (UTC), as its manifest says
    manifest: SHA-256 of the manifest's bytes
    orders: files of the folder of orders that no record of the backup names
    reason: why
    """

    key: Text
    to: Count
    root: Hash
    made_at: Time
    manifest: Hash
    orders: NotRequired[list[LostOrder]]
    reason: Text


class LogKeyBody(Signed):
    """Another key signs the heads of the log that have this record.

    key: `log-key`
    cause: `rotated` where the key before signed for it, `lost` where it is not at hand any more, `restored` where the
        log was put back from before such a change, whose key goes on
    note: a C2SP signed note of the new key, and of the one before where it is rotated: both keys, and the last head
        that the one before has signed
    reason: why
    """

    key: Literal["log-key"]
    cause: Literal["rotated", "lost", "restored"]
    note: Text
    reason: Text


GENESIS = Kind("genesis", GenesisBody, version=2, since={"duties": 2})
RULES = Kind("rules", RulesBody, keyed=True)
CUT = Kind("cut", CutBody, keyed=True)
RESTORE = Kind("restore", RestoreBody, keyed=True)
LOG_KEY = Kind("log_key", LogKeyBody, keyed=True)
