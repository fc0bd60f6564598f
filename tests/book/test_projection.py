"""Balances in blocks: where a block ends, and what a complete one says of each account and path."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.book.posting import Entry, Posting, post
from ledger.book.projection import balance_rows, block_end, merge
from ledger.store import tables
from tests.support.empty_book import OFFICER, empty_book


@pytest.mark.parametrize(("entries", "end"), [(0, 0), (1023, 0), (1024, 1024), (1025, 1024), (2048, 2048)])
def test_a_block_is_complete_with_its_1024th_entry(entries: int, end: int) -> None:
    assert block_end(entries) == end


def test_a_block_says_debits_and_credits_of_each_cell_in_order() -> None:
    cells = {("ind", "1101", "2024"): [5, 3], ("fin", "5001", ""): [7, 0]}
    merge(cells, {("ind", "1101", "2024"): [1, 2], ("fin", "2303", ""): [0, 7]})
    assert balance_rows(1024, cells) == [
        (1024, "fin", "2303", "", 0, 7),
        (1024, "fin", "5001", "", 7, 0),
        (1024, "ind", "1101", "2024", 6, 5),
    ]


def test_the_1024th_entry_writes_its_block(tmp_path: Path) -> None:
    made = empty_book(tmp_path, lambda: datetime(2024, 7, 1, 4, tzinfo=UTC))
    postings = (Posting("fin", "5001", 1), Posting("fin", "2303", -1))
    entries = [Entry(f"main/{n}/0", "grant", date(2024, 7, 1), 0, postings) for n in range(1024)]
    with made.write(OFFICER) as writer:
        post(writer, entries[:-1])
        assert writer.connection.execute(select(tables.balance)).all() == []
        post(writer, entries[-1:])
        assert [tuple(row) for row in writer.connection.execute(select(tables.balance))] == [
            (1024, "fin", "2303", "", 0, 1024),
            (1024, "fin", "5001", "", 1024, 0),
        ]
