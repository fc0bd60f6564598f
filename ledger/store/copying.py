"""Whole copies of databases in use, and folders that are there whole or not at all."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from calculators.problems import N_, Place, Refused, refuse
from ledger.store.durable import create, sync_folder
from ledger.store.engine import reading_engine
from ledger.store.places import check_folder

# What SQLite puts beside a database while it writes there.
_BESIDE = ("", "-journal", "-wal", "-shm")


def copy_database(source: Path, target: Path, journal: str = "DELETE") -> None:
    """A copy of the database `source` as it is at one moment, others writing meanwhile, in one new file of mode 600.

    Its journal mode DELETE keeps all of it in that one file, which can be read where nothing can be written.

    Raises `OSError` and `sqlite3.Error` for what the system refuses, and what `reading_engine` refuses.
    """
    create(target, b"", 0o600)
    with (
        reading_engine(source).connect() as there,
        closing(sqlite3.connect(f"{target.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as copy,
    ):
        read = there.connection.driver_connection
        assert read is not None, "a pooled connection has one of the driver"
        read.backup(copy)
        copy.execute(f"PRAGMA journal_mode={journal}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of what a file holds, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def new_folder(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """A folder to fill with files of these names; leaving the block makes `folder` of it, an exception nothing.

    It is filled under another name (`.part`). What an interruption leaves there, the next attempt clears.
    Refuses `folder_taken`, `folder_missing`, `folder_busy` and what `check_folder` refuses; raises `OSError`.
    """
    check_folder(folder)
    # A link that leads nowhere is in the way as well.
    if folder.exists() or folder.is_symlink():
        raise taken(folder)
    part = folder.with_name(f"{folder.name}.part")
    with held_folder(part, names, folder):
        clear(part)
        try:
            yield part.absolute()
            sync_folder(part)
            os.rename(part, folder)
            sync_folder(folder.parent)
        except BaseException:
            # The first failure is the one to tell of; what is left, the next attempt clears.
            with suppress(OSError):
                clear(part)
                part.rmdir()
            raise


@contextmanager
def held_folder(part: Path, names: tuple[str, ...], place: Path) -> Iterator[None]:
    """A folder that one process alone fills with files of these names, on the way to `place`; made where it is not.

    Refuses `folder_taken` where it holds others, `folder_missing`, `folder_busy`; raises `OSError`.
    """
    if not part.parent.is_dir():
        raise refuse(
            "folder_missing",
            N_("the folder {folder} does not exist"),
            N_("make it, or name another place"),
            Place(str(place)),
            folder=part.parent,
        )
    if not part.is_dir():
        os.mkdir(part, 0o700)
    elif not {file.name for file in part.iterdir()} <= {f"{name}{end}" for name in names for end in _BESIDE}:
        raise taken(part)
    descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refuse(
                "folder_busy",
                N_("another command is filling this folder"),
                N_("wait until it has finished, or name another folder"),
                Place(str(place)),
            ) from error
        yield
    finally:
        os.close(descriptor)


def clear(folder: Path) -> None:
    """Take every file out of a folder."""
    for file in folder.iterdir():
        file.unlink()


def taken(folder: Path) -> Refused:
    """The refusal of a place that is not free."""
    return refuse(
        "folder_taken",
        N_("there is something here already"),
        N_("name a new folder for a backup, or an empty one to restore into; nothing is written over"),
        Place(str(folder)),
    )
