"""What belongs together in the log: the log has no boundaries of writes, so groups follow from the records alone."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledger.book.posting import Entry, entry_fields
from ledger.log import kinds
from ledger.log.canonical import canonical_again, parse_again
from ledger.office.turned_down import Undo
from ledger.rules.codes import Fault
from ledger.rules.records import Logged

# An entry that a record makes the book say and that has to follow: says of the one that does which field is not as it
# has to be, with what is found and what was expected; None where all are.
Differs = Callable[[kinds.EntryBody], tuple[str, Any, Any] | None]


class Found(NamedTuple):
    """What is wrong, and with which record: not always the last one that was taken."""

    fault: Fault
    record: Logged[Any]


@dataclass(slots=True)
class Opened:
    """A record that announced others: how many of which kinds are still to come (kinds -> count)."""

    record: Logged[Any]
    left: dict[str, int]
    expected: int
    seen: int = 0
    keys: list[str] = field(default_factory=list)
    fen: int = 0
    # Item -> what rows about it have given so far, negative where they took it back.
    given: dict[str, int] = field(default_factory=dict)
    # What is to fall, or to stand again, because an act was turned down.
    undoes: deque[Undo] = field(default_factory=deque)
    # What falls with an import, or stands again: (register, key) -> the version that stood before it, -1 for none.
    brought: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether anything is still to come."""
        return any(self.left.values())

    @property
    def to_come(self) -> int:
        """How many records are still to come."""
        return sum(self.left.values())


def whole(entry: Entry) -> Differs:
    """The entry has to be exactly this one."""
    try:
        expected: Mapping[str, Any] = entry_fields(entry)
    except ValueError as error:
        # Nothing to book follows from the record, so it cannot stand with whatever entry.
        expected = {"postings": str(error)}
    # A text takes a fifth of the room, and many records may come before the first of their entries.
    text = canonical_again(expected).decode()

    def differs(body: kinds.EntryBody) -> tuple[str, Any, Any] | None:
        return first_difference(body, parse_again(text))

    return differs


def first_difference(body: Mapping[str, Any], expected: Mapping[str, Any]) -> tuple[str, Any, Any] | None:
    """The first field, by name, in which a record is not as expected; actor, time and schema are the writer's."""
    if body.items() >= expected.items() and len(body) == len(expected) + len(_COMMON):
        return None
    for name in sorted((body.keys() | expected.keys()) - _COMMON):
        if body.get(name) != expected.get(name):
            return name, body.get(name, "-"), expected.get(name, "-")
    return None


_COMMON = {"$schema", *kinds.COMMON}
