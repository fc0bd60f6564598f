"""A command line taken apart by the command's own declaration: which command it is, and which of its words are files.

So that another machine can give it: what is put together again from this is what was looked at.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from ledger.commands.ui.lazy import LazyGroup

__all__ = [
    "CHALLENGE",
    "KEY",
    "SECRET",
    "SIGNATURE",
    "WRITTEN",
    "Spoken",
    "command_of",
    "name_of",
    "spoken",
    "surroundings",
]

# Parameters that name a file which the command writes; every other file is read.
WRITTEN = frozenset({"out", "xlsx", "list_to", "returned", "signed_elsewhere"})
KEY, CHALLENGE, SIGNATURE = "signed_by_key", "signed_elsewhere", "signed_already"
# Parameters that name a file with a secret of the officer's, other than a key: it stays on his machine.
SECRET = frozenset({"passphrase_file"})
HELP = "help"


@dataclass(frozen=True)
class Spoken:
    """A command with the values that it was given: texts of options and arguments, True and False of flags."""

    names: tuple[str, ...]
    command: click.Command
    values: tuple[tuple[click.Parameter, str | bool], ...]

    @property
    def writes(self) -> bool:
        """Whether an officer writes with it."""
        return any(param.name == CHALLENGE for param in self.command.params)

    @property
    def helps(self) -> bool:
        """Whether only its help is wanted."""
        return any(param.name == HELP for param, _ in self.values)

    def files(self) -> Iterator[tuple[click.Parameter, str]]:
        """Every value that names a file."""
        for param, value in self.values:
            if isinstance(param.type, click.Path) and isinstance(value, str):
                yield param, value

    def perhaps_files(self) -> Iterator[tuple[click.Parameter, str]]:
        """Every value that names a file where it is no name of something known: `ID|FILE`."""
        for param, value in self.values:
            if "|FILE" in (param.metavar or "") and isinstance(value, str):
                yield param, value

    def named(self, name: str) -> str | None:
        """The value of a parameter; None where it has none."""
        return next((str(value) for param, value in self.values if param.name == name), None)

    def less(self, *names: str) -> "Spoken":
        """The same without some parameters."""
        kept = tuple((param, value) for param, value in self.values if param.name not in names)
        return Spoken(self.names, self.command, kept)

    def more(self, name: str, value: str) -> "Spoken":
        """The same with another parameter of the command."""
        param = next(param for param in self.command.params if param.name == name)
        return Spoken(self.names, self.command, (*self.values, (param, value)))

    def renamed(self, names: dict[str, str]) -> "Spoken":
        """The same with other names of files."""
        files = {*self.files(), *self.perhaps_files()}
        values = tuple(
            (param, names.get(value, value) if isinstance(value, str) and (param, value) in files else value)
            for param, value in self.values
        )
        return Spoken(self.names, self.command, values)

    def words(self) -> list[str]:
        """The command line: options with their values in one word, arguments behind `--`."""
        options = [
            name_of(param) if value is True else f"{name_of(param)}={value}"
            for param, value in self.values
            if isinstance(param, click.Option)
        ]
        arguments = [str(value) for param, value in self.values if isinstance(param, click.Argument)]
        return [*self.names, *options, *(["--", *arguments] if arguments else [])]


def command_of(root: LazyGroup, words: Sequence[str]) -> tuple[tuple[str, ...], click.Command, list[str]]:
    """The command that words begin with, by its names, and the words behind it; raises click's errors."""
    ctx = click.Context(root, info_name="subsidy")
    if not words or words[0] not in root.mounts:
        raise click.NoSuchCommand(words[0] if words else "", possibilities=root.mounts, ctx=ctx)
    names, command, left = [words[0]], root.load(words[0]), list(words[1:])
    while isinstance(command, click.Group):
        ctx = click.Context(command, parent=ctx, info_name=names[-1])
        if not left or left[0].startswith("-"):
            break
        found = command.get_command(ctx, left[0])
        if found is None:
            raise click.NoSuchCommand(left[0], possibilities=command.commands, ctx=ctx)
        command = found
        names.append(left.pop(0))
    return tuple(names), command, left


def spoken(root: LazyGroup, words: Sequence[str], surroundings: dict[str, str] | None = None) -> Spoken:
    """A command line taken apart; what it leaves out comes from `surroundings`, by the names of the options.

    Raises click's errors for options that there are not, and for values that are missing behind them.
    """
    names, command, left = command_of(root, words)
    ctx = click.Context(command, info_name=" ".join(names))
    found, surplus, _order = command.make_parser(ctx).parse_args(left)
    values = [pair for param in command.get_params(ctx) for pair in _given(param, found, surroundings or {})]
    # Words that nothing is known to do with stay: the command itself says so.
    values += [(click.Argument(["surplus"], nargs=-1), word) for word in surplus]
    return Spoken(names, command, tuple(values))


def _given(
    param: click.Parameter, found: dict[str, Any], surroundings: dict[str, str]
) -> Iterator[tuple[click.Parameter, str | bool]]:
    value = found.get(param.name or "")
    if value is None and isinstance(param.envvar, str):
        value = surroundings.get(param.envvar)
    if isinstance(value, list | tuple):
        yield from ((param, each) for each in value)
    elif isinstance(value, str) or value is True:
        yield param, value


def name_of(param: click.Parameter) -> str:
    """An option as it is written out; an argument by its name."""
    return max(param.opts, key=len)


def surroundings() -> dict[str, str]:
    """What stands around a command line that is typed here."""
    return {name: value for name, value in os.environ.items() if name.startswith("SUBSIDY_") and value}
