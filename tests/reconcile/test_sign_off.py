"""A month is signed off by two people, and from then on it stands as it was signed.

The till's wallet begins with 50,000.00; the first quarter's award of 16,862.50 leaves 33,137.50.
"""

import json
import re
from pathlib import Path

import pytest
from click.testing import Result

from ledger.log import kinds
from tests.reconcile.forms import write
from tests.reconcile.test_deciding import AFTER, AWARD, HEADING, bring, line_of, match, paid, sent, till
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import PAYER, WALLET, Till, quarters_till

__all__ = ["till"]


def sign_off(till: Till, month: str, *words: str, actor: str = "1001") -> Result:
    return till.say("reconcile", "sign-off", "--month", month, *words, "--actor", actor)


def on_page(till: Till) -> list[str]:
    """What the page of April says of its statements."""
    steps = till.read("month", "2024-04")["steps"]
    return [point["code"] for step in steps if step["step"] == "statements" for point in step["points"]]


def codes(answer: Result) -> list[str]:
    """The codes of a refusal."""
    assert answer.exit_code == 2, answer.output
    return re.findall(r"\[(\w+)\]$", answer.stderr, re.MULTILINE)


def april(till: Till) -> tuple[str, str]:
    """April is paid, matched and over; (batch, item)."""
    batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    till.on("2024-05-06")
    return batch, item


def signed_april(till: Till) -> tuple[str, str]:
    made = april(till)
    assert sign_off(till, "2024-04").exit_code == 0
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    return made


def test_two_people_sign_what_the_report_says(till: Till, tmp_path: Path) -> None:
    april(till)
    made = sign_off(till, "2024-04")
    assert "--month 2024-04 --check" in made.stdout
    size = till.verify()
    # Making what stands so already writes nothing, whoever asks.
    assert sign_off(till, "2024-04", actor="1003").exit_code == 0
    assert till.verify() == size
    assert codes(sign_off(till, "2024-04", "--check")) == ["approver_is_maker"]
    [waiting] = till.read("approvals")
    assert (waiting["what"], waiting["maker"]) == ("sign-off 2024-04", "1001")
    assert waiting["command"] == "subsidy reconcile sign-off --month 2024-04 --check"
    answer = sign_off(till, "2024-04", "--check", "--json", actor="1002")
    said = json.loads(answer.stdout)
    assert (said["state"], said["actor"]) == ("checked", "1002")
    assert till.read("approvals") == []
    assert said["accounts"] == [
        {"account": PAYER, "through": "2024-04-03", "bank": AFTER, "book": AFTER, "explained": {}}
        | {"carried": [], "interest": []}
    ]
    signed = till.read("reconcile", "report", "--month", "2024-04")["signed_off"]
    assert (signed["made_by"], signed["checked_by"]) == ("1001", "1002")
    assert "Made by: 1001 2024-05-06    Checked by: 1002 2024-05-06" in till.do(
        "reconcile", "report", "--month", "2024-04"
    )
    till.verify()
    till.do("audit", "rebuild", "--into", f"sqlite:///{tmp_path}/again.db")


def test_it_says_so_in_chinese_and_the_workbook_bears_the_names(till: Till, tmp_path: Path) -> None:
    signed_april(till)
    path = tmp_path / "report.xlsx"
    said = till.do("--lang", "zh_CN", "reconcile", "report", "--month", "2024-04", "--xlsx", str(path))
    assert "编制：1001 2024-05-06" in said
    assert "复核：1002 2024-05-06" in said
    till.on("2024-06-03")
    bring(till, "2024-05-08,,1.00,33136.50,手续费,,,")
    match(till)
    assert "余额调节表已由 1001 编制" in till.do("--lang", "zh_CN", "reconcile", "sign-off", "--month", "2024-05")


