"""What explains itself has bounds: fees and money under way; beyond them a person, or two who carry it as open."""

import json
from pathlib import Path

import pytest

from ledger.payouts.channels.instruction import memo_of
from tests.reconcile.forms import mt940, write
from tests.reconcile.test_counterparties import second
from tests.reconcile.test_deciding import AFTER, AWARD, bring, match, paid, refused, sent, till
from tests.reconcile.test_monthly import nonzero, report
from tests.support.till import PAYER, WALLET, Till

__all__ = ["till"]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ("2024-04-03,,200.00,49800.00,手续费,,,", [("class", "fee")]),
        ("2024-04-03,,200.01,49799.99,手续费,,,", []),
        ("2024-04-03,,20.00,49980.00,手续费,,某某贸易有限公司,6222020200112233445", []),
        ("2024-04-03,,20.00,49980.00,手续费,,中国银行北京分行,6222020200112233445", [("class", "fee")]),
        ("2024-04-03,10000.01,,60000.01,利息,,,", []),
    ],
)
def test_a_fee_is_small_and_to_a_bank(row: str, taken: list[tuple[str, str]], till: Till) -> None:
    sent(till)
    bring(till, row)
    assert match(till) == (taken, 0)


def test_what_the_bank_has_not_booked_for_ten_working_days_is_an_item_of_its_own(till: Till) -> None:
    batch, item = sent(till)
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-15"))
    till.on("2024-05-20")
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-15"))
    # Working days after Monday 15 April 2024: 16 to 19, 22 to 26 and, as 28 April makes up for a holiday, the 28th is
    # the tenth: before the 30th, so the month ends with it overdue.
    code, one = report(till, "2024-04")
    assert (code, nonzero(one["explained"]), one["unexplained"]) == (1, {}, AWARD)
    assert [(each["class"], each["about"]) for each in one["differences"]] == [("overdue", item)]


def test_money_under_way_for_less_explains_itself(till: Till) -> None:
    batch, item = sent(till)
    till.on("2024-05-20")
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-17"))
    code, one = report(till, "2024-04")
    assert (code, nonzero(one["explained"])) == (0, {"in_transit": AWARD})


def test_two_people_carry_what_went_to_somebody_else_and_the_month_is_signed_with_it_on_top(till: Till) -> None:
    _batch, item = sent(till)
    # Named, and to somebody else: listed first, and never the payout's payment.
    bring(till, f"2024-04-03,,{AWARD},{AFTER},补助,{item},某某贸易有限公司,6222020200112233445")
    said = till.read("reconcile", "match")
    ((reason, (line,)),) = [(one["reason"], one["lines"]) for one in said["listed"]]
    assert reason == "payee_differs"
    till.on("2024-05-20")
    sign = ("reconcile", "sign-off", "--month", "2024-04")
    assert refused(till.say(*sign)) == (2, "unexplained_open")
    carry = ("decide", "carried", "--about", line, "--document", "CX-1", "--reason", "asked the bank on 8 April")
    assert till.say(*carry[:4], "--reason", "no paper").exit_code == 2
    till.do(*carry)
    # One person's word counts nothing.
    assert refused(till.say(*sign)) == (2, "unexplained_open")
    second(till)
    code, one = report(till, "2024-04")
    # 3 April to 30 April: 27 days.
    carried = [{"about": line, "on": "2024-04-03", "amount": f"-{AWARD}", "document": "CX-1", "age": 27}]
    assert (code, one["carried"], nonzero(one["explained"])) == (0, carried, {"carried": f"-{AWARD}"})
    till.do(*sign)
    assert till.as_second(*sign, "--check").exit_code == 0
    shown = till.say("reconcile", "report", "--month", "2024-04").stdout.splitlines()
    assert shown[1].startswith("Carried as open since 2024-04-03 (27 days): -16,862.50")
    assert "CX-1" in shown[1]
    # Every later month shows it again, until it comes back and a person says that the two cancel.
    bring(till, f"2024-05-06,{AWARD},,50000.00,退回,,某某贸易有限公司,6222020200112233445")
    assert [each["age"] for each in report(till, "2024-05")[1]["carried"]] == [58]
    status = till.read("reconcile", "status")
    lines = [name for one in status["open"] for name in one["lines"]]
    till.do("reconcile", "confirm", *lines, "--as", "reversal", "--reason", "came back, slip 9")
    assert report(till, "2024-05")[1]["carried"] == []
    till.verify()


@pytest.mark.parametrize("way", ["lower", "spaced", "memo"])
def test_a_number_in_the_words_of_a_line_names_its_payout(way: str, till: Till) -> None:
    batch, item = sent(till)
    text = {"lower": f"补助{item.lower()}", "spaced": f"{item[:10]} {item[10:]}", "memo": f"补助 {memo_of(batch, 1)}"}
    bring(till, f"2024-04-03,,{AWARD},{AFTER},{text[way]},,,")
    assert match(till) == ([("end-to-end", "one-to-one")], 1)


def test_a_line_in_dollars_stands_once_in_status_and_report(till: Till, tmp_path: Path) -> None:
    _batch, item = sent(till)
    bring(till, paid(item))
    text = mt940(":61:2404030403D20,00NTRFREF-1\n:86:FEE ABROAD", "C240403USD100,00", "C240403USD80,00")
    text = text.replace(text.split("\n")[1], f":25:{WALLET}")
    till.do("reconcile", "import", str(write(tmp_path, "usd.sta", text)))
    match(till)
    status = till.read("reconcile", "status")
    (line,) = [name for one in status["open"] for name in one["lines"]]
    assert status["lines"] == 2
    accounts = json.loads(till.say("reconcile", "report", "--month", "2024-04", "--json").stdout)["accounts"]
    assert [(one["account"], one["currency"], one["bank"]) for one in accounts] == [
        (PAYER, "CNY", AFTER),
        (f"{PAYER}/USD", "USD", "80.00"),
    ]
    named = [each["about"] for one in accounts for each in one["differences"]]
    assert named == [line]
    assert "80.00 USD" in till.say("reconcile", "report", "--month", "2024-04").stdout
    # It stands in the sign-off as well: two people carry it, or it is explained.
    till.on("2024-05-20")
    sign = ("reconcile", "sign-off", "--month", "2024-04")
    assert refused(till.say(*sign)) == (2, "unexplained_open")
    till.do("reconcile", "confirm", line, "--as", "fee", "--reason", "advice of the bank")
    till.do(*sign)
    assert till.as_second(*sign, "--check").exit_code == 0
    till.verify()
