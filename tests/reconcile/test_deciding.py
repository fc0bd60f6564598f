"""Matching on a real ledger: what lines do to payouts, what stays decided, and what only a person may say."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from ledger.log import kinds
from ledger.rules.earlier.matches import Matches
from ledger.rules.records import Logged
from tests.reconcile.forms import write
from tests.support.till import PAYER, WALLET, Till, quarters_till

HEADING = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
PAYEE_WALLET = "0012345678901234"
# The first quarter's award of the small office, and what is left of 50,000.00 after it: 33,137.50.
AWARD, AFTER = "16862.50", "33137.50"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    made = quarters_till(folder)
    made.on("2024-04-10")
    return made


def sent(till: Till) -> tuple[str, str]:
    """(batch, item) of the first quarter, in the channel's hands since 2 April."""
    till.on("2024-04-02")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.on("2024-04-10")
    return batch, till.items(batch)[0]


def bring(till: Till, *rows: str) -> None:
    """A table of the wallet's entries, brought by an officer who pays nothing."""
    till.files += 1
    text = f"账号：{WALLET}\n共{len(rows)}笔\n{HEADING}" + "".join(f"{row}\n" for row in rows)
    brought = till.say("reconcile", "import", str(write(till.folder, f"{till.files}.csv", text)), "--actor", "1003")
    assert brought.exit_code == 0, brought.output


def match(till: Till) -> tuple[list[tuple[str, str]], int]:
    """(rule, kind) of each match made, and how many payouts it changed."""
    said = till.read("reconcile", "match")
    return [(one["rule"], one["kind"]) for one in said["matches"]], said["changed"]


def line_of(till: Till, day: str) -> str:
    """The key of the one line of a day, open or matched."""
    log = till.ledger
    with log.read() as view:
        (key,) = [row.key for row in view.rows(kinds.STATEMENT_LINE) if row.body["booked_on"] == day]
    return key


def explain(till: Till, day: str) -> dict[str, Any]:
    said: dict[str, Any] = till.read("reconcile", "explain", line_of(till, day))
    return said


def paid(reference: str = "", number: str = "", day: str = "2024-04-03") -> str:
    return f"{day},,{AWARD},{AFTER},补助,{reference},,{number}"


def refused(answer: Result) -> tuple[int, str]:
    """Exit code and code of the refusal."""
    return answer.exit_code, answer.stderr.rpartition("[")[2].rstrip("]\n")


@pytest.mark.parametrize("named", [True, False])
def test_a_line_pays_the_payout_that_it_names_or_whose_payee_and_amount_it_bears(named: bool, till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item) if named else paid(number=PAYEE_WALLET))
    assert match(till) == ([("end-to-end" if named else "amount-payee", "one-to-one")], 1)
    assert till.states(batch) == ["success"]
    # Dr 2303 / Cr 4001, as a result of the channel would have booked it.
    assert till.balances("fin/2303", "fin/4001") == {"fin/2303": "0.00", "fin/4001": "-16862.50"}
    with till.ledger.read() as view:
        (said,) = [row.body for row in view.rows(kinds.OUTCOME) if row.key == item]
    assert (said["on"], said["source"]["kind"]) == ("2024-04-03", "statement")
    assert explain(till, "2024-04-03")["match"]["match"] == said["source"]["name"]
    size = till.verify()
    assert match(till) == ([], 0)
    assert till.verify() == size
    till.do("audit", "rebuild", "--into", f"sqlite:///{till.folder}/again.db")


@pytest.mark.parametrize(
    ("name", "number", "settled"),
    [
        ("上海另一家有限公司", "6222020000000009999", False),
        ("上海另一家有限公司", "", False),
        ("", "6222020000000009999", False),
        ("上海另一家有限公司", PAYEE_WALLET, True),
        ("上海****", "****99", True),
        # A bank's own account by its looks; only two people can say so.
        ("待清算资金", "", False),
    ],
)
def test_a_debit_that_names_a_payout_and_somebody_else_is_not_its_payment(
    name: str, number: str, settled: bool, till: Till
) -> None:
    batch, item = sent(till)
    bring(
        till,
        f"2024-04-03,,{AWARD},{AFTER},补助,{item},{name},{number}",
        # 33,137.50 - 7.00 = 33,130.50.
        "2024-04-04,,7.00,33130.50,转账,,,",
    )
    match(till)
    assert till.states(batch) == (["success"] if settled else ["exported"])
    reasons = [one["reason"] for one in till.read("reconcile", "status")["open"]]
    assert reasons == (["unknown"] if settled else ["payee_differs", "unknown"])
    if not settled:
        printed = till.do("reconcile", "status").splitlines()
        first = next(place for place, said in enumerate(printed) if said.startswith("---")) + 1
        assert "paid to somebody else" in printed[first]