def test_what_keeps_a_month_from_being_signed_off(till: Till) -> None:
    assert codes(sign_off(till, "2024-03")) == ["nothing_to_sign_off"]
    assert codes(sign_off(till, "2024-04")) == ["month_not_over"]
    assert codes(sign_off(till, "2024-03", "--check", actor="1002")) == ["nothing_to_check"]
    assert codes(sign_off(till, "2024-03", "--reopen", "--reason", "x")) == ["month_not_signed_off"]
    batch, item = sent(till)
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-03"))
    till.on("2024-05-01")
    # The book has paid and no statement is there: no data is never 0, and by now the bank should have booked it.
    assert codes(sign_off(till, "2024-04")) == ["statement_missing", "unexplained_open"]
    # 20.00 out and 20.00 in of nobody: the sum is nothing, and both are unexplained.
    bring(till, paid(item), "2024-04-04,,20.00,33117.50,转账,,,", f"2024-04-05,20.00,,{AFTER},转账,,,")
    match(till)
    answer = sign_off(till, "2024-04")
    assert codes(answer) == ["unexplained_open"]
    assert "unexplained differences: 2, 0.00 yuan together" in answer.stderr
    # The page of the month asks for the same, of a statement that ends on the 5th.
    assert on_page(till) == ["unexplained"]
    till.do("reconcile", "confirm", line_of(till, "2024-04-04"), "--as", "fee", "--reason", "slip 1")
    till.do("reconcile", "confirm", line_of(till, "2024-04-05"), "--as", "interest", "--reason", "slip 2")
    assert on_page(till) == ["statement_explained"]
    # A month before the first statement and the first payment has nothing to say.
    assert codes(sign_off(till, "2024-03")) == ["nothing_to_sign_off"]
    # The statement ends before June begins; May is skipped once April is signed off.
    till.on("2024-07-01")
    assert codes(sign_off(till, "2024-06")) == ["statement_missing"]
    assert sign_off(till, "2024-04").exit_code == 0
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    assert codes(sign_off(till, "2024-04")) == ["month_signed_off"]
    assert codes(sign_off(till, "2024-06")) == ["month_skipped"]


@pytest.mark.parametrize("words", [("--check", "--reopen", "--reason", "x"), ("--reopen",), ("--reason", "x")])
def test_modes_exclude_each_other(words: tuple[str, ...], till: Till) -> None:
    assert sign_off(till, "2024-03", *words).exit_code == 2


def test_a_statement_that_changed_since_is_not_signed(till: Till) -> None:
    april(till)
    assert sign_off(till, "2024-04").exit_code == 0
    bring(till, "2024-04-29,,1.00,33136.50,手续费,,,")
    match(till)
    assert codes(sign_off(till, "2024-04", "--check", actor="1002")) == ["period_changed"]
    assert sign_off(till, "2024-04").exit_code == 0
    answer = sign_off(till, "2024-04", "--check", "--json", actor="1002")
    assert json.loads(answer.stdout)["accounts"][0]["explained"] == {"fee": "-1.00"}
    till.verify()


def test_nothing_of_a_signed_month_moves(till: Till) -> None:
    _batch, item = signed_april(till)
    size = till.verify()
    made = till.read("reconcile", "explain", line_of(till, "2024-04-03"))["match"]["match"]
    file = till.read("reconcile", "statements")["statements"][0]["sha256"][:16]
    for words in (
        ("reconcile", "undo", made, "--reason", "x"),
        ("reconcile", "withdraw", file, "--reason", "x"),
        ("pay", "refund", item, "5.00", "--on", "2024-04-30", "--document", "TK-1"),
    ):
        assert codes(till.say(*words)) == ["month_signed_off"], words
    assert till.verify() == size
    # A line of April that nobody had: the file is put aside whole, with the line of May in it.
    late = write(
        till.folder,
        "late.csv",
        f"账号：{WALLET}\n{HEADING}2024-04-29,,1.00,33136.50,手续费,,,\n2024-05-02,,1.00,33135.50,手续费,,,\n",
    )
    answer = till.say("reconcile", "import", str(late))
    assert (answer.exit_code, "[month_signed_off]" in answer.stderr) == (1, True)
    assert len(till.read("reconcile", "statements")["statements"]) == 1
    # The same refund on a day of the open month.
    till.do("pay", "refund", item, "5.00", "--on", "2024-05-01", "--document", "TK-1")
    # A file that overlaps and has nothing new of April is welcome; 33,137.50 + 5.00 = 33,142.50.
    bring(till, paid(item), "2024-05-01,5.00,,33142.50,退还,,,")
    till.do("reconcile", "confirm", line_of(till, "2024-05-01"), "--as", "refund", "--reason", "TK-1")
    till.on("2024-06-03")
    assert sign_off(till, "2024-05").exit_code == 0
    till.verify()


