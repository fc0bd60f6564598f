"""Claw-backs: asked for on a finding, agreed by somebody else, taken back by the next run, and paid back in parts.

The first quarter of 2024 comes to 18,000,000 x 3.55 % x 19 / 360 x 50 % = 16,862.50 yuan.
"""

import re
from pathlib import Path

import orjson
import pytest

from ledger.log import kinds
from tests.support.clawing import agree, ask, clawing_till, pay, take
from tests.support.signing_office import code
from tests.support.till import Till

# The second drawdown was 6 million, not 8: 16,000,000 x 3.55 % x 19 / 360 x 50 % = 14,988.89; 1,873.61 less.
CORRECTED = "HT1,drawdown,2024-02-26,,6000000,\n"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return clawing_till(tmp_path)


def listed(till: Till) -> dict[str, tuple[str, str, str]]:
    """Number -> state, taken back by runs, still owed."""
    return {one["key"]: (one["state"], one["posted"], one["owed"]) for one in till.read("clawback", "list")}


def april(till: Till, events: str = "") -> list[tuple[str, str]]:
    """Run April on 8 May; what was posted as (due, yuan)."""
    till.on("2024-05-08")
    till.report("2024-04-30", events)
    return [(one["due"], one["amount"]) for one in till.run("2024-04")["posted"]]


def test_from_request_to_money_in_two_parts(till: Till) -> None:
    assert pay(till) == "16862.50"
    assert "Nothing is taken back." in till.do("clawback", "list")
    assert "Next, by somebody else: subsidy clawback agree ZH-1" in till.do(*ask("10,000"))
    assert listed(till) == {"ZH-1": ("requested", "0.00", "0.00")}
    assert "The next run posts it" in agree(till)
    assert listed(till) == {"ZH-1": ("agreed", "0.00", "0.00")}
    # Agreed on 2 April, so due when that day is over, and of April.
    assert april(till) == [("2024-04-03", "-10000.00")]
    assert listed(till) == {"ZH-1": ("owed", "10000.00", "10000.00")}
    till.do("pay", "recover", "PF1", "4000", "--on", "2024-05-08", "--document", "SH-1")
    assert listed(till) == {"ZH-1": ("partly_settled", "10000.00", "6000.00")}
    till.do("pay", "recover", "PF1", "6000", "--on", "2024-05-08", "--document", "SH-2")
    assert listed(till) == {"ZH-1": ("settled", "10000.00", "0.00")}
    # 16,862.50 - 10,000.00 stays with the firm, on every chart.
    assert till.balances("fin/5001", "fin/2303", "fin/4001", "bud/7101", "ind/1501") == {
        "fin/5001": "6862.50",
        "fin/2303": "0.00",
        "fin/4001": "-6862.50",
        "bud/7101": "6862.50",
        "ind/1501": "6862.50",
    }
    till.verify()
    assert till.do("audit", "replay")
    till.do("audit", "rebuild", "--into", f"sqlite:///{till.folder}/again.db")
    assert till.run("2024-04")["posted"] == []


def test_the_worksheet_says_what_was_taken_and_by_which_claw_back(till: Till) -> None:
    pay(till)
    take(till, "10,000")
    april(till)
    sheet = till.do("explain", "HT1")
    assert "taken back    10,000.00 by claw-back ZH-1, due 2024-04-03" in sheet
    assert re.search(r"^ award +6,862\.50$", sheet, re.MULTILINE)


def test_before_it_is_paid_nothing_is_owed_and_nothing_is_paid_until_the_run(till: Till) -> None:
    take(till, "10,000")
    [held] = till.prepare("2024-03")["held"]
    assert (held["code"], held["amount"]) == ("clawback_pending", "16862.50")
    assert "claw-back ZH-1 of PF1 is agreed and in no run yet" in till.do("pay", "prepare", "2024-03")
    april(till)
    assert listed(till) == {"ZH-1": ("settled", "10000.00", "0.00")}
    assert pay(till) == "6862.50"
    assert till.balances("fin/5001", "fin/2303", "ind/1501")["ind/1501"] == "6862.50"
    till.verify()


def test_a_request_alone_holds_nothing_up(till: Till) -> None:
    till.do(*ask("10,000"))
    assert till.prepare("2024-03", "--dry-run")["held"] == []


def test_never_more_than_stands(till: Till) -> None:
    refused = till.say(*ask("16,862.51"))
    assert code(refused) == "clawback_exceeds"
    assert "16,862.51 is asked back of PF1, and 16,862.50 can be" in refused.stderr
    take(till, "16,862.50")
    # What is agreed counts at once, before any run has posted it.
    assert code(till.say(*ask("0.01", "ZH-2"))) == "clawback_exceeds"
    april(till)
    assert code(till.say(*ask("0.01", "ZH-2"))) == "clawback_exceeds"
    assert till.read("explain", "HT1")[0]["digest"]["award_fen"] == 0


