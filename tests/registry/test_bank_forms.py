"""Every form in which banks were seen to send their files: each is mapped and read, or refused in words that tell why.

Each file is made here, with cells as a bank has them, and the facts are worked out from those cells.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.support.desk import FIRM, OTHER_FIRM, Desk, call
from tests.support.mapped import bank_file, codes, mapped, propose, take, taken, two_officers

DATA = Path(__file__).parents[1] / "sheets" / "data"
WAN = 10_000 * 100
YUAN = 100


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One ledger; each form is another lender's, with contracts of its own."""
    return two_officers(tmp_path_factory.mktemp("forms"))


def said(answer: dict[str, dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one.get(name) for name in names) for one in answer.values()]


def cells(path: Path, lines: list[list[Any]], formats: dict[tuple[int, int], str] | None = None) -> Path:
    """A workbook with these cells from the first row on; `formats` by (row, column) from 0."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Sheet1")
        for line, row in enumerate(lines):
            for place, value in enumerate(row):
                style = book.add_format({"num_format": (formats or {}).get((line, place), "General")})
                if value != "":
                    page.write(line, place, value, style)
    return path


# Days, rates, amounts and words in a bank's columns

HEADINGS = [
    "合同编号",
    "社会信用代码",
    "借款金额",
    "执行利率",
    "签约日期",
    "到期日期",
    "付息方式",
    "计息方式",
    "每期结息日",
]
COUNTED = ["--set", "due_counted=no"]


def test_days_as_numbers_rates_by_their_format_amounts_in_words_and_a_day_in_words(desk: Desk, tmp_path: Path) -> None:
    """46193 is the spreadsheet's number of 2026-06-20, so 46549, 356 days later, is 2027-06-11."""
    lines = [
        HEADINGS,
        ["FA-1", FIRM, "￥1,000,000.00元", 0.0345, 20260620, 46549, "按季付息", "实际/360", "20日"],
        ["FA-2", FIRM, "100万元", 0.031, "2026.6.20", "2027年6月20日", "按月结息", "ACT/360", "每月21日"],
        ["FA-3", FIRM, "1000000元", "3%", 20260620.0, 46549, "季结", "A/365", "月末"],
    ]
    file = cells(tmp_path / "甲.xlsx", lines, {(1, 3): "0.00%", (2, 3): "0.00%"})
    mapped(desk, file, *COUNTED, lender="示例甲行")
    found = taken(desk, "loans", file, lender="示例甲行")
    assert said(found, "amount_fen", "rate", "signed_on", "matures_on", "due_every", "day_count", "due_day") == [
        (1_000_000 * YUAN, "3.45%", "2026-06-20", "2027-06-11", "quarter", "ACT/360", 20),
        (100 * WAN, "3.1%", "2026-06-20", "2027-06-20", "month", "ACT/360", 21),
        (1_000_000 * YUAN, "3%", "2026-06-20", "2027-06-11", "quarter", "ACT/365F", 31),
    ]


def test_a_rate_by_the_month_is_twelve_of_them_a_year_and_a_rounded_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    """3.625 per mille a month are 12 x 3.625 / 10 = 4.35 per cent a year; 2.9583 would be 3.54996, for 3.55."""
    headings = ["月利率（‰）" if heading == "执行利率" else heading for heading in HEADINGS]
    row = ["FM-1", FIRM, 600, 3.625, "2026-01-12", "2027-01-12", "按季", "ACT/360", 20]
    file = cells(tmp_path / "月.xlsx", [["单位：万元"], headings, row])
    mapped(desk, file, *COUNTED, lender="示例月行")
    wrong = cells(tmp_path / "wrong.xlsx", [["单位：万元"], headings, [*row[:3], 2.9583, *row[4:]]])
    assert codes(take(desk, "loans", wrong, lender="示例月行")) == ["rate_rounded"]
    answer = take(desk, "loans", file, "--preview", lender="示例月行")
    assert "rates are in 月‰ here, and were brought to per cent a year (月利率（‰）)" in answer.stderr
    assert said(taken(desk, "loans", file, lender="示例月行"), "rate") == [("4.35%",)]


def test_headings_in_two_rows_are_one_form(desk: Desk, tmp_path: Path) -> None:
    upper = ["合同编号", "社会信用代码", "贷款信息（万元）", "", "日期", "", "付息方式", "计息方式", "每期结息日"]
    lower = ["", "", "金额", "利率", "签约", "到期", "", "", ""]
    row = ["FT-1", FIRM, 600, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20]
    file = cells(tmp_path / "两行.xlsx", [["示例银行贷款明细表"], upper, lower, row])
    mapped(desk, file, *COUNTED, lender="示例两行")
    found = taken(desk, "loans", file, lender="示例两行")
    assert said(found, "amount_fen", "rate", "signed_on", "matures_on") == [
        (600 * WAN, "3.45%", "2026-01-12", "2027-01-12")
    ]


