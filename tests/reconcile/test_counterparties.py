"""Who a bank says was paid, held against the payee: agreement and silence settle, contradiction never does.

The firm is 示例企业 with wallet 0012345678901234; its first award of 16,862.50 was sent on 2 April.
"""

import json
from pathlib import Path

import pytest

from ledger.reconcile.counterparties import Counterparties, forms
from tests.reconcile.test_deciding import (
    AFTER,
    AWARD,
    PAYEE_WALLET,
    bring,
    explain,
    line_of,
    match,
    refused,
    sent,
)
from tests.support.office import USCC
from tests.support.till import PAYER, WALLET, Till, quarters_till

STRANGER = "6222020200011122233"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    return quarters_till(folder).on("2024-04-10")


def row(item: str, name: str = "", number: str = "", day: str = "2024-04-03") -> str:
    return f"{day},,{AWARD},{AFTER},补助,{item},{name},{number}"


# name, number -> "ours", "another's" or "silence". A name counts only where the number is not whole.
SAID = {
    "nothing": ("", "", "silence"),
    "the number": ("", PAYEE_WALLET, "ours"),
    "the number in groups of four": ("", "0012 3456 7890 1234", "ours"),
    "the number, whatever the name": ("别人有限公司", PAYEE_WALLET, "ours"),
    "a number that hides its middle": ("", "0012****1234", "ours"),
    "a number that hides it by letters": ("", "0012xxxxXXXX1234", "ours"),
    "a number that leaves only two signs": ("", "**************34", "silence"),
    "another number": ("", STRANGER, "another's"),
    "another name and a number that hides its middle": ("办公设备有限公司", "0012****1234", "another's"),
    "the name and a number that hides its middle": ("示例企业", "0012****1234", "ours"),
    "another name and the end of the number": ("办公设备有限公司", "45678901234", "another's"),
    "the end of the number": ("", "45678901234", "ours"),
    "a number too short for one": ("", "7654321", "silence"),
    "another number, whatever the name": ("示例企业", STRANGER, "another's"),
    "another number that hides its middle": ("", "0012****1235", "another's"),
    "the name": ("示例企业", "", "ours"),
    "the name with spaces between": ("示例 企业", "", "ours"),
    "the name, cut": ("示例企", "", "silence"),
    "the name's signs in another order": ("企业示例", "", "ours"),
    "the name with more behind it": ("示例企业待核", "", "ours"),
    "the name that hides a sign": ("示*企业", "", "silence"),
    "another name": ("办公设备有限公司", "", "another's"),
    "another name and a number that hides all": ("办公设备有限公司", "****", "another's"),
}


@pytest.mark.parametrize(("name", "number", "meaning"), SAID.values(), ids=SAID.keys())
def test_what_a_name_and_a_number_say(name: str, number: str, meaning: str, till: Till) -> None:
    with till.ledger.read() as view:
        others = Counterparties(view, till.ledger.vault)
    (ours,) = others.owners.values()
    assert others.fits(PAYER, name, number) == {"ours": (ours,), "another's": (), "silence": None}[meaning]


def test_brackets_of_either_width_and_former_names_fit(till: Till) -> None:
    till.take("entities", f"uscc,name,district,district_from\n{USCC},新名（北京）科技公司,海淀区,2015-03-02\n")
    with till.ledger.read() as view:
        others = Counterparties(view, till.ledger.vault)
    ours = tuple(others.owners.values())
    for name in ("新名（北京）科技公司", "新名(北京)科技公司", "（北京）科技公司", "示例企业"):
        assert others.fits(PAYER, name, "") == ours
    # The line's own account says nothing of who was paid; to another account of the unit's, the payee was not.
    assert others.fits(PAYER, "", WALLET) is None
    assert others.fits("payer/bank/102100000021/000009", "", WALLET) == ()


