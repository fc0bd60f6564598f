"""Which rows are held, of what, and when a hold falls: by register, row key, and what is left of the row."""

from pathlib import Path

import pytest

from ledger.registry.holds import sentences
from ledger.words import _, set_language
from tests.support.copies import ready
from tests.support.desk import BANK, ENTITIES, FIRM, LOANS, PAYEES, Desk, equipped_desk

HT1 = LOANS
HT2 = LOANS.splitlines()[1].replace("HT1", "HT2") + "\n"
EVENTS = "contract_no,kind,date,amount\n"
FULL = {"full": True, "lender": BANK, "through": "2024-06-30"}


@ready
def desk(folder: Path) -> Desk:
    """Firms, and the loans HT1 and HT2 of 30 million each."""
    desk = equipped_desk(folder)
    desk.take("entities", ENTITIES)
    desk.take("loans", HT1 + HT2)
    return desk


def held(desk: Desk) -> list[str]:
    """The keys of the rows that stand held, without the hash at their end."""
    return [key.rpartition("/")[0] for key in desk.keys("hold")]


def test_rows_that_a_held_row_makes_wrong_are_held_with_it(desk: Desk) -> None:
    # Without its first drawdown HT1 would repay what it never drew.
    rows = "HT1,drawdown,2024-02-30,5000000\nHT1,repayment,2024-04-01,5000000\nHT2,drawdown,2024-02-01,100\n"
    found = desk.take("events", EVENTS + rows, hold_bad=True)
    assert [(hold["row"], hold["problems"][0]["code"]) for hold in found.held.holds] == [
        (2, "date_malformed"),
        (3, "principal_negative"),
    ]
    assert desk.keys("event") == ["HT2//drawdown/2024-02-01/1"]


def test_of_two_rows_for_one_loan_neither_is_taken(desk: Desk) -> None:
    rows = HT1.replace("HT1", "HT3") + HT2.replace("HT2", "HT3").replace("3.55%", "3.60%")
    found = desk.take("loans", rows, hold_bad=True)
    assert ([hold["problems"][0]["code"] for hold in found.held.holds], found.counts["new"]) == (["key_twice"], 0)
    assert held(desk) == ["loan/HT3"]
    # Either row alone is a good one.
    assert desk.counts("loans", HT1.replace("HT1", "HT3")) == [1, 0, 0, 0]
    assert held(desk) == []


@pytest.mark.parametrize("second", ["2024-02-01,x", "2024-02-01,y", "2024-02-30,100"])
def test_two_bad_rows_are_two_holds_and_a_good_row_makes_one_fall(second: str, desk: Desk) -> None:
    """Two drawdowns of one day may be equal, so one mended row does not stand for both."""
    bad = f"HT1,drawdown,2024-02-{'31,100' if second.endswith('100') else '01,x'}\nHT1,drawdown,{second}\n"
    found = desk.take("events", EVENTS + bad, hold_bad=True)
    assert [hold["row"] for hold in found.held.holds] == [2, 3]
    assert len(desk.keys("hold")) == 2
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-01,100\n")
    assert len(desk.keys("hold")) == 1
    # What is recorded already is not the other row mended.
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-01,100\nHT2,drawdown,2024-02-01,100\n")
    assert len(desk.keys("hold")) == 1
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-01,100\nHT1,drawdown,2024-02-01,100\n")
    assert desk.keys("hold") == []
    assert len(desk.keys("event")) == 3


def test_a_row_like_a_held_one_is_another_where_the_held_one_s_file_could_not_tell_of_it(desk: Desk) -> None:
    """A loan that repays the same every month: May's repayment is not April's, whose day was wrong."""
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-01,100\n")
    reports = {"lender": BANK}
    desk.take("events", f"{EVENTS}HT1,repayment,2024-04-31,10\n", **reports, through="2024-04-30", hold_bad=True)
    desk.take("events", f"{EVENTS}HT1,repayment,2024-05-20,10\n", **reports, through="2024-05-31")
    assert held(desk) == ["event/HT1"]
    desk.take("events", f"{EVENTS}HT1,repayment,2024-04-30,10\n")
    assert held(desk) == []


