"""Register files as offices send them: encodings, separators, headings in two languages, damaged cells."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.sheets.columns import columns
from ledger.sheets.read import Sheet, read_sheet
from tests.support.desk import workbook

CHINESE = "统一社会信用代码,企业名称,注册地区,注册起始日\n91310115591693856A,甲公司,海淀区,2015-03-02\n"
CELLS = {"uscc": "91310115591693856A", "name": "甲公司", "district": "海淀区", "district_from": "2015-03-02"}


def sheet(folder: Path, content: bytes, register: str = "entities") -> Sheet:
    path = folder / "firms.csv"
    path.write_bytes(content)
    return read_sheet(path, columns(register))


def refusal(folder: Path, content: bytes, register: str = "entities") -> list[str]:
    with pytest.raises(Refused) as refused:
        sheet(folder, content, register)
    return [problem.render() for problem in refused.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_reads_the_same_however_it_was_saved(encoding: str, separator: str, ending: str, tmp_path: Path) -> None:
    text = CHINESE.replace(",", separator).replace("\n", ending)
    assert [row.cells for row in sheet(tmp_path, text.encode(encoding)).rows] == [CELLS]


def test_a_byte_order_mark_of_gb18030_is_no_part_of_the_heading(tmp_path: Path) -> None:
    assert [row.cells for row in sheet(tmp_path, ("\ufeff" + CHINESE).encode("gb18030")).rows] == [CELLS]


def test_headings_may_be_english_chinese_or_those_of_the_template(tmp_path: Path) -> None:
    headings = ["uscc", "Registered  NAME", "注册地区", "注册起始日 Registered there from"]
    text = ",".join(headings) + "\n91310115591693856A,甲公司,海淀区,2015-03-02\n"
    assert [row.cells for row in sheet(tmp_path, text.encode()).rows] == [CELLS]


def test_a_title_above_the_headings_and_empty_rows_do_no_harm(tmp_path: Path) -> None:
    content = "2024年企业名录,,,\n\n" + CHINESE + ",,,\n\n"
    read = sheet(tmp_path, content.encode())
    assert [(row.line, row.cells) for row in read.rows] == [(4, CELLS)]


def test_tabs_and_wide_spaces_around_a_cell_are_stripped(tmp_path: Path) -> None:
    content = CHINESE.replace("91310115591693856A", "\t91310115591693856A\t").replace("甲公司", "\u3000甲公司 ")
    assert [row.cells for row in sheet(tmp_path, content.encode()).rows] == [CELLS]


def test_a_row_is_placed_by_its_first_line_even_after_a_cell_of_two_lines(tmp_path: Path) -> None:
    content = CHINESE + '91310110666007217T,"乙\n公司",朝阳区,2016-01-01\n91310115591693856A,甲公司,昌平区,2017-01-01\n'
    assert [(row.line, row.cells["name"]) for row in sheet(tmp_path, content.encode()).rows] == [
        (2, "甲公司"),
        (3, "乙 公司"),
        (5, "甲公司"),
    ]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert sheet(tmp_path, b"\n").rows == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"91310115591693856A,Beta,Haidian,2015-03-02\n",
            "firms.csv:1:1: the file has no heading row; write the headings of the register into one row, at least "
            "Credit code, Registered name, Registered district, Registered there from; `subsidy template` makes an "
            "empty one [headings_missing]",
        ),
        (
            "企业名称,uscc,district,district_from,备注\n".encode(),
            "firms.csv:1:5: the register has no column '备注'; remove the column, or use a heading of the template "
            "[heading_unknown]",
        ),
        (
            b"uscc,name,district,district_form,district_from\n",
            "firms.csv:1:4: the register has no column 'district_form'; did you mean 'district_from'? Otherwise remove "
            "the column [heading_unknown]",
        ),
        (
            b"uscc,name,district,district_from,Credit code\n",
            "firms.csv:1:5: the heading 'Credit code' stands there twice; remove one of the two columns "
            "[heading_twice]",
        ),
        (
            b"uscc,name,district\n",
            "firms.csv:1:1: the column district_from is missing; add it with the heading 'Registered there from' or "
            "'注册起始日' [column_missing]",
        ),
        (
            b"\xff\xfe\x00u\x00",
            "firms.csv: the file is neither UTF-8, UTF-16 nor GB18030 text, nor an XLSX workbook; save it as XLSX or "
            "as CSV UTF-8 [encoding_unknown]",
        ),
        (
            b"PK\x03\x04 not really",
            "firms.csv: the workbook cannot be read; save it again as XLSX without a password [workbook_unreadable]",
        ),
    ],
)
def test_what_is_wrong_with_the_file_as_a_whole(content: bytes, problem: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content) == [problem]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^none\.csv: the file cannot be read \(No such file or directory\)"):
        read_sheet(tmp_path / "none.csv", columns("entities"))


def test_a_file_of_data_alone_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    (message,) = refusal(tmp_path, b"91310115591693856A,bank,102100000021,,6222020200112233,Beta\n", "payees")
    assert "6222020200112233" not in message


def test_cells_beyond_the_headings_are_named(tmp_path: Path) -> None:
    read = sheet(tmp_path, CHINESE.replace("甲公司", "甲,公司").encode())
    assert [(one.code, one.place.line, one.place.column) for one in read.problems] == [("cell_without_heading", 2, 5)]


HEADINGS = ["contract_no", "lender", "uscc", "signed_on", "matures_on", "amount", "day_count", "due_every"]


def loan_cells(folder: Path, **cells: object) -> Sheet:
    row: dict[str, object] = {
        "contract_no": "HT1",
        "lender": "Bank A",
        "uscc": "91310115591693856A",
        "signed_on": date(2024, 1, 8),
        "matures_on": "2026年1月10日",
        "amount": 30_000_000,
        "day_count": "ACT/360",
        "due_every": "quarter",
        "due_counted": "是",
        "rate": "3.55%",
        **cells,
    }
    return read_sheet(workbook(folder / "loans.xlsx", [list(row), list(row.values())]), columns("loans"))


def test_a_workbook_reads_real_dates_and_numbers(tmp_path: Path) -> None:
    (row,) = loan_cells(tmp_path).rows
    assert row.cells["signed_on"] == "2024-01-08"
    assert row.cells["amount"] == "30000000"


# A double holds at least 15 significant decimal digits, so every text of up to 15 comes back as itself.
@pytest.mark.parametrize("text", ["0.1", "0.29", "1.15", "33725.07", "9999999999999.99", "123456789012345"])
def test_a_numeric_amount_is_taken_as_it_was_typed(text: str, tmp_path: Path) -> None:
    (row,) = loan_cells(tmp_path, amount=float(text)).rows
    assert row.cells["amount"] == text


@pytest.mark.parametrize("number", [33725.0 / 7, 1.0 / 3, 1234567890123456.0])
def test_a_number_that_excel_cannot_have_kept_is_refused(number: float, tmp_path: Path) -> None:
    read = loan_cells(tmp_path, amount=number)
    assert [one.render() for one in read.problems] == [
        "loans.xlsx:2:6 amount: the number has more than 15 digits, which Excel does not keep; enter it as text; a "
        "formula wants ROUND(..., 2) [number_inexact]"
    ]


@pytest.mark.parametrize("value", [20240001, date(2024, 1, 1)])
def test_an_identifier_that_excel_made_a_number_or_a_date_is_refused(value: object, tmp_path: Path) -> None:
    read = loan_cells(tmp_path, contract_no=value)
    assert [one.render() for one in read.problems] == [
        "loans.xlsx:2:1 contract_no: the cell holds a number, and Excel keeps 15 digits and no leading zeros; format "
        "the column as text and enter the value again [identifier_is_number]"
    ]


def test_a_formula_error_is_not_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "firms.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["uscc", "name", "district", "district_from", "status"])
        page.write_row(1, 0, ["91310115591693856A", "Beta", "Haidian", "2015-03-02"])
        page.write_formula(1, 4, "=NA()", None, "#N/A")
    with pytest.raises(Refused, match=r"2:5: the cell holds a formula error .*formula_error"):
        read_sheet(path, columns("entities"))


def test_the_sheet_with_the_headings_is_read_and_filled_ones_beside_it_are_named(tmp_path: Path) -> None:
    path = tmp_path / "firms.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("2024")
        page.write_row(0, 0, ["uscc", "name", "district", "district_from"])
        page.write_row(1, 0, list(CELLS.values()))
        # An error there concerns nobody: it has no headings of the register.
        book.add_worksheet("续表").write_formula(1, 4, "=NA()", None, "#N/A")
        book.add_worksheet("empty")
        hidden = book.add_worksheet("choices")
        hidden.write(0, 0, "x")
        hidden.hide()
    read = read_sheet(path, columns("entities"))
    assert [row.cells for row in read.rows] == [CELLS]
    assert [one.render() for one in read.warnings] == [
        "firms.xlsx: the sheet '续表' was not read; if rows of the register stand in it, choose it with --sheet, or "
        "move them into the other one [sheet_ignored]"
    ]


@pytest.mark.parametrize("total", ["合计,,,", "合 计：,,,", ",总计,,", "Total,,,", "小计,1,,"])
def test_a_row_of_sums_is_no_row_of_the_register(total: str, tmp_path: Path) -> None:
    assert [row.cells for row in sheet(tmp_path, (CHINESE + total + "\n").encode()).rows] == [CELLS]
