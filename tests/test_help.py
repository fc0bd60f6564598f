"""The help: every command says what it does, shows an example, and has its place in docs/commands.md."""

import inspect
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich_click import RichCommand

from cli import cli
from tests.catalogues import commands

DOCUMENTED = Path(__file__).parents[1] / "docs" / "commands.md"


COMMANDS = list(commands())


def test_every_command_has_help_with_an_example() -> None:
    for words, command in COMMANDS:
        text = inspect.cleandoc(command.help or "")
        assert text, f"`{words}` has no help"
        # Plain click has its own English headings, out of the reach of the catalogues.
        assert isinstance(command, RichCommand), f"`{words}`: write `import rich_click as click`"
        assert "Example:" in text, f"the help of `{words}` shows no example"
        if not isinstance(command, click.Group):
            # Options of the program itself may stand before the command.
            called = re.compile(rf"subsidy (?:--\w+ \S+ )*{words.removeprefix('subsidy ')}(?: |$)", re.MULTILINE)
            assert called.search(text), f"the example of `{words}` does not call it"


def test_every_option_has_help() -> None:
    silent = [
        (words, param.opts)
        for words, command in COMMANDS
        for param in command.params
        if isinstance(param, click.Option) and not param.help
    ]
    assert silent == []


def test_every_command_is_documented() -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    assert [words for words, _command in COMMANDS if words not in text] == []


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_help_prints_in_both_languages(lang: str) -> None:
    for words, _command in COMMANDS:
        answer = CliRunner().invoke(cli, ["--lang", lang, *words.split()[1:], "--help"])
        assert answer.exit_code == 0, answer.output
        assert answer.output.encode("gbk")
