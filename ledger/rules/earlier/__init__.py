"""What is asked of records under the rules of an earlier book (`book/1`): causes, groups and effects were not in it.

Nobody writes such records any more, so only whoever reads a log asks this.
"""

from collections.abc import Iterator
from typing import Any

from ledger.rules.earlier.codes import EARLIER
from ledger.rules.earlier.entries import Entries
from ledger.rules.earlier.matches import Matches
from ledger.rules.earlier.payments import Payments
from ledger.rules.groups import Found
from ledger.rules.records import Logged, Read

__all__ = [
    "EARLIER",
    "Earlier",
]


class Earlier:
    """Takes the records of a log one by one; `read(seq)` gives the body of an earlier one."""

    def __init__(self, read: Read) -> None:
        self._entries = Entries(read)
        self._payments = Payments()
        self._matches = Matches(read)

    def check(self, record: Logged[Any]) -> Iterator[Found]:
        """What is wrong with the next record."""
        yield from self._entries.check(record)
        yield from self._matches.check(record)
        yield from self._payments.check(record)

    @property
    def open(self) -> bool:
        """Whether a run or a batch has begun and not ended."""
        return self._entries.open or self._payments.open

    def end(self) -> Iterator[Found]:
        """What is left open after the last record."""
        yield from self._entries.end()
        yield from self._payments.end()
