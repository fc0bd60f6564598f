"""Rows as they stand in a table against the rows that the log makes, and the first place where they part."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Table, bindparam, func, select

from ledger.audit.damage import Damage
from ledger.audit.projector import Projector, Row, Rows
from ledger.rules.records import Logged
from ledger.store import tables
from ledger.store.engine import Query

_FIRST, _LAST = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
# The nodes `first` to `last` of a `level`.
_NODES = Query(
    select(tables.node)
    .where(tables.node.c.level == bindparam("level"), tables.node.c.idx.between(_FIRST, _LAST))
    .order_by(tables.node.c.idx)
)
_EXTENTS = Query(
    select(tables.node.c.level, func.min(tables.node.c.idx), func.max(tables.node.c.idx)).group_by(tables.node.c.level)
)
_USED = Query(select(tables.envelope.c.path, tables.envelope.c.used_fen))


@cache
def _range(table: Table, key: str) -> Query:
    """The rows whose `key` lies between `first` and `last`, in the order of the table's key."""
    return Query(select(table).where(table.c[key].between(_FIRST, _LAST)).order_by(*table.primary_key))


@cache
def _outside(table: Table, key: str) -> tuple[Query, Query]:
    """The first row whose `key` lies before `first`, and the first one behind `last`.

    Asked of both sides by itself, which a key answers; both at once would read the table.
    """
    query = select(table).order_by(*table.primary_key).limit(1)
    return Query(query.where(table.c[key] < _FIRST)), Query(query.where(table.c[key] > _LAST))


def first_difference(table: Table, found: Sequence[Row], expected: Sequence[Row]) -> tuple[Row, Damage] | None:
    """The first row that is missing, surplus or different, with the damage that it is; None where all are equal.

    Both sides stand in the order of the table's key, which is its first columns.
    """
    if found == expected:
        return None
    width = len(table.primary_key.columns)
    for there, due in zip_longest(found, expected):
        if there == due:
            continue
        if due is None or (there is not None and there[:width] < due[:width]):
            return there, Damage("projection_surplus", {"table": table.name, "row": _name(there[:width])})
        if there is None or there[:width] > due[:width]:
            return due, Damage("projection_missing", {"table": table.name, "row": _name(due[:width])})
        place = next(place for place, value in enumerate(due) if there[place] != value)
        values = {
            "table": table.name,
            "row": _name(due[:width]),
            "column": list(table.columns)[place].name,
            "found": _shown(there[place]),
            "expected": _shown(due[place]),
        }
        return due, Damage("projection_differs", values)
    return None


def stretch_damages(
    connection: Connection, projector: Projector, read: list[Logged[Any]], made: Rows
) -> Iterator[Damage]:
    """Where the tables differ from what the records `read` have just made: the first place of each table."""
    records = {record.seq: record for record in read}
    entries = {row[0]: row[1] for row in made.entry}
    seqs = read[0].seq, read[-1].seq
    numbers = projector.entries - len(made.entry) + 1, projector.entries

    for level, nodes in groupby(made.node, itemgetter(0)):
        expected = list(nodes)
        found = _NODES.fetch(connection, level=level, first=expected[0][1], last=expected[-1][1])
        difference = first_difference(tables.node, found, expected)
        if difference:
            index = difference[0][1]
            # The last record under a node is the one that completed it.
            yield _at(Damage("node_changed", {"level": level, "index": index}), records[((index + 1) << level) - 1])
    looks: list[tuple[Table, str, tuple[int, int], Sequence[Row]]] = [
        (tables.item, "seq", seqs, made.item),
        (tables.envelope_limit, "record", seqs, made.envelope_limit),
        (tables.claim, "record", seqs, made.claim),
    ]
    if made.entry:
        looks += [
            (tables.entry, "seq", numbers, made.entry),
            (tables.posting, "entry", numbers, made.posting),
            (tables.balance, "entry", numbers, made.balance),
        ]
    for table, key, (first, last), rows in looks:
        difference = first_difference(table, _range(table, key).fetch(connection, first=first, last=last), rows)
        if difference:
            row, damage = difference
            yield _at(damage, records[_record_of(table, row, entries)])


def _record_of(table: Table, row: Row, entries: dict[int, int]) -> int:
    """The log index of the record that a row comes from; rows of the book name their entry."""
    if "record" in table.columns and table is not tables.entry:
        return int(row[list(table.columns).index(table.columns["record"])])
    return int(row[0]) if table is tables.item else entries[row[0]]


def surplus_damages(connection: Connection, projector: Projector) -> Iterator[Damage]:
    """Rows outside everything that the log made, the first of each table; no record was compared where they lie."""
    entry = tables.entry
    bounds: list[tuple[Table, str, int, int]] = [
        (tables.item, "seq", 0, projector.size - 1),
        (tables.envelope_limit, "record", 0, projector.size - 1),
        (entry, "seq", 1, projector.entries),
        (tables.posting, "entry", 1, projector.entries),
        (tables.balance, "entry", 1, projector.entries),
        (tables.claim, "record", 0, projector.size - 1),
    ]
    for table, key, first, last in bounds:
        before, behind = _outside(table, key)
        for row in before.fetch(connection, first=first) or behind.fetch(connection, last=last):
            # Entries and registers say which record they claim to come from.
            claimed = {"entry": row[1], "item": row[0], "envelope_limit": row[0], "claim": row[1]}.get(table.name)
            name = _name(row[: len(table.primary_key.columns)])
            yield Damage("projection_surplus", {"table": table.name, "row": name}, claimed)
    node = tables.node
    for level, low, high in _EXTENTS.fetch(connection):
        if level < 1 or low < 0 or high >= projector.size >> level:
            yield Damage("projection_surplus", {"table": node.name, "row": _name((level, high))})


def envelope_damages(connection: Connection, projector: Projector) -> Iterator[Damage]:
    """Used amounts that are not what the postings come to, or more than the limits bear."""
    there: dict[str, int] = dict(map(tuple, _USED.fetch(connection)))
    due = dict(projector.envelopes())
    for path in sorted(there.keys() | due.keys()):
        if there.get(path) != due.get(path):
            values = {"path": path, "found": _shown(there.get(path)), "expected": _shown(due.get(path))}
            yield Damage("envelope_differs", values)
    available, frozen = projector.available(), projector.frozen()
    for path, used in due.items():
        limit, free = projector.limits.get(path, 0), available.get(path, 0)
        if used > limit or free < 0 or frozen.get(path, 0) < 0:
            yield Damage("envelope_exceeded", {"path": path, "used": used, "limit": limit, "available": free})


def _at(damage: Damage, record: Logged[Any]) -> Damage:
    return Damage(damage.code, damage.values, record.seq, record.kind, record.body.get("key", ""))


def _name(key: Sequence[Any]) -> str:
    return "/".join(str(part) for part in key)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return value.hex() if isinstance(value, bytes) else str(value)
