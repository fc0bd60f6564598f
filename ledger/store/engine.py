"""Open the file of a ledger: durable and exclusive for writing, without touching anything for reading.

SQLite in WAL mode with `synchronous=FULL`: a commit that returned is on the disk. A write begins with `BEGIN
IMMEDIATE`, so two writers never interleave; a reader sees the state in which its transaction began.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    Select,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError
from sqlalchemy.util import LRUCache

from calculators.problems import N_, Place, refuse

_BUSY_SECONDS = 30
_SETTINGS = ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF")
# 64 MiB, so that a batch of 10,000 entries stays in memory until it is committed: pages that do not fit go into the
# file, come back for the guards of the rows behind them, and go there again.
_WRITING = (*_SETTINGS, "cache_size=-65536")
# Rows that one statement inserts, as many as there are. A guard may refuse any of them, so SQLite keeps a copy of every
# page that a statement touches until it has ended: the more rows it has, the fewer copies.
_ROWS = (128, 16, 1)
# The parameter that holds many values.
_LISTED = "listed"
# Primary result codes of a file, or of the index file beside it, that cannot be opened for writing.
_NOT_WRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
# Those of a machine that fails: a disk that is full, failing or gone, a file whose pages are broken.
_MACHINE = {*_NOT_WRITABLE, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM}


def ledger_path(url: str) -> Path:
    """The file that a database URL names; refuses `database_unsupported`."""
    return named_path(url).resolve()


def named_path(url: str) -> Path:
    """The same as it is named, links and all."""
    try:
        parsed = make_url(url)
        name = parsed.database if parsed.get_backend_name() == "sqlite" else None
    except ArgumentError:
        name = None
    if not name or name == ":memory:" or name.startswith("file:"):
        raise refuse(
            "database_unsupported",
            N_("{url} does not name an SQLite file"),
            N_("write sqlite:///folder/name.db, or sqlite:////folder/name.db for an absolute path"),
            # A URL of another database may hold a password.
            url=re.sub(r"://[^/@]*@", "://***@", url),
        )
    return Path(name)


def creating_engine(path: Path, *settings: str) -> Engine:
    """An engine that makes the file; `settings` are pragmas such as `journal_mode=WAL`."""
    return _engine(f"{_uri(path)}?mode=rwc", (*settings, *_WRITING), "BEGIN IMMEDIATE")


def ledger_engine(path: Path) -> Engine:
    """An engine that makes the file of a ledger.

    Records of 600 to 2,000 bytes leave a third of SQLite's usual page of 4 KiB empty.
    """
    return creating_engine(path, "page_size=16384", "journal_mode=WAL")


def writing_engine(path: Path, *settings: str) -> Engine:
    """An engine whose transactions write to a file that exists."""
    return _engine(f"{_uri(path)}?mode=rw", (*settings, *_WRITING), "BEGIN IMMEDIATE")


def _uri(path: Path) -> str:
    """A file as SQLite is told of it: from the root on, so that a relative one is found too."""
    return path.absolute().as_uri()


def reading_engine(path: Path) -> Engine:
    """An engine whose transactions only read, also from media that cannot be written.

    WAL needs an index file beside the database even for reading. Where that cannot be made, nobody can be writing
    either and the file is read as it is, unless changes wait in its `-wal` file: refuses `wal_unreadable`.
    """
    return _engine(f"{_uri(path)}?mode=rw", (*_SETTINGS, "query_only=ON"), "BEGIN", path)


def result_code(error: DBAPIError) -> int:
    """The primary result code of SQLite behind an error; 0 where the driver gave none."""
    return _primary(error.orig)


def of_the_machine(error: DBAPIError) -> bool:
    """Whether the disk or the file failed, rather than a statement of ours or a guard."""
    return result_code(error) in _MACHINE


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows through the driver's own `executemany`, several by one statement: each is checked by itself."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = f"({', '.join('?' * len(table.columns))})"
    done = 0
    for count in _ROWS:
        end = len(rows) - (len(rows) - done) % count
        if done < end:
            values = ", ".join([marks] * count)
            parameters = [tuple(chain.from_iterable(rows[start : start + count])) for start in range(done, end, count)]
            connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES {values}', parameters)
            done = end


def fetched(connection: Connection, query: str, values: Sequence[Any] | Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What a query finds, row by row from the driver itself: a third of the time of SQLAlchemy's rows.

    A page that cannot be read raises SQLAlchemy's `DatabaseError`, which says nothing of the values.
    """
    cursor = connection.connection.cursor()
    try:
        yield from cursor.execute(query, values)
    except sqlite3.DatabaseError as error:
        raise DatabaseError(query, None, error) from error
    finally:
        cursor.close()


