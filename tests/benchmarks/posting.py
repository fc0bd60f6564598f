"""Posting in full against bare insertion of the very same rows.

Ours: record bodies, leaves, tree nodes, guards, balances, idempotency, a durable commit and a signed head per batch.
Bare: `executemany` of all the rows that came of it, batch by batch, into the same tables and indexes under the same
settings, without triggers.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.big_book import BATCH, ENTRIES, batches, in_order, new_ledger, post_all
from tests.benchmarks.measure import Spent, compared, in_turns, spent

SETTINGS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "cache_size=-65536")


def lines() -> Iterator[str]:
    entries = batches()
    with TemporaryDirectory() as name:
        folder, number = Path(name), count()

        def ours() -> Spent:
            ledger, proposal = new_ledger(folder / f"ours-{next(number)}")
            return spent(lambda: post_all(ledger, proposal, entries))

        ledger, proposal = new_ledger(folder / "model")
        post_all(ledger, proposal, entries)
        inserts = bare_batches(ledger.path)
        schema = schema_without_guards(ledger.path)

        def bare() -> Spent:
            with closing(sqlite3.connect(folder / f"bare-{next(number)}.db", isolation_level=None)) as connection:
                for setting in SETTINGS:
                    connection.execute(f"PRAGMA {setting}")
                for statement in schema:
                    connection.execute(statement)
                return spent(lambda: insert_all(connection, inserts))

        pairs = in_turns(ours, bare)
    yield f"posting: {ENTRIES} two-line entries in batches of {BATCH}: {compared(pairs, ENTRIES, 'bare insertion')}"


def bare_batches(path: Path) -> list[list[tuple[str, list[tuple[object, ...]]]]]:
    """The rows that posting made, as (statement, rows) per batch."""
    cut = []
    for table, rows in in_order(path):
        if rows:
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"
            share = -(-len(rows) * BATCH // ENTRIES)
            cut.append([(statement, rows[start : start + share]) for start in range(0, len(rows), share)])
    return [[table[place] for table in cut if place < len(table)] for place in range(max(map(len, cut)))]


def schema_without_guards(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
        return [sql for (sql,) in connection.execute(query)]


def insert_all(connection: sqlite3.Connection, inserts: list[list[tuple[str, list[tuple[object, ...]]]]]) -> None:
    for batch in inserts:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