def test_sums_and_counts_of_the_file_are_no_rows_and_are_checked(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["FB-1", FIRM, 600, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20],
        ["FB-2", FIRM, 400, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20],
        ["FB-3", OTHER_FIRM, 50, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20],
    ]
    title = ["单位：万元"]
    right = [title, HEADINGS, *rows[:2], ["小计", "", 1000], rows[2], ["小计", "", 50], ["合计", "共2户", 1050]]
    file = cells(tmp_path / "乙.xlsx", right)
    mapped(desk, file, *COUNTED, lender="示例乙行")
    for closing, code in ((["合计", "共3户", 1050], "count_differs"), (["合计", "共2户", 1500], "total_differs")):
        wrong = cells(tmp_path / "wrong.xlsx", [*right[:-1], closing])
        assert codes(take(desk, "loans", wrong, lender="示例乙行")) == [code]
    assert said(taken(desk, "loans", file, lender="示例乙行"), "amount_fen") == [
        (600 * WAN,),
        (400 * WAN,),
        (50 * WAN,),
    ]


def test_a_workbook_of_before_2007_with_firms_merged_downwards(desk: Desk) -> None:
    """The second day was never formatted: 46034 is 159 days before 46193 (2026-06-20), so 2026-01-12."""
    file = DATA / "own-form.xls"
    mapped(desk, file, *COUNTED, "--set", "due_day=20", lender="示例丙行")
    found = taken(desk, "loans", file, lender="示例丙行")
    assert said(found, "contract_no", "uscc", "amount_fen", "rate", "signed_on", "matures_on", "day_count") == [
        ("XB-1", FIRM, 1000 * WAN, "3.45%", "2026-01-12", "2027-01-12", "ACT/360"),
        ("XB-2", FIRM, 5_005_000 * YUAN, "3.10%", "2026-01-12", "2027-01-12", "ACT/360"),
        ("XB-3", OTHER_FIRM, 20 * WAN, "3%", "2026-02-03", "2028-02-03", "ACT/360"),
    ]


# Text and pages

TABLE = [
    ["合同编号", "社会信用代码", "借款金额（万元）", "执行利率", "签约日期", "到期日期", "付息方式"],
    ["{no}-1", FIRM, "800", "3.45%", "2026/1/12", "20270112", "按季付息，到期还本"],
    ["{no}-2", FIRM, "1,500.5", "3.10%", "2026年2月3日", "2028-2-3", "按月付息，到期还本"],
]
TERMS = ["--set", "day_count=ACT/360", "--set", "due_day=20", "--set", "due_counted=no"]


def page(no: str) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    text = f'<html><head><meta charset="gb2312"></head><body><table>{rows}</table></body></html>'
    return text.replace("{no}", no).encode("gb18030")


def text_of(no: str, separator: str, guarded: bool = False) -> str:
    rows = [
        [f'="{cell}"' if guarded and line else f'"{cell}"' if separator in cell else cell for cell in row]
        for line, row in enumerate(TABLE)
    ]
    return "\r\n".join(separator.join(row) for row in rows).replace("{no}", no)


@pytest.mark.parametrize(
    ("no", "name", "content"),
    [
        ("HT", "报表.xls", lambda: page("HT")),
        ("UT", "报表.txt", lambda: text_of("UT", "\t").encode("utf-16")),
        ("GB", "报表.csv", lambda: text_of("GB", ",").encode("gb18030")),
        ("GU", "报表2.csv", lambda: text_of("GU", "\t", guarded=True).encode("utf-8-sig")),
    ],
    ids=["HTML named .xls", "Unicode text", "CSV of a Chinese desk", "text kept from the spreadsheet"],
)
def test_pages_and_texts(no: str, name: str, content: Callable[[], bytes], desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content())
    lender = f"示例{no}行"
    mapped(desk, file, *TERMS, lender=lender)
    found = taken(desk, "loans", file, lender=lender)
    assert said(found, "contract_no", "amount_fen", "signed_on", "matures_on", "due_every") == [
        (f"{no}-1", 800 * WAN, "2026-01-12", "2027-01-12", "quarter"),
        (f"{no}-2", 15_005_000 * YUAN, "2026-02-03", "2028-02-03", "month"),
    ]


# What happened to loans, and interest


def loans_of(desk: Desk, lender: str, no: str) -> None:
    """A loan of 10m over 2026, in the template's form."""
    heading = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_counted,rate\n"
    row = f"{no},{lender},{FIRM},2026-01-08,2026-12-31,10000000,ACT/360,quarter,no,3.45%\n"
    desk.take("loans", heading + row)


