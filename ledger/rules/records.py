"""A record of the log as rules see it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple, Protocol

from ledger.log.canonical import canonical
from ledger.log.kinds import BodyT
from ledger.log.tree import Roots, leaf_hash
from ledger.store.ledger import local_day


class Logged(NamedTuple, Generic[BodyT]):
    """A record of the log, its bytes read; what only asks for its kind takes `Logged[Any]`."""

    seq: int
    kind: str
    body: BodyT
    leaf: bytes


# Gives the body of an earlier record, whatever its kind.
Read = Callable[[int], Any]


@lru_cache(maxsize=64)
def day_of(moment: str) -> date:
    """The day in Shanghai of a record's `recorded_at`; all records of a write have the same."""
    return local_day(datetime.fromisoformat(moment))


class LogOnly:
    """The source of a fold that takes every record of the log from its beginning: it lacks nothing but bodies."""

    whole = True

    def __init__(self, read: Read) -> None:
        self.body = read
        self.roots = Roots(lambda first, end: [leaf_hash(canonical(read(seq))) for seq in range(first, end)])

    def load(self, _name: str, _keys: Iterable[Any]) -> dict[Any, Any]:
        """Nothing: what no record said does not stand."""
        return {}

    def told(self, leaf: bytes) -> None:
        """The leaf of the next record of the log."""
        self.roots.add(leaf)

    def root(self, size: int) -> bytes | None:
        """The root of the log when it had `size` records; None where it never had so many."""
        return self.roots.at(size) if size <= self.roots.size else None


class Source(Protocol):
    """Where a fold finds what it was not told: the tables at one size of the log.

    It is `whole` where it was told everything, so that nothing is to be found elsewhere.
    """

    whole: bool

    def load(self, name: str, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Look-up `name` -> what stands there under these keys; those of which nothing stands are left out."""

    def body(self, seq: int) -> Any:
        """What record `seq` says."""

    def told(self, leaf: bytes) -> None:
        """The fold takes a record of this leaf."""

    def root(self, size: int) -> bytes | None:
        """The root of the log when it had `size` records; None where nobody can have seen so many."""
