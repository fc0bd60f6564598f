"""The gallery of wrong statements: one file per mistake, its message to the last sign."""

import pytest
from click.testing import CliRunner

from cli import cli
from tests.support import gallery

FOLDER = gallery.WRONG / "statement"
FILES = {path.stem: path for path in sorted(FOLDER.iterdir()) if not path.name.endswith(".expected.txt")}
# Well formed, and in contradiction with themselves: read, shown, and answered with exit code 1.
CONTRADICTORY = {
    "alipay-count",
    "camt-batch-count",
    "camt-count",
    "camt-gap",
    "camt-unbalanced",
    "icbc-total",
    "mt940-declared-debits",
    "mt940-reversal-ignored",
    "row-taken-out",
    "total-differs",
}


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_statement_is_answered_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    answer = CliRunner().invoke(cli, ["reconcile", "read", FILES[name].name, "--json"])
    assert answer.stderr == gallery.expected("statement", name)
    assert answer.exit_code == (1 if name in CONTRADICTORY else 2)
    assert (answer.stdout == "") == (name not in CONTRADICTORY)


def test_every_file_has_its_message_and_every_message_its_file() -> None:
    assert set(FILES) == set(gallery.names("statement"))
    assert len(FILES) >= 70
    assert set(FILES) >= CONTRADICTORY
