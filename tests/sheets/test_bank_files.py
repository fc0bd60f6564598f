"""Registers as banks send them: every form that a day, an amount, a rate and a word was seen in, and what is refused.

The figures are those of the file, multiplied by its unit: 1000 under 万元 is 1000 x 10,000 yuan = 1,000,000,000 fen.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.sheets.columns import columns, parse, vocabulary
from ledger.sheets.rows import Reading
from tests.support.bank_rows import LOAN, events, loans, reading, said
from tests.support.desk import FIRM, OTHER_FIRM, workbook

DATA = Path(__file__).parent / "data"


# Days


@pytest.mark.parametrize(
    "day",
    [
        "20260620",
        20260620,
        46193,
        "46193",
        date(2026, 6, 20),
        "2026-6-20 00:00:00",
        "2026/6/20",
        "2026.6.20",
        "2026年6月20日",
        "２０２６－６－２０",
        "2026年6月20号",
        "2026 年 6 月 20 日",
        "2026-06-20 14:30:05",
        "2026-06-20T00:00:00.0",
    ],
)
def test_a_day_in_every_form_is_that_day(day: Any, tmp_path: Path) -> None:
    found = events(tmp_path, date=day)
    assert (found.problems, [row.cells["date"] for row in found.rows]) == ([], ["2026-06-20"])


@pytest.mark.parametrize(
    "day",
    [
        "2026年09月",
        "2026-09-31",
        "20260931",
        "26/9/20",
        "09/20/2026",
        "20/9/2026",
        "2026-09-20 25:00",
        "二〇二六年九月二十日",
        46193.5,
        1,
        99999,
    ],
)
def test_what_is_no_day_for_certain_is_refused(day: Any, tmp_path: Path) -> None:
    assert [problem.code for problem in events(tmp_path, date=day).problems] == ["date_malformed"]


def test_days_as_numbers_are_named(tmp_path: Path) -> None:
    assert said(events(tmp_path, date=46193).warnings) == [
        "events.xlsx:2:3 date: days stand here as numbers, as a spreadsheet keeps them; compare the days with those of "
        "the file [day_from_number]"
    ]


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "events.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["contract_no", "kind", "date", "amount"])
        # 2026-06-20 is 44731 days after 1904-01-01: 46193 - 1462.
        page.write_row(1, 0, ["SF-1", "drawdown", 44731, 1000])
    assert [row.cells["date"] for row in reading(path, "events").rows] == ["2026-06-20"]


@pytest.mark.parametrize(("text", "day"), [("20日", 20), ("每月20日", 20), ("21号", 21), ("月末", 31), ("２０", 20)])
def test_a_settlement_day_in_words(text: str, day: int, tmp_path: Path) -> None:
    assert [row.cells["due_day"] for row in loans(tmp_path, {"结息日": text}).rows] == [day]


# What the file states about itself


def test_sums_and_counts_that_hold_are_no_rows(tmp_path: Path) -> None:
    rows = [{"借款合同号": "SF-1"}, {"借款合同号": "SF-2", "统一社会信用代码": OTHER_FIRM}]
    closing = ["合计", "", "共2户2笔", "", "", 2000]
    found = loans(tmp_path, *rows, below=(closing,))
    assert (said(found.problems), len(found.rows)) == ([], 2)


def test_a_sum_that_is_another_is_refused(tmp_path: Path) -> None:
    rows = [{"借款合同号": "SF-1"}, {"借款合同号": "SF-2"}]
    found = loans(tmp_path, *rows, below=(["合计", "", "", "", "", 3000],), above="单位：万元")
    assert said(found.problems) == [
        "loans.xlsx:5:6 合同金额: the file states a sum of 30,000,000.00 yuan, and the rows above come to "
        "20,000,000.00 yuan; look for a row that is missing, hidden or stands twice, or correct the sum [total_differs]"
    ]


def test_a_count_that_is_another_is_refused(tmp_path: Path) -> None:
    found = loans(tmp_path, {"借款合同号": "SF-1"}, {"借款合同号": "SF-2"}, below=(["共2户，合计3笔"],))
    assert said(found.problems) == [
        "loans.xlsx:4:1: the file counts 2户, and 1户 were read; look for a row that is missing, hidden or stands "
        "twice, or correct the count [count_differs]",
        "loans.xlsx:4:1: the file counts 3笔, and 2笔 were read; look for a row that is missing, hidden or stands "
        "twice, or correct the count [count_differs]",
    ]


def test_sums_of_blocks_and_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    lines = ["contract_no,kind,date,amount", "SF-1,还款,2026-06-20,100", "SF-1,还款,2026-06-21,200", "小计,,,300"]
    lines += ["SF-2,还款,2026-06-20,400", "小计,,,400", "合计,,,700"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert reading(path, "events").problems == []
    path.write_text("\n".join(lines).replace("小计,,,400", "小计,,,700"), encoding="utf-8")
    assert [(one.code, one.place.line) for one in reading(path, "events").problems] == [("total_differs", 6)]


def test_a_sum_of_doubles_is_the_sum_that_the_sheet_shows(tmp_path: Path) -> None:
    rows = [{"借款合同号": f"SF-{n}", "合同金额": 0.1} for n in range(3)]
    # What a spreadsheet keeps for 0.1 + 0.1 + 0.1.
    found = loans(tmp_path, *rows, below=(["合计", "", "", "", "", 0.1 + 0.1 + 0.1],))
    assert found.problems == []


def test_notes_and_repeated_headings_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    heading, row = "contract_no,kind,date,amount", "SF-1,还款,2026-06-20,100"
    notes = "制表人：张三,审核人：李四,2026-07-01,\n备注：以上为全部,,,"
    path.write_text(f"{heading}\n{row}\n{heading}\n{row.replace('20,', '21,')}\n{notes}\n", encoding="utf-8")
    found = reading(path, "events")
    assert (said(found.problems), len(found.rows)) == ([], 2)


# Words


@pytest.mark.parametrize(
    ("register", "column", "word", "value"),
    [
        ("loans", "day_count", "实际/360", "ACT/360"),
        ("loans", "day_count", "实际/365", "ACT/365F"),
        ("loans", "due_every", "按季结息", "quarter"),
        ("loans", "due_counted", "不计息", False),
        ("events", "kind", "放款", "drawdown"),
        ("events", "kind", "提前还款", "repayment"),
        ("premiums", "kind", "缴费", "paid"),
        ("premiums", "kind", "退回", "returned"),
        ("grants", "outcome", "同意", "granted"),
        ("inspections", "finding", "通过", "passed"),
        ("payout-results", "state", "支付成功", "success"),
        ("payout-results", "state", "退还", "returned"),
        ("payers", "wallet_type", "对公钱包", "WT09"),
    ],
)
def test_the_words_of_the_desks(register: str, column: str, word: str, value: Any) -> None:
    (wanted,) = [one for one in columns(register) if one.name == column]
    assert parse(wanted, word) == value


REGISTERS = (
    "entities",
    "payees",
    "payers",
    "loans",
    "events",
    "receipts",
    "policies",
    "premiums",
    "claims",
    "projects",
)
REGISTERS += ("milestones", "dishonesty", "applications", "grants", "inspections", "opening", "payout-results")
REGISTERS += ("worklist", "bank-list", "agent-statement")


@pytest.mark.parametrize("register", REGISTERS)
def test_every_register_takes_every_word_of_its_values(register: str) -> None:
    for column in columns(register):
        for value in column.choices:
            for word in vocabulary()[value]:
                assert parse(column, word) == (value == "yes" if column.kind == "flag" else value), (column.name, word)


# Files


SECTIONS: list[list[Any]] = [["一、科技型企业"], ["（一）小微企业"], ["二", "其他企业"], ["第三部分、存量"]]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda row: row[0])
def test_a_row_that_heads_a_section_is_passed_over_and_named(section: list[Any], tmp_path: Path) -> None:
    found = loans(
        tmp_path, {}, below=(section, ["SF-2", *list(LOAN.values())[1:]], ["合计", "", "共2笔", "", "", 2000])
    )
    assert (found.problems, [row.cells["contract_no"] for row in found.rows]) == ([], ["SF-1", "SF-2"])
    assert [(one.code, one.values["lines"]) for one in found.warnings] == [("section_ignored", "3")]


def test_a_row_that_heads_a_section_and_says_more_is_refused(tmp_path: Path) -> None:
    found = loans(tmp_path, {}, below=(["一、科技型企业", "", "", "", "", 1000],))
    assert said(found.problems) == [
        "loans.xlsx:3:1: '一、科技型企业' heads a section, and the row has cells beside it; delete the row; a sum of "
        "the section is read where it stands below its rows, after 小计 [section_filled]"
    ]


@pytest.mark.parametrize("number", ["一", "二、", "十一"])
def test_numerals_may_number_the_rows(number: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "loans.xlsx", [["序号", *LOAN], [number, *LOAN.values()]])
    assert [row.cells["contract_no"] for row in reading(path).rows] == ["SF-1"]


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("LPR1Y+25BP", "LPR1Y+25BP"),
        ("一年期LPR+25BP", "LPR1Y+25BP"),
        ("1年期LPR加25个基点", "LPR1Y+25BP"),
        ("LPR（1Y）－10bp", "LPR1Y-10BP"),
        ("5年期以上LPR减0.1%", "LPR5Y-0.1%"),
        ("五年期LPR下浮 5 个基点", "LPR5Y-5BP"),
        ("LPR1Y+0.25个百分点", "LPR1Y+0.25%"),
        ("五年期LPR", "LPR5Y"),
    ],
)
def test_a_rate_over_lpr_in_the_words_of_banks(written: str, rate: str, tmp_path: Path) -> None:
    found = loans(tmp_path, {"年利率": written})
    assert (found.problems, [row.cells["rate"] for row in found.rows]) == ([], [rate])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("LPR+25BP", "rate_tenor"),
        ("LPR加25个基点", "rate_tenor"),
        ("15年期LPR+25BP", "rate_tenor"),
        ("一年期LPR上浮10%", "rate_factor"),
        ("LPR1Y×1.1", "rate_factor"),
        ("1年期LPR（5Y）+25BP", "rate_malformed"),
        ("LPR1Y+25", "rate_malformed"),
    ],
)
def test_a_rate_over_lpr_that_may_be_another_is_refused(written: str, code: str, tmp_path: Path) -> None:
    assert [problem.code for problem in loans(tmp_path, {"年利率": written}).problems] == [code]


def test_a_workbook_of_before_2007() -> None:
    found = reading(DATA / "bank.xls")
    assert said(found.problems) == []
    assert [row.cells["amount_fen"] for row in found.rows] == [1_000_000_000, 2_000_500_000]
    # One firm, its cell merged over two loans; the second day was never formatted as one.
    assert [row.cells["uscc"] for row in found.rows] == [FIRM, FIRM]
    assert [row.cells["signed_on"] for row in found.rows] == ["2026-01-12", "2026-01-12"]


def test_rates_of_a_workbook_of_before_2007_are_those_that_its_cells_show() -> None:
    """Numbers 0.0345, 0.03 and 0.03625 in the formats 0.00%, 0% and 0.000%; the last row is hidden."""
    found = reading(DATA / "rates.xls")
    assert said(found.problems) == []
    assert [row.cells["rate"] for row in found.rows] == ["3.45%", "3%", "3.625%"]
    assert [problem.code for problem in found.warnings] == ["rows_hidden"]


def test_formats_of_a_workbook_of_before_2007_that_change_what_a_number_says() -> None:
    """1000 in the format `0.0,` is shown as 1.0, and 3.625 in `0.000"‰"` is no yearly rate in per cent."""
    assert [problem.code for problem in reading(DATA / "formats.xls").problems] == ["format_scaled", "rate_other"]


PAGE = """<html><head><meta charset="gb2312"></head><body><table><tr><td>示例银行</td></tr></table>
<table><tr><th colspan="4">事项（单位：元）</th></tr>
<tr><th>借款合同号</th><th>事项</th><th>日期</th><th>金额</th></tr>
<tr><td rowspan="2">SF<br>001</td><td>放款</td><td>2026-06-20</td><td><b>1,000</b>.00</td></tr>
<tr><td>还款</td><td>20260621</td><td>&yen;500.00</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_a_page_under_the_name_of_a_workbook(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "events.xls"
    path.write_bytes(PAGE.encode(encoding))
    found = reading(path, "events")
    assert said(found.problems) == []
    assert [tuple(row.cells.values()) for row in found.rows] == [
        ("SF 001", "drawdown", "2026-06-20", 100_000),
        ("SF 001", "repayment", "2026-06-21", 50_000),
    ]


def test_unicode_text(tmp_path: Path) -> None:
    path = tmp_path / "events.txt"
    path.write_bytes('借款合同号\t事项\t日期\t金额\r\nSF-1\t放款\t2026/6/20\t"1,000.00"\r\n'.encode("utf-16"))
    assert [row.cells["amount_fen"] for row in reading(path, "events").rows] == [100_000]


def test_text_that_a_program_kept_from_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text('contract_no,kind,date,amount\n="0012",放款,2026-06-20,"=""1,000"""\n', encoding="utf-8")
    (row,) = reading(path, "events").rows
    assert (row.cells["contract_no"], row.cells["amount_fen"]) == ("0012", 100_000)


def test_digits_that_a_spreadsheet_lost_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("contract_no,kind,date,amount\n6.22202E+18,放款,2026-06-20,1\n", encoding="utf-8")
    assert said(reading(path, "events").problems) == [
        "events.csv:2:1 contract_no: 6.22202E+18 is a number that lost its digits in a spreadsheet; format the column "
        "as text and enter the value again [digits_lost]"
    ]


def merged(folder: Path, column: int) -> Reading:
    """Two loans; the cells of a column are one, merged downwards."""
    path = folder / "loans.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(LOAN))
        for line in (1, 2):
            page.write_row(line, 0, [f"SF-{line}", *list(LOAN.values())[1:]])
            page.write_blank(line, column, None, book.add_format())
        page.merge_range(1, column, 2, column, list(LOAN.values())[column])
    return reading(path)


def test_a_firm_merged_downwards_is_the_firm_of_every_row(tmp_path: Path) -> None:
    assert [row.cells["uscc"] for row in merged(tmp_path, 2).rows] == [FIRM, FIRM]


def test_an_amount_merged_downwards_belongs_to_no_row(tmp_path: Path) -> None:
    found = merged(tmp_path, 5)
    assert [(one.code, one.place.line) for one in found.problems] == [("amount_merged", 2), ("amount_merged", 3)]


# Sheets


def book_of(path: Path, *pages: tuple[str, list[list[str]]], hidden: str = "") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, lines in pages:
            page = book.add_worksheet(name)
            for line, cells in enumerate(lines):
                page.write_row(line, 0, cells)
            if name == hidden:
                page.hide()
    return path


REGISTER = [list(LOAN), list(LOAN.values())]
HELP = [["字段", "说明"], ["合同金额", "单位为元"], ["年利率", "须带单位"]]
CHOICES = [["是"], ["否"]]


@pytest.mark.parametrize(
    "pages",
    [
        (("填表说明", HELP), ("台账", REGISTER), ("下拉", CHOICES)),
        (("填写示例", REGISTER), ("台账", REGISTER)),
        (("台账", REGISTER), ("空白", [list(LOAN)])),
    ],
)
def test_sheets_of_instructions_lists_and_examples_are_no_data(pages: Any, tmp_path: Path) -> None:
    found = reading(book_of(tmp_path / "loans.xlsx", *pages))
    assert len(found.rows) == 1
    assert {problem.code for problem in found.warnings} == {"sheet_ignored"}


def test_an_example_beside_an_empty_register_is_no_data_and_neither_is_one_beside_instructions(tmp_path: Path) -> None:
    path = book_of(tmp_path / "loans.xlsx", ("填写示例", REGISTER), ("台账", [list(LOAN)]))
    assert reading(path).rows == []
    path = book_of(tmp_path / "other.xlsx", ("填写示例", REGISTER), ("填报须知", HELP))
    with pytest.raises(Refused) as refused:
        reading(path)
    assert [problem.code for problem in refused.value.problems] == ["sheet_beside"]
    assert len(reading(path, sheet="填写示例").rows) == 1


def test_a_sheet_that_stands_alone_or_is_called_by_its_bank_is_data(tmp_path: Path) -> None:
    assert len(reading(book_of(tmp_path / "loans.xlsx", ("填写示例", REGISTER))).rows) == 1
    assert len(reading(book_of(tmp_path / "bank.xlsx", ("示例银行台账", REGISTER), ("说明", HELP))).rows) == 1


def test_of_two_sheets_of_data_one_is_chosen(tmp_path: Path) -> None:
    other = [list(LOAN), ["SF-2", *list(LOAN.values())[1:]]]
    path = book_of(tmp_path / "loans.xlsx", ("一部", REGISTER), ("二部", other))
    with pytest.raises(Refused) as refused:
        reading(path)
    assert said(list(refused.value.problems)) == [
        "loans.xlsx: several sheets could be the register: 一部, 二部; choose one with --sheet, or bring a file with "
        "one of them alone [sheet_ambiguous]"
    ]
    assert [row.cells["contract_no"] for row in reading(path, sheet="二部").rows] == ["SF-2"]
    with pytest.raises(
        Refused, match=r"the file has no filled sheet '三部'; write the name of one of its sheets: 一部, 二部"
    ):
        reading(path, sheet="三部")


def test_a_hidden_sheet_is_read_only_by_name(tmp_path: Path) -> None:
    path = book_of(tmp_path / "loans.xlsx", ("台账", REGISTER), ("旧", REGISTER), hidden="旧")
    assert len(reading(path).rows) == 1
    assert len(reading(path, sheet="旧").rows) == 1


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("台账")
        for number, cells in enumerate([list(LOAN), list(LOAN.values()), [*{**LOAN, "借款合同号": "SF-2"}.values()]]):
            for place, cell in enumerate(cells):
                page.write_string(number, place, cell)
        page.set_row(2, None, None, {"hidden": True})
    found = reading(path)
    assert [row.cells["contract_no"] for row in found.rows] == ["SF-1", "SF-2"]
    assert [warning.code for warning in found.warnings] == ["rows_hidden"]
