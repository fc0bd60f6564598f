"""A ledger for practice says that it is one: with every command, on every sheet and order, on every page."""

import csv
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.resources import fixture
from tests.support import office as offices
from tests.support.office import NOTICE, Office
from tests.support.reader import Reader
from tests.support.till import PAYERS, Till, run_quarters, staff

WORD = "LEDGER FOR PRACTICE: nothing in it counts, and nothing is paid by it"


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Till:
    """The office of the other tests, in a ledger for practice."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    monkeypatch.setattr(offices.Office, "begin", lambda office: office.do("init", "--practice", "--actor", "1001"))
    small: Office = offices.open_office.__wrapped__(folder)
    made = Till(folder, small.day)
    made.files = small.files
    staff(made)
    made.take("payers", PAYERS)
    return run_quarters(made)


def cells(path: Path) -> list[str]:
    book = CalamineWorkbook.from_path(str(path))
    return [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]


def test_a_ledger_for_practice_says_so_wherever_it_is_seen(till: Till) -> None:
    said = till.say("run", "show", "2024-03", "--json")
    # What a program reads is as ever; beside it stands the word.
    assert (json.loads(said.stdout)["state"], said.stderr) == ("closed", f"{WORD}\n")
    assert till.say("--lang", "zh_CN", "month", "2024-03").stderr.startswith("练习账本")
    # Reports and lists.
    book = till.folder / "report.xlsx"
    till.do("book", "trial-balance", "--xlsx", str(book))
    assert WORD in cells(book)
    draft = str(fixture(f"notices/{NOTICE}.yaml"))
    for name in ("list.xlsx", "list.csv"):
        till.do("what-if", "--notice", draft, "--list", str(till.folder / name))
    assert WORD in cells(till.folder / "list.xlsx")
    with (till.folder / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[-1][0] == WORD
    # The order: every payee would read it.
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    order = json.loads(till.go(batch).read_text("utf-8"))
    assert [item["memo"] for item in order["items"]] == [f"练习 PRACTICE {batch} 1"]
    # Pages.
    assert till.anchor is None
    assert WORD in Reader(till.url, till.ledger.anchor.folder).page("/inbox?lang=en")


def test_an_office_that_is_no_practice_says_nothing(tmp_path: Path) -> None:
    office = offices.open_office(tmp_path / "ledger")
    said = office.say("budget", "show")
    assert (said.exit_code, said.stderr) == (0, "")
