"""A book of many two-line award entries, as one run posts them, and its rows as they lie in the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from ledger.book import charts
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.store import tables
from ledger.store.ledger import Ledger, Writer
from tests.support.digests import digest_of

ACTOR = "1001"
ENTRIES = 100_000
BATCH = 10_000
# Log index of the proposal that all entries follow from: genesis, rules and officer, then 18 accounts stand before it.
PROPOSAL = 21
HASH = "0123456789abcdef" * 4


def batches() -> list[list[Entry]]:
    """The entries of a run in line order."""
    entries = [_award(number) for number in range(ENTRIES)]
    return [entries[start : start + BATCH] for start in range(0, ENTRIES, BATCH)]


def new_ledger(folder: Path) -> tuple[Ledger, int]:
    """A ledger with charts and an open proposal, and the log index of that."""
    (folder / "book").mkdir(parents=True)
    url = f"sqlite:///{folder / 'book' / 'ledger.db'}"
    ledger = Ledger.create(url, actor=ACTOR, calculators=(), anchor=folder / "anchor")
    with ledger.write(ACTOR) as writer:
        charts.seed(writer)
        proposal = propose(writer, "2025-06", ENTRIES)
    assert proposal == PROPOSAL
    return ledger, proposal


def propose(writer: Writer, month: str, awards: int) -> int:
    """An open proposal of so many lines with an award each; its log index."""
    return writer.append(
        kinds.PROPOSAL,
        kinds.ProposalBody(
            run="interest",
            month=month,
            log_size=writer.size,
            facts_root=HASH,
            digest_root=HASH,
            entries_root=HASH,
            digests=awards,
            benchmark="lpr",
            calculators=[],
            notices=[],
            totals={"lines": awards, "entries": awards, "debit_fen": 0, "credit_fen": 0},
            held=[],
            refused=[],
        ),
    )


def post_all(ledger: Ledger, proposal: int, entries: list[list[Entry]]) -> None:
    """Post batch by batch, each a durable transaction of its own."""
    for batch in entries:
        with ledger.write(ACTOR, closes=proposal) as writer:
            post(writer, batch)


def in_order(path: Path) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Each table with all its rows in the order of its key, fetched by the bare driver."""
    with closing(sqlite3.connect(path)) as connection:
        for table in tables.TABLES:
            key = ", ".join(column.name for column in table.primary_key)
            yield table.name, connection.execute(f"SELECT * FROM {table.name} ORDER BY {key}").fetchall()


def _award(number: int) -> Entry:
    amount_fen = 100_000 + number
    common = kinds.TermsBody(
        envelope="2025/interest",
        payee="ecny/C1010411000013/000001",
        clause="guide.III.2.2",
        function="2150805",
        economic="50702",
    )
    return Entry(
        key=f"main/G-{number:06d}/0",
        reason="award",
        effective_on=date(2025, 6, 30),
        cause=PROPOSAL,
        digest=digest_of(f"G-{number:06d}"),
        line=f"G-{number:06d}",
        due=date(2025, 6, 21),
        award_fen=amount_fen,
        document="JX-2025-17",
        postings=(Posting("fin", "5001", amount_fen, common), Posting("fin", "2303", -amount_fen, common)),
    )
