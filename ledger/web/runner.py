"""What pages and programs need of whoever runs commands beside the ledger; who that is stands above this room."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

__all__ = ["ACTOR", "CHALLENGE_FILE", "SIGNATURE_FILE", "Done", "Field", "Form", "Runner", "Sort"]

# By these names a command asks for a signature and takes it.
CHALLENGE_FILE, SIGNATURE_FILE = "act.challenge", "act.signature"
# The parameter that names who does it.
ACTOR = "actor"
# Of fields: a file that is read has one to choose, of a file that is written the name is asked.
Sort = Literal["text", "choice", "flag", "read", "written"]


class Done(NamedTuple):
    """How a command came out: its exit code, what it printed and complained, the files that it wrote.

    `again`: it was answered before, under the same key; then without its files.
    """

    code: int
    out: str
    err: str
    files: Mapping[str, bytes]
    again: bool = False


class Field(NamedTuple):
    """A parameter of a command as a field of a form; `text` says what it is for, `hint` what is to be written."""

    name: str
    text: str
    hint: str
    sort: Sort
    required: bool
    choices: tuple[str, ...] = ()
    several: bool = False


class Form(NamedTuple):
    """A command as a form: its names, what it does, whether it writes, its fields, what a line gives them."""

    names: tuple[str, ...]
    title: str
    writes: bool
    fields: tuple[Field, ...]
    values: Mapping[str, tuple[str, ...]]


class Runner(Protocol):
    """Runs commands beside the ledger, for people elsewhere."""

    def form(self, line: str) -> Form:
        """The form of a command line, with or without `subsidy`; refuses `command_unknown`, `command_not_here`."""

    def words(self, form: Form, given: Mapping[str, Sequence[str]]) -> list[str]:
        """The words of a form that was filled in: what stands in each field."""

    def run(
        self, words: Sequence[str], files: Mapping[str, bytes], key: str | None = None, *, officer: str = ""
    ) -> Done:
        """Run a command on files by name, in the language in force; refuses what is not run from elsewhere.

        With `key`, a writing command is answered once and for ever. `officer` is who signed in; "" is nobody by name.
        """

    def asking(self, words: Sequence[str]) -> list[str]:
        """The command line that asks for a signature in the file `CHALLENGE_FILE`; as it is where none is wanted."""

    def signed(self, words: Sequence[str]) -> list[str]:
        """The command line with the signature in the file `SIGNATURE_FILE`."""
