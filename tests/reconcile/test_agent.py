"""The agent bank's statement of a zero-balance account, per code, in the month and since January.

16,862.50 is paid in April and comes back in June, 106,500.00 is paid in July (the till's quarters).
"""

import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.reconcile.forms import write
from tests.reconcile.test_deciding import AWARD, bring, match, paid, refused, sent, till
from tests.support.till import PAYER, Till

__all__ = ["till"]

HEADING = "功能分类科目,经济分类科目,本月支用,本月退回,本年累计支用,本年累计退回\n"
JULY = "106500.00"


@pytest.fixture
def code(till: Till) -> str:
    """The codes under which the till pays; April, June and July are reconciled."""
    _batch, item = sent(till)
    # 33,137.50 + 16,862.50 = 50,000.00.
    till.on("2024-06-10")
    bring(till, paid(item), f"2024-06-05,{AWARD},,50000.00,退汇,{item},,")
    match(till)
    till.on("2024-07-02")
    till.report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    till.run("2024-06")
    # The second quarter alone; what came back waits.
    batch = till.prepare("2024-06")["batches"][0]["batch"]
    till.go(batch)
    (second,) = till.items(batch)
    till.on("2024-07-10")
    # 50,000.00 - 106,500.00 = -56,500.00.
    bring(till, f"2024-07-03,,{JULY},-56500.00,补助,{second},,")
    match(till)
    (said,) = till.read("reconcile", "report", "--month", "2024-07")["accounts"][0]["codes"]
    return f"{said['function'] or ''},{said['economic'] or ''}"


def codes(till: Till, month: str, rows: str, *words: str) -> tuple[int, dict[str, Any]]:
    path = write(till.folder, "agent.csv", HEADING + rows)
    answer = till.say("reconcile", "codes", str(path), "--month", month, "--json", *words)
    return answer.exit_code, json.loads(answer.stdout)


def test_month_and_year_to_date_agree_to_the_fen(till: Till, code: str) -> None:
    for month, figures in (
        ("2024-04", f"{AWARD},,{AWARD},"),
        ("2024-05", f",,{AWARD},"),
        ("2024-06", f",{AWARD},{AWARD},{AWARD}"),
        # 16,862.50 + 106,500.00 = 123,362.50.
        ("2024-07", f"{JULY},,123362.50,{AWARD}"),
    ):
        exit_code, found = codes(till, month, f"{code},{figures}\n合计,,{figures}\n")
        assert (exit_code, found["account"]) == (0, PAYER), month
        (row,) = found["codes"]
        assert row["agrees"], month
        assert row["book"] == row["bank"] == found["total"]["book"] == found["total"]["bank"]


def test_a_fen_or_a_code_of_one_side_is_a_difference(till: Till, code: str, tmp_path: Path) -> None:
    rows = f"{code},106500.01,,123362.51,{AWARD}\n2150517,50701,5.00,,5.00,\n"
    exit_code, found = codes(till, "2024-07", rows)
    assert exit_code == 1
    listed = [
        (f"{row['function']},{row['economic'] or ''}", row["agrees"], row["book"] is None) for row in found["codes"]
    ]
    assert listed == sorted([(code, False, False), ("2150517,50701", False, True)])
    # 106,500.01 + 5.00 = 106,505.01.
    assert found["total"]["bank"]["used_month"] == "106505.01"
    assert found["total"]["book"]["used_month"] == JULY
    path, answer = tmp_path / "agent.csv", tmp_path / "answer.xlsx"
    write(tmp_path, "agent.csv", HEADING + rows)
    said = till.say("reconcile", "codes", str(path), "--month", "2024-07", "--xlsx", str(answer))
    assert (said.exit_code, "Codes that differ: 2 of 2." in said.stdout, "not in the book" in said.stdout) == (
        1,
        True,
        True,
    )
    rows_of_it = CalamineWorkbook.from_path(str(answer)).get_sheet_by_index(0).to_python()
    differences = [row[4] for row in rows_of_it[2:] if row[1] == "Used in the month"]
    assert sorted(differences) == [0.01, 5, 5.01]
    # A code that the bank leaves out, and has used nothing of in this month, is a difference of the year.
    exit_code, found = codes(till, "2024-05", "2150517,50701,,,,\n")
    assert (exit_code, [row["agrees"] for row in found["codes"]].count(False)) == (1, 1)


def test_a_payment_correction_moves_a_figure_from_code_to_code(till: Till, code: str) -> None:
    (item,) = [one["item"] for one in till.read("pay", "status", till.read("pay", "status")[-1]["batch"])["items"]]
    till.do(
        "pay", "correct", item, "--function", "2150599", "--on", "2024-07-08", "--document", "GZ-1", "--reason", "x"
    )
    # 16,862.50 paid and returned stays under the old codes; 106,500.00 stands under the new one.
    economic = code.partition(",")[2]
    rows = f"{code},,,{AWARD},{AWARD}\n2150599,{economic},{JULY},,{JULY},\n"
    exit_code, found = codes(till, "2024-07", rows)
    assert (exit_code, found["total"]["book"]["used_year"]) == (0, "123362.50")
    # No money moved: bank and book are as far apart as before.
    (one,) = till.read("reconcile", "report", "--month", "2024-07")["accounts"]
    assert (one["bank"], one["book"], one["differences"]) == ("-56500.00", "-56500.00", [])


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ("2150599,50702,1.00,,1.00,\n2150599,50702,2.00,,2.00,\n", "code_twice"),
        ("2150599,50702,-1.00,,1.00,\n", "amount_malformed"),
        ("", "list_empty"),
        ("合计,,,,,\n", "list_empty"),
    ],
)
def test_what_cannot_be_compared(rows: str, refusal: str, till: Till) -> None:
    path = write(till.folder, "agent.csv", HEADING + rows)
    assert refused(till.say("reconcile", "codes", str(path), "--month", "2024-04")) == (2, refusal)


def test_a_statement_in_the_words_of_a_bank_is_compared_as_it_came(till: Till, tmp_path: Path) -> None:
    path = tmp_path / "对账单.csv"
    path.write_text("功能科目,经济科目,本月支付,累计支付,网点\n2150517,50701,0,1.00,一\n", encoding="utf-8")
    said = till.say("reconcile", "codes", str(path), "--month", "2024-04", "--json")
    (row,) = [one for one in json.loads(said.stdout)["codes"] if one["function"] == "2150517"]
    assert (row["bank"]["used_year"], said.exit_code) == ("1.00", 1)
    assert "column_not_read" in said.stderr


def test_the_account_is_named_where_there_are_two(till: Till, code: str) -> None:
    till.take(
        "payers",
        "channel,institution,wallet_type,number,holder,funding\n"
        "bank,102100099996,,6222020200112233445,示例专户,zero_balance\n",
    )
    path = write(till.folder, "agent.csv", f"{HEADING}{code},{JULY},,123362.50,{AWARD}\n")
    words = ("reconcile", "codes", str(path), "--month", "2024-07")
    assert refused(till.say(*words)) == (2, "account_not_named")
    assert refused(till.say(*words, "--account", "payer/x")) == (2, "account_unknown")
    assert till.say(*words, "--account", PAYER).exit_code == 0


def test_the_template_is_what_the_command_reads(till: Till, tmp_path: Path) -> None:
    till.do("template", "agent-statement", "--out", str(tmp_path))
    answer = till.say("reconcile", "codes", str(tmp_path / "agent-statement.xlsx"), "--month", "2024-04")
    assert refused(answer) == (2, "list_empty")
