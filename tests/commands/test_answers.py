"""Every command that answers does so for programs (`--json`) and, where it prints tables, in a workbook (`--xlsx`)."""

from pathlib import Path

import click
import pytest
from python_calamine import CalamineWorkbook

from tests.catalogues import commands
from tests.support.office import Office, open_office

# Commands that only read and print no JSON; each with why.
NO_JSON = {
    "subsidy demo": "makes a folder",
    "subsidy notice show": "prints the notice's file as it is",
    "subsidy template": "writes a workbook",
    "subsidy facts export": "writes a Parquet file",
    "subsidy console": "answers in a browser",
    "subsidy serve": "answers programs",
    "subsidy sign": "gives a signature to be handed over",
    "subsidy sign-in": "keeps a token in a file",
    "subsidy sign-out": "takes the token away",
    "subsidy witness new": "makes a key",
    "subsidy witness ask": "writes a request to be handed over",
    "subsidy witness sign": "gives a cosignature to be handed over",
    "subsidy commands": "is the list of all help",
}
# Commands that print sentences or a worksheet, and no table; of a what-if `--list` is the workbook.
NO_TABLE = {
    "subsidy notice check",
    "subsidy notice read-back",
    "subsidy calc accrual",
    "subsidy calc interest-discount",
    "subsidy calc insurance-premium",
    "subsidy calc incentive",
    "subsidy calc allocated-subsidy",
    "subsidy month",
    "subsidy entity money",
    "subsidy reconcile read",
    "subsidy audit verify",
    "subsidy backup",
    "subsidy what-if",
}


def reading() -> dict[str, set[str]]:
    """Commands that need no officer -> their options."""
    found = {
        words: {name for param in command.params for name in param.opts}
        for words, command in commands()
        if not isinstance(command, click.Group)
    }
    return {words: options for words, options in found.items() if "--actor" not in options}


def test_every_answer_is_there_for_programs() -> None:
    assert {words for words, options in reading().items() if "--json" not in options} == NO_JSON.keys()


def test_every_table_is_there_for_a_spreadsheet() -> None:
    assert {
        words for words, options in reading().items() if "--json" in options and "--xlsx" not in options
    } == NO_TABLE


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "ledger"
    folder.mkdir()
    return open_office(folder)


def test_a_workbook_has_what_is_printed_with_amounts_as_numbers(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "budget.xlsx"
    said = office.do("budget", "show", "--xlsx", str(file))
    assert said.endswith(f"Written: {file}\n")
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    # 2,000,000.00 passed on whole to loan-interest, of which 500,000.00 are granted.
    assert rows == [
        ["subsidy budget show", "", "", ""],
        ["Envelope", "Limit", "Used", "Available"],
        ["2024", 2_000_000, 500_000, 0],
        ["2024/loan-interest", 2_000_000, 500_000, 1_500_000],
    ]


def test_a_workbook_has_a_sheet_for_each_table(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "firm.xlsx"
    office.take("entities", "uscc,name,district,district_from\n91310115591693856A,=1+1,海淀区,2015-03-02\n")
    office.do("entity", "list", "--xlsx", str(file))
    assert CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()[2] == ["91310115591693856A", "=1+1"]
    printed = office.do("book", "entry", "1", "--xlsx", str(file), "--force")
    sheets = CalamineWorkbook.from_path(file).sheet_names
    assert len(sheets) == sum(line.startswith("---") for line in printed.splitlines()) == 2


def test_an_answer_without_a_table_is_an_empty_workbook(office: Office, tmp_path: Path) -> None:
    office.do("import", "holds", "--xlsx", str(tmp_path / "holds.xlsx"))
    rows = CalamineWorkbook.from_path(tmp_path / "holds.xlsx").get_sheet_by_index(0).to_python()
    assert rows == [["subsidy import holds"], ["nothing"]]


def test_what_is_refused_writes_nothing(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "there.xlsx"
    assert office.say("run", "show", "2024-03", "--xlsx", str(file)).exit_code == 2
    both = office.say("budget", "show", "--json", "--xlsx", str(file))
    assert (both.exit_code, both.stdout, file.exists()) == (2, "", False)
    file.write_text("mine", encoding="utf-8")
    refused = office.say("budget", "show", "--xlsx", str(file))
    assert (refused.exit_code, refused.stdout, file.read_text(encoding="utf-8")) == (2, "", "mine")
    assert "[file_exists]" in refused.stderr
    office.do("budget", "show", "--xlsx", str(file), "--force")
    assert file.read_bytes()[:2] == b"PK"