class Query:
    """A query that is asked again and again: compiled once, asked of the driver itself, a tenth of the time otherwise.

    Its values are given by the names of its bind parameters.
    """

    def __init__(self, query: Select[Any]) -> None:
        self._query = query

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        compiled = self._query.compile(dialect=sqlite.dialect(paramstyle="named"))
        return str(compiled), compiled.params

    def fetch(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """What it finds, as plain tuples; a page that cannot be read raises SQLAlchemy's `DatabaseError`."""
        text, fixed = self._compiled
        cursor = connection.connection.cursor()
        try:
            found: list[tuple[Any, ...]] = cursor.execute(text, {**fixed, **values}).fetchall()
            return found
        except sqlite3.DatabaseError as error:
            raise DatabaseError(text, None, error) from error
        finally:
            cursor.close()

    def value(self, connection: Connection, **values: Any) -> Any:
        """The one value that it finds; None where it finds none."""
        found = self.fetch(connection, **values)
        return found[0][0] if found else None


@cache
def among(column: Column[Any]) -> ColumnElement[bool]:
    """Whether a column has one of the values that the statement is executed with: `these(values)`.

    They are one parameter, however many: a list of each as its own takes longer to compile than to look up. The
    condition is made once: to put it together takes as long as to ask it of a small book.
    """
    listed = func.json_each(bindparam(_LISTED, type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value))


def these(values: Iterable[Any]) -> dict[str, str]:
    """Texts or integers as the parameter of a statement that asks `among`."""
    return {_LISTED: orjson.dumps(sorted(set(values))).decode()}


# Of all files: to compile a statement takes ten times as long as to run it.
_COMPILED: LRUCache[Any, Any] = LRUCache(1000)


@cache
def _dialect() -> Dialect:
    """The one that compiles statements for whatever file: what it compiled for one serves all."""
    engine = create_engine("sqlite://", poolclass=NullPool)
    # The first connection tells it which SQLite this is.
    engine.connect().close()
    return engine.dialect


@lru_cache(maxsize=8)
def _engine(uri: str, settings: tuple[str, ...], begin: str, read: Path | None = None) -> Engine:
    """An engine, which holds no connection; `read` is the file where it is only read."""

    def connect() -> Any:
        return _connected(uri, settings) if read is None else _reading(uri, settings, read)

    # Parameters hold wallets and accounts, and the text of an error may end on somebody's screen.
    engine = Engine(NullPool(connect, dialect=_dialect()), _dialect(), make_url("sqlite://"), hide_parameters=True)
    engine.update_execution_options(compiled_cache=_COMPILED)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _connected(uri: str, settings: Iterable[str]) -> sqlite3.Connection:
    # Transactions are begun by us: the driver would begin a write late and upgrade, which can fail.
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    try:
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error:
        connection.close()
        raise
    except UnicodeDecodeError as error:
        # The driver cannot quote a broken schema that is no longer text; the first statement reads the schema.
        connection.close()
        raise sqlite3.DatabaseError("malformed database schema") from error
    return connection


def _reading(uri: str, settings: Iterable[str], path: Path) -> sqlite3.Connection:
    """A connection to a file that is only read; its first pragma has read the schema."""
    try:
        return _connected(uri, settings)
    except sqlite3.OperationalError as error:
        if _primary(error) not in _NOT_WRITABLE:
            raise
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise refuse(
                "wal_unreadable",
                N_("the latest changes of the ledger wait in {wal}, which cannot be read in this folder"),
                N_("copy {name} and {wal} together into a folder that can be written, and read the copy"),
                Place(str(path)),
                name=path.name,
                wal=wal.name,
            ) from error
        return _connected(f"{_uri(path)}?immutable=1", _SETTINGS)


def _primary(error: BaseException | None) -> int:
    # Extended result codes carry the primary one in their low byte.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