@pytest.mark.parametrize(("name", "number"), [("购买办公设备", STRANGER), ("别人有限公司", "")])
def test_a_debit_that_names_a_payout_and_went_to_a_stranger_settles_nothing(name: str, number: str, till: Till) -> None:
    batch, item = sent(till)
    bring(till, row(item, name, number))
    assert match(till) == ([], 0)
    assert till.states(batch) == ["exported"]
    said = explain(till, "2024-04-03")["open"]
    assert (said["reason"], said["payouts"]) == ("payee_differs", [item])
    assert till.read("reconcile", "status")["open"][0]["reason"] == "payee_differs"
    till.verify()


def test_only_two_people_can_say_that_the_payee_was_paid_all_the_same(till: Till) -> None:
    batch, item = sent(till)
    bring(till, row(item, number=STRANGER))
    line = line_of(till, "2024-04-03")
    confirm = ("reconcile", "confirm", line, "--payout", item, "--reason", "letter of the bank")
    decide = ("decide", "paid-elsewhere", "--about", line, "--reason", "letter of the bank")
    size = till.verify()
    assert refused(till.say(*confirm)) == (2, "paid_to_another")
    assert till.verify() == size
    till.do(*decide)
    # The same person once more is still one person.
    assert "stands already" in till.do(*decide)
    assert refused(till.say(*confirm)) == (2, "paid_to_another")
    # Nor is another who records the same: two who ask agree to nothing.
    assert "stands already" in till.as_second(*decide).stdout
    assert refused(till.say(*confirm)) == (2, "paid_to_another")
    second(till)
    till.do(*confirm)
    assert till.states(batch) == ["success"]
    till.verify()


def test_two_people_can_say_that_an_account_is_the_bank_s_own_from_then_on(till: Till) -> None:
    batch, item = sent(till)
    bring(till, row(item, "待清算", STRANGER))
    decide = ("decide", "clearing-account", "--about", line_of(till, "2024-04-03"), "--reason", "letter of the bank")
    till.do(*decide)
    assert match(till) == ([], 0)
    second(till)
    assert match(till) == ([("end-to-end", "one-to-one")], 1)
    assert till.states(batch) == ["success"]
    till.verify()


def second(till: Till) -> None:
    """Another person agrees to the one thing that waits."""
    (waits,) = till.read("approvals")
    assert till.as_second(*waits["command"].split()[1:]).exit_code == 0


def test_a_decision_about_a_line_that_is_not_there_is_refused(till: Till) -> None:
    for kind in ("paid-elsewhere", "clearing-account"):
        answer = till.say("decide", kind, "--about", "nothing/1", "--reason", "letter")
        assert refused(answer) == (2, "line_unknown")


def test_money_that_comes_back_from_somebody_else_is_no_return(till: Till) -> None:
    batch, item = sent(till)
    bring(till, row(item), f"2024-04-05,{AWARD},,50000.00,退汇,{item},,{STRANGER}")
    assert match(till) == ([("end-to-end", "one-to-one")], 1)
    assert till.states(batch) == ["success"]
    assert [one["reason"] for one in till.read("reconcile", "status")["open"]] == ["payee_differs"]


def test_the_worklist_and_the_status_begin_with_what_went_to_somebody_else(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, "2024-04-02,,7.00,49993.00,其他,,,", f"2024-04-03,,{AWARD},33130.50,补助,{item},,{STRANGER}")
    match(till)
    status = json.loads(till.do("reconcile", "status", "--json"))
    assert [one["reason"] for one in status["open"]] == ["payee_differs", "unknown"]
    lines = till.do("reconcile", "status").splitlines()
    said = [text for text in lines if "paid to somebody else" in text or "nothing of ours" in text]
    assert ["somebody else" in text for text in said] == [True, False]


def test_a_company_with_limited_liability_is_named_in_two_ways() -> None:
    assert forms("示例(北京)科技有限公司") == {"示例北京科技有限公司", "示例北京科技有限责任公司"}
    assert forms("示例（北京）科技有限责任公司") == forms("示例(北京)科技有限公司")
    assert not forms("示例股份有限公司") & forms("示例有限公司")
