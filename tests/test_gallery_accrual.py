"""The gallery of wrong accrual files: each mistake answers with exactly the text beside it, and nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli

GALLERY = Path(__file__).parents[1] / "fixtures" / "wrong" / "accrual"
MISTAKES = sorted(GALLERY.glob("*.json"))


@pytest.mark.parametrize("file", MISTAKES, ids=lambda file: file.stem)
def test_a_wrong_file_is_refused_in_these_words(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GALLERY)
    answer = CliRunner().invoke(cli, ["calc", "accrual", file.name, "--json"])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == file.with_suffix(".expected.txt").read_text(encoding="utf-8")


def test_every_text_of_the_gallery_has_its_file() -> None:
    texts = {path.name.removesuffix(".expected.txt") for path in GALLERY.glob("*.expected.txt")}
    assert texts == {file.stem for file in MISTAKES}
    assert len(texts) >= 20
