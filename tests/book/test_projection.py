"""Balances in blocks: where a block ends, and what a complete one says of each account and path."""

import pytest

from ledger.book.projection import balance_rows, block_end, merge


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
