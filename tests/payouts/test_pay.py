"""Paying from the command line: a batch from its preparing to its last answer, and what the book says at each step."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import item_keys, plan
from ledger.runs.history import find_run
from tests.support.till import PAYER, Till, quarters_till

PAYEE = "ecny/C1010211000012/000001"
BOOKS = ("fin/2303", "fin/4001", "fin/1021", "bud/7101", "bud/6001", "bud/8001", "ind/1301", "ind/1401", "ind/1501")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def book(till: Till) -> dict[str, str]:
    """The accounts that paying moves, those at 0 left out."""
    return {account: amount for account, amount in till.balances(*BOOKS).items() if amount != "0.00"}


OWED = {"fin/2303": "-16862.50", "ind/1301": "16862.50"}
INSTRUCTED = {"fin/2303": "-16862.50", "ind/1401": "16862.50"}
PAID = {"fin/4001": "-16862.50", "bud/7101": "16862.50", "bud/6001": "-16862.50", "ind/1501": "16862.50"}


def test_a_payment_step_by_step(till: Till) -> None:
    prepared = till.prepare("2024-03")
    (made,) = prepared["batches"]
    assert (made["channel"], made["payer"], made["count"], made["total"]) == ("ecny", PAYER, 1, "16862.50")
    assert prepared["held"] == []
    batch = made["batch"]
    assert re.fullmatch(r"B202404020001[0-9A-F]{8}", batch)
    assert book(till) == OWED
    order = till.go(batch)
    assert book(till) == INSTRUCTED
    request = json.loads(order.read_text())
    assert (request["request_no"], request["total_amount"], request["payer_wallet"]) == (
        batch,
        "16862.50",
        "0012345678905678",
    )
    (item,) = request["items"]
    assert re.fullmatch(r"S[0-9A-F]{23}", item["item_no"])
    assert (item["payee_wallet"], item["payee_name"], item["amount"]) == ("0012345678901234", "示例企业", "16862.50")
    assert till.answer(batch, (item["item_no"], "SUCCESS", "16862.50", "2024-04-02")).exit_code == 0
    assert book(till) == PAID
    assert till.states(batch) == ["success"]
    till.verify()


def test_a_prefunded_wallet_pays_from_its_own_account(tmp_path: Path) -> None:
    till = quarters_till(tmp_path, funding="prefunded")
    till.do("pay", "fund", PAYER, "20000", "--on", "2024-04-02", "--document", "F-1")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS"))
    # Dr 2303 / Cr 1021 and Dr 7101 / Cr 8001: of 20,000.00 moved there 20,000.00 - 16,862.50 is left.
    assert till.balances("fin/1021", "bud/7101", "bud/8001", "ind/1501") == {
        "fin/1021": "3137.50",
        "bud/7101": "16862.50",
        "bud/8001": "3137.50",
        "ind/1501": "16862.50",
    }


def test_no_more_goes_out_than_was_moved_to_a_prefunded_wallet(tmp_path: Path) -> None:
    """A fen too little, then enough; what is on its way is counted once, whatever its channel has said of it."""
    till = quarters_till(tmp_path, 2, funding="prefunded")
    first, second = (till.prepare(month)["batches"][0]["batch"] for month in ("2024-03", "2024-06"))
    for batch in (first, second):
        assert till.as_second("pay", "approve", batch).exit_code == 0

    def refused(batch: str) -> str:
        result = till.say("pay", "export", batch, "--out", str(tmp_path / "order"))
        assert result.exit_code == 2
        assert result.stderr.endswith("[wallet_short]\n")
        return result.stderr

    till.do("pay", "fund", PAYER, "16862.49", "--on", "2024-07-02", "--document", "F-1")
    assert f"16,862.50 yuan are to go out, and {PAYER} has 16,862.49" in refused(first)
    till.do("pay", "fund", PAYER, "0.01", "--on", "2024-07-02", "--document", "F-2")
    till.export(first)
    assert f"{PAYER} has 16,862.50 to pay from, 16,862.50 of it on its way" in refused(second)
    till.answer(first, (till.items(first)[0], "SUCCESS"))
    till.do("pay", "fund", PAYER, "106500", "--on", "2024-07-02", "--document", "F-3")
    till.export(second)


def test_a_failure_makes_it_payable_again_under_another_number(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    first = till.items(batch)[0]
    till.answer(batch, (first, "FAIL"))
    assert book(till) == OWED
    till.sure(first)
    again = till.prepare("2024-03")["batches"][0]
    assert again["total"] == "16862.50"
    assert till.items(again["batch"]) != [first]


def test_a_part_that_was_paid_leaves_the_rest_payable(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    item = till.items(batch)[0]
    till.answer(batch, (item, "PARTIAL", "10000.00"))
    till.sure(item, "partial", "--amount", "10000.00")
    # 16,862.50 - 10,000.00 = 6,862.50
    assert book(till) == {
        "fin/2303": "-6862.50",
        "fin/4001": "-10000.00",
        "bud/7101": "10000.00",
        "bud/6001": "-10000.00",
        "ind/1301": "6862.50",
        "ind/1501": "10000.00",
    }
    assert till.prepare("2024-03")["batches"][0]["total"] == "6862.50"


def test_a_return_of_the_same_year_reopens_what_it_was_paid_for(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    item = till.items(batch)[0]
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    till.on("2024-04-20").answer(batch, (item, "RETURNED", "16862.50", "2024-04-19"))
    till.sure(item, "returned")
    assert (till.states(batch), book(till)) == (["returned"], OWED)
    assert till.prepare("2024-03")["batches"][0]["total"] == "16862.50"


def test_a_return_after_the_year_s_end_pays_nobody_by_itself(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    item = till.items(batch)[0]
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    till.on("2025-01-08").answer(batch, (item, "RETURNED", "16862.50", "2025-01-07"))
    assert till.states(batch) == ["returned"]
    # Dr 1201 / Cr 3501 and Dr 8001 / Cr 8101.01; last year's payment and its indicator stay as they were.
    assert book(till) == {**PAID, "bud/8001": "16862.50"}
    assert till.balances("fin/1201", "fin/3501", "bud/8101.01") == {
        "fin/1201": "16862.50",
        "fin/3501": "-16862.50",
        "bud/8101.01": "-16862.50",
    }
    assert till.prepare("2024-03") == {"batches": [], "held": [], "netted": []}


def test_what_is_prepared_is_not_prepared_again_before_it_is_cancelled(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.prepare("2024-03") == {"batches": [], "held": [], "netted": []}
    till.do("pay", "cancel", batch, "--reason", "wrong payer")
    assert till.states(batch) == ["cancelled"]
    assert till.prepare("2024-03")["batches"][0]["total"] == "16862.50"


def test_a_dry_run_shows_the_same_and_writes_nothing(till: Till) -> None:
    shown = till.read("pay", "prepare", "2024-03", "--dry-run")
    assert [(one["total"], one["payouts"]) for one in shown["batches"]] == [
        ("16862.50", [{"amount": "16862.50", "lines": ["PF1"], "payee": PAYEE}])
    ]
    assert till.read("pay", "status") == []


def test_a_reduction_is_netted_before_anything_is_paid(tmp_path: Path) -> None:
    till = quarters_till(tmp_path, 2)
    # A repayment of 1 million on 10 May comes to light: 41 days to 20 June at 3.55 %/360, and half of it.
    # 1,000,000 x 41 x 0.0355 / 360 = 4,043.055.. -> 2,021.53 less; 16,862.50 + 106,500.00 - 2,021.53 = 121,340.97
    till.on("2024-08-02").report("2024-07-31", "HT1,repayment,2024-05-10,,1000000,\n")
    till.run("2024-07")
    made = till.prepare("2024-03", "2024-06")["batches"][0]
    assert made["total"] == "121340.97"
    detail = till.read("pay", "status", till.items(made["batch"])[0])
    assert [one["amount"] for one in detail["awards"]] == ["16862.50", "106500.00", "-2021.53"]


def test_the_same_officer_never_prepares_and_approves(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    refused = till.say("pay", "approve", batch)
    assert (refused.exit_code, "[approver_is_maker]" in refused.stderr) == (2, True)
    assert till.as_second("pay", "approve", batch).exit_code == 0
    again = till.as_second("pay", "approve", batch)
    assert "[batch_not_waiting]" in again.stderr


def test_nothing_goes_out_before_it_is_approved(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    out = till.folder / "order.json"
    refused = till.say("pay", "export", batch, "--out", str(out))
    assert "[batch_not_waiting]" in refused.stderr
    assert not out.exists()


def test_an_order_is_written_twice_to_the_byte_and_never_in_another_form(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    first = till.go(batch)
    records = till.verify()
    again = till.on("2024-04-05").export(batch)
    assert first.read_bytes() == again.read_bytes()
    assert till.verify() == records
    assert first.stat().st_mode & 0o777 == 0o600
    refused = till.say("pay", "export", batch, "--out", str(till.folder / "x"), "--format", "csv")
    assert "[format_other_channel]" in refused.stderr


def test_the_ending_of_the_file_decides_the_format_or_nothing_is_recorded(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    approved = till.as_second("pay", "approve", batch)
    assert approved.exit_code == 0, approved.output
    # The batch pays wallets, whose order is JSON.
    for words in (("order.xlsx",), ("order.XML",), ("order.csv", "--format", "ecny")):
        refused = till.say("pay", "export", batch, "--out", str(till.folder / words[0]), *words[1:])
        assert (refused.exit_code, "[format_differs]" in refused.stderr) == (2, True)
    assert (till.states(batch), list(till.folder.glob("order*"))) == (["approved"], [])
    till.do("pay", "export", batch, "--out", str(till.folder / "order.json"))
    assert json.loads((till.folder / "order.json").read_bytes())["request_no"] == batch


def test_what_a_channel_may_have_is_not_cancelled(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    refused = till.say("pay", "cancel", batch, "--reason", "changed our mind")
    assert (refused.exit_code, "[already_exported]" in refused.stderr) == (2, True)


def test_a_run_whose_award_is_in_a_batch_is_not_withdrawn(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    refused = till.say("run", "withdraw", "2024-03", "--reason", "wrong file")
    assert (refused.exit_code, "[already_in_payment]" in refused.stderr) == (2, True)
    till.do("pay", "cancel", batch, "--reason", "the run was wrong")
    till.do("run", "withdraw", "2024-03", "--reason", "wrong file")
    assert till.say("pay", "prepare", "2024-03").exit_code == 2


def numbers(till: Till) -> list[str]:
    """The item numbers that preparing March would give now."""
    with till.ledger.read() as view:
        run = find_run(view, "2024-03")
        entries = [RunEntries(run.closed, run.first, run.count)]
        by_payer, _held, _netted = plan(view, till.ledger.vault, entries, date(2024, 4, 2))
        return item_keys(view, by_payer[PAYER])


def test_after_a_backup_the_same_awards_have_the_same_number(till: Till) -> None:
    # The number follows from what is paid and how often it was tried, not from a counter.
    with (
        closing(sqlite3.connect(till.folder / "book.db")) as live,
        closing(sqlite3.connect(till.folder / "kept.db")) as kept,
    ):
        live.backup(kept)
    first = till.prepare("2024-03")["batches"][0]["batch"]
    paid = till.items(first)
    till.do("pay", "cancel", first, "--reason", "wrong payer")
    assert numbers(till) != paid
    till.database = "kept.db"
    assert numbers(till) == paid
