"""The gallery of wrong notices: one file per mistake, and its message to the last sign."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from tests.support import gallery

FOLDER = gallery.WRONG / "notice"


@pytest.mark.parametrize("name", gallery.names("notice"))
def test_a_wrong_notice_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    answer = CliRunner().invoke(cli, ["notice", "check", f"{name}.yaml"])
    assert answer.stderr == gallery.expected("notice", name)
    assert (answer.exit_code, answer.stdout) == (2, "")


def test_every_file_has_its_message_and_every_message_its_file() -> None:
    files = {path.name.removesuffix(".yaml") for path in FOLDER.glob("*.yaml") if ".cases" not in path.name}
    assert files == set(gallery.names("notice"))
    assert len(files) >= 16


def test_a_mistake_writes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    words = ["--db", f"sqlite:///{database}", "notice", "add", str(FOLDER / "tab.yaml"), "--actor", "1001"]
    assert CliRunner().invoke(cli, words).exit_code == 2
    assert not database.exists()


def test_every_message_has_place_remedy_and_code() -> None:
    form = re.compile(r"[\w.-]+\.yaml(:\d+:\d+)?( [\w.\[\]]+)?: [^;]+.*; .+ \[[a-z0-9_]+\]")
    for name in gallery.names("notice"):
        for line in gallery.expected("notice", name).splitlines():
            assert form.fullmatch(line), line
