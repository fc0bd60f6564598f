"""The gallery of wrong registers: one file per mistake, its message to the last sign, and nothing written.

The files are brought to a ledger that holds those in `fixtures/wrong/import/ledger`; `cases.csv` says how.
"""

import csv
import re
import shlex

import pytest

from tests.support import gallery
from tests.support.desk import Desk, call, equipped_desk

FOLDER = gallery.WRONG / "import"
ENDINGS = (".csv", ".txt", ".xls", ".xlsx")
LEDGER = ("entities", "payees", "loans", "events", "policies", "premiums", "projects", "applications", "grants")
LEDGER += ("wallets", "dishonesty")
# Notices whose words the registers are held to: of claims, loans and firms, projects.
WORDED = ("gjj-2023-tape-out", "bj-equipment-loan-2024", "bj-first-loan-2025", "example-allocated-50-80-rest")
with (FOLDER / "cases.csv").open(encoding="utf-8") as source:
    COMMANDS = {row["name"]: row["command"] for row in csv.DictReader(source)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A ledger that holds the right files; no case may change it."""
    desk = equipped_desk(tmp_path_factory.mktemp("office"), *WORDED)
    for register in LEDGER:
        desk.take(register, FOLDER / "ledger" / f"{register}.csv")
    return desk


@pytest.mark.parametrize("name", gallery.names("import"))
def test_a_wrong_register_is_refused_in_these_words(name: str, office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    before = office.size
    answer = call(office, *shlex.split(COMMANDS[name]))
    assert answer.stderr == gallery.expected("import", name)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert office.size == before


def test_every_file_has_its_message_its_command_and_every_message_its_file() -> None:
    files = {
        path.stem: path.name
        for path in FOLDER.iterdir()
        if path.suffix in ENDINGS and not path.name.endswith(".expected.txt")
    }
    del files["cases"]
    assert set(files) == set(gallery.names("import")) == set(COMMANDS)
    assert [name for name, file in files.items() if file not in shlex.split(COMMANDS[name])] == []
    assert len(files) >= 16


def test_every_message_has_remedy_and_code() -> None:
    form = re.compile(r"([\w.-]+\.(csv|txt|xlsx?)(:\d+:\d+)?( [\w（）%]+)?: )?[^;；]+.*[;；] ?.+ \[[a-z0-9_]+\]")
    # What a lender's own headings mean is said last, once for the file.
    way = re.compile(r"If these are the lender's own headings, say once what they mean: subsidy import map \S.+")
    for name in gallery.names("import"):
        *others, last = gallery.expected("import", name).splitlines()
        assert form.fullmatch(last) or (way.fullmatch(last) and others), last
        for line in others:
            assert form.fullmatch(line), line


def test_the_page_shows_every_message() -> None:
    assert gallery.section("import") in gallery.PAGE.read_text(encoding="utf-8"), (
        "run `python -m tests.support.gallery`"
    )
