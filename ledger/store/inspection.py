"""What a database file says of itself: its schema object by object, and whether its pages and indexes are whole."""

from functools import cache

from sqlalchemy import Connection, NullPool, create_engine, text

from ledger.store.guards import create_schema

# (type, name) -> the statement that made it, blanks folded; "" for what SQLite makes by itself.
Objects = dict[tuple[str, str], str]


def schema_objects(connection: Connection) -> Objects:
    """Every table, index, trigger and view of a database."""
    found = connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
    return {(kind, name): " ".join((sql or "").split()) for kind, name, sql in found}


@cache
def expected_objects() -> Objects:
    """Every object of a new ledger; made once, and changed by nobody."""
    # Without a pool the connection is closed when it is given back, and the memory with it.
    with create_engine("sqlite://", poolclass=NullPool).begin() as connection:
        create_schema(connection)
        return schema_objects(connection)


def file_problems(connection: Connection) -> list[str]:
    """What SQLite finds wrong in the pages and indexes of the file; empty where all is well."""
    return [line for line in connection.execute(text("PRAGMA integrity_check(1)")).scalars() if line != "ok"]
