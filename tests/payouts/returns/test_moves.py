"""What moves outside a batch: reopening over the year's end, active refunds, and the money of a prefunded wallet."""

from pathlib import Path

import pytest

from ledger.commands.book import REASONS
from ledger.log.canonical import parse
from ledger.log.kinds import check_record
from tests.support.till import PAYER, PAYERS, Till, open_till, quarters_till, run_quarters


def paid(till: Till) -> str:
    """The first quarter's award of 16,862.50 paid on 2 April 2024; its item no."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    item = till.items(batch)[0]
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    return item


def came_back(till: Till) -> str:
    """The same, returned on 7 January 2025, and another person has made sure."""
    item = paid(till)
    batch = till.read("pay", "status", item)["batch"]
    till.on("2025-01-08").answer(batch, (item, "RETURNED", "16862.50", "2025-01-07"))
    till.sure(item, "returned")
    return item


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def test_over_the_year_s_end_only_a_current_envelope_pays_again(till: Till) -> None:
    item = came_back(till)
    words = ("pay", "reopen", item, "--document", "BUD-2025-9", "--envelope")
    assert "[envelope_not_current]" in till.say(*words, "2024/loan-interest").stderr
    assert "[envelope_unknown]" in till.say(*words, "2025/loan-interest").stderr
    till.do("budget", "issue", "2025", "16862.49", "--document", "BUD-2025-1")
    assert "[envelope_short]" in till.say(*words, "2025").stderr
    till.do("budget", "issue", "2025", "0.01", "--document", "BUD-2025-2")
    till.do(*words, "2025")
    # Dr 3501 / Cr 2303 undoes the return's Cr 3501; the indicator of 2025 is used up to the fen.
    assert till.balances("fin/2303", "fin/3501", "fin/1201") == {
        "fin/2303": "-16862.50",
        "fin/3501": "0.00",
        "fin/1201": "16862.50",
    }
    made = till.prepare("2024-03")["batches"]
    assert [one["total"] for one in made] == ["16862.50"]
    till.verify()


@pytest.mark.parametrize("first", ["given back", "returned"])
def test_what_came_back_beside_a_refund_is_owed_again_alone(till: Till, first: str) -> None:
    """6,862.50 of 16,862.50 are given back unasked and stay so; the bank sends back the other 10,000.00."""
    item = paid(till)
    batch = till.read("pay", "status", item)["batch"]
    till.on("2025-01-08")
    refund = ("pay", "refund", item, "6862.50", "--on", "2025-01-07", "--document", "TK-1")
    reopen = ("pay", "reopen", item, "--document", "BUD-2025-9", "--envelope", "2025")
    till.do("budget", "issue", "2025", "10000.00", "--document", "BUD-2025-1")
    if first == "given back":
        till.do(*refund)
    till.answer(batch, (item, "RETURNED", "10000.00", "2025-01-07"))
    till.sure(item, "returned")
    if first == "returned":
        # The rest may come back still.
        assert "[not_returned]" in till.say(*reopen).stderr
        till.do(*refund)
    for _time in range(2):
        till.do(*reopen)
    # 1201 has both, 3501 what is not owed again: 16,862.50 - 10,000.00.
    assert till.balances("fin/2303", "fin/3501", "fin/1201") == {
        "fin/2303": "-10000.00",
        "fin/3501": "-6862.50",
        "fin/1201": "16862.50",
    }
    assert [one["total"] for one in till.prepare("2024-03")["batches"]] == ["10000.00"]
    till.verify()


def test_a_reopening_is_booked_once(till: Till) -> None:
    item = came_back(till)
    till.do("budget", "issue", "2025", "100000", "--document", "BUD-2025-1")
    for _time in range(2):
        till.do("pay", "reopen", item, "--document", "BUD-2025-9", "--envelope", "2025")
    assert till.balances("fin/2303") == {"fin/2303": "-16862.50"}


def test_what_came_back_within_its_year_needs_no_reopening(till: Till) -> None:
    item = paid(till)
    refused = till.say("pay", "reopen", item, "--document", "D", "--envelope", "2024")
    assert (refused.exit_code, "[not_returned]" in refused.stderr) == (2, True)


def test_an_account_is_filled_otherwise_only_once_nothing_is_there(tmp_path: Path) -> None:
    """The first quarter's 16,862.50 are there, then on their way, and then gone."""
    till = run_quarters(open_till(tmp_path, "prefunded"))
    otherwise = tmp_path / "payers.csv"
    otherwise.write_text(PAYERS, encoding="utf-8")
    words = ("import", "payers", str(otherwise), "--mode", "delta")
    till.do("pay", "fund", PAYER, "16,862.50", "--on", till.day, "--document", "YK-1")
    refused = till.say(*words)
    assert (refused.exit_code, "[payer_in_use]" in refused.stderr) == (2, True)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    assert "[payer_in_use]" in till.say(*words).stderr
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    till.do(*words)
    till.verify()


