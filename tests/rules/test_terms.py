"""Whom a payout pays and what a reduction reduces, forged in an office that pays a bank, from both sides."""

from pathlib import Path

import pytest

from tests.audit.attacker import Body, bodies
from tests.payouts.test_lender import lender_till
from tests.rules import test_improper as table
from tests.support.copies import copy_ledger
from tests.support.till import Till

# PF1 was drawn 7,200,000: with 3,600,000 repaid on the day after, half of 6,745.00 and less falls away.
OF_A_FIRM = 'alter payee: uscc="{entity 2.key}" & alter payout: uscc="{entity 2.key}"'
ROWS = [
    table.Row("payout: to a firm, where the notice pays the lender", OF_A_FIRM, "payee_not_recipient", "payout"),
    table.Row(
        "reduction: of another payee",
        'alter entry true_up: terms.payee="{payee 2.key}"',
        "effect_differs",
        "entry true_up",
    ),
    table.Row(
        "reduction: of another path", 'alter entry true_up: terms.envelope="2024"', "effect_differs", "entry true_up"
    ),
]


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    folder = tmp_path_factory.mktemp("terms")
    (folder / "book").mkdir()
    till = lender_till(folder / "book", anchor=folder / "anchor")
    till.prepare("2024-03")
    till.on("2024-07-02").report("2024-06-30", "HT1,repayment,2024-01-11,,3600000,\n")
    till.run("2024-06")
    return till


@pytest.fixture(scope="module")
def log(till: Till) -> list[Body]:
    return bodies(till.ledger.path)


@pytest.fixture(scope="module")
def begins(log: list[Body]) -> list[int]:
    return table.writes_of(log)


@pytest.fixture
def copy(till: Till, tmp_path: Path) -> table.Copy:
    assert till.anchor is not None
    copy_ledger(till.folder, till.anchor, tmp_path / "book", tmp_path / "anchor")
    return table.Copy(tmp_path / "book" / "book.db", tmp_path / "anchor")


def test_the_ledger_itself_is_proper(log: list[Body]) -> None:
    assert table.judged(log) is None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_it_is_found_and_refused(log: list[Body], begins: list[int], copy: table.Copy, row: table.Row) -> None:
    table.test_a_forged_record_is_found(log, copy, row)
    table.test_it_is_refused_before_it_is_written(log, begins, copy, row)
