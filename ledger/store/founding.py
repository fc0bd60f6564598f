"""Make the files of a new ledger so that what an interruption leaves is known for what it is.

The file is made under another name and gets its own at the end, in one step: where a ledger stands, it is whole. Before
anything else a note is made beside it that names the anchor's folder, and the anchor bears a mark until the ledger is
complete. The next `init` reads both: it undoes what is marked, and gives a file its name that lacks nothing else.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from calculators.problems import N_, Place, refuse
from ledger.store.anchor import Anchor
from ledger.store.durable import sync_folder


def note_of(ledger: Path) -> Path:
    """The note that an `init` under way, or an interrupted one, has beside the ledger."""
    return ledger.with_name(ledger.name + ".init")


def unfinished(ledger: Path) -> Path:
    """The name of a ledger's file as long as it is not complete."""
    return ledger.with_name(ledger.name + ".new")


@contextmanager
def founding(ledger: Path) -> Iterator["Founding"]:
    """What makes a ledger in the file `ledger`, after an interrupted attempt was undone or finished.

    Leaving the block gives the file its name; an exception takes everything away again that was made.
    Refuses `init_running` and `init_finished`.
    """
    note = note_of(ledger)
    descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refuse(
                "init_running",
                N_("somebody else is making this ledger"),
                N_("wait until they have finished"),
                Place(str(ledger)),
            ) from error
        try:
            made = Founding(ledger, descriptor)
            made.clear()
            try:
                yield made
                made.complete()
            except BaseException:
                # The first failure is the one to tell of; what is left here, the next attempt undoes.
                with suppress(OSError):
                    made.undo()
                raise
        finally:
            with suppress(OSError):
                note.unlink()
    finally:
        os.close(descriptor)


class Founding:
    """A ledger being made: its note is locked, its file has another name."""

    def __init__(self, ledger: Path, note: int) -> None:
        self.ledger = ledger
        self.file = unfinished(ledger)
        self._note = note
        self._anchor: Anchor | None = None
        self._made: list[Path] = []
        self._unmarked = False

    def clear(self) -> None:
        """Undo or finish what an interrupted attempt left, as its note says; refuses `init_finished`."""
        named = os.pread(self._note, os.fstat(self._note).st_size, 0)
        if named:
            left = Anchor(Path(os.fsdecode(named)), self.ledger)
            if self.file.exists() and left.key_file.exists() and not left.mark_file.exists():
                self._name()
                raise refuse(
                    "init_finished",
                    N_("an earlier `subsidy init` was interrupted at its last step; it is finished now"),
                    N_("go on with this ledger, or name another file with --db"),
                    Place(str(self.ledger)),
                )
            left.discard()
        self._remove_file()

    def anchored(self, anchor: Anchor) -> None:
        """The anchor that is about to be made; from here on the note knows it."""
        self._anchor = anchor
        os.ftruncate(self._note, 0)
        os.pwrite(self._note, os.fsencode(anchor.folder), 0)
        os.fsync(self._note)
        sync_folder(self.ledger.parent)

    def touch(self) -> None:
        """Make the file, for its owner's eyes only."""
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def also(self, path: Path) -> None:
        """A file that is made with the ledger and goes with it."""
        self._made.append(path)

    def complete(self) -> None:
        """Give the file its name; from then on it is the ledger."""
        waiting = self.file.with_name(self.file.name + "-wal")
        if waiting.exists() and waiting.stat().st_size:
            raise OSError(None, "the database could not be closed", str(self.file))
        if self._anchor:
            self._unmarked = True
            self._anchor.finish()
        self._name()

    def undo(self) -> None:
        """Take away what was made."""
        if self._anchor and self._unmarked:
            self._anchor.remove()
        elif self._anchor:
            self._anchor.discard()
        for path in self._made:
            path.unlink(missing_ok=True)
        self._remove_file()

    def _name(self) -> None:
        os.rename(self.file, self.ledger)
        try:
            sync_folder(self.ledger.parent)
        except OSError:
            os.rename(self.ledger, self.file)
            raise

    def _remove_file(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
