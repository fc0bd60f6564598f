"""What a row says beside its amount: its running number, whether it is booked; and what a camt entry leaves unclear."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from tests.reconcile.forms import write

HEAD = "账号：0012345678905678\n序号,交易日期,收入,支出,余额,摘要,交易状态\n"


def read(folder: Path, rows: list[str]) -> tuple[int, str]:
    path = write(folder, "flow.csv", HEAD + "".join(f"{row}\n" for row in rows))
    said = CliRunner().invoke(cli, ["--lang", "en", "reconcile", "read", str(path), "--json"])
    return said.exit_code, said.stdout if said.exit_code == 0 else said.stderr


def numbered(*numbers: int) -> list[str]:
    """Rows of one yuan each, whose balances agree: 1,000.00 and a yuan more each time."""
    return [f"{n},2025-01-02,1.00,,{1000 + place}.00,收款,成功" for place, n in enumerate(numbers, 1)]


@pytest.mark.parametrize(
    ("numbers", "gap"),
    [
        ((1, 2, 3), ""),
        ((7, 8, 9), ""),
        ((3, 2, 1), ""),
        # Pages that count anew, upwards and downwards.
        ((1, 2, 1, 2), ""),
        ((2, 1, 3, 2, 1), ""),
        ((1, 3), "3, and the one before it 1"),
        ((1, 2, 4), "4, and the one before it 2"),
        ((4, 3, 1, 2), ""),
        ((5, 3), "3, and the one before it 5"),
        ((2, 2), "2, and the one before it 2"),
    ],
)
def test_a_row_that_is_missing_shows_in_the_running_numbers(tmp_path: Path, numbers: tuple[int, ...], gap: str) -> None:
    code, said = read(tmp_path, numbered(*numbers))
    assert (code, "[serial_gap]" in said, gap in said) == ((2, True, True) if gap else (0, False, True)), said


@pytest.mark.parametrize("word", ["失败", "处理中", "交易失败", "未记账"])
def test_a_row_that_the_bank_has_not_booked_moves_no_money(tmp_path: Path, word: str) -> None:
    """1,000.00 less 100.00 are 900.00; what failed changes no balance."""
    rows = ["1,2025-01-02,,100.00,900.00,付款,成功", f"2,2025-01-03,,50.00,900.00,付款,{word}"]
    code, said = read(tmp_path, rows)
    (statement,) = json.loads(said)["statements"]
    amounts = [[line["amount_fen"] for line in statement[name]] for name in ("lines", "pending")]
    assert (code, amounts) == (0, [[-100_00], [-50_00]])
    unbooked = read(tmp_path, [rows[0], rows[1].replace(word, "成功")])
    assert (unbooked[0], "[statement_unbalanced]" in unbooked[1]) == (1, True)
