"""Every door of the command line, as the program itself lists them: a sign that nobody sees and a text beyond reason
are refused in whatever option, argument or variable they stand, and nothing is made.
"""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from calculators.clear import LONGEST
from cli import cli
from tests.catalogues import commands
from tests.support.bad_days import CODE

HIDDEN, LONG = "a\u202eb", "x" * (LONGEST + 1)


def texts(command: click.Command) -> Iterator[tuple[str, list[str]]]:
    """(How a refusal names it, words before the text) of whatever of a command takes a text."""
    for param in command.params:
        if isinstance(param, click.Option) and not param.is_flag and not param.count:
            name = max(param.opts, key=len)
            yield name, [name]
        elif isinstance(param, click.Argument):
            yield "", []


DOORS = [
    pytest.param(words.split()[1:], name, before, id=f"{words} {name or 'argument'}")
    for words, command in commands()
    if not isinstance(command, click.Group) or words == "subsidy"
    for name, before in texts(command)
]


def variables() -> set[str]:
    """The variables that the program takes its options from, and those that it reads itself."""
    told = {param.envvar for _words, command in commands() for param in command.params}
    return {name for name in told if isinstance(name, str)} | {"SUBSIDY_ANCHOR"}


def refused(folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], **variables: str) -> tuple[str, str]:
    """The code under which a command line is refused, and what it is said of; nothing stands afterwards."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli, words, env=variables, prog_name="subsidy")
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert list(folder.iterdir()) == []
    (code,) = CODE.findall(result.stderr)
    return code, result.stderr.partition(": ")[0]


def test_there_are_doors() -> None:
    assert len(DOORS) > 400
    assert {"SUBSIDY_DB", "SUBSIDY_ACTOR", "SUBSIDY_KEY", "SUBSIDY_CHANNEL"} <= variables()


@pytest.mark.parametrize(("words", "name", "before"), DOORS)
def test_every_option_and_argument(
    words: list[str], name: str, before: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = name or f"({len(words) + 1})"
    assert refused(tmp_path, monkeypatch, [*words, *before, HIDDEN]) == ("text_unprintable", place)
    assert refused(tmp_path, monkeypatch, [*words, *before, LONG]) == ("text_too_long", place)


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["init", "--practice"]
    assert refused(tmp_path, monkeypatch, words, **{name: HIDDEN}) == ("text_unprintable", name)
    assert refused(tmp_path, monkeypatch, words, **{name: LONG}) == ("text_too_long", name)
