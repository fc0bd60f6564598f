"""Read the records of a log as they stand, and say of each whether its bytes, its hash and its shape are right."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from ledger.audit.damage import Damage
from ledger.audit.projector import Row
from ledger.log.canonical import NotCanonical, parse, parse_all
from ledger.log.kinds import check_record, kind_of, well_formed
from ledger.log.tree import leaf_hash, node_hash
from ledger.rules.records import Logged, Read
from ledger.store import tables
from ledger.store.engine import Query

_LOWEST = -(2**63)
_STRETCH = Query(
    select(tables.record)
    .where(tables.record.c.seq >= bindparam("since"))
    .order_by(tables.record.c.seq)
    .limit(bindparam("most"))
)

_BODY = Query(select(tables.record.c.body).where(tables.record.c.seq == bindparam("seq")))


def read_again(connection: Connection) -> Read:
    """Gives bodies of records that were read before in the same transaction, whose bytes are known to be right."""

    def read(seq: int) -> Any:
        return orjson.loads(_BODY.value(connection, seq=seq))

    return read


def read_stretch(connection: Connection, after: int | None, most: int) -> list[Row]:
    """The rows of the next records (seq, kind, body, leaf), at most `most`; `after` None begins with the first."""
    return _STRETCH.fetch(connection, since=_LOWEST if after is None else after + 1, most=most)


def examine(connection: Connection, rows: Sequence[Row], first: int) -> tuple[list[Logged[Any]], Damage | None]:
    """The records of `rows`, the first of which has to be record `first`, as far as they are right, and what is wrong
    with the next one.
    """
    whole = _all_right(rows, first)
    if whole is not None:
        return whole, None
    records: list[Logged[Any]] = []
    wrong = None
    for expected_seq, row in enumerate(rows, first):
        read = _read(connection, row, expected_seq)
        if isinstance(read, Damage):
            wrong = read
            break
        records.append(read)
    of_kind: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        of_kind[record.kind].append(record.body)
    if not all(well_formed(kind, bodies) for kind, bodies in of_kind.items()):
        for place, record in enumerate(records):
            misshapen = _misshapen(record)
            if misshapen:
                return records[:place], misshapen
    return records, wrong


def _all_right(rows: Sequence[Row], first: int) -> list[Logged[Any]] | None:
    """The records of `rows` where nothing is wrong with any of them, asked of all at once; None where something is."""
    seqs, named, texts, leaves = zip(*rows, strict=True)
    if seqs != tuple(range(first, first + len(rows))) or tuple(map(leaf_hash, texts)) != leaves:
        return None
    try:
        bodies = parse_all(texts)
    except NotCanonical:
        return None
    of_kind: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, body in zip(named, bodies, strict=True):
        of_kind[kind].append(body)
    if not all(well_formed(kind, alike) for kind, alike in of_kind.items()):
        return None
    return list(map(Logged, seqs, named, bodies, leaves))


def _read(connection: Connection, row: Row, expected_seq: int) -> Logged[Any] | Damage:
    """The record of a row whose hash and bytes are right."""
    seq, kind, text, leaf = row
    if seq != expected_seq:
        return Damage("sequence_gap", {}, expected_seq)
    if leaf_hash(text) != leaf:
        return changed(connection, row)
    try:
        return Logged(seq, kind, parse(text), leaf)
    except NotCanonical as error:
        return Damage("body_malformed", {"reason": error}, seq, kind)


def _misshapen(record: Logged[Any]) -> Damage | None:
    """What is wrong with the fields of a record, or with the kind that its row names."""
    seq, kind, body, _leaf = record
    key = body.get("key", "")
    problems = check_record(body)
    if problems:
        return Damage("body_malformed", {"reason": "; ".join(problems)}, seq, kind, str(key))
    if kind_of(body) != kind:
        values = {"table": "record", "row": seq, "column": "kind", "found": kind, "expected": kind_of(body)}
        return Damage("projection_differs", values, seq, kind, key)
    return None


def changed(connection: Connection, row: Row) -> Damage:
    """Bytes and leaf disagree: the tree above tells which of the two was changed, where it reaches that far."""
    seq, kind, text, _leaf = row
    record, node = tables.record, tables.node
    computed = leaf_hash(text)
    above = connection.scalar(select(node.c.hash).where(node.c.level == 1, node.c.idx == seq >> 1))
    sibling = connection.scalar(select(record.c.leaf).where(record.c.seq == seq ^ 1))
    code = "body_changed"
    if above and sibling:
        pair = (computed, sibling) if seq % 2 == 0 else (sibling, computed)
        if node_hash(*pair) == above:
            code = "leaf_changed"
    return Damage(code, {}, seq, kind, _key(text))


def _key(text: bytes) -> str:
    """The key that changed bytes still show, as far as they can be read."""
    try:
        key: Any = parse(text).get("key", "")
    except NotCanonical:
        return ""
    return str(key)
