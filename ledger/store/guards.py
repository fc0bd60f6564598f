"""What SQLite itself refuses, whoever connects: the triggers on every table, and the schema text they are part of.

The log and its projections only grow. A row that exists is never changed, deleted or replaced, with one exception:
the used amount of an envelope, between 0 and its limit. `INSERT OR REPLACE` deletes without asking a DELETE trigger,
so every BEFORE INSERT trigger refuses a key that exists (of postings: one of an entry). An entry goes in *header
last*: postings first, then the entry, checked against the postings of its number and tag. CHECK constraints would not
do: any connection can switch them off. Somebody who drops a trigger changes the schema text, whose hash stands in a
note that the log key signed.
"""

from functools import cache
from hashlib import sha256

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlmodel import SQLModel

from ledger.log.kinds import REGISTERS
from ledger.log.schema_note import Schema
from ledger.store.tables import TABLES

ENGINE = "sqlite"
# A changed schema text is a new version, to which `bring_up_to_date` carries the files of earlier ones over.
VERSION = 3


def _side(chart: str, sign: str) -> str:
    """The sum of debits (`>`) or credits (`<`) of a chart; a filter is half the work of CASE."""
    return f"COALESCE(SUM(amount_fen) FILTER (WHERE chart = '{chart}' AND amount_fen {sign} 0), 0)"


# What an entry owes its payee (below 0: what is owed back), and whether all claims on it with the new one lie between
# nothing and that.
_PAYABLE = """(SELECT -SUM(amount_fen) FROM posting JOIN entry ON entry.seq = posting.entry AND entry.tag = posting.tag
    WHERE entry.record = NEW.award AND entry.reason IN ('award', 'true_up', 'reopened')
    AND posting.chart = 'fin' AND posting.account IN ('2303', '1218'))"""
_CLAIMED = "NEW.amount_fen + (SELECT COALESCE(SUM(amount_fen), 0) FROM claim WHERE award = NEW.award)"
_WITHIN_PAYABLE = f"(SELECT {_CLAIMED} BETWEEN MIN(0, payable) AND MAX(0, payable) FROM (SELECT {_PAYABLE} AS payable))"

# Table -> (what is refused, condition) in order; the first that holds decides.
_INSERT: dict[str, list[tuple[str, str]]] = {
    "record": [("is not the next number", "NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM record)")],
    "node": [
        (
            "is not the next of its level",
            "NEW.idx IS NOT (SELECT COALESCE(MAX(idx) + 1, 0) FROM node WHERE level = NEW.level)",
        )
    ],
    "item": [
        ("is not beyond the last", "NEW.seq <= (SELECT MAX(seq) FROM item)"),
        (
            "has no record of its register",
            f"NEW.register NOT IN ({', '.join(repr(name) for name in REGISTERS)}) OR NOT EXISTS "
            "(SELECT 1 FROM record WHERE seq = NEW.seq AND (kind = NEW.register OR kind IN ('fact', 'void') "
            "OR (kind = 'undo' AND NEW.register = 'match')))",
        ),
    ],
    "entry": [
        (
            "does not follow the last one in number and record",
            "COALESCE((SELECT NEW.seq IS NOT seq + 1 OR NEW.record <= record FROM entry ORDER BY seq DESC LIMIT 1), "
            "NEW.seq IS NOT 1)",
        ),
        ("has a key that is used", "EXISTS (SELECT 1 FROM entry WHERE key = NEW.key)"),
        ("has no record of an entry", "(SELECT kind FROM record WHERE seq = NEW.record) IS NOT 'entry'"),
        (
            "reverses what is reversed already",
            "NEW.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM entry WHERE reverses = NEW.reverses)",
        ),
        (
            "does not agree with its postings",
            f"""(SELECT COUNT(*) < 2 OR COUNT(*) IS NOT NEW.n
                OR {_side("fin", ">")} IS NOT NEW.fin_fen OR {_side("fin", "<")} IS NOT -NEW.fin_fen
                OR {_side("bud", ">")} IS NOT NEW.bud_fen OR {_side("bud", "<")} IS NOT -NEW.bud_fen
                OR {_side("ind", ">")} IS NOT NEW.ind_fen OR {_side("ind", "<")} IS NOT -NEW.ind_fen
                FROM posting WHERE entry = NEW.seq AND tag = NEW.tag)""",
        ),
    ],
    # A posting in the place of another can only be one of no entry, put there by the same hand: those of entries are
    # closed by the first rule, and ours and their entry become visible in one commit.
    "posting": [
        ("belongs to an entry that exists", "EXISTS (SELECT 1 FROM entry WHERE seq >= NEW.entry)"),
        (
            "has no chart or no amount",
            "NEW.amount_fen = 0 OR NEW.chart <> 'fin' AND NEW.chart <> 'bud' AND NEW.chart <> 'ind'",
        ),
    ],
    "balance": [
        ("is of a block that is not complete", "NEW.entry > (SELECT COALESCE(MAX(seq), 0) FROM entry)"),
        ("is of a block before the last", "NEW.entry < (SELECT MAX(entry) FROM balance)"),
        (
            "exists",
            "EXISTS (SELECT 1 FROM balance WHERE entry = NEW.entry AND chart = NEW.chart "
            "AND account = NEW.account AND envelope = NEW.envelope)",
        ),
    ],
    "envelope": [
        ("exists", "EXISTS (SELECT 1 FROM envelope WHERE path = NEW.path)"),
        ("begins unused", "NEW.used_fen IS NOT 0"),
    ],
    "envelope_limit": [
        ("is not beyond the last", "NEW.record <= (SELECT MAX(record) FROM envelope_limit)"),
        (
            "has no budget record",
            "NOT EXISTS (SELECT 1 FROM record WHERE seq = NEW.record AND kind = 'budget')",
        ),
        (
            "takes away what is used",
            "(SELECT used_fen FROM envelope WHERE path = NEW.path) > NEW.amount_fen + "
            "(SELECT COALESCE(SUM(amount_fen), 0) FROM envelope_limit WHERE path = NEW.path)",
        ),
    ],
    "claim": [
        ("exists", "EXISTS (SELECT 1 FROM claim WHERE award = NEW.award AND record = NEW.record)"),
        (
            "has no record of a payout",
            "NOT EXISTS (SELECT 1 FROM record WHERE seq = NEW.record "
            "AND kind IN ('payout', 'outcome', 'recovery', 'netting', 'write_off'))",
        ),
        (
            "is of an entry that was reversed",
            "NEW.amount_fen > 0 AND EXISTS (SELECT 1 FROM entry WHERE reverses = NEW.award)",
        ),
        ("takes more than is payable", f"NOT COALESCE({_WITHIN_PAYABLE}, 0)"),
    ],
}

