"""A file goes back with what is wrong marked, nothing else altered, and comes again mended."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook

from ledger.sheets.headings import RETURNED, folded
from ledger.sheets.returned import HEADING
from tests.catalogues import read_catalogue, translation
from tests.support.copies import ready
from tests.support.desk import ENTITIES, LOANS, Desk, call, equipped_desk, workbook
from tests.support.mapped import ROWS as LISTED
from tests.support.mapped import SAID, mapped, take, two_officers
from tests.support.mapped import bank_file as bank_list

EVENTS = ["借款合同号", "事项", "日期", "金额"]
ROWS = [
    ["HT1", "放款", date(2024, 2, 1), 5_000_000],
    ["HT2", "提前还款", "2024-02-30", "三十万"],
    ["HT2", "放款", date(2024, 1, 20), None],
    ["HT2", "放款", date(2024, 1, 10), 1_000_000],
]


@ready
def desk(folder: Path) -> Desk:
    """The loans HT1 and HT2."""
    desk = equipped_desk(folder)
    desk.take("entities", ENTITIES)
    desk.take("loans", LOANS + LOANS.splitlines()[1].replace("HT1", "HT2"))
    return desk


def bank_file(path: Path) -> Path:
    """A bank's workbook: a title, its colours and number formats, a formula, a second sheet, a merged cell."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("贷款变动"), book.add_worksheet("填报说明")
        day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"})
        sheet.merge_range(0, 0, 0, 3, "示例银行贷款变动表", book.add_format({"bold": True}))
        sheet.write_row(1, 0, EVENTS, book.add_format({"bg_color": "#D9E1F2"}))
        for line, (contract, kind, on, amount) in enumerate(ROWS, start=2):
            sheet.write_string(line, 0, str(contract))
            sheet.write_string(line, 1, str(kind))
            if isinstance(on, date):
                sheet.write_datetime(line, 2, on, day)
            else:
                sheet.write_string(line, 2, str(on))
            if isinstance(amount, str):
                sheet.write_string(line, 3, amount)
            elif amount:
                sheet.write_number(line, 3, amount, money)
        sheet.write_formula(7, 0, '="制表人："&"张"', None, "制表人：张")
        other.write_string(0, 0, "金额以元填写")
    return path


def cells(path: Path, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(sheet).to_python()]


def give_back(desk: Desk, file: Path, *words: str, lang: str = "en") -> Path:
    out = desk.folder / "back.xlsx"
    said = call(desk, "--lang", lang, "import", "events", str(file), "--mode", "delta", "--returned", str(out), *words)
    assert out.exists(), said.output
    return out


def test_what_is_wrong_is_marked_and_nothing_else_is_altered(desk: Desk) -> None:
    file = bank_file(desk.folder / "变动.xlsx")
    before = desk.size
    out = give_back(desk, file)
    # A refused file is given back too; nothing is taken.
    assert desk.size == before
    was, now = cells(file), cells(out)
    assert [row[:4] for row in now] == was
    assert [row[4] for row in now] == [
        "",
        "What to change",
        "",
        "日期: '2024-02-30' is not a date; write YYYY-MM-DD, for example 2025-06-20\n"
        "金额: '三十万' is not an amount above 0 in yuan; write digits with at most two decimals, for example "
        "1,234,567.89",
        "金额: the cell is empty, and kind drawdown needs it; fill it in",
        "",
        "",
        "",
    ]
    assert cells(out, 1) == cells(file, 1)
    with zipfile.ZipFile(file) as one, zipfile.ZipFile(out) as other:
        assert one.namelist() == other.namelist()
        differing = {name for name in one.namelist() if one.read(name) != other.read(name)}
        sheet = other.read("xl/worksheets/sheet1.xml").decode()
    assert differing == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
    assert "<f>" in sheet


def test_wrong_cells_are_coloured_and_keep_their_format(desk: Desk) -> None:

    out = give_back(desk, bank_file(desk.folder / "变动.xlsx"))
    with zipfile.ZipFile(out) as book:
        sheet, styles = (etree.fromstring(book.read(f"xl/{name}.xml")) for name in ("worksheets/sheet1", "styles"))
    fills = [fill.find(".//{*}fgColor") for fill in styles.iterfind("{*}fills/{*}fill")]
    formats = list(styles.iterfind("{*}cellXfs/{*}xf"))
    coloured = {
        cell.get("r")
        for cell in sheet.iterfind(".//{*}c")
        if (fill := fills[int(formats[int(cell.get("s", 0))].get("fillId"))]) is not None
        and fill.get("rgb") == "FFFFC7CE"
    }
    assert coloured == {"C4", "D4", "D5"}


