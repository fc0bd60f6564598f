"""Templates: every one reads back, also when filled with its own examples."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.commands.registry.template import NAMES
from ledger.registry.operators import shipped
from ledger.sheets.columns import columns
from ledger.sheets.files import Target
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import read_rows
from ledger.sheets.templates import comment, write_template
from tests.support.desk import Desk, call, workbook


@pytest.mark.parametrize("register", NAMES)
def test_an_empty_template_reads_back_without_rows(register: str, tmp_path: Path) -> None:
    path = tmp_path / f"{register}.xlsx"
    write_template(register, Target(path))
    sheet = read_sheet(path, columns(register))
    assert sheet.rows == []
    assert list(sheet.headings) == [column.name for column in columns(register)]


@pytest.mark.parametrize("register", NAMES)
def test_the_examples_of_a_register_are_readable_cells(register: str, tmp_path: Path) -> None:
    columns_ = columns(register)
    path = workbook(
        tmp_path / "filled.xlsx",
        [[column.heading for column in columns_], [column.example for column in columns_]],
    )
    reading = read_rows(read_sheet(path, columns_), columns_)
    assert reading.problems == []
    assert len(reading.rows) == 1
    assert all(comment(column) for column in columns_)


def test_headings_are_unambiguous_within_a_register() -> None:
    for register in NAMES:
        headings = [heading for column in columns(register) for heading in {one.casefold() for one in column.headings}]
        assert len(headings) == len(set(headings)), register


def test_the_command_writes_one_workbook_per_register(desk: Desk) -> None:
    answer = call(desk, "template", "loans", "events", "--out", str(desk.folder / "forms"))
    assert answer.exit_code == 0
    assert sorted(path.name for path in (desk.folder / "forms").iterdir()) == ["events.xlsx", "loans.xlsx"]
    (first, *_rest) = (
        CalamineWorkbook.from_path(str(desk.folder / "forms/loans.xlsx")).get_sheet_by_index(0).to_python()
    )
    assert first[0] == "借款合同号 Contract no."
    taken = call(desk, "import", "loans", str(desk.folder / "forms/loans.xlsx"), "--mode", "delta")
    assert (taken.exit_code, taken.output.splitlines()[-1]) == (0, "The file has no rows; nothing was written.")


@pytest.mark.parametrize("register", NAMES)
def test_the_page_lists_every_column_with_its_headings(register: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "registers.md").read_text(encoding="utf-8")
    for column in columns(register):
        needed = "yes" if column.required else "no"
        assert f"| {column.name} | {column.english} | {column.chinese} | {needed} |" in page


def test_the_page_lists_every_wallet_institution() -> None:
    page = (Path(__file__).parents[2] / "docs" / "registers.md").read_text(encoding="utf-8")
    assert [code for code, one in shipped().items() if f"| {code} | {one.name_zh} |" not in page] == []
