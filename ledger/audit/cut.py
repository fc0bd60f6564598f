"""Make a book again from its signed records, where somebody wrote to the file: nothing that was signed is ever cut.

What stands behind the signed head stays as far as it is proper. All that is taken away is given back as lines, to be
kept aside. One transaction does it: where anything fails the file is as it was.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, delete, or_, select, text, update

from calculators.problems import N_, Place, Refused, refuse
from ledger.audit.proof import UNREADABLE
from ledger.audit.reading import read_stretch
from ledger.audit.rebuild import fill
from ledger.log.canonical import NotCanonical, parse
from ledger.log.checkpoint import Checkpoint
from ledger.log.kinds import check_record, kind_of
from ledger.log.tree import Peaks, grow, leaf_hash, root_of
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold
from ledger.store.guards import make_again
from ledger.store.inspection import expected_objects, schema_objects
from ledger.store.tables import TABLES
from ledger.store.tables import record as record_table

_STRETCH = 4096


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken away: how many records, and how many rows, tables and guards; how many rows were put back."""

    records: int
    removed: int
    restored: int
    lines: tuple[str, ...]


def remake(connection: Connection, head: Checkpoint) -> Removed:
    """Make every table again from the records under `head` and from what is proper behind them.

    Refuses `signed_gone`, where those records are not there any more.
    """
    there, expected = schema_objects(connection), expected_objects()
    if there.get(("table", record_table.name)) != expected["table", record_table.name]:
        raise _gone(0)
    size, kinds = _kept(connection, head)
    foreign = [
        _line(type=kind, name=name, sql=sql)
        for (kind, name), sql in sorted(there.items())
        if expected.get((kind, name)) != sql
    ]
    missing = expected.keys() - there.keys()
    aside = _set_aside(connection)
    records, changed = _cut(connection, size, kinds)
    make_again(connection)
    fill(connection, connection, records=False)
    rows, restored = changed, len(changed)
    for name in aside:
        table = next((known for known in TABLES if known.name == name), None)
        lines, back = _compared(connection, name, table)
        rows += lines
        restored += back
        connection.exec_driver_sql(f'DROP TABLE temp."aside {name}"')
    found = Removed(len(records), len(foreign) + len(rows), restored + len(missing), (*records, *foreign, *rows))
    if not found.lines and not found.restored:
        raise refuse(
            "nothing_to_cut",
            N_("every row of the file follows from the signed records, and nothing improper stands behind them"),
            N_("nothing is to be done"),
        )
    return found


def _kept(connection: Connection, head: Checkpoint) -> tuple[int, dict[int, str]]:
    """How many records stay, and the kind of each as its bytes say; refuses `signed_gone`."""
    kinds: dict[int, str] = {}

    def read(seq: int) -> Any:
        return parse(connection.execute(select(record_table.c.body).where(record_table.c.seq == seq)).scalar_one())

    peaks: Peaks = {}
    judge, size, kept = Judge(Fold(LogOnly(read))), 0, 0
    after: int | None = -1
    while rows := read_stretch(connection, after, _STRETCH):
        for seq, _kind, body, _leaf in rows:
            record = _read(seq, body) if seq == size else None
            if record is None or judge.take(record):
                if size < head.size:
                    raise _gone(size)
                return kept, kinds
            size += 1
            kinds[seq] = record.kind
            if size <= head.size:
                _nodes, peaks = grow(seq, peaks, [record.leaf])
            if size == head.size and root_of(peaks) != head.root:
                raise _gone(None)
            if size >= head.size and not judge.open:
                kept = size
        after = rows[-1][0]
    if size < head.size:
        raise _gone(size)
    return (size if judge.end() is None else kept), kinds


def _read(seq: int, text: bytes) -> Logged[Any] | None:
    try:
        body = parse(text)
        problems = check_record(body)
    except (NotCanonical, *UNREADABLE):
        return None
    return None if problems else Logged(seq, kind_of(body), body, leaf_hash(text))


def _set_aside(connection: Connection) -> list[str]:
    """Copy every table but the log and drop it, with every guard and index; their names."""
    made = [
        (kind, name)
        for (kind, name), sql in schema_objects(connection).items()
        if sql and (kind, name) != ("table", record_table.name)
    ]
    tables = [name for kind, name in made if kind == "table"]
    for name in tables:
        connection.exec_driver_sql(f'CREATE TEMP TABLE "aside {name}" AS SELECT * FROM main."{name}"')
    for kind in ("trigger", "view", "index", "table"):
        for name in (name for of, name in made if of == kind):
            connection.exec_driver_sql(f'DROP {kind} main."{name}"')
    return tables


def _cut(connection: Connection, size: int, kinds: dict[int, str]) -> tuple[list[str], list[str]]:
    """Take away the records that do not stay, and put kind and leaf of the others right; a line of each of both."""
    column = record_table.c
    lines: list[str] = []
    changed: list[str] = []
    wrong: list[dict[str, Any]] = []
    away = or_(column.seq < 0, column.seq >= size)
    for seq, kind, body, leaf in connection.execute(select(record_table).where(away).order_by(column.seq)):
        lines.append(_line(table="record", row=[seq, kind, _shown(body), _shown(leaf)]))
    for seq, kind, body, leaf in connection.execute(select(record_table).where(~away)):
        if kind != kinds[seq] or leaf != leaf_hash(body):
            changed.append(_line(table="record", row=[seq, kind, "", _shown(leaf)]))
            wrong.append({"of": seq, "now": kinds[seq], "hash": leaf_hash(body)})
    connection.execute(delete(record_table).where(away))
    if wrong:
        change = update(record_table).where(column.seq == bindparam("of"))
        connection.execute(change.values(kind=bindparam("now"), leaf=bindparam("hash")), wrong)
    return lines, changed


def _compared(connection: Connection, name: str, table: Table | None) -> tuple[list[str], int]:
    """A line for each row that was there and does not follow from the log; how many rows were not there that do."""
    old, new = f'temp."aside {name}"', f'main."{name}"'
    columns = [row[1] for row in connection.execute(text(f'PRAGMA temp.table_info("aside {name}")'))]
    same = table is not None and columns == [column.name for column in table.columns]
    query = f"SELECT * FROM {old}" + (f" EXCEPT SELECT * FROM {new}" if same else "")
    lines = [_line(table=name, row=[_shown(value) for value in row]) for row in connection.exec_driver_sql(query)]
    if not same:
        return lines, 0
    back = connection.exec_driver_sql(f"SELECT COUNT(*) FROM (SELECT * FROM {new} EXCEPT SELECT * FROM {old})")
    return lines, int(back.scalar_one())


def _line(**fields: Any) -> str:
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode()


def _shown(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _gone(seq: int | None) -> Refused:
    return refuse(
        "signed_gone",
        N_("records that were signed for are not in the file any more as they were"),
        N_("nothing can make them again: go on with a backup that is whole"),
        Place(key=f"#{seq}" if seq is not None else ""),
    )
