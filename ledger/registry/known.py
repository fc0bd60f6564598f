"""What the ledger knows about a thing, and the records that say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ledger.store.ledger import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value assembled from records; `leaves` are the leaf hashes of those records, in log order."""

    value: T
    leaves: tuple[bytes, ...]


def known(value: T, rows: Iterable[Row]) -> Known[T]:
    """`value`, resting on `rows` in any order."""
    return Known(value, tuple(row.leaf for row in sorted(rows, key=lambda row: row.seq)))


def content(row: Row) -> dict[str, Any]:
    """What a record says, without who recorded it when and under which key."""
    return {name: value for name, value in row.body.items() if name not in ("$schema", "actor", "recorded_at", "key")}
