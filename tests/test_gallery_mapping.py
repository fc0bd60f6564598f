"""The gallery of files that no mapping is made of, or that do not fit the one in force: one file per mistake.

The ledger has two firms and the mappings of 示例银行 for loans and events, made from the files in
`fixtures/wrong/mapping/ledger`; `cases.csv` says how a file is brought.
"""

import csv
import shlex
from datetime import date

import pytest

from ledger.registry.lending import heard
from tests.support import gallery
from tests.support.desk import ENTITIES, Desk, call
from tests.support.mapped import SAID, mapped, taken, two_officers

FOLDER = gallery.WRONG / "mapping"
with (FOLDER / "cases.csv").open(encoding="utf-8") as source:
    COMMANDS = {row["name"]: row["command"] for row in csv.DictReader(source)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A ledger with both mappings in force and their loans; no case may change it."""
    desk = two_officers(tmp_path_factory.mktemp("mapped"))
    desk.take("entities", ENTITIES)
    mapped(desk, FOLDER / "ledger" / "loans.csv", *SAID)
    taken(desk, "loans", FOLDER / "ledger" / "loans.csv")
    mapped(desk, FOLDER / "ledger" / "events.csv")
    return desk


@pytest.mark.parametrize("name", gallery.names("mapping"))
def test_a_file_that_does_not_fit_is_refused_in_these_words(
    name: str, office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    before = office.size
    answer = call(office, *shlex.split(COMMANDS[name]))
    assert answer.stderr == gallery.expected("mapping", name)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert office.size == before


def test_the_right_files_are_taken(office: Desk) -> None:
    """What the wrong ones differ from: 800 and 1500 in 万元, reported through the day that the title tells."""
    found = taken(office, "events", FOLDER / "ledger" / "events.csv")
    assert [(one["kind"], one["amount_fen"]) for one in found.values()] == [
        ("drawdown", 800 * 10_000 * 100),
        ("drawdown", 1500 * 10_000 * 100),
    ]
    with office.ledger.read() as view:
        assert heard(view)["示例银行"].through == date(2026, 6, 30)


def test_every_file_has_its_message_its_command_and_every_message_its_file() -> None:
    files = {path.stem: path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".xls", ".xlsx")}
    del files["cases"]
    assert set(files) == set(gallery.names("mapping")) == set(COMMANDS)
    assert [name for name, file in files.items() if file not in shlex.split(COMMANDS[name])] == []


def test_the_page_shows_every_message() -> None:
    assert gallery.section("mapping") in gallery.PAGE.read_text(encoding="utf-8"), (
        "run `python -m tests.support.gallery`"
    )
