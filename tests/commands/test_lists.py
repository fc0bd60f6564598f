"""Lists for other desks: what a firm writes into its name stays text, in CSV and in XLSX."""

import csv
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.sheets.files import Target
from ledger.sheets.lists import write_list

DAY = date(2024, 6, 3)
FORMULAS = [
    "=1+1",
    "+1-1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("x")',
    " =1+1",
    "\u3000=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20a",
    "-公司",
    "-1,000.00 yuan",
]
HARMLESS = ["", "-", "-5,000,000.00", "+1.5%", "-3", "北京示例公司", "A-1", "2023-06-30", "'=1+1", "a=b"]


def read_back(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_csv_cell_that_a_spreadsheet_would_calculate_gets_an_apostrophe(cell: str, tmp_path: Path) -> None:
    write_list(Target(tmp_path / "list.csv"), "list", ["企业"], [[cell]], DAY)
    assert read_back(tmp_path / "list.csv") == [["企业"], ["'" + cell]]


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_csv_cell_that_is_a_number_or_plain_text_stays_as_it_is(cell: str, tmp_path: Path) -> None:
    write_list(Target(tmp_path / "list.csv"), "list", ["企业"], [[cell]], DAY)
    assert read_back(tmp_path / "list.csv") == [["企业"], [cell]]


def test_xlsx_cells_are_text_without_a_guard(tmp_path: Path) -> None:
    write_list(Target(tmp_path / "list.xlsx"), "list", ["企业"], [["=1+1"], ["-5,000,000.00"]], DAY)
    rows = CalamineWorkbook.from_path(tmp_path / "list.xlsx").get_sheet_by_index(0).to_python()
    assert rows == [["企业"], ["=1+1"], ["-5,000,000.00"]]