def test_what_is_heard_late_is_booked_in_the_open_month_and_the_signed_one_stays(till: Till) -> None:
    batch, item = sent(till)
    till.on("2024-05-06")
    bring(till, "2024-04-21,0.35,,50000.35,利息,,,")
    match(till)
    assert sign_off(till, "2024-04").exit_code == 0
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    before = till.read("reconcile", "report", "--month", "2024-04")
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-30"))
    # 50,000.35 - 16,862.50 = 33,137.85.
    bring(till, f"2024-05-02,,{AWARD},33137.85,补助,{item},,")
    match(till)
    with till.ledger.read() as view:
        (said,) = [row.body for row in view.rows(kinds.OUTCOME) if row.key == item]
        (entry,) = [row.body for row in view.records(kinds.ENTRY) if row.body["reason"] == "paid"]
    # The channel's day stands as it was said; the entry takes effect on the first open day.
    assert (said["on"], entry["effective_on"]) == ("2024-04-30", "2024-05-01")
    assert till.read("reconcile", "report", "--month", "2024-04") == before
    (may,) = till.read("reconcile", "report", "--month", "2024-05")["accounts"]
    assert (may["bank"], may["book"], may["unexplained"]) == ("33137.85", AFTER, "0.00")
    till.verify()


def test_the_last_month_can_be_opened_again(till: Till) -> None:
    signed_april(till)
    assert codes(sign_off(till, "2024-05", "--reopen", "--reason", "x")) == ["month_not_signed_off"]
    answer = sign_off(till, "2024-04", "--reopen", "--reason", "a line of the 29th is missing", actor="1003")
    assert "2024-04 is open again; no month is signed off." in answer.stdout
    assert till.read("reconcile", "report", "--month", "2024-04")["signed_off"] is None
    bring(till, "2024-04-29,,1.00,33136.50,手续费,,,")
    match(till)
    assert sign_off(till, "2024-04").exit_code == 0
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    till.on("2024-06-03")
    bring(till, "2024-05-08,,1.00,33135.50,手续费,,,")
    match(till)
    assert sign_off(till, "2024-05").exit_code == 0
    assert sign_off(till, "2024-05", "--check", actor="1002").exit_code == 0
    assert codes(sign_off(till, "2024-04", "--reopen", "--reason", "x")) == ["month_not_signed_off"]
    answer = sign_off(till, "2024-05", "--reopen", "--reason", "x")
    assert "2024-05 is open again; every month up to 2024-04 is signed off." in answer.stdout
    till.verify()


