"""Verify a ledger: its bytes, its tree, its tables and its file, against themselves and against a trusted checkpoint.

The log is read once in its order. For every stretch of records the rows that must stand in the tables are made from
the bytes alone and compared with those that do stand there; the first record that is wrong is named. To agree with
itself is not enough: who can write the file can compute everything in it again. Only a checkpoint from elsewhere,
signed with a key that the caller trusts, anchors a ledger.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from calculators.problems import N_
from ledger.audit.damage import Damage
from ledger.audit.halves import Whole, verified_in_two, worth_two
from ledger.audit.projector import Projector
from ledger.audit.proof import UNREADABLE, Proof
from ledger.log.canonical import parse
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, VerifierKey
from ledger.log.checkpoint import verify as open_checkpoint
from ledger.log.key_note import verify as open_key_note
from ledger.log.kinds import LOG_KEY
from ledger.log.schema_note import verify as open_schema
from ledger.log.tree import EMPTY_ROOT
from ledger.registry.agreements import agreement
from ledger.store.collector import paused
from ledger.store.engine import reading_engine
from ledger.store.guards import schema_sha256
from ledger.store.inspection import expected_objects, file_problems, schema_objects
from ledger.store.tables import record
from ledger.store.views import View

MISSING = N_("is missing")
CHANGED = N_("was changed")
FOREIGN = N_("does not belong to a ledger")


def schema_damages(connection: Connection) -> Iterator[Damage]:
    """Objects that are missing, changed or foreign, in order of type and name."""
    there, expected = schema_objects(connection), expected_objects()
    for kind, name in sorted(there.keys() | expected.keys()):
        if (kind, name) not in there:
            how = MISSING
        elif (kind, name) not in expected:
            how = FOREIGN
        elif there[kind, name] != expected[kind, name]:
            how = CHANGED
        else:
            continue
        yield Damage("schema_changed", {"type": kind, "name": name, "how": how})


def file_damages(connection: Connection) -> Iterator[Damage]:
    """Pages and indexes that SQLite finds broken."""
    for line in file_problems(connection):
        yield Damage("file_damaged", {"reason": line})


def readable(damages: list[Damage]) -> bool:
    """Whether the tables can be read as they were made; a changed guard does not hinder that, a changed table does."""
    return not any(damage.values["type"] == "table" and damage.values["how"] != FOREIGN for damage in damages)


class Verdict(IntEnum):
    """What a verification came to; the values are exit codes."""

    ANCHORED = 0
    DAMAGED = 1
    NOT_ANCHORED = 3


@dataclass(frozen=True, slots=True)
class Trust:
    """What the caller brings: the note of a checkpoint, the key that must have signed it, and, where there is one, the
    note of the file's schema that lies beside it. Another key counts as well that this one has signed for in the log.
    """

    note: str
    key: VerifierKey
    schema: str = ""


class TakenOver(NamedTuple):
    """A key of the log that took over: with which record, why, by whom, and who has agreed ("" nobody)."""

    record: int
    cause: str
    by: str
    agreed: str


@dataclass(frozen=True, slots=True)
class Report:
    """A verification: records and entries that are right, the root over them, the damages, how many records the
    checkpoint covers (0 without one), and which keys took over.
    """

    size: int
    entries: int
    root: bytes
    anchored: int
    damages: tuple[Damage, ...]
    keys: tuple[TakenOver, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Damaged, anchored, or no more than consistent. A checkpoint of nothing anchors nothing."""
        if self.damages:
            return Verdict.DAMAGED
        return Verdict.ANCHORED if self.anchored else Verdict.NOT_ANCHORED


@paused()
def verify(path: Path, trust: Trust | None = None) -> Report:
    """Verify the ledger in the file `path`. What is wrong stands in the report and is not raised.

    Of the log the first wrong record is named, and reading ends there; schema and file are looked at in any case.
    Refuses only `wal_unreadable`.
    """
    try:
        with reading_engine(path).connect() as connection:
            return _Verification(path, connection, trust).report()
    except DatabaseError as error:
        return Report(0, 0, EMPTY_ROOT, 0, (Damage("unreadable", {"reason": error.orig}),))


