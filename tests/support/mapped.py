"""A desk of two officers for files as lenders send them: 1001 proposes how they are read, 1002 agrees."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from click.testing import Result

from tests.support.desk import FIRM, OTHER_FIRM, Desk, call, equipped_desk

SECOND = "1002"
LENDER = "示例银行"
TITLE = "示例银行分行2026年贴息贷款明细表（单位：万元）"
HEADINGS = [
    "序号",
    "客户名称",
    "统一社会信用代码",
    "借款合同编号",
    "借据号",
    "贷款金额（万元）",
    "利率（%）",
    "放款日期",
]
HEADINGS += ["到期日期", "结息方式", "贷款用途"]
# A number, digits at full width; a date cell, days in words and with slashes; rates as number and as text.
ROWS: list[list[Any]] = [
    [1, "甲公司", FIRM, "SL-1", "", 800, 3.45, date(2026, 1, 12), date(2027, 1, 12), "按季结息", "流动资金"],
    [2, "乙公司", OTHER_FIRM, "SL-2", "", "１５００", "3.10", "2026年2月3日", "2028/2/3", "按月结息", "设备购置"],
]
TOTAL: list[Any] = ["合计", "", "", "", "", 2300]
# What that form of file does not say.
SAID = ["--set", "day_count=ACT/360", "--set", "due_day=20", "--set", "due_counted=yes", "--same", "signed_on=放款日期"]


def bank_file(
    path: Path,
    rows: list[list[Any]] | None = None,
    headings: list[str] | None = None,
    title: str = TITLE,
    sheets: tuple[str, ...] = ("台账",),
) -> Path:
    """A workbook as a bank makes it: a title merged over the table, headings of its own, a row of sums."""
    headings = headings or HEADINGS
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d"}) as book:
        for name in sheets:
            page = book.add_worksheet(name)
            page.merge_range(0, 0, 0, len(headings) - 1, title)
            lines = [headings, *(ROWS if rows is None else rows), [], TOTAL]
            for number, line in enumerate(lines if rows is None else lines[:-2], start=1):
                for place, value in enumerate(line):
                    if isinstance(value, date):
                        page.write_datetime(number, place, value)
                    elif value != "":
                        page.write(number, place, value)
    return path


def two_officers(folder: Path) -> Desk:
    """A ledger with its register of firms empty and a second officer."""
    desk = equipped_desk(folder)
    assert call(desk, "people", "add", SECOND, "--post", "审核岗", "--document", "任-2").exit_code == 0
    return desk


def propose(desk: Desk, file: Path, *words: str, lender: str = LENDER) -> Result:
    """What proposing a mapping answers."""
    return call(desk, "import", "map", lender, str(file), *words)


def number_of(answer: Result) -> str:
    """The number under which a proposal waits."""
    found = re.search(r"subsidy approve (\d+)", answer.stdout)
    assert found, f"{answer.exit_code}\n{answer.output}\n{answer.exception!r}"
    return found[1]


def confirm(desk: Desk, number: str, *words: str) -> Result:
    """What agreeing by the second officer answers."""
    return call(desk, "approve", number, "--actor", SECOND, *words)


def mapped(desk: Desk, file: Path, *words: str, lender: str = LENDER) -> None:
    """Propose a mapping and agree to it."""
    answer = confirm(desk, number_of(propose(desk, file, *words, lender=lender)))
    assert answer.exit_code == 0, answer.output


def take(desk: Desk, register: str, file: Path, *words: str, lender: str = LENDER) -> Result:
    """What importing a lender's file answers."""
    return call(desk, "import", register, str(file), "--lender", lender, *words)


def taken(desk: Desk, register: str, file: Path, *words: str, lender: str = LENDER) -> dict[str, dict[str, Any]]:
    """Import a lender's file that must be taken; what the new records say, by key."""
    answer = take(desk, register, file, *words, "--json", lender=lender)
    assert answer.exit_code == 0, f"{answer.output}\n{answer.exception!r}"
    name = {"loans": "loan", "events": "event", "receipts": "receipt"}[register]
    return {row["key"]: desk.body(name, row["key"])["data"] for row in json.loads(answer.stdout)["rows"]}


def codes(answer: Result) -> list[str]:
    """The codes of a refusal, in order."""
    assert answer.exit_code == 2, f"exit {answer.exit_code}\n{answer.output}\n{answer.exception!r}"
    return re.findall(r"\[(\w+)\]$", answer.stderr, re.MULTILINE)
