"""`subsidy calc accrual`: a bank's interest from one file, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import cli

# 10,000,000 at 3.45 %, ACT/360: 5 d = 4,791.67 and 92 d = 88,166.67 (the published case QL-01).
LOAN: dict[str, Any] = {
    "accrual_start": "2024-03-15",
    "cash_events": [{"date": "2024-03-15", "type": "drawdown", "amount": "10,000,000.00"}],
    "rate_steps": [{"from": "2024-03-15", "annual_rate_pct": "3.45"}],
    "day_count": "ACT/360",
    "due_dates": ["2024-03-20", "2024-06-20"],
    "rounding": {"mode": "half_up", "place": "per_period"},
    "round_to": "0.01",
}


def call(folder: Path, loan: dict[str, Any], *words: str) -> Result:
    file = folder / "loan.json"
    file.write_text(json.dumps(loan), encoding="utf-8")
    return CliRunner().invoke(cli, [*words, "calc", "accrual", str(file)])


def figures(folder: Path, **changed: Any) -> list[str]:
    file = folder / "loan.json"
    file.write_text(json.dumps({**LOAN, **changed}), encoding="utf-8-sig")
    answer = CliRunner().invoke(cli, ["calc", "accrual", str(file), "--json"])
    assert (answer.exit_code, answer.stderr) == (0, "")
    return [period["interest"] for period in json.loads(answer.stdout)["periods"]]


def test_people_read_a_table_with_its_total(tmp_path: Path) -> None:
    answer = call(tmp_path, LOAN)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "from        due         days  interest, yuan",
        "----------  ----------  ----  --------------",
        "2024-03-15  2024-03-20     5        4,791.67",
        "2024-03-20  2024-06-20    92       88,166.67",
        "            total         97       92,958.34",
    ]


def test_what_was_drawn_before_accrual_starts_is_the_opening_balance(tmp_path: Path) -> None:
    """8,000,000 left on 15 March of 10,000,000 drawn before: 5 d x 3.45 % / 360 = 3,833.33."""
    before = [
        {"date": "2024-01-10", "type": "drawdown", "amount": "10000000"},
        {"date": "2024-03-01", "type": "principal_repayment", "amount": "2000000"},
    ]
    assert figures(tmp_path, cash_events=before)[0] == "3833.33"


def test_cash_events_may_stand_in_any_order(tmp_path: Path) -> None:
    """Banks print newest first: 4,791.67 as above, then 10,000,000 x 12 d + 6,000,000 x 80 d = 57,500.00."""
    events = [
        {"date": "2024-04-01", "type": "principal_repayment", "amount": "4000000"},
        {"date": "2024-03-15", "type": "drawdown", "amount": "10000000"},
    ]
    assert figures(tmp_path, cash_events=events) == ["4791.67", "57500.00"]


@pytest.mark.parametrize(
    ("rounding", "unit", "first"),
    [
        # 4,791.666.. rounds to the yuan as 4,792 and to ten yuan as 4,790.
        ({"mode": "half_up", "place": "per_period"}, "1", "4792.00"),
        ({"mode": "half_up", "place": "per_period"}, "10", "4790.00"),
        # Two segments, 2 d and 3 d: 1,916.666.. and 2,875.000..; to the yuan 1,917 + 2,875 = 4,792.
        ({"mode": "half_even", "place": "per_segment"}, "1", "4792.00"),
        # To ten yuan 1,920 + 2,880 = 4,800: one by one is not what all at once gives.
        ({"mode": "half_up", "place": "per_segment"}, "10", "4800.00"),
    ],
)
def test_rounding_is_as_the_file_says(rounding: dict[str, str], unit: str, first: str, tmp_path: Path) -> None:
    # One fen, drawn on 17 March and repaid on the 20th, cuts the first period in two.
    events = [
        {"date": "2024-03-15", "type": "drawdown", "amount": "10000000"},
        {"date": "2024-03-17", "type": "drawdown", "amount": "0.01"},
        {"date": "2024-03-20", "type": "principal_repayment", "amount": "0.01"},
    ]
    assert figures(tmp_path, cash_events=events, rounding=rounding, round_to=unit)[0] == first


def test_the_table_prints_on_a_gbk_console_in_chinese(tmp_path: Path) -> None:
    answer = call(tmp_path, LOAN, "--lang", "zh_CN")
    assert answer.exit_code == 0
    assert answer.stdout.encode("gbk")
    assert "92,958.34" in answer.stdout


def test_a_file_nested_without_end_is_refused_and_not_followed(tmp_path: Path) -> None:
    file = tmp_path / "deep.json"
    file.write_text("[" * 200_000, encoding="utf-8")
    answer = CliRunner().invoke(cli, ["calc", "accrual", str(file)])
    assert answer.exit_code == 2
    assert answer.stderr.endswith("[json_malformed]\n")
