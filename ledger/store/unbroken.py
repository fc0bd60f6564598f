"""What was proved of a file goes on to hold for a command of several steps, as long as nobody else writes to it.

SQLite counts for each connection what others commit (`data_version`), and not what it commits itself; the system says
when a file was written past SQLite. So connections stay open from step to step, and whoever holds the write lock can
tell that the file is the one that was proved, with what was written here since.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine

# Device, file, bytes, and when it was last written and last changed in whatever way; None where nothing is in it.
_State = tuple[int, int, int, int, int] | None


class Watch:
    """Looks at a file through a connection that stays open, from the moment on at which it is made."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._files = path, path.with_name(f"{path.name}-wal")
        self._version = self._counted()
        self.look()

    def look(self) -> None:
        """Take the files as they are now for those that were proved: what was written to them was ours."""
        self._states = self._stated()

    def same(self) -> bool:
        """Whether nobody else has written; asked under the write lock, so that nobody does meanwhile."""
        return (self._counted(), self._stated()) == (self._version, self._states)

    def _counted(self) -> int:
        return int(self._connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    def _stated(self) -> list[_State]:
        return [_state(file) for file in self._files]


class Unbroken:
    """The steps of a command on one file, in one thread: their connections, and the watch over what was proved last.

    Outside of `steps` each connection is one by itself, and nothing that was proved is remembered.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: ExitStack | None = None
        self._kept: dict[Engine, Connection] = {}
        self._proved: Watch | None = None
        self._begun: Watch | None = None

    @contextmanager
    def steps(self) -> Iterator[None]:
        """What follows on each other in this block keeps its connections."""
        with ExitStack() as self._open:
            try:
                yield
            finally:
                self._open = self._proved = self._begun = None
                self._kept = {}

    def break_off(self) -> None:
        """Close what was kept open: the disk failed, and what stands is what a process sees that opens the file again.

        As long as one connection is open, SQLite goes by its index of the changes (`-shm`), in which a commit does not
        show whose last sync failed; without the index it is made again from the file, in which that commit is whole.
        """
        if self._open is not None:
            self._open.close()
        self._kept, self._proved, self._begun = {}, None, None

    def connection(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A connection that closes with its block, or with the steps."""
        if self._open is None:
            return engine.connect()
        if engine not in self._kept:
            self._kept[engine] = self._open.enter_context(engine.connect())
        return nullcontext(self._kept[engine])

    def begin(self, connection: Connection) -> bool:
        """A step begins, in a transaction; whether what was proved before it still is the file.

        That can be told under the write lock only: else somebody may be about to commit.
        """
        stands = self._proved is not None and self._proved.same()
        self._proved, self._begun = None, Watch(connection, self._path) if self._open else None
        return stands

    def read(self) -> None:
        """All that is there since the step began is proved."""
        self._proved = self._begun

    def written(self, *, proved: bool) -> None:
        """The step is committed; whether all is proved that had been there before it."""
        if self._begun and proved:
            self._begun.look()
            self._proved = self._begun


def _state(file: Path) -> _State:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    # Whoever opens a ledger makes the file of its latest changes, and touches an empty one.
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found.st_size else None
