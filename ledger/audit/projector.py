"""What the tables must hold, from the log alone: every projection of a run of records, with the product's functions.

Verification compares these rows with those that stand there; rebuilding writes them.
"""

from typing import Any, NamedTuple

from ledger.book.projection import (
    BLOCK,
    Cells,
    available_by_path,
    balance_rows,
    frozen_by_path,
    limit_row,
    merge,
    rows,
    tally,
    used_by_path,
)
from ledger.log import kinds
from ledger.log.tree import Node, Peaks, grow, root_of
from ledger.rules.records import Logged
from ledger.store.projection import ItemRow, claim_rows, item_row

Row = tuple[Any, ...]


class Rows(NamedTuple):
    """The rows that a run of records makes, each list in the order of its table's key."""

    node: list[Node]
    item: list[ItemRow]
    entry: list[Row]
    posting: list[Row]
    balance: list[Row]
    envelope_limit: list[Row]
    claim: list[Row]


class Projector:
    """Reads the log from its beginning, some records at a time."""

    def __init__(self) -> None:
        self.size = 0
        self.entries = 0
        self.peaks: Peaks = {}
        self.totals: Cells = {}
        self.limits: dict[str, int] = {}
        self._block: list[kinds.EntryBody] = []

    @property
    def root(self) -> bytes:
        """The root over the records read so far."""
        return root_of(self.peaks)

    def project(self, records: list[Logged[Any]]) -> Rows:
        """The rows of the next records."""
        nodes, self.peaks = grow(self.size, self.peaks, [record.leaf for record in records])
        made = Rows(nodes, [], [], [], [], [], [])
        for seq, kind, body, leaf in records:
            if kind == "entry":
                self.entries += 1
                entry, postings = rows(self.entries, seq, leaf, body)
                made.entry.append(entry)
                made.posting.extend(postings)
                self._block.append(body)
                if self.entries % BLOCK == 0:
                    made.balance.extend(balance_rows(self.entries, self._close_block()))
                continue
            if kind == "budget":
                limit = limit_row(seq, body)
                if limit:
                    made.envelope_limit.append(limit)
                    self.limits[body["key"]] = self.limits.get(body["key"], 0) + body["amount_fen"]
            item = item_row(seq, kind, body)
            if item:
                made.item.append(item)
            made.claim.extend(claim_rows(seq, kind, body))
        made.claim.sort()
        self.size += len(records)
        return made

    def envelopes(self) -> list[tuple[str, int]]:
        """The rows of the envelopes after the last record."""
        used = used_by_path(self._all())
        return [(path, used.get(path, 0)) for path in sorted(self.limits.keys() | used.keys())]

    def available(self) -> dict[str, int]:
        """What each path has to give after the last record."""
        return available_by_path(self._all())

    def frozen(self) -> dict[str, int]:
        """What is frozen on each path after the last record."""
        return frozen_by_path(self._all())

    def _all(self) -> Cells:
        cells = tally(self._block)
        merge(cells, self.totals)
        return cells

    def _close_block(self) -> Cells:
        cells = tally(self._block)
        merge(self.totals, cells)
        self._block = []
        return cells
