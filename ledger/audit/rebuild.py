"""Rebuild a ledger's tables from the bodies of its log alone, into a new file, and compare both row by row.

Clear text (vault), the signed head (anchor) and keys follow from no record, so they are left out and said to be.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.exc import OperationalError

from calculators.problems import N_, Place, Refused, refuse
from ledger.audit.comparison import first_difference
from ledger.audit.damage import Damage
from ledger.audit.projector import Projector
from ledger.log.canonical import NotCanonical, parse
from ledger.log.kinds import check_record, kind_of
from ledger.log.tree import leaf_hash
from ledger.rules.records import Logged
from ledger.store import tables
from ledger.store.engine import insert_rows, ledger_engine, ledger_path, named_path
from ledger.store.guards import create_schema
from ledger.store.places import check_unlinked

_STRETCH = 4096

# What no record holds; each is listed with the outcome.
EXCLUDED = (
    N_("vault: the clear text behind commitments"),
    N_("anchor: the signed head"),
    N_("keys: those of the log and of officers"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A table with its number of rows in the source and made again, and the first difference if there is one."""

    table: str
    there: int
    made: int
    difference: Damage | None


def rebuild(source: Connection, into: str) -> list[Compared]:
    """Make the ledger `into` (a URL) from the log that `source` reads, and compare every table.

    Refuses `ledger_exists`, `folder_missing`, `place_unusable`, `body_unreadable` and what `check_unlinked` refuses.
    """
    check_unlinked(named_path(into))
    path = ledger_path(into)
    if path.exists():
        raise refuse(
            "ledger_exists",
            N_("there is a file here already"),
            N_("name another file with --into; nothing is written over"),
            Place(str(path)),
        )
    if not path.parent.is_dir():
        raise refuse(
            "folder_missing",
            N_("the folder of the new file does not exist"),
            N_("make the folder (`mkdir -p {folder}`), or name another with --into"),
            Place(str(path)),
            folder=shlex.quote(str(path.parent)),
        )
    engine = ledger_engine(path)
    try:
        with engine.begin() as target:
            create_schema(target)
            fill(source, target, records=True)
    except OperationalError as error:
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        raise refuse(
            "place_unusable",
            N_("the file cannot be written here ({reason})"),
            N_("name another folder with --into"),
            Place(str(path)),
            reason=error.orig,
        ) from error
    except Refused:
        path.unlink()
        raise
    with engine.connect() as target:
        return [_compare(table, source, target) for table in tables.TABLES]


def fill(source: Connection, target: Connection, *, records: bool) -> None:
    """Every row that follows from the records of a log; only their bodies are read from the source.

    Where the records stand in the target already, they are left out.
    """
    projector = Projector()
    for stretch in _stretches(source):
        read = [_logged(seq, text) for seq, text in stretch]
        made = projector.project(read)
        if records:
            rows = [(one.seq, one.kind, text, one.leaf) for one, (_seq, text) in zip(read, stretch, strict=True)]
            insert_rows(target, tables.record, rows)
        insert_rows(target, tables.item, made.item)
        insert_rows(target, tables.envelope_limit, made.envelope_limit)
        # Header last: the guards check an entry against the postings that stand under it.
        insert_rows(target, tables.posting, made.posting)
        insert_rows(target, tables.entry, made.entry)
        insert_rows(target, tables.balance, made.balance)
        insert_rows(target, tables.claim, made.claim)
        insert_rows(target, tables.node, made.node)
    envelopes = projector.envelopes()
    # An envelope begins unused and is moved, as the guards demand.
    insert_rows(target, tables.envelope, [(envelope, 0) for envelope, _used in envelopes])
    table = tables.envelope
    changes = [{"of": envelope, "fen": used} for envelope, used in envelopes if used]
    if changes:
        target.execute(update(table).where(table.c.path == bindparam("of")).values(used_fen=bindparam("fen")), changes)


def _stretches(source: Connection) -> Iterator[list[tuple[int, bytes]]]:
    table = tables.record
    after = -1
    while True:
        query = select(table.c.seq, table.c.body).where(table.c.seq > after).order_by(table.c.seq).limit(_STRETCH)
        records = [(int(seq), bytes(text)) for seq, text in source.execute(query)]
        if not records:
            return
        yield records
        after = records[-1][0]


def _logged(seq: int, text: bytes) -> Logged[Any]:
    try:
        body = parse(text)
        problems = check_record(body)
    except NotCanonical as error:
        problems = [str(error)]
    if problems:
        raise refuse(
            "body_unreadable",
            N_("the bytes are not those of a record: {reason}"),
            N_("run `subsidy audit verify`; only a log that is whole can be rebuilt"),
            Place(key=f"#{seq}"),
            reason="; ".join(problems),
        )
    return Logged(seq, kind_of(body), body, leaf_hash(text))


def _compare(table: Table, source: Connection, target: Connection) -> Compared:
    """Both tables in the order of their key, a stretch at a time."""
    query = select(table).order_by(*table.primary_key)
    difference = None
    with (
        source.execute(query.execution_options(yield_per=_STRETCH)) as there,
        target.execute(query.execution_options(yield_per=_STRETCH)) as made,
    ):
        while difference is None:
            left = list(map(tuple, there.fetchmany(_STRETCH)))
            right = list(map(tuple, made.fetchmany(_STRETCH)))
            if not left and not right:
                break
            found = first_difference(table, left, right)
            difference = found[1] if found else None
    return Compared(table.name, _count(table, source), _count(table, target), difference)


def _count(table: Table, connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)
