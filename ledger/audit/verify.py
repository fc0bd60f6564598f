"""Verify a ledger: its bytes, its tree, its tables and its file, against themselves and against a trusted checkpoint.

The log is read once in its order. For every stretch of records the rows that must stand in the tables are made from
the bytes alone and compared with those that do stand there; the first record that is wrong is named. To agree with
itself is not enough: who can write the file can compute everything in it again. Only a checkpoint from elsewhere,
signed with a key that the caller trusts, anchors a ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from calculators.problems import N_
from ledger.audit.comparison import envelope_damages, stretch_damages, surplus_damages
from ledger.audit.damage import Damage
from ledger.audit.projector import Projector
from ledger.audit.reading import examine, read_stretch
from ledger.audit.rules.log import Rules
from ledger.log import kinds
from ledger.log.canonical import parse
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, VerifierKey
from ledger.log.checkpoint import verify as open_checkpoint
from ledger.log.schema_note import verify as open_schema
from ledger.log.tree import EMPTY_ROOT
from ledger.store.collector import paused
from ledger.store.engine import reading_engine
from ledger.store.guards import schema_sha256
from ledger.store.inspection import expected_objects, file_problems, schema_objects
from ledger.store.tables import record as record_table

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


# Records read and compared together.
_STRETCH = 4096


class Verdict(IntEnum):
    """What a verification came to; the values are exit codes."""

    ANCHORED = 0
    DAMAGED = 1
    NOT_ANCHORED = 3


@dataclass(frozen=True, slots=True)
class Trust:
    """What the caller brings: the note of a checkpoint, the key that must have signed it, and, where there is one, the
    note of the file's schema that lies beside it.
    """

    note: str
    key: VerifierKey
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A verification: records and entries that are right, the root over them, the damages, and how many records the
    checkpoint covers (0 without one).
    """

    size: int
    entries: int
    root: bytes
    anchored: int
    damages: tuple[Damage, ...]

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
            return _Verification(connection, trust).report()
    except DatabaseError as error:
        return Report(0, 0, EMPTY_ROOT, 0, (Damage("unreadable", {"reason": error.orig}),))


class _Verification:
    def __init__(self, connection: Connection, trust: Trust | None) -> None:
        self.connection = connection
        self.trust = trust
        self.checkpoint: Checkpoint | None = None
        self.anchored_root: bytes | None = None
        self.projector = Projector()
        self.rules = Rules(self._read)
        self.damages: list[Damage] = []

    def report(self) -> Report:
        try:
            self._look()
        except DatabaseError as error:
            self.damages.append(Damage("unreadable", {"reason": error.orig}))
        projector = self.projector
        anchored = self.checkpoint.size if self.checkpoint else 0
        return Report(projector.size, projector.entries, projector.root, anchored, tuple(self.damages))

    def _look(self) -> None:
        if self.trust:
            try:
                self.checkpoint = open_checkpoint(self.trust.note, self.trust.key)
            except BadCheckpoint as error:
                self.damages.append(Damage("signature_bad", {"reason": error}))
        if not schema_objects(self.connection):
            self.damages.append(Damage("empty"))
            return
        schema, file = list(schema_damages(self.connection)), list(file_damages(self.connection))
        self.damages += [*schema, *self._noted_damages(), *file]
        if not readable(schema):
            return
        try:
            log = next(self._log_damages(), None)
        except (KeyError, TypeError, ValueError):
            # Broken pages yield what no statement could have written: texts where hashes stand, numbers out of order.
            if not file:
                raise
            return
        if log:
            self.damages.append(log)
        else:
            self.damages += [*self._end_damages(), *self._anchor_damages()]

    def _noted_damages(self) -> Iterator[Damage]:
        """Whether the file has the schema that was signed for, where the caller brings the note of it."""
        if not self.trust or not self.trust.schema:
            return
        try:
            noted = open_schema(self.trust.schema, self.trust.key).schema
        except BadCheckpoint as error:
            yield Damage("schema_note_bad", {"reason": error})
            return
        if noted.sha256 != schema_sha256(self.connection):
            yield Damage("schema_differs", {"engine": noted.engine, "version": noted.version})

    def _log_damages(self) -> Iterator[Damage]:
        """The first damage of the log and of the rows that follow from it; reading ends with it."""
        after = None
        while rows := read_stretch(self.connection, after, self._most()):
            good, wrong = examine(self.connection, rows, self.projector.size)
            for place, record in enumerate(good):
                found = next(self.rules.check(record), None)
                if found:
                    good, wrong = good[:place], found
                    break
            if good:
                if good[0].seq == 0:
                    yield from self._genesis_damages(good[0].body)
                made = self.projector.project(good)
                compared = stretch_damages(self.connection, self.projector, good, made)
                yield from sorted(compared, key=lambda damage: damage.record or 0)
            if wrong:
                yield wrong
            after = rows[-1][0]
            if self.checkpoint and self.projector.size == self.checkpoint.size:
                self.anchored_root = self.projector.root
        if not self.projector.size:
            yield Damage("empty")
        yield from self.rules.end()

    def _most(self) -> int:
        """How many records to read: not across the end of the checkpoint, where the root is wanted."""
        left = self.checkpoint.size - self.projector.size if self.checkpoint else 0
        return min(_STRETCH, left) if left > 0 else _STRETCH

    def _genesis_damages(self, genesis: kinds.GenesisBody) -> Iterator[Damage]:
        if self.trust and genesis["log_key"] != str(self.trust.key):
            yield Damage("log_key_differs", {}, 0, "genesis")

    def _end_damages(self) -> Iterator[Damage]:
        yield from surplus_damages(self.connection, self.projector)
        yield from envelope_damages(self.connection, self.projector)

    def _anchor_damages(self) -> Iterator[Damage]:
        if not self.checkpoint:
            return
        size = self.projector.size
        if size < self.checkpoint.size:
            yield Damage("truncated", {"size": size, "checkpoint": self.checkpoint.size}, size)
        elif self.checkpoint.size and self.anchored_root != self.checkpoint.root:
            yield Damage("forked", {"checkpoint": self.checkpoint.size})

    def _read(self, seq: int) -> dict[str, Any]:
        query = record_table.select().where(record_table.c.seq == seq)
        return parse(self.connection.execute(query).one().body)
