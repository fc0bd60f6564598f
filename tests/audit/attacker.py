"""Somebody who can write the ledger's file, but not the anchor: takes the guards away, changes what they like, and puts
the guards back word for word. What can be computed, they compute, with the product's own functions.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, Table, create_engine

from ledger.audit.projector import Projector
from ledger.log.canonical import canonical
from ledger.log.kinds import kind_of
from ledger.log.tree import leaf_hash
from ledger.rules.records import Logged
from ledger.store import tables
from ledger.store.engine import insert_rows

Body = dict[str, Any]


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """The file without its guards; they stand again afterwards."""
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _name, sql in guards:
            connection.execute(sql)
        connection.commit()


def bodies(path: Path) -> list[Body]:
    """What the records of the log say."""
    with closing(sqlite3.connect(path)) as connection:
        return [json.loads(body) for (body,) in connection.execute("SELECT body FROM record ORDER BY seq")]


def compute_again(path: Path, log: list[Body]) -> list[bytes]:
    """Put `log` in the place of the log, with leaves, nodes and every table to match; its leaves."""
    with unguarded(path) as connection:
        for table in tables.TABLES:
            connection.execute(f"DELETE FROM {table.name}")
        connection.commit()
        return _write(path, log)


def _write(path: Path, log: list[Body]) -> list[bytes]:
    texts = [canonical(body) for body in log]
    read = [
        Logged(seq, kind_of(body), body, leaf_hash(text))
        for seq, (body, text) in enumerate(zip(log, texts, strict=True))
    ]
    projector = Projector()
    made = projector.project(read)
    rows: list[tuple[Table, list[Any]]] = [
        (tables.record, [(one.seq, one.kind, text, one.leaf) for one, text in zip(read, texts, strict=True)]),
        (tables.node, made.node),
        (tables.item, made.item),
        (tables.entry, made.entry),
        (tables.posting, made.posting),
        (tables.balance, made.balance),
        (tables.envelope_limit, made.envelope_limit),
        (tables.envelope, projector.envelopes()),
        (tables.claim, made.claim),
    ]
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).begin() as connection:
        for table, its_rows in rows:
            insert_rows(connection, table, its_rows)
    return [one.leaf for one in read]


def altered(change: Callable[[list[Body]], None]) -> Callable[[Path], None]:
    """An attack that changes the log as a list and computes everything again."""

    def attack(path: Path) -> None:
        log = bodies(path)
        change(log)
        compute_again(path, log)

    return attack


def stealthily(*statements: str) -> Callable[[Path], None]:
    """An attack that runs SQL with the guards away."""

    def attack(path: Path) -> None:
        with unguarded(path) as connection:
            for statement in statements:
                connection.execute(statement)

    return attack
