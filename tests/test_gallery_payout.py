"""The gallery of wrong answers of channels: one file per mistake, its message to the last sign, and nothing written."""

import re
from pathlib import Path

import pytest

from tests.support import gallery
from tests.support.till import open_till

FOLDER = gallery.WRONG / "payout"
FILES = {path.stem: path.name for path in FOLDER.iterdir() if not path.name.endswith(".expected.txt")}


@pytest.mark.parametrize("name", gallery.names("payout"))
def test_a_wrong_answer_is_refused_in_these_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    till = open_till(tmp_path)
    before = till.verify()
    monkeypatch.chdir(FOLDER)
    answer = till.say("pay", "import-result", FILES[name])
    assert answer.stderr == gallery.expected("payout", name)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert till.verify() == before


def test_every_file_has_its_message_and_every_message_its_file() -> None:
    assert set(FILES) == set(gallery.names("payout"))
    assert len(FILES) >= 12


def test_every_message_has_remedy_and_code() -> None:
    form = re.compile(r"([\w.-]+\.(json|xml|csv)(:\d+:\d+)?( [\w ]+)?: )?[^;]+.*; .+ \[[a-z0-9_]+\]")
    for name in gallery.names("payout"):
        for line in gallery.expected("payout", name).splitlines():
            assert form.fullmatch(line), line