def test_a_prefunded_wallet_and_a_second_account_that_nothing_moved(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    till = quarters_till(folder, funding="prefunded")
    till.take(
        "payers",
        "channel,institution,wallet_type,number,holder,funding\n"
        "bank,102100099996,,6222020200112233445,示例专户,zero_balance\n",
    )
    till.on("2024-04-02")
    # The wallet is filled with 50,000.00 by book and bank, and earns 0.35.
    till.do("pay", "fund", PAYER, "50000.00", "--on", "2024-04-01", "--document", "YK-1")
    _batch, item = sent(till)
    till.on("2024-05-06")
    bring(till, "2024-04-01,50000.00,,50000.00,拨款,,,", paid(item), "2024-04-21,0.35,,33137.85,利息,,,")
    match(till)
    assert codes(sign_off(till, "2024-04")) == ["unexplained_open"]
    till.do("reconcile", "confirm", line_of(till, "2024-04-01"), "--as", "funding", "--reason", "YK-1")
    report = till.say("reconcile", "report", "--month", "2024-04", "--json")
    other, one = json.loads(report.stdout)["accounts"]
    # The interest is on the bank's side alone until it is booked; 33,137.85 - 33,137.50 = 0.35.
    assert (one["bank"], one["book"], one["explained"]["interest"], one["unexplained"]) == (
        "33137.85",
        AFTER,
        "0.35",
        "0.00",
    )
    assert (other["bank"], other["book"], other["through"]) == ("0.00", "0.00", None)
    till.do("pay", "wallet-interest", PAYER, "0.35", "--on", "2024-04-21", "--document", "LX-1")
    said = json.loads(sign_off(till, "2024-04", "--json").stdout)
    # The account that nothing moved on and no bank spoke of is not signed for.
    assert [(each["account"], each["bank"], each["book"], each["explained"]) for each in said["accounts"]] == [
        (PAYER, "33137.85", "33137.85", {})
    ]
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    for command in ("fund", "wallet-interest"):
        words = ("pay", command, PAYER, "1.00", "--on", "2024-04-30", "--document", "YK-2")
        assert codes(till.say(*words)) == ["month_signed_off"]
    # What was booked before stays the same document, and writes nothing.
    till.do("pay", "fund", PAYER, "50000.00", "--on", "2024-04-01", "--document", "YK-1")
    till.verify()


def test_a_funding_that_the_bank_never_showed_is_unexplained(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    till = quarters_till(folder, funding="prefunded")
    till.do("pay", "fund", PAYER, "60000.00", "--on", "2024-04-01", "--document", "YK-1")
    till.on("2024-05-06")
    bring(till, "2024-04-01,50000.00,,50000.00,拨款,,,")
    till.do("reconcile", "confirm", line_of(till, "2024-04-01"), "--as", "funding", "--reason", "YK-1")
    (one,) = json.loads(till.say("reconcile", "report", "--month", "2024-04", "--json").stdout)["accounts"]
    # 50,000.00 - 60,000.00.
    assert (one["unexplained"], [each["class"] for each in one["differences"]]) == ("-10000.00", ["funded"])


def test_a_zero_balance_account_is_cleared_by_the_treasury(till: Till) -> None:
    _batch, item = sent(till)
    # The agent bank pays 16,862.50 and is paid back by the treasury the same day.
    bring(till, f"2024-04-03,,{AWARD},-{AWARD},补助,{item},,", f"2024-04-03,{AWARD},,0.00,清算,,,")
    match(till)
    (cleared,) = till.read("reconcile", "status")["open"]
    till.do("reconcile", "confirm", cleared["lines"][0], "--as", "funding", "--reason", "clearing")
    (one,) = till.read("reconcile", "report", "--month", "2024-04")["accounts"]
    assert (one["bank"], one["book"]) == ("0.00", f"-{AWARD}")
    assert (one["explained"]["cleared"], one["unexplained"]) == (AWARD, "0.00")
    assert one["bank_used"] == {
        "used_month": AWARD,
        "returned_month": "0.00",
        "used_year": AWARD,
        "returned_year": "0.00",
    }


def test_where_keys_are_in_use_both_sign(till: Till) -> None:
    april(till)
    employ(till, CHECKER, HEAD)
    assert codes(sign_off(till, "2024-04", actor=CHECKER)) == ["signing_key_needed"]
    assert sign_off(till, "2024-04", "--key", key(till, CHECKER), actor=CHECKER).exit_code == 0
    assert codes(sign_off(till, "2024-04", "--check", "--key", key(till, CHECKER), actor=HEAD)) == [
        "signing_key_differs"
    ]
    assert sign_off(till, "2024-04", "--check", "--key", key(till, HEAD), actor=HEAD).exit_code == 0
    with till.ledger.read() as view:
        made, checked = view.records(kinds.PERIOD)
        (approval,) = view.records(kinds.APPROVAL)
    assert (approval.body["about"], approval.body["actor"], checked.body["of"]) == (made.seq, HEAD, made.seq)
    assert len(made.body["signature"]) == 128
    till.verify()
    assert sign_off(till, "2024-04", "--reopen", "--reason", "x", "--key", key(till, HEAD), actor=HEAD).exit_code == 0
    till.verify()
