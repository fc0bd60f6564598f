"""A register as a Parquet file reads as the same register in text: by the same rules, with exact values alone."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from calculators.problems import Refused
from ledger.sheets.columns import columns
from ledger.sheets.read import Sheet, read_sheet

# Days as days, the amount as a decimal, yes and no as such; the same as it stands in text.
LOAN = {
    "借款合同号": ("0012345678901234567", "0012345678901234567"),
    "贷款银行": ("甲银行", "甲银行"),
    "借款人统一社会信用代码": ("91310115591693856A", "91310115591693856A"),
    "合同签订日": (date(2024, 1, 8), "2024-01-08"),
    "到期日": (date(2026, 1, 10), "2026-01-10"),
    "合同金额": (Decimal("30000000.05"), "30000000.05"),
    "计息基准": ("ACT/360", "ACT/360"),
    "结息周期": ("quarter", "quarter"),
    "结息日": (20, "20"),
    "结息日计息": (True, "yes"),
    "年利率": ("3.55%", "3.55%"),
}


def written(folder: Path, **changed: Any) -> Path:
    """A file of one loan and an empty row, with some of its columns changed."""
    path = folder / "loans.parquet"
    values = {heading: value for heading, (value, _text) in LOAN.items()} | changed
    pyarrow.parquet.write_table(pyarrow.table({heading: [value, None] for heading, value in values.items()}), path)
    return path


def read(path: Path) -> Sheet:
    return read_sheet(path, columns("loans"))


def refusals(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        read(path)
    return [(problem.code, problem.place.key) for problem in refused.value.problems]


def test_it_reads_as_text_does(tmp_path: Path) -> None:
    text = tmp_path / "loans.csv"
    rows = [",".join(LOAN), ",".join(as_text for _value, as_text in LOAN.values())]
    text.write_text("\n".join(rows), encoding="utf-8")
    found, wanted = read(written(tmp_path)), read(text)
    assert [row.cells for row in found.rows] == [row.cells for row in wanted.rows]
    assert (len(found.rows), found.problems) == (1, [])


def test_a_number_that_is_not_exact_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, 合同金额=30_000_000.05, 年利率=0.0355)
    assert refusals(path) == [("parquet_type", "合同金额"), ("parquet_type", "年利率")]


@pytest.mark.parametrize("number", [12345678, Decimal("12345678.00")])
def test_a_number_is_no_contract_number(number: object, tmp_path: Path) -> None:
    """Zeros that stood before it are lost: as in a workbook."""
    problems = read(written(tmp_path, 借款合同号=number)).problems
    assert [(problem.code, problem.place.line) for problem in problems] == [("identifier_is_number", 2)]


def test_what_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert refusals(path) == [("parquet_unreadable", "")]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refusals(path) == [("extra_missing", "")]
