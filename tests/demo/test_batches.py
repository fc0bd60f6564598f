"""The demo's batches: what a cap, a late move, a returned premium, a short budget and a partial acceptance come to."""

import csv
import re

import pytest
from python_calamine import CalamineWorkbook

from ledger.commands.run.award_list import HEADINGS
from ledger.demo.batches import BATCHES
from ledger.demo.year import firm_name, invented_year
from ledger.runs.history import State, runs
from ledger.store.ledger import View
from tests.support.demo import Told


def test_each_batch_was_run_twice(view: View) -> None:
    assert [(one.occasion.name, one.state) for one in runs(view) if one.occasion.run != "interest"] == [
        (batch.notice, State.CLOSED) for batch in (*BATCHES, *BATCHES)
    ]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"SB-JL3 .*award 10,000,000\.00 +entity_batch, entity_year", "15 million, and 10 left of the firm's 30"),
        (r"SB-JL4 .*award 0\.00 +not_registered", "applied before the firm moved to Beijing"),
        (r"SB-BD2 .*award 5,000,000\.00 +launch", "50 % of 12 million, at most 5 million a launch"),
        (r"SB-XM1 .*computed 3,000,000\.00, award 1,666,666\.67", "3 of 18 million, of a budget of 10"),
        (r"tape-out: entries 3, 32,000,000\.00 yuan", "2 + 20 + 10 million"),
        (r"tape-out: entries 1, 0\.00 yuan, reduced by 500,000\.00", "50 % of the million that was not counted"),
        (r"insurance: entries 1, 0\.00 yuan, reduced by 1,000,000\.00", "a quarter of 4 million"),
        (r"60-40: entries 3, 6,000,000\.00 yuan", "60 % of 10 million"),
        (r"60-40: entries 1, 0\.00 yuan, reduced by 200,000\.00", "a fifth of 60 % of 1,666,666.67"),
    ],
)
def test_what_a_batch_is_there_to_show(told: Told, pattern: str, why: str) -> None:
    assert re.search(pattern, told.text), why


# Place, application, rank, computed, award, what bounds it, outcome and why not, by the notices' own arithmetic:
# tape-out: 50 % of 4 million; 50 % of 50, at most 20; 50 % of 30, and 10 left of the firm's 30; applied too early.
# insurance: 50 % of 8 million; 50 % of 12, at most 5 a launch.
# projects, by rank: 30 % of 20, 10 and 30 million, and of 10 million for 18 the parts 6/18, 3/18 and 9/18.
LISTS = {
    "gjj-2023-tape-out": [
        ("1", "SB-JL1", "", "2000000.00", "2000000.00", "", "拟支持", ""),
        ("2", "SB-JL2", "", "20000000.00", "20000000.00", "", "拟支持", ""),
        ("3", "SB-JL3", "", "10000000.00", "10000000.00", "entity_batch、entity_year", "拟支持", ""),
        ("4", "SB-JL4", "", "0.00", "0.00", "", "不予支持", "申报时企业未在通知所列的区注册（假设）"),
    ],
    "gjj-2024-batch-1-space-insurance": [
        ("1", "SB-BD1", "", "4000000.00", "4000000.00", "", "拟支持", ""),
        ("2", "SB-BD2", "", "5000000.00", "5000000.00", "launch", "拟支持", ""),
    ],
    "example-allocated-60-40": [
        ("1", "SB-XM2", "1", "6000000.00", "3333333.33", "预算不足分配", "拟支持", ""),
        ("2", "SB-XM1", "2", "3000000.00", "1666666.67", "预算不足分配", "拟支持", ""),
        ("3", "SB-XM3", "3", "9000000.00", "5000000.00", "预算不足分配", "拟支持", ""),
    ],
}


@pytest.mark.parametrize("notice", LISTS)
def test_the_list_for_publication_is_right_in_both_forms(told: Told, notice: str) -> None:
    text = (told.out / "lists" / f"{notice}.csv").read_text(encoding="utf-8-sig")
    heading, *rows = csv.reader(text.splitlines())
    workbook = CalamineWorkbook.from_path(told.out / "lists" / f"{notice}.xlsx")
    assert workbook.get_sheet_by_index(0).to_python() == [heading, *rows]
    assert heading == list(HEADINGS)
    assert [tuple(row[place] for place in (0, 1, 6, 7, 8, 9, 10, 11)) for row in rows] == LISTS[notice]


def test_a_list_names_firms_and_no_account(told: Told) -> None:
    """Neither a number of any payee, whole or masked, nor the institution that keeps it."""
    year = invented_year()
    secret = {row[name] for row in year.payees for name in ("number", "institution") if row.get(name)}
    assert len(secret) > 10
    for notice in LISTS:
        (sheet,) = (one for one in (told.out / "lists").glob(f"{notice}.csv"))
        cells = {cell for row in csv.reader(sheet.read_text(encoding="utf-8-sig").splitlines()) for cell in row}
        assert not {cell for cell in cells for one in secret if one in cell or one[-4:] == cell[-4:] or "*" in cell}
        assert {firm_name(firm) for one in BATCHES if one.notice == notice for _, firm, _, _ in one.applied} <= cells


def test_the_registers_are_files_in_the_folder(told: Told) -> None:
    folder = told.out / "inputs" / "gjj-2023-tape-out"
    assert sorted(path.name for path in folder.rglob("*.csv")) == [
        "applications.csv",
        "claims.csv",
        "claims.csv",
        "grants.csv",
    ]
