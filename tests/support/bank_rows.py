"""Registers as banks fill them: one loan whose cells and headings a test alters, read without a ledger."""

from pathlib import Path
from typing import Any

from ledger.sheets.columns import columns
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import Reading, read_rows
from tests.support.desk import FIRM, workbook

LOAN = {
    "借款合同号": "SF-1",
    "贷款银行": "Bank A",
    "统一社会信用代码": FIRM,
    "合同签订日": "2026-01-12",
    "到期日": "2027-01-12",
    "合同金额": "1000",
    "计息基准": "ACT/360",
    "结息周期": "quarter",
    "结息日": "20",
    "结息日计息": "no",
    "年利率": "3.45%",
}


def reading(path: Path, register: str = "loans", sheet: str = "") -> Reading:
    return read_rows(read_sheet(path, columns(register), sheet), columns(register))


def loans(folder: Path, *rows: dict[str, Any], above: str = "", below: tuple[list[Any], ...] = ()) -> Reading:
    """A workbook of loans: each row differs from `LOAN` in some cells; headings are those of the first row."""
    filled = [{**LOAN, **row} for row in rows]
    lines: list[list[Any]] = [[above]] if above else []
    lines += [list(filled[0]), *(list(row.values()) for row in filled), *below]
    return reading(workbook(folder / "loans.xlsx", lines))


def events(folder: Path, **cells: Any) -> Reading:
    row = {"contract_no": "SF-1", "kind": "drawdown", "date": "2026-06-20", "amount": "1000", **cells}
    return reading(workbook(folder / "events.xlsx", [list(row), list(row.values())]), "events")


def said(problems: list[Any]) -> list[str]:
    return [problem.render() for problem in problems]


def under(heading: str, value: Any, instead: str = "合同金额") -> dict[str, Any]:
    """A loan with a column under another heading."""
    return {heading if name == instead else name: value if name == instead else cell for name, cell in LOAN.items()}


def renamed(folder: Path, heading: str, *values: Any, instead: str = "合同金额", above: str = "") -> Reading:
    """Loans whose column of amounts (or another) has a heading of its own."""
    rows = [{**under(heading, value, instead), "借款合同号": f"SF-{n}"} for n, value in enumerate(values, start=1)]
    lines: list[list[Any]] = [[above]] if above else []
    return reading(workbook(folder / "loans.xlsx", [*lines, list(rows[0]), *(list(row.values()) for row in rows)]))
