"""The gallery of wrong facts of items: a file per mistake, and its message to the last sign."""

import pytest
from click.testing import CliRunner

from cli import cli
from tests.support import gallery

FOLDER = gallery.WRONG / "facts"
# By the beginning of a file's name: the calculator, and the notice it is given.
CALLS = {
    "premium": ("insurance-premium", "first-set-equipment-insurance"),
    "incentive": ("incentive", "gjj-2023-tape-out"),
    "loan": ("interest-discount", "national-service-loan-2025"),
    "allocated": ("allocated-subsidy", "example-allocated-50-80-rest"),
}


@pytest.mark.parametrize("name", gallery.names("facts"))
def test_wrong_facts_are_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    calculator, notice = CALLS[name.split("-")[0]]
    words = ["calc", calculator, "--notice", f"../../notices/{notice}.yaml", "--facts", f"{name}.yaml"]
    answer = CliRunner().invoke(cli, words)
    assert answer.stderr == gallery.expected("facts", name)
    assert (answer.exit_code, answer.stdout) == (2, "")


def test_every_file_has_its_message_and_every_message_its_file() -> None:
    files = {path.name.removesuffix(".yaml") for path in FOLDER.glob("*.yaml")}
    assert files == set(gallery.names("facts"))
    assert len(files) >= 21
