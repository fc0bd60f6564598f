"""Let the disk fail at the n-th write of a command: with EIO, or full, once or from then on.

SQLite writes through a file system of its own naming (VFS): one is put before it that counts what goes to the disk
and fails where it is told, so that the database itself meets the failure, its journal and its index file included.
What the product writes without SQLite (anchor, keys, lists, orders) goes through functions of `os`, which are counted
in the same row. Nothing of the product knows of this.
"""

import _sqlite3
import ctypes
import errno
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

OK, IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE = 0, 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8
_WORDS = ("open", "delete", "access", "full", "dl1", "dl2", "dl3", "dl4", "random", "sleep", "time", "error")


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        *((word, ctypes.c_void_p) for word in _WORDS),
        *((f"later{number}", ctypes.c_void_p) for number in range(4)),
    )


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = (
        ("version", ctypes.c_int),
        *((word, ctypes.c_void_p) for word in ("close", "read", "write", "truncate", "sync")),
        *((f"later{number}", ctypes.c_void_p) for number in range(13)),
    )


class _File(ctypes.Structure):
    """`sqlite3_file`."""

    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


_Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_File), ctypes.c_int, ctypes.c_void_p
)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


@dataclass
class Disk:
    """A disk that fails at door `at` (from 1; 0 never), `for_good` or once; `full` or broken. `doors` came so far.

    Where it is `deadly`, the process is killed there instead.
    """

    at: int = 0
    full: bool = False
    for_good: bool = False
    deadly: bool = False
    doors: list[str] = field(default_factory=list)

    def fails(self, door: str) -> bool:
        """Come to a door: whether it fails."""
        self.doors.append(door)
        number = len(self.doors)
        if self.deadly and number == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.full and door == "os unlink":
            # Taking a file away needs no room.
            return False
        return not self.deadly and bool(self.at) and (number >= self.at if self.for_good else number == self.at)

    @property
    def errno(self) -> int:
        return errno.ENOSPC if self.full else errno.EIO

    def code(self, broken: int) -> int:
        """What SQLite's own file system would answer; a full disk is one of writing, never of what only syncs."""
        return sqlite3.SQLITE_FULL if self.full and broken == IOERR_WRITE else broken


# The disk of the fault that is under way; one that never fails outside of it.
_disk = Disk()
# What C holds on to must not be collected.
_kept: list[Any] = []


def _stand_before_sqlite() -> None:
    """Make a file system the default one that is SQLite's own but for what fails."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    own = library.sqlite3_vfs_find(None)
    methods: dict[int, _Methods] = {}

    def failing(real: Any, door: str, broken: int) -> Callable[..., int]:
        return lambda *given: _disk.code(broken) if _disk.fails(door) else real(*given)

    def with_faults(real: _Methods) -> _Methods:
        made = _Methods.from_buffer_copy(real)
        for name, kind, broken in (
            ("write", _Write, IOERR_WRITE),
            ("truncate", _Truncate, IOERR_TRUNCATE),
            ("sync", _Sync, IOERR_FSYNC),
        ):
            callback = kind(failing(kind(getattr(real, name)), f"sqlite {name}", broken))
            setattr(made, name, ctypes.cast(callback, ctypes.c_void_p))
            _kept.append(callback)
        return made

    real_open = _Open(own.contents.open)

    def opened(_vfs: int, name: int, file: Any, flags: int, out: int) -> int:
        outcome = real_open(ctypes.addressof(own.contents), name, file, flags, out)
        if outcome == OK:
            place = ctypes.addressof(file.contents.methods.contents)
            if place not in methods:
                methods[place] = with_faults(file.contents.methods.contents)
            file.contents.methods = ctypes.pointer(methods[place])
        return outcome

    before = _Vfs.from_buffer_copy(own.contents)
    callback = _Open(opened)
    before.name, before.open = b"failing", ctypes.cast(callback, ctypes.c_void_p)
    _kept.extend([callback, before, methods, own])
    assert library.sqlite3_vfs_register(ctypes.byref(before), 1) == OK


@contextmanager
def failing(disk: Disk) -> Iterator[Disk]:
    """What runs inside meets `disk`."""
    global _disk
    if not _kept:
        _stand_before_sqlite()
    real = {name: getattr(os, name) for name in ("open", "write", "pwrite", "fsync", "rename", "mkdir", "unlink")}

    def door(name: str) -> Callable[..., Any]:
        def come(*given: Any, **named: Any) -> Any:
            reads = name == "open" and not given[1] & (os.O_WRONLY | os.O_RDWR)
            if not reads and disk.fails(f"os {name}"):
                raise OSError(disk.errno, os.strerror(disk.errno))
            return real[name](*given, **named)

        return come

    _disk = disk
    for name in real:
        setattr(os, name, door(name))
    try:
        yield disk
    finally:
        _disk = Disk()
        for name, function in real.items():
            setattr(os, name, function)
