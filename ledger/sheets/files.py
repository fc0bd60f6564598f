"""Files that a user brings or asks for: one door to read them and one to write them.

Nothing that holds something is written over unless the user says so, nothing is ever written through a link onto
what keeps the books, and a ledger, a vault, a signed head or a key is no place for a list, whatever the user says.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from calculators.problems import N_, Place, Refused, refuse
from ledger.sheets.columns import guarded
from ledger.store.durable import replace
from ledger.store.places import HEAD, KEPT, check_folder, composed

# A register of a million rows has less; a larger file is a mistake or an attack.
MAX_BYTES = 256 * 1024 * 1024


def read_file(path: Path, limit: int = MAX_BYTES) -> tuple[str, bytes]:
    """The name of a file as records hold it, numbers of accounts in it masked, and its bytes.

    Refuses `file_unreadable` and `file_too_large`.
    """
    name = guarded(composed(path.name))
    try:
        if path.is_file() and path.stat().st_size > limit:
            raise refuse(
                "file_too_large",
                N_("the file has more than {limit} bytes"),
                N_("ask for a shorter period, or split the file"),
                Place(name),
                limit=limit,
            )
        return name, path.read_bytes()
    except OSError as error:
        raise refuse(
            "file_unreadable",
            N_("the file cannot be read ({error})"),
            N_("check its name and place"),
            Place(name),
            error=error.strerror,
        ) from error


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a command is to write: where, and whether what it holds may be replaced (`--force`)."""

    path: Path
    force: bool = False

    def check(self, content: bytes | None = None) -> None:
        """Whether the file may be written, before anything is recorded; one that holds `content` already may.

        Refuses `file_is_link`, `file_protected`, `file_exists`, `file_unwritable` and what `check_folder` refuses.
        """
        path = self.path
        try:
            check_folder(path.parent)
            if path.is_symlink():
                raise self._refused(
                    "file_is_link",
                    N_("this is a link to {other}, and nothing is written through a link"),
                    N_("name a file of its own"),
                    other=os.readlink(path),
                )
            if not path.exists():
                return
            if not path.is_file():
                raise self._refused(
                    "file_exists", N_("there is something here that is no file"), N_("name another file")
                )
            with path.open("rb") as there:
                start = there.read(HEAD)
            if start.startswith(KEPT):
                raise self._refused(
                    "file_protected",
                    N_("this file belongs to a ledger: its records, its vault, its anchor or a key"),
                    N_("name another file; such a file is never written over, with --force neither"),
                )
            if start and not self.force and path.read_bytes() != content:
                raise self._refused(
                    "file_exists",
                    N_("there is a file here already, and it holds something"),
                    N_("name another file, or say --force to write over this one"),
                )
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, content: bytes, *, private: bool = False) -> None:
        """Write all of `content` or nothing, for the owner's eyes only where `private`; refuses what `check` refuses.

        What was there is replaced at the end in one step, so that another name of the same file keeps its content.
        """
        self.check(content)
        try:
            replace(self.path, content, 0o600 if private else 0o666)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> Refused:
        return self._refused(
            "file_unwritable",
            N_("the file cannot be written: {cause}"),
            N_("name a file in a folder that you may write into, and close it in the spreadsheet"),
            cause=error.strerror,
        )

    def _refused(self, code: str, what: str, remedy: str, /, **values: object) -> Refused:
        return refuse(code, what, remedy, Place(composed(self.path.name)), **values)