@pytest.mark.parametrize(
    ("title", "through"),
    [
        ("贷款变动表 截至2026年6月30日", "2026-06-30"),
        ("2026年6月贷款变动表", "2026-06-30"),
        ("2026年第二季度贷款变动表", "2026-06-30"),
        ("贷款变动表　统计日期：2026-6-28", "2026-06-28"),
    ],
)
def test_events_in_the_banks_words_with_the_day_that_the_title_tells(
    title: str, through: str, desk: Desk, tmp_path: Path
) -> None:
    no = f"EV-{through}-{len(title)}-{title[0]}"
    lender = f"示例{no}行"
    loans_of(desk, lender, no)
    lines = [
        [title],
        ["合同号", "业务类型", "发生日期", "发生额（万元）", "备注"],
        [no, "贷款发放", "2026/1/12", 1000, ""],
        [no, "部分提前还款", 20260520, 200.5, "客户申请"],
    ]
    file = cells(tmp_path / "变动.xlsx", lines)
    mapped(desk, file, lender=lender)
    answer = take(desk, "events", file, "--preview", "--json", lender=lender)
    assert json.loads(answer.stdout)["mapping"]["rules"]["through"] == "file"
    found = taken(desk, "events", file, lender=lender)
    assert said(found, "kind", "date", "amount_fen") == [
        ("drawdown", "2026-01-12", 1000 * WAN),
        ("repayment", "2026-05-20", 2_005_000 * YUAN),
    ]
    imported = [body for body in imports(desk) if body.get("lender") == lender and body["register"] == "event"]
    assert [(body["mode"], body["through"]) for body in imported] == [("delta", through)]


def imports(desk: Desk) -> list[dict[str, Any]]:
    with desk.ledger.read() as view:
        return [
            view.record(seq) for seq in range(view.size) if view.record(seq)["$schema"].startswith("subsidy/import/")
        ]


def test_interest_that_was_paid_on_the_day_it_was_due(desk: Desk, tmp_path: Path) -> None:
    lender = "示例丁行"
    loans_of(desk, lender, "RC-1")
    lines = [["合同号", "应付息日", "实收利息（元）"], ["RC-1", "2026-03-20", "33,725.00"]]
    file = cells(tmp_path / "付息.xlsx", lines)
    assert "--set 'paid_on=VALUE'" in propose(desk, file, lender=lender).stderr
    mapped(desk, file, "--same", "paid_on=应付息日", lender=lender)
    found = taken(desk, "receipts", file, lender=lender)
    assert said(found, "due", "paid_on", "interest_fen") == [("2026-03-20", "2026-03-20", 33_725 * YUAN)]


# What is refused in every form


def test_numbers_that_lost_digits_are_named_while_the_mapping_is_made(desk: Desk, tmp_path: Path) -> None:
    row = ["6.22202E+18", FIRM, 100, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20]
    answer = propose(desk, cells(tmp_path / "丁.xlsx", [HEADINGS, row]), *COUNTED, lender="示例戊行")
    assert answer.exit_code == 0
    assert "Warning: 丁.xlsx:2:1 合同编号: 6.22202E+18 is a number that lost its digits" in answer.stderr


def test_a_bad_row_under_a_mapping_can_be_held(desk: Desk, tmp_path: Path) -> None:
    good = ["HB-1", FIRM, 100, "3.45%", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20]
    bad = ["HB-2", FIRM, "约100", *good[3:]]
    file = cells(tmp_path / "己.xlsx", [["单位：万元"], HEADINGS, good, bad])
    mapped(desk, file, *COUNTED, lender="示例己行")
    assert codes(take(desk, "loans", file, lender="示例己行")) == ["amount_malformed"]
    answer = take(desk, "loans", file, "--hold-bad", "--json", lender="示例己行")
    said_ = json.loads(answer.stdout)
    assert ([row["key"] for row in said_["rows"]], [hold["stops"] for hold in said_["held"]]) == (["HB-1"], ["HB-2"])
    assert "mapping" in said_


def test_a_mapping_says_a_sheet_that_was_chosen(desk: Desk, tmp_path: Path) -> None:
    rows = [
        [n, "甲公司", FIRM, f"SH-{n}", "", 10, 3.45, date(2026, 1, 12), date(2027, 1, 12), "按季结息", ""]
        for n in (1, 2)
    ]
    two = bank_file(tmp_path / "庚.xlsx", rows, sheets=("新增", "存量"))
    words = [*TERMS, "--same", "signed_on=放款日期"]
    mapped(desk, two, *words, "--sheet", "存量", lender="示例庚行")
    assert len(taken(desk, "loans", two, lender="示例庚行")) == 2
    other = bank_file(tmp_path / "other.xlsx", rows, sheets=("新增", "余额"))
    assert codes(take(desk, "loans", other, lender="示例庚行")) == ["sheet_unknown"]


def test_a_floating_rate_asks_how_it_is_repriced(desk: Desk, tmp_path: Path) -> None:
    row = ["LP-1", FIRM, 100, "LPR1Y+25BP", "2026-01-12", "2027-01-12", "按季", "ACT/360", 20]
    file = cells(tmp_path / "辛.xlsx", [["单位：万元"], HEADINGS, row])
    answer = propose(desk, file, *COUNTED, lender="示例辛行")
    assert codes(answer) == ["mapping_column_lacking"]
    mapped(desk, file, *COUNTED, "--set", "repriced=每年1月1日", lender="示例辛行")
    shown = json.loads(call(desk, "import", "map", "--show", "示例辛行", "--json").stdout)
    assert {"column": "repriced", "value": "january_1"} in shown[0]["rules"]["given"]