def test_the_mended_copy_is_taken_and_the_column_knowingly_passed_over(desk: Desk) -> None:
    file = bank_file(desk.folder / "变动.xlsx")
    out = give_back(desk, file, "--hold-bad")
    assert [key.rpartition("/")[0] for key in desk.keys("hold")] == ["event/HT2"] * 2
    mended = desk.folder / "mended.xlsx"
    # The bank writes into the file that it got back; in its XML, so that every other cell stays as we wrote it.
    right = {
        "xl/sharedStrings.xml": [("2024-02-30", "2024-02-28"), ("三十万", "300000")],
        "xl/worksheets/sheet1.xml": [
            ('r="D5" s="', 'r="D5" t="str" s="'),
            ('"/><c r="E5"', '"><v>2000000</v></c><c r="E5"'),
        ],
    }
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(mended, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            for before, after in right.get(part.filename, []):
                assert before.encode() in text, before
                text = text.replace(before.encode(), after.encode())
            new.writestr(part, text)
    said = call(desk, "import", "events", str(mended), "--mode", "delta")
    assert said.exit_code == 0, said.output
    assert "[column_returned]" in said.stderr
    assert desk.keys("hold") == []
    assert desk.keys("event") == [
        "HT1//drawdown/2024-02-01/1",
        "HT2//drawdown/2024-01-10/1",
        "HT2//drawdown/2024-01-20/1",
        "HT2//repayment/2024-02-28/1",
    ]


def test_a_text_goes_back_as_a_workbook_with_its_rows_in_their_lines(desk: Desk) -> None:
    text = "单位：元,,,\ncontract_no,kind,date,amount\n0012,drawdown,2024-02-01,5\nHT1,drawdown,2024-02-01,x\n"
    out = give_back(desk, desk.file(text.encode("gb18030"), "bank.csv"), lang="zh_CN")
    said = cells(out)
    assert [row[:4] for row in said] == [line.split(",") for line in text.splitlines()]
    assert said[1][4] == "修改方法"
    assert said[3][4].startswith("amount: 'x' ")
    # It goes back a second time without a second column, and says only what is wrong now.
    mended = desk.file(text.replace("0012", "HT2").encode("gb18030"), "bank.csv")
    assert give_back(desk, mended, "--force") == out
    again = desk.folder / "again.xlsx"
    out.rename(again)
    out = give_back(desk, again)
    assert [len(row) for row in cells(out)] == [5] * 4
    assert [bool(row[4]) for row in cells(out)] == [False, True, False, True]


def test_a_file_that_is_there_is_not_written_over(desk: Desk) -> None:
    file = bank_file(desk.folder / "变动.xlsx")
    out = give_back(desk, file)
    kept = out.read_bytes()
    for words, code in (([], "file_exists"), (["--hold-bad"], "file_exists")):
        said = call(desk, "import", "events", str(file), "--mode", "delta", "--returned", str(out), *words)
        assert (said.exit_code, f"[{code}]" in said.stderr) == (2, True)
    assert (out.read_bytes(), desk.keys("hold")) == (kept, [])
    said = call(desk, "import", "events", str(file), "--mode", "delta", "--returned", "back.pdf")
    assert (said.exit_code, "[returned_format]" in said.stderr) == (2, True)


def test_a_good_file_is_not_given_back(desk: Desk) -> None:
    out = desk.folder / "back.xlsx"
    file = desk.file("contract_no,kind,date,amount\nHT1,drawdown,2024-02-01,5\n")
    said = call(desk, "import", "events", str(file), "--mode", "delta", "--returned", str(out), "--preview")
    assert (said.exit_code, out.exists(), "Nothing is wrong" in said.stderr) == (0, False, True)


def test_the_column_is_known_again_in_both_languages() -> None:
    chinese = next(translation(entry) for entry in read_catalogue() if entry.id == HEADING)
    assert {folded(HEADING), folded(chinese)} == RETURNED


def test_a_lenders_own_form_goes_back_and_comes_again(tmp_path: Path) -> None:
    desk = two_officers(tmp_path)
    good = bank_list(tmp_path / "台账.xlsx")
    mapped(desk, good, *SAID, "--mode", "full")
    bad = bank_list(tmp_path / "7月.xlsx", [LISTED[0], [*LISTED[1][:6], "面议", *LISTED[1][7:]]])
    out = tmp_path / "退回.xlsx"
    said = take(desk, "loans", bad, "--hold-bad", "--returned", str(out))
    assert said.exit_code == 0, said.output
    assert (desk.keys("loan"), [key.rpartition("/")[0] for key in desk.keys("hold")]) == (["SL-1"], ["loan/SL-2"])
    assert [row[-1] for row in cells(out)][:2] == ["", "What to change"]
    assert "利率（%）: '面议'" in cells(out)[3][-1]
    # The form does not know the added column, and passes it over; the right file lets the loan go.
    assert take(desk, "loans", out, "--hold-bad").exit_code == 0
    assert take(desk, "loans", good).exit_code == 0
    assert (desk.keys("loan"), desk.keys("hold")) == (["SL-1", "SL-2"], [])


def test_headings_that_nobody_knows_are_marked_in_their_row(desk: Desk) -> None:
    file = workbook(desk.folder / "list.xlsx", [["contract_no", "kind", "when", "date", "amount"], ["HT1"]])
    out = give_back(desk, file)
    assert cells(out)[0][5].startswith("What to change: the register has no column 'when'; ")
