"""A small ledger for the tests of the store, built with the writer alone: two entries, an envelope, a balance."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.log import kinds
from ledger.store import tables
from ledger.store.engine import insert_rows
from ledger.store.ledger import Ledger, Writer

ACTOR = "1001"
HASH = "0" * 64
NOON = datetime(2025, 7, 1, 4, 0, 0, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def pair(amount_fen: int, debit: str = "5001", credit: str = "2303") -> list[dict[str, Any]]:
    return [
        {"chart": "fin", "account": debit, "amount_fen": amount_fen},
        {"chart": "fin", "account": credit, "amount_fen": -amount_fen},
    ]


def post(writer: Writer, number: int, key: str, amount_fen: int, reverses: int | None = None) -> int:
    """Entry `number` as the book would write it: record, postings, and the entry last. Gives its log index."""
    postings = pair(amount_fen)
    fields = {"key": key, "reason": "award", "effective_on": "2025-06-30", "cause": 0, "postings": postings}
    (stored,) = writer.extend(kinds.ENTRY, [fields])
    rows = [
        (number, stored.tag, n, one["chart"], one["account"], one["amount_fen"], None, None, None, None, None, None)
        for n, one in enumerate(postings)
    ]
    insert_rows(writer.connection, tables.posting, rows)
    row = (
        number,
        stored.seq,
        stored.tag,
        key,
        "award",
        "2025-06-30",
        None,
        None,
        None,
        reverses,
        2,
        abs(amount_fen),
        0,
        0,
    )
    insert_rows(writer.connection, tables.entry, [row])
    return stored.seq


def small_ledger(folder: Path) -> Ledger:
    """Records: 0 genesis, 1 rules, 2 actor, 3 budget, 4 and 5 entries 1 and 2. Envelope 2024: 400 of 1000 fen used."""
    ledger = Ledger.create(url(folder), actor=ACTOR, calculators=(), purpose="demo", clock=noon)
    with ledger.write(ACTOR) as writer:
        budget = writer.append(
            kinds.BUDGET,
            kinds.BudgetBody(key="2024", action="issued", amount_fen=1000, document="D-1", on="2025-07-01"),
        )
        insert_rows(writer.connection, tables.envelope_limit, [(budget, "2024", 1000)])
        insert_rows(writer.connection, tables.envelope, [("2024", 0)])
        post(writer, 1, "main/A/0", 300)
        post(writer, 2, "main/B/0", 100, reverses=1)
        writer.connection.exec_driver_sql("UPDATE envelope SET used_fen = 400 WHERE path = '2024'")
        insert_rows(writer.connection, tables.balance, [(2, "fin", "5001", "", 400, 0)])
    return ledger


def foreign(ledger: Ledger) -> sqlite3.Connection:
    """A connection that is not ours: no SQLAlchemy, no settings, autocommit."""
    return sqlite3.connect(ledger.path, isolation_level=None)


def contents(ledger: Ledger) -> list[str]:
    """Every row of every table, as SQL text."""
    connection = foreign(ledger)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
