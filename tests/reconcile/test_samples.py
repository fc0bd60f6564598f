"""Statements of public projects, read against what their keeper computed; absent outside the workplace they lie in."""

import itertools
from pathlib import Path

import pytest

from tests.reconcile.forms import statements, verdicts

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples do not lie beside this checkout")


def test_mt940_three_statements_sixteen_entries_all_balance() -> None:
    found = verdicts(SAMPLES / "wolph_cmxl_mt940.sta")
    assert [one.integrity for one in found] == ["ok", "ok", "ok"]
    assert sum(len(one.statement.lines) for one in found) == 16


def test_camt053_two_statements_the_second_opens_on_the_close_of_the_first() -> None:
    first, second = verdicts(SAMPLES / "genkgo_camt053.v2.multi.statement.xml")
    assert (first.integrity, second.integrity) == ("ok", "ok")
    assert [len(one.statement.lines) for one in (first, second)] == [1, 1]
    assert first.statement.closing_fen == second.statement.opening_fen == 27_00


def test_camt054_one_entry_with_three_payments() -> None:
    (found,) = verdicts(SAMPLES / "genkgo_camt054.v8.xml")
    (line,) = found.statement.lines
    assert (found.integrity, len(line.details), line.amount_fen) == ("no-balances", 3, -200_000_00)
    # The batch declares two payments and 6.30; it lists three of 3.10 + 3.20 + 3.20.
    assert [problem.code for problem in found.problems] == ["balances_missing", "batch_count_differs"]


def test_camt053_four_entries_five_details() -> None:
    (found,) = verdicts(SAMPLES / "camtparser_valid_example.xml")
    lines = found.statement.lines
    assert (found.integrity, len(lines), sum(len(line.details) for line in lines)) == ("ok", 4, 5)
    # 33.06 - 10.00 = 23.06
    assert (found.statement.opening_fen, sum(line.amount_fen for line in lines), found.statement.closing_fen) == (
        33_06,
        -10_00,
        23_06,
    )


def test_bank_of_china_seventeen_rows_newest_first_with_one_refund() -> None:
    (found,) = verdicts(SAMPLES / "deg_boc_debit.csv")
    lines = found.statement.lines
    assert (found.integrity, len(lines)) == ("ok", 17)
    assert lines[0].booked_on < lines[-1].booked_on
    assert [line.amount_fen for line in lines if line.returned] == [50_00]
    # Every running balance but the first has a line before it to follow from.
    assert (
        sum(before.balance_fen + after.amount_fen == after.balance_fen for before, after in itertools.pairwise(lines))
        == 16
    )


def test_a_payment_order_is_no_statement() -> None:
    with pytest.raises(Exception, match="format_unknown"):
        statements(SAMPLES / "bsp_pain.001.001.03.xml")
