"""Write a file so that a full disk, a failing one or a crash leaves what was there before, or all that is new."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def create(path: Path, content: bytes, mode: int) -> None:
    """A new file that holds `content` and is on the disk; none where that fails.

    Raises `FileExistsError` where there is a file, and `OSError` with the name of the file for what the system refuses.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            _fill(descriptor, content)
        except OSError:
            # The first failure is the one to tell of.
            with suppress(OSError):
                path.unlink()
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _of(path, error) from error


def replace(path: Path, content: bytes, mode: int) -> None:
    """Put `content` in the place of what the file `path` holds, if there is one, in one step; raises `OSError`."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    create(beside, content, mode)
    try:
        os.rename(beside, path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise _of(path, error) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def _of(path: Path, error: OSError) -> OSError:
    return type(error)(error.errno, error.strerror, str(path))
