"""A hint names a command that exists, with all that it needs: an officer types it, and it must not be refused at once.

Compulsory options are asked of every hint that says more than the name of the command, in both languages. Not asked
are who acts (`SUBSIDY_ACTOR` says it as a rule) and the key, which is needed where keys are in use only.
"""

import re

import click
import pytest

from cli import cli
from ledger.queries.inbox import COMMANDS
from tests.catalogues import forms, read_catalogue, translation

SAID_OTHERWISE = {"--actor", "--key"}
QUOTED = re.compile(r"`subsidy ([^`]*)`")
NEXT = re.compile(r"(?:: |：)subsidy ([a-z][^`，（]*?)(?:, (?:or )?|$)", re.MULTILINE)


def hints() -> list[str]:
    messages = [entry for entry in read_catalogue() if "Example:" not in forms(entry)[0]]
    texts = [text for entry in messages for text in (*forms(entry), translation(entry))]
    said = [hint for text in texts for pattern in (QUOTED, NEXT) for hint in pattern.findall(text)]
    return sorted({*said, *(command.removeprefix("subsidy ") for command in COMMANDS.values())})


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words begin with, and the words after its name."""
    command: click.Command = cli
    for at, word in enumerate(words):
        if not isinstance(command, click.Group):
            return command, words[at:]
        found = command.get_command(click.Context(command), word)
        if found is None:
            return command, words[at:]
        command = cli.load(word) if command is cli else found
    return command, []


@pytest.mark.parametrize("hint", hints())
def test_a_hint_can_be_typed(hint: str) -> None:
    command, rest = resolved(hint.split())
    if isinstance(command, click.Group):
        # The name of a group stands for all its commands; a register in braces for each of them.
        assert not rest or rest[0].startswith(("-", "{", "...")), f"no such command: subsidy {hint}"
        return
    options = [param for param in command.params if isinstance(param, click.Option)]
    known = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known
    if any(word.startswith("--") or word[0] in "{" or word.isupper() for word in rest):
        needed = {max(option.opts, key=len) for option in options if option.required} - SAID_OTHERWISE
        assert needed <= set(rest), f"refused as it stands: subsidy {hint}"