def test_the_next_days_file_disturbs_nothing_and_what_comes_back_is_payable_again(till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    before = explain(till, "2024-04-03")["match"]
    bring(till, f"2024-04-05,{AWARD},,50000.00,退汇,{item},,", "2024-04-06,0.35,,50000.35,利息,,,")
    assert match(till) == ([("class", "interest"), ("end-to-end", "return")], 1)
    assert explain(till, "2024-04-03")["match"] == before
    assert till.states(batch) == ["returned"]
    # Who sent it brought the statement as well.
    till.sure(item, "returned")
    assert till.prepare("2024-03")["batches"][0]["total"] == AWARD
    status = till.read("reconcile", "status")
    assert (status["lines"], status["matched"], status["open"]) == (3, {"class": 1, "end-to-end": 2}, [])
    till.verify()


def test_payment_and_return_in_one_file_are_both_booked(till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item), f"2024-04-05,{AWARD},,50000.00,退汇,{item},,")
    assert match(till) == ([("end-to-end", "one-to-one"), ("end-to-end", "return")], 2)
    assert till.states(batch) == ["returned"]


def test_a_part_resolves_nothing_until_the_rest_has_come(till: Till) -> None:
    batch, item = sent(till)
    # 50,000.00 - 10,000.00 = 40,000.00; the rest is 16,862.50 - 10,000.00 = 6,862.50.
    bring(till, f"2024-04-03,,10000.00,40000.00,补助,{item},,")
    assert match(till) == ([("end-to-end", "partial")], 0)
    assert till.states(batch) == ["exported"]
    assert till.read("reconcile", "status")["payouts_open"] == [{"amount": "6862.50", "payout": item}]
    bring(till, f"2024-04-04,,6862.50,{AFTER},补助,{item},,")
    assert match(till)[1] == 1
    assert till.states(batch) == ["success"]


def test_a_line_against_the_channels_word_is_a_dispute(till: Till) -> None:
    batch, item = sent(till)
    till.answer(batch, (item, "FAIL"))
    bring(till, paid(item))
    answer = till.say("reconcile", "match", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["disputed"]) == (1, [item])
    assert till.states(batch) == ["disputed"]
    till.verify()


def test_a_line_that_agrees_with_the_channel_changes_nothing(till: Till) -> None:
    batch, item = sent(till)
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-03"))
    bring(till, paid(item))
    assert match(till) == ([("end-to-end", "one-to-one")], 0)
    assert till.states(batch) == ["success"]