def test_an_active_refund_is_never_payable_by_itself(till: Till) -> None:
    item = paid(till)
    words = ("--on", "2024-04-02", "--document", "TK-1")
    till.do("pay", "refund", item, "5,000.00", *words)
    again = till.do("pay", "refund", item, "5,000.00", *words)
    assert "nothing was written" in again
    # 16,862.50 - 5,000.00 = 11,862.50 stay paid; the award's expense falls, nothing is payable.
    assert till.balances("fin/5001", "fin/2303", "fin/4001", "bud/7101", "ind/1501") == {
        "fin/5001": "11862.50",
        "fin/2303": "0.00",
        "fin/4001": "-11862.50",
        "bud/7101": "11862.50",
        "ind/1501": "11862.50",
    }
    assert till.prepare("2024-03") == {"batches": [], "held": [], "netted": []}
    more = till.say("pay", "refund", item, "11,862.51", "--on", "2024-04-02", "--document", "TK-2")
    assert "[refund_too_large]" in more.stderr
    till.verify()


def test_a_refund_of_a_prior_year_goes_to_the_treasury(till: Till) -> None:
    item = paid(till)
    till.on("2025-02-03").do("pay", "refund", item, "5,000.00", "--on", "2025-02-03", "--document", "TK-1")
    assert till.balances("fin/1201", "fin/3501", "bud/8001", "bud/8101.01", "fin/5001", "ind/1501") == {
        "fin/1201": "5000.00",
        "fin/3501": "-5000.00",
        "bud/8001": "5000.00",
        "bud/8101.01": "-5000.00",
        "fin/5001": "16862.50",
        "ind/1501": "16862.50",
    }


def test_the_wallet_s_money_and_the_interest_it_earns(tmp_path: Path) -> None:
    till = open_till(tmp_path, funding="prefunded")
    till.do("pay", "fund", PAYER, "20,000.00", "--on", "2024-01-05", "--document", "YK-1")
    till.do("pay", "wallet-interest", PAYER, "12.34", "--on", "2024-01-05", "--document", "LX-1")
    paid(run_quarters(till))
    # 20,000.00 + 12.34 - 16,862.50 = 3,149.84 in the wallet, of which 12.34 are the treasury's.
    assert till.balances("fin/1021", "fin/2103", "fin/4001", "bud/8001", "bud/6001", "bud/7101") == {
        "fin/1021": "3149.84",
        "fin/2103": "-12.34",
        "fin/4001": "-20000.00",
        "bud/8001": "3137.50",
        "bud/6001": "-20000.00",
        "bud/7101": "16862.50",
    }


def test_an_account_without_money_earns_nothing(till: Till) -> None:
    words = ("12.34", "--on", "2024-01-05", "--document", "LX-1")
    assert "[payer_not_prefunded]" in till.say("pay", "wallet-interest", PAYER, *words).stderr
    assert "[payer_unknown]" in till.say("pay", "fund", "payer/ecny/x/1", *words).stderr


def test_the_book_shows_every_account_after_a_payment_came_back(till: Till) -> None:
    item = paid(till)
    till.do(
        "pay", "correct", item, "--economic", "50799", "--on", "2024-04-02", "--document", "GZ-1", "--reason", "code"
    )
    till.do("pay", "refund", item, "1", "--on", "2024-04-02", "--document", "TK-1")
    reasons = set()
    for one in till.read("book", "trial-balance")["accounts"]:
        text = till.do("book", "account", f"{one['chart']}/{one['code']}")
        reasons |= {words for words in ("instruction", "payment", "correction", "active refund") if words in text}
    assert len(reasons) == 4


def test_every_reason_of_an_entry_has_its_word() -> None:
    golden = parse((Path(__file__).parents[2] / "log" / "golden" / "entry.json").read_bytes())
    (problem,) = check_record({**golden, "reason": "none"})
    assert set(REASONS) == set(problem.removeprefix("reason: not one of ").removesuffix(": 'none'").split(", "))
