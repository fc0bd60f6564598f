"""Whatever comes back of a payout is on the book once, by whichever way, and never more than it was paid."""

from pathlib import Path

import pytest

from tests.audit.attacker import bodies
from tests.payouts.returns.test_write_offs import signed_fen, twice
from tests.payouts.test_never_twice import effect, exported
from tests.support.forge import faults, find
from tests.support.till import Till, quarters_till

ACCOUNTS = ("fin/2303", "fin/4001", "fin/1218", "fin/5001", "bud/7101")


def refund(till: Till, item: str, amount: str, document: str = "TK-1") -> tuple[int, str]:
    said = till.say("pay", "refund", item, amount, "--on", till.day, "--document", document)
    return said.exit_code, said.stderr


def back(till: Till, item: str, *amount: str) -> tuple[int, str]:
    said = till.as_second("pay", "resolve", item, "--state", "returned", *amount, "--reason", "letter")
    return said.exit_code, said.stderr


def moved(till: Till, before: dict[str, str]) -> dict[str, int]:
    after = till.balances(*ACCOUNTS)
    changes = {name: signed_fen(after[name]) - signed_fen(before[name]) for name in ACCOUNTS}
    return {name: fen for name, fen in changes.items() if fen}


def test_what_was_paid_twice_is_no_refund(tmp_path: Path) -> None:
    """10,000.00 of 16,862.50 were paid twice: what comes in is for what is owed."""
    till, _batch, item = twice(tmp_path)
    before = till.balances(*ACCOUNTS)
    for amount in ("0.01", "6862.50", "12000.00"):
        code, said = refund(till, item, amount)
        assert (code, "[refund_too_large]" in said, f"subsidy pay resolve {item}" in said) == (2, True, True)
    assert moved(till, before) == {}
    # What the payee has twice comes back first, in parts: Dr 4001 / Cr 1218, and Cr 7101.
    assert back(till, item, "--amount", "3000.00")[0] == 0
    part = {"fin/4001": 300_000, "fin/1218": -300_000, "bud/7101": -300_000}
    assert moved(till, before) == part
    # 10,000.00 - 3,000.00 are owed still, and of 8,000.00 the 1,000.00 that are left are payable again.
    assert [one["owed"] for one in till.read("pay", "owed")] == ["7000.00"]
    assert back(till, item, "--amount", "8000.00")[0] == 0
    whole = {"fin/4001": 1_100_000, "fin/1218": -1_000_000, "bud/7101": -1_100_000, "fin/2303": -100_000}
    assert moved(till, before) == whole
    assert till.read("pay", "owed") == []
    till.verify()


def test_what_was_paid_twice_in_whole_is_no_refund(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    batch, item = exported(till)
    effect(till, batch, item, "FAIL")
    till.sure(item, "fail")
    second, again = exported(till)
    effect(till, second, again, "SUCCESS")
    effect(till, batch, item, "SUCCESS")
    till.sure(item, "success")
    assert refund(till, item, "1000.00")[0] == 2
    before = till.balances(*ACCOUNTS)
    assert back(till, item, "--amount", "1000.00")[0] == 0
    assert moved(till, before) == {"fin/4001": 100_000, "fin/1218": -100_000, "bud/7101": -100_000}
    # What the other payout was paid may be given back: it is not owed.
    assert refund(till, again, "16862.50")[0] == 0
    till.verify()


def test_what_was_given_back_does_not_come_back_again(tmp_path: Path) -> None:
    """Of 16,862.50 the firm gives back 1,000.00; the bank's return is of 15,862.50 at most."""
    till = quarters_till(tmp_path)
    batch, item = exported(till)
    effect(till, batch, item, "SUCCESS")
    before = till.balances(*ACCOUNTS)
    assert refund(till, item, "1000.00")[0] == 0
    for amount in ((), ("--amount", "16862.50"), ("--amount", "15862.51")):
        code, said = back(till, item, *amount)
        assert (code, "[returned_too_much]" in said, "15,862.50" in said) == (2, True, True)
    assert "[returned_too_much]" in till.answer(batch, (item, "RETURNED", "", till.day)).stderr
    assert back(till, item, "--amount", "15862.50")[0] == 0
    # Everything that was paid came back, once: 15,862.50 are payable again, 1,000.00 are not.
    paid = {"fin/4001": 1_686_250, "bud/7101": -1_686_250}
    assert moved(till, before) == {**paid, "fin/5001": -100_000, "fin/2303": -1_586_250}
    # The channel's word of the whole is said before, and changes nothing.
    assert effect(till, batch, item, "RETURNED")[1] == "same"
    assert refund(till, item, "0.01", "TK-2")[0] == 2
    till.verify()


@pytest.mark.parametrize(("given", "code"), [("0.01", []), ("0.02", ["amount_differs"])])
def test_more_that_comes_back_than_was_paid_is_found(tmp_path: Path, given: str, code: list[str]) -> None:
    """16,862.49 came back and 0.01 was given: 0.02 would be one fen too much."""
    till = quarters_till(tmp_path)
    batch, item = exported(till)
    effect(till, batch, item, "SUCCESS")
    assert refund(till, item, "0.01")[0] == 0
    assert back(till, item, "--amount", "16862.49")[0] == 0
    log = bodies(till.ledger.path)
    given_at = find(log, "entry refunded")
    for posting in log[given_at]["postings"]:
        posting["amount_fen"] *= signed_fen(given)
    assert [name for name, _seq in faults(log)][:1] == code


def test_a_refund_of_what_was_paid_twice_is_found(tmp_path: Path) -> None:
    """A refund that stands is put behind the word by which its payout was paid twice."""
    till, _batch, item = twice(tmp_path)
    log = bodies(till.ledger.path)
    assert faults(log) == []
    paid = next(seq for seq, body in enumerate(log) if body.get("about") == item and body.get("state") == "success")
    entry = next(
        body for body in log if body.get("reason") == "overpaid" and body["$schema"].startswith("subsidy/entry/")
    )
    refunded = {
        **entry,
        "key": f"main/refunded/{item}@TK-1/0",
        "reason": "refunded",
        "document": "TK-1",
        "cause": paid,
        "postings": [{**one, "amount_fen": -one["amount_fen"]} for one in entry["postings"]],
    }
    assert ("refund_too_large", len(log)) in faults([*log, refunded])