def test_what_a_person_undid_is_never_matched_again_by_a_rule_but_by_a_person(till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    made = explain(till, "2024-04-03")["match"]
    assert isinstance(made, dict)
    assert till.say("reconcile", "undo", made["match"], "--reason", "another firm").exit_code == 0
    assert till.states(batch) == ["disputed"]
    assert match(till) == ([], 0)
    said = explain(till, "2024-04-03")
    assert isinstance(said["open"], dict)
    assert (said["match"], said["open"]["reason"]) == (None, "barred")
    assert refused(till.say("reconcile", "undo", made["match"], "--reason", "twice")) == (2, "match_unknown")
    short = "/".join(line_of(till, "2024-04-03").split("/")[-2:])
    till.do("reconcile", "confirm", short, "--payout", item, "--reason", "slip no. 7")
    again = explain(till, "2024-04-03")["match"]
    assert isinstance(again, dict)
    assert (again["rule"], again["reason"], again["match"]) == ("person", "slip no. 7", made["match"])
    assert till.states(batch) == ["success"]
    till.verify()
    till.do("audit", "rebuild", "--into", f"sqlite:///{till.folder}/again.db")


def test_an_undone_fee_waits_for_a_person(till: Till) -> None:
    bring(till, "2024-04-03,,1.00,9.00,手续费,,,")
    assert match(till)[0] == [("class", "fee")]
    made = explain(till, "2024-04-03")["match"]
    assert isinstance(made, dict)
    till.do("reconcile", "undo", made["match"], "--reason", "not ours")
    assert match(till) == ([], 0)
    status = till.read("reconcile", "status")
    assert status["left_to_a_person"] == [line_of(till, "2024-04-03")]
    till.do("reconcile", "confirm", line_of(till, "2024-04-03"), "--as", "fee", "--reason", "slip no. 8")
    assert till.read("reconcile", "status")["matched"] == {"person": 1}


def test_refusals_of_a_person_s_decision_write_nothing(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(), "2024-04-04,1.00,,33138.50,存入,,,")
    size = till.verify()
    line, credit = line_of(till, "2024-04-03"), line_of(till, "2024-04-04")
    reason = ("--reason", "slip")
    for words, code in (
        (("nothing/1", "--payout", item), "line_unknown"),
        ((line,), "shares_differ"),
        ((line, "--payout", "S0"), "payout_unknown"),
        ((line, "--payout", f"{item}=much"), "share_malformed"),
        ((line, "--payout", f"{item}="), "share_malformed"),
        ((line, "--payout", f"{item}=16862.51"), "share_exceeds"),
        ((line, "--payout", f"{item}=16862.49"), "shares_differ"),
        ((credit, "--payout", item), "share_exceeds"),
        ((line, credit, "--payout", item), "lines_differ"),
        ((line, "--as", "interest"), "lines_differ"),
    ):
        assert refused(till.say("reconcile", "confirm", *words, *reason)) == (2, code), words
    assert till.verify() == size


def test_a_file_with_matched_lines_cannot_be_withdrawn(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    file = till.read("reconcile", "statements")["statements"][0]["sha256"][:16]
    assert refused(till.say("reconcile", "withdraw", file, "--reason", "corrected")) == (2, "line_matched")
    assert refused(till.say("reconcile", "confirm", line_of(till, "2024-04-03"), "--as", "fee", "--reason", "x")) == (
        2,
        "line_matched",
    )


def test_a_return_that_was_booked_cannot_be_undone(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item), f"2024-04-05,{AWARD},,50000.00,退汇,{item},,")
    match(till)
    made = explain(till, "2024-04-05")["match"]
    assert isinstance(made, dict)
    assert refused(till.say("reconcile", "undo", made["match"], "--reason", "x")) == (2, "return_booked")


def test_status_and_explain_in_both_languages_show_no_number_in_full(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, "2024-04-03,,20.00,80.00,补助,,,")
    for lang, words in (("en", "1 line, 0 matched, 1 open; 1 payout"), ("zh_CN", "1 条明细，已匹配 0 条")):
        said = till.do("--lang", lang, "reconcile", "status")
        assert words in said
        assert item in said
        assert WALLET not in said
        assert PAYEE_WALLET not in said
    explained = till.do("reconcile", "explain", line_of(till, "2024-04-03"))
    assert f"{PAYER}/2024-04-03/" in explained
    assert "Open: nothing of ours (amount alone)." in explained


LINE = {"key": "a/2024-04-03/x/1", "amount_fen": -300}
PAYOUT = {"key": "S1", "amount_fen": 300}
MATCH = {
    "key": "m",
    "kind": "one-to-one",
    "lines": [LINE["key"]],
    "amount_fen": -300,
    "payouts": [{"payout": "S1", "amount_fen": 300}],
}


@pytest.mark.parametrize(
    ("after", "wrong"),
    [
        ([], []),
        ([("match", {**MATCH, "lines": ["b"]})], ["lines", "residual_fen"]),
        ([("match", MATCH)], ["lines", "residual_fen"]),
        ([("undo", {"key": "m", "of": 2}), ("match", MATCH)], []),
        ([("undo", {"key": "m", "of": 1})], ["of"]),
        ([("undo", {"key": "n", "of": 2})], ["key"]),
        ([("void", {"register": "statement_line", "key": LINE["key"]})], ["lines"]),
    ],
)
def test_verification_asks_what_a_match_rests_on(after: list[tuple[str, dict[str, object]]], wrong: list[str]) -> None:
    log = [("statement_line", LINE), ("payout", PAYOUT), ("match", MATCH), *after]
    rules = Matches(lambda seq: log[seq][1])
    found = [
        one.fault.values.get("reason", one.fault.code)
        for seq, (kind, body) in enumerate(log)
        for one in rules.check(Logged(seq, kind, body, b""))
    ]
    assert found == wrong


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_fen": -200}, "amount_fen"),
        ({"payouts": [{"payout": "S2", "amount_fen": 300}]}, "payouts"),
        ({"payouts": [{"payout": "S1", "amount_fen": 299}]}, "payouts"),
    ],
)
def test_verification_names_a_match_that_does_not_add_up(change: dict[str, object], reason: str) -> None:
    log = [("statement_line", LINE), ("payout", PAYOUT), ("match", {**MATCH, **change})]
    rules = Matches(lambda seq: log[seq][1])
    found = [
        one.fault.values.get("reason", one.fault.code)
        for seq, (kind, body) in enumerate(log)
        for one in rules.check(Logged(seq, kind, body, b""))
    ]
    assert reason in found