@pytest.mark.parametrize(
    ("bad", "mended"),
    [
        # The cell that was wrong is right now: the row is known by its key.
        ("HT1,drawdown,2024-02-01,x", "HT1,drawdown,2024-02-01,100"),
        # A part of the key was wrong: by its other cells.
        ("HT1,drawdown,2024-02-30,100", "HT1,drawdown,2024-02-28,100"),
        ("HT1,drawn,2024-02-01,100", "HT1,drawdown,2024-02-01,100.00"),
        # The cell that was missing is there.
        ("HT1,drawdown,,100", "HT1,drawdown,2024-02-28,100"),
    ],
)
def test_a_hold_falls_with_the_mended_row(desk: Desk, bad: str, mended: str) -> None:
    desk.take("events", f"{EVENTS}{bad}\n", hold_bad=True)
    assert held(desk) == ["event/HT1"]
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-11,7\nHT2,drawdown,2024-02-01,100\n")
    assert held(desk) == ["event/HT1"]
    desk.take("events", f"{EVENTS}{mended}\n")
    assert held(desk) == []


def test_a_hold_falls_with_a_full_file_that_speaks_for_it(desk: Desk) -> None:
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-06-20,x\n", hold_bad=True)
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-05-20,7\n", **{**FULL, "through": "2024-05-31"})
    assert held(desk) == ["event/HT1"]
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-05-20,7\n", **FULL)
    assert held(desk) == []


def test_a_hold_of_a_full_file_waits_for_a_full_one(desk: Desk) -> None:
    """What the first file would have made void stands still: a delta file does not say that it should fall."""
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-02-01,100\n")
    rows = f"{EVENTS}HT1,drawdown,2024-02-02,90\nHT1,drawdown,2024-03-01,x\n"
    assert list(desk.take("events", rows, **FULL, hold_bad=True).counts.values()) == [1, 0, 0, 0]
    desk.take("events", f"{EVENTS}HT1,drawdown,2024-03-01,5\n")
    assert held(desk) == ["event/HT1"]
    assert desk.counts("events", rows.replace("x", "5"), **FULL) == [0, 0, 2, 1]
    assert held(desk) == []


def test_a_row_of_nobody_refuses_the_file(desk: Desk) -> None:
    rows = f"{EVENTS}HT9,drawdown,2024-02-01,100\n,drawdown,2024-02-01,100\nHT1,drawdown,2024-02-30,1\n"
    assert desk.codes("events", rows, hold_bad=True) == [
        "loan_unknown 2:1",
        "row_of_nobody 2:1",
        "cell_missing 3:1",
        "row_of_nobody 3:1",
    ]


def test_a_number_that_nobody_may_see_is_masked_in_a_hold(desk: Desk) -> None:
    wrong = PAYEES.replace("C1010211000012", "0012345678901234")
    found = desk.take("payees", wrong, hold_bad=True)
    [hold] = found.held.new
    assert (hold["key"].rpartition("/")[0], hold["of"], hold["about"]) == (f"payee/{FIRM}", "entity", FIRM)
    assert "0012345678901234" not in str(hold)
    assert "****1234" in str(hold["problems"])
    desk.take("payees", PAYEES)
    assert held(desk) == []


def test_a_hold_says_choices_and_cases_in_the_language_of_whoever_reads(desk: Desk) -> None:
    # A record keeps them in no language; the words are those of the templates.
    rows = "HT1,放水,2024-02-01,100\nHT2,drawdown,2024-02-01,\n"
    found = desk.take("events", EVENTS + rows, hold_bad=True)
    set_language("zh_CN")
    assert [(what, remedy) for hold in found.held.holds for _code, _at, what, remedy in sentences(hold, _)] == [
        ("'放水' 不在可选项中", "请从下列各项中选一：提款、还款、利率调整、逾期、展期、其他贴息"),
        ("单元格为空，而 事项为提款 时必填", "请填写"),
    ]
    set_language("en")
    assert [(what, remedy) for hold in found.held.holds for _code, _at, what, remedy in sentences(hold, _)] == [
        (
            "'放水' is not among the choices",
            "write one of: drawdown, repayment, rate, overdue, extension, other_subsidy",
        ),
        ("the cell is empty, and kind drawdown needs it", "fill it in"),
    ]


def test_policies_and_projects_are_held_by_what_they_are_about(desk: Desk) -> None:
    policies = "policy_no,insurer,uscc,item,signed_on,liability,premium\n"
    desk.take("policies", f"{policies}P1,保险,{FIRM},装备,2024-02-01,x,5000\n", hold_bad=True)
    # A payment of a held policy is held with it; one of a policy that nobody knows refuses the file.
    premiums = "policy_no,kind,date,amount\n"
    desk.take("premiums", f"{premiums}P1,paid,2024-02-03,5000\n", hold_bad=True)
    assert held(desk) == ["policy/P1", "premium/P1"]
    assert desk.codes("premiums", f"{premiums}P2,paid,2024-02-03,5000\n", hold_bad=True) == [
        "policy_unknown 2:1",
        "row_of_nobody 2:1",
    ]
