"""How the budget is carried out: the columns per month, the sums, and the rounding to units of 10,000 yuan.

The till's ledger has 2,000,000.00 yuan issued to 2024 and all of it passed on to 2024/loan-interest; a grant reserves
500,000.00 there, and the first quarter's award is 16,862.50 (tests/runs/test_interest_run.py).
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ledger.book.posting import Entry, Posting, post
from tests.support.clock import at_noon
from tests.support.till import Till, quarters_till

PATH = "2024/loan-interest"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def pay(till: Till) -> tuple[str, str]:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    return batch, item


def row(till: Till, month: str, path: str = PATH, *words: str) -> dict[str, Any]:
    """The figures of a path that are not 0."""
    rows = till.read("report", "budget", "--month", month, *words)["rows"]
    (found,) = (one for one in rows if one["path"] == path)
    return {name: value for name, value in found.items() if value not in ("0.00", None) and name != "path"}


ISSUED = {"documents": ["BUD-2024-2"], "budget": "2000000.00"}
CODES = {"function": "2150517", "economic": "50702"}


def test_month_by_month_each_fen_is_in_one_column(till: Till) -> None:
    # The grant is of 15 March: in February all is free, and no code is known yet.
    assert row(till, "2024-02") == {**ISSUED, "available": "2000000.00"}
    march = {"reserved": "483137.50", "accrued": "16862.50", "available": "1500000.00"}
    assert row(till, "2024-03").items() >= {**ISSUED, **CODES, **march}.items()
    _batch, item = pay(till)
    april = {"reserved": "483137.50", "paid_month": "16862.50", "paid_year": "16862.50", "available": "1500000.00"}
    # 16,862.50 / 2,000,000.00 = 0.843125 %
    assert row(till, "2024-04") == {**ISSUED, **CODES, **april, "percent": "0.84"}
    till.on("2024-05-07").do("pay", "refund", item, "5,000.00", "--on", "2024-05-06", "--document", "TK-1")
    may = {"reserved": "483137.50", "paid_year": "16862.50", "returned": "5000.00", "available": "1505000.00"}
    # 11,862.50 / 2,000,000.00 = 0.593125 %
    assert row(till.on("2024-06-03"), "2024-05") == {**ISSUED, **CODES, **may, "percent": "0.59"}
    # What April's report said stays.
    assert row(till, "2024-04") == {**ISSUED, **CODES, **april, "percent": "0.84"}
    next_year = {"reserved": "483137.50", "paid_before": "11862.50", "available": "1505000.00"}
    assert row(till, "2025-01") == {**ISSUED, **CODES, **next_year, "percent": "0.59"}


def test_what_is_ordered_and_not_answered_stands_by_itself(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    assert row(till, "2024-04")["instructed"] == "16862.50"
    assert "accrued" not in row(till, "2024-04")


def test_a_path_s_budget_is_what_it_has_not_passed_on(till: Till) -> None:
    assert row(till, "2024-03", "2024") == {"documents": ["BUD-2024-1"]}
    till.on("2024-04-08").do("budget", "issue", "2024/loan-interest/batch-1", "300,000.00", "--document", "BUD-2024-3")
    # 2,000,000.00 - 300,000.00
    assert row(till, "2024-04")["budget"] == "1700000.00"
    assert row(till, "2024-04", "2024/loan-interest/batch-1")["available"] == "300000.00"
    # The document is of April, so March does not know it.
    assert row(till, "2024-03")["budget"] == "2000000.00"
    assert till.read("report", "budget", "--month", "2024-04")["total"]["budget"] == "2000000.00"


def test_units_of_10_000_yuan_still_add_up(till: Till) -> None:
    for name in "abc":
        till.do("budget", "issue", f"2024/loan-interest/{name}", "1,234.50", "--document", f"BUD-{name}")
    report = till.read("report", "budget", "--month", "2024-04", "--unit", "wan")
    # 3 x 1,234.50 = 3,703.50; 2,000,000.00 - 3,703.50 = 1,996,296.50. In hundreds of yuan, rounded down: 19,962 and
    # 12, 12, 12, remainders 96.50, 34.50 each; 20,000 in all are 2 more: the 96.50 and the first of the equal ones.
    assert [(one["path"], one["budget"]) for one in report["rows"]] == [
        ("2024", "0.00"),
        ("2024/loan-interest", "199.63"),
        ("2024/loan-interest/a", "0.13"),
        ("2024/loan-interest/b", "0.12"),
        ("2024/loan-interest/c", "0.12"),
    ]
    assert report["total"]["budget"] == "200.00"


def test_the_table_and_the_workbook(till: Till, tmp_path: Path) -> None:
    pay(till)
    path = tmp_path / "report.xlsx"
    lines = till.do("report", "budget", "--month", "2024-04", "--xlsx", str(path)).splitlines()
    assert "Frozen" not in lines[0]
    assert lines[-3].split() == ["Total", "2,000,000.00", "483,137.50", "0.00", "0.00"] + ["16,862.50"] * 2 + [
        "0.00",
        "1,500,000.00",
        "0.84%",
    ]
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[3][:5] == [PATH, "BUD-2024-2", "2150517/50702", 2_000_000, 483_137.5]
    assert rows[4][0] == "Total"
    chinese = till.do("--lang", "zh_CN", "report", "budget", "--month", "2024-04", "--unit", "wan")
    assert "万元" in chinese
    assert till.say("report", "budget", "--month", "April").exit_code == 2


def test_a_path_with_several_codes_has_a_row_for_each(till: Till) -> None:
    """An award under another code, posted as a run posts it: 1,000.00 from what is reserved, and 400.00 of it paid."""
    other = {"function": "2060404", "economic": "50799", "envelope": PATH}

    def entry(number: int, *moves: tuple[str, int]) -> Entry:
        return Entry(
            key=f"main/X/{number}",
            reason="award",
            effective_on=date(2024, 4, 2),
            cause=0,
            postings=tuple(Posting("ind", account, fen, other) for account, fen in moves),
        )

    with at_noon("2024-04-02"), till.ledger.write("1001") as writer:
        post(writer, [entry(0, ("1301", 100_000), ("1201", -100_000)), entry(1, ("1501", 40_000), ("1301", -40_000))])
    report = till.read("report", "budget", "--month", "2024-04")
    rows = [one for one in report["rows"] if one["path"] == PATH]
    names = ("function", "economic", "budget", "reserved", "accrued", "paid_year", "available", "percent")
    # 500,000.00 - 16,862.50 - 1,000.00 = 482,137.50 stay reserved; 400.00 of 2,000,000.00 = 0.02 %.
    assert [tuple(one[name] for name in names) for one in rows] == [
        (None, None, "2000000.00", "482137.50", "0.00", "0.00", "1500000.00", "0.02"),
        ("2060404", "50799", "0.00", "0.00", "600.00", "400.00", "0.00", None),
        ("2150517", "50702", "0.00", "0.00", "16862.50", "0.00", "0.00", None),
    ]
    total = report["total"]
    # 482,137.50 + 600.00 + 16,862.50 + 400.00 + 1,500,000.00 = 2,000,000.00
    assert (total["budget"], total["accrued"], total["paid_year"]) == ("2000000.00", "17462.50", "400.00")