def test_what_two_requests_ask_for_together_is_held_against_the_book_when_agreed(till: Till) -> None:
    till.do(*ask("10,000"))
    till.do(*ask("10,000", "ZH-2"))
    agree(till)
    assert code(till.as_second("clawback", "agree", "ZH-2", "--document", "D")) == "clawback_exceeds"
    till.do(*ask("6,862.50", "ZH-2"))
    agree(till, "ZH-2")
    assert april(till) == [("2024-04-03", "-16862.50")]
    assert {one[0] for one in listed(till).values()} == {"settled"}


def test_a_second_partial_one_after_the_first(till: Till) -> None:
    pay(till)
    take(till, "10,000")
    april(till)
    take(till, "862.50", "ZH-2")
    assert april(till) == []
    till.on("2024-06-04").report("2024-05-31", "")
    assert till.posted("2024-05") == [("2024-05-09", "-862.50")]
    assert listed(till) == {"ZH-1": ("owed", "10000.00", "10000.00"), "ZH-2": ("owed", "862.50", "862.50")}
    # Money settles the oldest first.
    till.do("pay", "recover", "PF1", "10100", "--on", "2024-06-04", "--document", "SH-1")
    assert listed(till) == {"ZH-1": ("settled", "10000.00", "0.00"), "ZH-2": ("partly_settled", "862.50", "762.50")}
    till.verify()


@pytest.mark.parametrize("first", ["claw-back", "facts"])
def test_facts_that_shrink_later_do_not_take_the_same_twice(till: Till, first: str) -> None:
    """16,862.50 less 10,000.00 are left. The award itself falls by 1,873.61: 6,862.50 are left still."""
    pay(till)
    take(till, "10,000")
    if first == "claw-back":
        assert april(till) == [("2024-04-03", "-10000.00")]
        till.on("2024-06-04").report("2024-05-31", CORRECTED)
        assert till.posted("2024-05") == [("2024-03-20", "-1873.61"), ("2024-04-03", "1873.61")]
    else:
        assert april(till, CORRECTED) == [("2024-03-20", "-1873.61"), ("2024-04-03", "-8126.39")]
    [explained] = till.read("explain", "HT1")
    assert explained["digest"]["award_fen"] == 686_250
    assert explained["digest"]["taken_back"] == [
        {"due": "2024-04-03", "clawback": "ZH-1", "agreed_fen": 1_000_000, "amount_fen": 812_639}
    ]
    assert "8,126.39 by claw-back ZH-1 of 10,000.00" in till.do("explain", "HT1")
    assert [one["owed"] for one in till.read("pay", "owed")] == ["10000.00"]
    till.verify()
    till.do("audit", "replay")


def test_a_correction_that_came_before_the_agreement_is_what_stands(till: Till) -> None:
    """Corrected first, 14,988.89 stand; 10,000.00 of them are taken back."""
    pay(till)
    assert april(till, CORRECTED) == [("2024-03-20", "-1873.61")]
    assert code(till.say(*ask("14,988.90"))) == "clawback_exceeds"
    take(till, "10,000")
    till.on("2024-06-04").report("2024-05-31", "")
    assert till.posted("2024-05") == [("2024-05-09", "-10000.00")]
    assert till.read("explain", "HT1")[0]["digest"]["award_fen"] == 498_889


def test_later_quarters_are_awarded_in_full_and_netted(till: Till) -> None:
    """The second quarter: 106,500.00 (test_interest_run). 10,000.00 are netted against it."""
    pay(till)
    take(till, "10,000")
    till.on("2024-07-02").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    assert till.posted("2024-06") == [("2024-04-03", "-10000.00"), ("2024-06-20", "106500.00")]
    assert listed(till) == {"ZH-1": ("settled", "10000.00", "0.00")}
    assert pay(till, "2024-06") == "96500.00"
    till.verify()


def test_a_run_proposed_before_the_agreement_does_not_count_it(till: Till) -> None:
    """April is run on 8 May and repeated after an agreement of the same day: that is due on 9 May, and May's."""
    assert april(till) == []
    take(till, "10,000")
    assert april(till) == []
    assert listed(till) == {"ZH-1": ("agreed", "0.00", "0.00")}
    assert [one["code"] for one in till.prepare("2024-03", "--dry-run")["held"]] == ["clawback_pending"]


def test_withdrawing_the_run_makes_it_wait_for_the_next(till: Till) -> None:
    take(till, "10,000")
    april(till)
    till.do("run", "withdraw", "2024-04", "--reason", "receipt was wrong")
    assert listed(till) == {"ZH-1": ("agreed", "0.00", "0.00")}
    assert april(till) == [("2024-04-03", "-10000.00")]
    assert listed(till) == {"ZH-1": ("settled", "10000.00", "0.00")}
    till.verify()
    till.do("audit", "replay")


