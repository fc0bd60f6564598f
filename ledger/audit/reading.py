"""Read the records of a log as they stand, and say of each whether its bytes, its hash and its shape are right."""

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from ledger.audit.comparison import fetch
from ledger.audit.damage import Damage
from ledger.audit.projector import Logged, Row
from ledger.log.canonical import NotCanonical, parse
from ledger.log.kinds import check_record, kind_of
from ledger.log.tree import node_hash
from ledger.store import tables


def read_stretch(connection: Connection, after: int | None, most: int) -> list[Row]:
    """The rows of the next records (seq, kind, body, leaf), at most `most`; `after` None begins with the first."""
    table = tables.record
    query = select(table).order_by(table.c.seq).limit(most)
    return fetch(connection, query if after is None else query.where(table.c.seq > after))


def examine(connection: Connection, row: Row, expected_seq: int) -> Logged | Damage:
    """The record of a row, or what is wrong with it."""
    seq, kind, text, leaf = row
    if seq != expected_seq:
        return Damage("sequence_gap", {}, expected_seq)
    if sha256(b"\x00" + text).digest() != leaf:
        return _changed(connection, row)
    try:
        body = parse(text)
    except NotCanonical as error:
        return Damage("body_malformed", {"reason": error}, seq, kind)
    key = body.get("key", "")
    problems = check_record(body)
    if problems:
        return Damage("body_malformed", {"reason": "; ".join(problems)}, seq, kind, str(key))
    if kind_of(body) != kind:
        values = {"table": "record", "row": seq, "column": "kind", "found": kind, "expected": kind_of(body)}
        return Damage("projection_differs", values, seq, kind, key)
    return Logged(seq, kind, body, leaf)


def _changed(connection: Connection, row: Row) -> Damage:
    """Bytes and leaf disagree: the tree above tells which of the two was changed, where it reaches that far."""
    seq, kind, text, _leaf = row
    record, node = tables.record, tables.node
    computed = sha256(b"\x00" + text).digest()
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