_ENVELOPE_UPDATE = [
    ("keeps its path", "NEW.path IS NOT OLD.path"),
    ("is never used below 0", "NEW.used_fen < 0"),
    (
        "is used up to its limit only",
        "NEW.used_fen > (SELECT COALESCE(SUM(amount_fen), 0) FROM envelope_limit WHERE path = NEW.path)",
    ),
]


def create_schema(connection: Connection) -> None:
    """Make all tables, indexes and guards in an empty database."""
    SQLModel.metadata.create_all(connection, tables=list(TABLES), checkfirst=False)
    for statement in triggers():
        connection.exec_driver_sql(statement)


def make_again(connection: Connection) -> None:
    """Make the tables that a database lacks, and every index and guard as in a new ledger."""
    SQLModel.metadata.create_all(connection, tables=list(TABLES))
    bring_up_to_date(connection)


def triggers() -> list[str]:
    """The statements that make the guards, table by table."""
    statements = []
    for table in (table.name for table in TABLES):
        changes = _ENVELOPE_UPDATE if table == "envelope" else [("rows are never changed", "1")]
        statements += [
            _trigger(table, "INSERT", _INSERT[table]),
            _trigger(table, "UPDATE", changes),
            _trigger(table, "DELETE", [("rows are never deleted", "1")]),
        ]
    return statements


def stored_schema(connection: Connection) -> str:
    """The whole schema text of a database: every statement it was made with, blanks folded, in order of name."""
    found = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
    )
    return "".join(f"{' '.join(sql.split())};\n" for _type, _name, sql in found)


def schema_sha256(connection: Connection) -> str:
    """SHA-256 of the schema text of a database, in hex."""
    return sha256(stored_schema(connection).encode()).hexdigest()


@cache
def own_schema() -> Schema:
    """The schema that this program makes."""
    # Without a pool the connection is closed when it is given back, and the memory with it.
    with create_engine("sqlite://", poolclass=NullPool).begin() as connection:
        create_schema(connection)
        return Schema(ENGINE, VERSION, schema_sha256(connection))


def bring_up_to_date(connection: Connection) -> None:
    """Make the guards and indexes of a file those of a new ledger; its rows stay as they are."""
    there = _made(connection)
    with create_engine("sqlite://", poolclass=NullPool).begin() as new:
        create_schema(new)
        wanted = _made(new)
    for (kind, name), statement in there.items():
        if wanted.get((kind, name)) != statement:
            connection.exec_driver_sql(f'DROP {kind} "{name}"')
    for key, statement in wanted.items():
        if there.get(key) != statement:
            connection.exec_driver_sql(statement)
    assert schema_sha256(connection) == own_schema().sha256, "a table of another form is not made by its guards"


def _made(connection: Connection) -> dict[tuple[str, str], str]:
    """(type, name) -> the statement that made it, of all indexes and triggers."""
    found = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')")
    )
    return {(kind, name): sql for kind, name, sql in found}


def _trigger(table: str, action: str, refusals: list[tuple[str, str]]) -> str:
    # A row that is in order is done after WHEN; only a refused one enters the body, to find out which rule it broke.
    broken = "\nOR ".join(f"({condition})" for _what, condition in refusals)
    cases = "\n".join(f"WHEN {condition} THEN RAISE(ABORT, '{table}: {what}')" for what, condition in refusals)
    return (
        f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table}\nWHEN {broken}\n"
        f"BEGIN\nSELECT CASE\n{cases}\nEND;\nEND"
    )