def test_who_asks_does_not_agree_and_an_answer_stands(till: Till) -> None:
    till.do(*ask("10,000"))
    assert code(till.say("clawback", "agree", "ZH-1", "--document", "D")) == "approver_is_maker"
    # Who corrects a request is its maker from then on.
    assert till.as_second(*ask("9,000")).exit_code == 0
    assert code(till.as_second("clawback", "agree", "ZH-1", "--document", "D")) == "approver_is_maker"
    till.do("clawback", "agree", "ZH-1", "--document", "D")
    for words in (ask("9,000"), ("clawback", "agree", "ZH-1", "--document", "D")):
        assert code(till.say(*words)) == "clawback_answered"
    assert code(till.say("clawback", "refuse", "ZH-1", "--reason", "x")) == "clawback_answered"
    [one] = till.read("clawback", "list")
    assert one == {
        "key": "ZH-1",
        "state": "agreed",
        "line": "PF1",
        "amount": "9000.00",
        "cause": "inspection",
        "about": "JC1",
        "reason": "equipment sold",
        "requested_by": "1002",
        "answered_by": "1001",
        "document": "D",
        "posted": "0.00",
        "owed": "0.00",
    }


def test_the_same_request_again_writes_nothing(till: Till) -> None:
    till.do(*ask("10,000"))
    with till.ledger.read() as view:
        size = view.size
    assert "nothing was written" in till.do(*ask("10,000"))
    with till.ledger.read() as view:
        assert view.size == size


def test_a_refused_one_takes_nothing_and_its_number_is_spent(till: Till) -> None:
    till.do(*ask("10,000"))
    assert "nothing is taken back" in till.as_second("clawback", "refuse", "ZH-1", "--reason", "put right").stdout
    assert code(till.as_second("clawback", "refuse", "ZH-1", "--reason", "again")) == "clawback_answered"
    assert code(till.say(*ask("10,000"))) == "clawback_answered"
    assert april(till) == []
    [one] = till.read("clawback", "list")
    assert (one["state"], one["answered_by"], one["text"]) == ("refused", "1002", "put right")
    take(till, "16,862.50", "ZH-2")
    till.verify()


def test_it_rests_on_an_open_finding_of_its_own_grant(till: Till) -> None:
    assert code(till.say(*ask("1", line="PF9"))) == "grant_unknown"
    assert code(till.say(*ask("1", inspection="JC9"))) == "inspection_unknown"
    assert code(till.say(*ask("1", inspection="JC2"))) == "finding_differs"
    assert code(till.say(*ask("1", inspection="JC3"))) == "finding_settled"
    assert code(till.say("clawback", "request", "Z", "--line", "PF1", "--amount", "1", "--reason", "r")) == (
        "cause_missing"
    )
    assert code(till.say("clawback", "agree", "ZH-9", "--document", "D")) == "clawback_unknown"
    assert code(till.say("clawback", "refuse", "ZH-9", "--reason", "r")) == "clawback_unknown"
    with till.ledger.read() as view:
        assert list(view.records(kinds.CLAWBACK)) == []


def test_a_grant_that_falls_takes_the_rest_and_not_the_same_again(till: Till) -> None:
    """16,862.50 paid, 10,000.00 clawed back and returned; the grant is taken back: 6,862.50 are left to come."""
    pay(till)
    take(till, "10,000")
    april(till)
    till.do("pay", "recover", "PF1", "10000", "--on", "2024-05-08", "--document", "SH-1")
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    till.take("grants", heading, "--mode", "full", "--confirm-void", "PF1", "--reason", "revoked")
    till.on("2024-06-04").report("2024-05-31", "")
    # What the run gives back bears a part of what it takes; the rest was paid and is owed.
    assert till.posted("2024-05") == [
        ("2024-03-20", "-10000.00"),
        ("2024-03-20", "-6862.50"),
        ("2024-04-03", "10000.00"),
    ]
    assert [one["owed"] for one in till.read("pay", "owed")] == ["6862.50"]
    assert listed(till) == {"ZH-1": ("settled", "0.00", "0.00")}
    till.verify()


def test_the_record_says_what_it_was_agreed_on(till: Till) -> None:
    take(till, "10,000")
    with till.ledger.read() as view:
        row = view.current(kinds.CLAWBACK, "ZH-1")
        assert row is not None
        assert (row.body["stood_fen"], row.body["stood_through"]) == (1_686_250, "2024-03-20")
        assert orjson.loads(orjson.dumps(row.body)) == row.body
