"""What is written of a register as Parquet makes the same records of another ledger."""

from pathlib import Path

import pyarrow.parquet  # noqa: F401 - it looks at what a day is, and must see a true one
import pytest

from ledger.registry.exports import FACTS
from ledger.registry.imports import REGISTERS
from tests.support.copies import ready
from tests.support.desk import BANK, ENTITIES, FIRM, LOANS, Desk, call, open_desk

# Every kind of cell: amounts of 0 and of many digits, days, lists of days, flags, rates, named values, empty ones.
REGISTERED = {
    "loans": LOANS.replace("rate\n", "rate,slip_no,due_dates,repriced,known_on\n")
    .replace("3.55%\n", "3.55%,0012,,,2024-01-09\n")
    .replace(f"HT1,{BANK}", f"0012345678901234567,{BANK}")
    + f"HT2,Bank B,{FIRM},2024-01-08,2026-01-10,9999999999999.99,ACT/365F,custom,no,LPR1Y-10BP,,"
    "2024-06-20;2024-12-20,january_1,\n",
    "events": "contract_no,slip_no,kind,date,amount,rate\n0012345678901234567,0012,drawdown,2024-01-10,0.01,\n"
    "0012345678901234567,0012,drawdown,2024-01-10,200,\n0012345678901234567,0012,rate,2024-03-01,,3.45%\n",
    "receipts": "contract_no,due,interest,paid_on\nHT2,2024-06-20,70000.00,2024-06-21\n",
    "policies": "policy_no,insurer,uscc,item,signed_on,liability,premium,attributes\n"
    f"BD1,示例财险,{FIRM},SX-1,2024-05-10,5000,1000,grade=advanced;kind=launch\n",
    "premiums": "policy_no,kind,date,amount,tax\nBD1,paid,2024-05-20,500,\n",
    "claims": f"claim_no,uscc,achieved_on,other_levels,figures\nJL1,{FIRM},2024-06-30,0,"
    "output=340000000 yuan;power=1200.5 kWh\n",
    "projects": f"project_no,uscc,signed_on,claimed\nXM1,{FIRM},2024-03-01,8000000\n",
    "milestones": "project_no,kind,date,stage,amount,done\nXM1,stage,2024-09-01,初验,,\n",
}


@ready
def full(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.take("entities", ENTITIES)
    for register, rows in REGISTERED.items():
        desk.take(register, rows)
    return desk


def test_another_ledger_takes_in_what_one_wrote(full: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = open_desk(tmp_path_factory.mktemp("other"))
    other.take("entities", ENTITIES)
    for register in FACTS:
        path = full.folder / f"{register}.parquet"
        answer = call(full, "facts", "export", register, "--to", str(path))
        assert (answer.exit_code, answer.output) == (0, f"Written: {path}\n")
        rows = REGISTERED[register].count("\n") - 1
        assert other.counts(register, path) == [rows, 0, 0, 0]
        assert full.counts(register, path) == [0, 0, rows, 0]
        kind = REGISTERS[register].kind
        with full.ledger.read() as one, other.ledger.read() as two:
            assert [row.body for row in two.rows(kind)] == [row.body for row in one.rows(kind)]


def test_of_one_lender(full: Desk) -> None:
    path = full.folder / "loans.parquet"
    assert call(full, "facts", "export", "loans", "--lender", "Bank B", "--to", str(path)).exit_code == 0
    assert full.counts("loans", path, full=True, lender="Bank B") == [0, 0, 1, 0]
    answer = call(full, "facts", "export", "loans", "--lender", "Bank C", "--to", str(path), "--force")
    assert (answer.exit_code, "[lender_unknown]" in answer.stderr) == (2, True)


def test_a_register_of_nothing_is_a_file_of_headings(full: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = open_desk(tmp_path_factory.mktemp("other"))
    path = other.folder / "claims.parquet"
    assert call(other, "facts", "export", "claims", "--to", str(path)).exit_code == 0
    assert full.counts("claims", path) == [0, 0, 0, 0]
