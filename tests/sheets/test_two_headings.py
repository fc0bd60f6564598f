"""Headings that stand in two rows: groups over names, a row of units, a row that numbers the columns."""

from pathlib import Path
from typing import Any

import pytest

from ledger.sheets.rows import Reading
from tests.support.bank_rows import reading
from tests.support.desk import FIRM, workbook


def two_rows(folder: Path, upper: list[Any], lower: list[Any], row: list[Any]) -> Reading:
    return reading(workbook(folder / "loans.xlsx", [["示例银行贷款明细表"], upper, lower, row]))


PLAIN = ["借款合同号", "贷款银行", "统一社会信用代码", "合同签订日", "到期日", "合同金额"]
PLAIN += ["计息基准", "结息周期", "结息日计息", "年利率"]
CELLS = ["SF-1", "Bank A", FIRM, "2026-01-12", "2027-01-12", "1000", "ACT/360", "quarter", "no", "3.45%"]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (
            ["借款合同号", "贷款银行", "统一社会信用代码", "日期", "", "合同金额（万元）", "利息", "", "", "年利率"],
            ["", "", "", "合同签订日", "到期日", "", "计息基准", "结息周期", "结息日计息", ""],
        ),
        (
            ["借款合同号", "贷款银行", "统一社会信用代码", "合同", "", "金额（万元）", "利息", "", "", "年利率"],
            ["", "", "", "签订日", "到期日", "合同", "计息基准", "结息周期", "结息日计息", ""],
        ),
        (
            PLAIN,
            ["", "", "", "", "", "（万元）", "", "", "", ""],
        ),
        (
            [*PLAIN[:5], "合同金额（万元）", *PLAIN[6:]],
            ["甲", "乙", "丙", "1", "2", "3", "4", "5", "6", "7"],
        ),
    ],
    ids=["groups", "groups whose name belongs to it", "units", "numbers of columns"],
)
def test_headings_of_two_rows(upper: list[Any], lower: list[Any], tmp_path: Path) -> None:
    found = two_rows(tmp_path, upper, lower, CELLS)
    assert found.problems == []
    assert [tuple(row.cells[name] for name in ("signed_on", "matures_on", "amount_fen")) for row in found.rows] == [
        ("2026-01-12", "2027-01-12", 1_000_000_000)
    ]


def test_a_row_of_data_with_empty_cells_is_no_second_row_of_headings(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "events.xlsx",
        [["contract_no", "kind", "date", "amount"], ["", "drawdown", "2026-06-20", "1000"]],
    )
    assert [problem.code for problem in reading(path, "events").problems] == ["cell_missing"]