class _Verification:
    def __init__(self, path: Path, connection: Connection, trust: Trust | None) -> None:
        self.path = path
        self.connection = connection
        self.trust = trust
        self.checkpoint: Checkpoint | None = None
        # The key that has signed it.
        self.key = trust.key if trust else None
        self.projector = Projector()
        # What two processes have found right, where they were asked.
        self.whole: Whole | None = None
        self.damages: list[Damage] = []

    def report(self) -> Report:
        try:
            self._look()
        except DatabaseError as error:
            self.damages.append(Damage("unreadable", {"reason": error.orig}))
        projector = self.projector
        whole = self.whole or Whole(projector.size, projector.entries, projector.root)
        anchored = self.checkpoint.size if self.checkpoint else 0
        keys = () if self.damages else tuple(self._taken_over(whole.size))
        return Report(*whole, anchored, tuple(self.damages), keys)

    def _taken_over(self, size: int) -> Iterator[TakenOver]:
        view = View(self.connection, size)
        for row in view.records(LOG_KEY):
            given = agreement(view, row.seq)
            yield TakenOver(row.seq, row.body["cause"], row.body["actor"], given.body["actor"] if given else "")

    def _look(self) -> None:
        if self.trust:
            self.damages += self._opened(self.trust)
        if not schema_objects(self.connection):
            self.damages.append(Damage("empty"))
            return
        schema, file = list(schema_damages(self.connection)), list(file_damages(self.connection))
        self.damages += [*schema, *self._noted_damages(), *file]
        if not readable(schema):
            return
        log_key = str(self.key) if self.key else ""
        if not self.damages and worth_two(self.connection.scalar(select(func.max(record.c.seq))) or 0):
            self.whole = verified_in_two(self.path, self.connection, self.checkpoint, log_key)
            if self.whole:
                return
        proof = Proof(self.connection, self.checkpoint, log_key)
        self.projector = proof.projector
        try:
            self.damages += proof.damages()
        except UNREADABLE:
            # Broken pages yield what no statement could have written: texts where hashes stand, numbers out of order.
            if not file:
                raise

    def _opened(self, trust: Trust) -> Iterator[Damage]:
        """Open the checkpoint with the key that is trusted, or with one that it has signed for."""
        wrong: BadCheckpoint | None = None
        for key in self._signed_for(trust.key):
            try:
                self.checkpoint, self.key = open_checkpoint(trust.note, key), key
            except BadCheckpoint as error:
                wrong = wrong or error
            else:
                return
        yield Damage("signature_bad", {"reason": wrong})

    def _signed_for(self, key: VerifierKey) -> Iterator[VerifierKey]:
        """A key, and those that took over from it one after the other, each with the word of the one before.

        What is said here is proved by signatures alone; that it stands in the log is asked when that is read.
        """
        yield key
        if ("table", record.name) not in schema_objects(self.connection):
            return
        column = record.c
        said = select(column.body).where(column.kind == LOG_KEY.name, column.kind != "entry").order_by(column.seq)
        for body in self.connection.scalars(said):
            with suppress(BadCheckpoint, *UNREADABLE):
                note, by_both = open_key_note(parse(body)["note"])
                if by_both and note.before == key:
                    key = note.after
                    yield key

    def _noted_damages(self) -> Iterator[Damage]:
        """Whether the file has the schema that was signed for, where the caller brings the note of it."""
        if not self.trust or not self.trust.schema:
            return
        try:
            noted = open_schema(self.trust.schema, self.key or self.trust.key).schema
        except BadCheckpoint as error:
            yield Damage("schema_note_bad", {"reason": error})
            return
        if noted.sha256 != schema_sha256(self.connection):
            yield Damage("schema_differs", {"engine": noted.engine, "version": noted.version})
