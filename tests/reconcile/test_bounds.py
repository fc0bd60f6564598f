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
    # Both who sign see it above all else, on the screen of the sign-off itself.
    on_top = "Carried as open since 2024-04-03 (27 days): -16,862.50"
    assert till.say(*sign).stdout.startswith(on_top)
    checked = till.as_second(*sign, "--check")
    assert (checked.exit_code, checked.stdout.startswith(on_top)) == (0, True)
    shown = till.say("reconcile", "report", "--month", "2024-04").stdout.splitlines()
    assert shown[1].startswith("Carried as open since 2024-04-03 (27 days): -16,862.50")
    assert "CX-1" in shown[1]
    # Every later month shows it again, until it comes back and a person says that the two cancel.
    bring(till, f"2024-05-06,{AWARD},,50000.00,退回,,某某贸易有限公司,6222020200112233445")
    assert [each["age"] for each in report(till, "2024-05")[1]["carried"]] == [47]
    # 3 April to 20 May, which is today: 47 days; the reason stands once, and each candidate says why it was not taken.
    status = till.read("reconcile", "status")
    (open_,) = [one for one in status["open_lines"] if one["line"] == line]
    assert (open_["reason"], open_["age"]) == ("payee_differs", 47)
    assert open_["candidates"] == [{"payout": item, "open": AWARD, "why_not": "other_payee"}]
    for lang, words in (("en", "the bank names somebody else"), ("zh_CN", "银行所列对方另有其人")):
        assert words in till.say("--lang", lang, "reconcile", "status").stdout
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


def test_two_people_change_how_large_a_fee_explains_itself(till: Till) -> None:
    sent(till)
    bring(till, "2024-04-03,,200.01,49799.99,手续费,,,")
    assert match(till) == ([], 0)
    ask = ("decide", "bound", "--about", "fee", "--document", "WJ-3", "--reason", "contract with the bank, clause 4")
    till.do(*ask, "--amount", "300.00")
    # One person's word counts nothing; the same word again writes nothing.
    assert match(till) == ([], 0)
    size = till.verify()
    till.do(*ask, "--amount", "300.00")
    assert till.verify() == size
    second(till)
    assert match(till) == ([("class", "fee")], 0)
    (fee,) = [one for one in till.read("reconcile", "bounds") if one["name"] == "fee"]
    assert (fee["value"], fee["source"]) == ("300.00", "WJ-3")
    assert "WJ-3" in till.say("reconcile", "bounds").stdout
    till.verify()


def test_two_people_change_for_how_long_money_may_be_under_way(till: Till) -> None:
    batch, item = sent(till)
    till.on("2024-05-20")
    # Tuesday 16 April: the tenth working day after it is the 29th (28 April is worked), before the month's end.
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-16"))
    assert [each["class"] for each in report(till, "2024-04")[1]["differences"]] == ["overdue"]
    ask = ("decide", "bound", "--about", "in_transit", "--document", "WJ-4", "--reason", "the bank books by week")
    till.do(*ask, "--days", "11")
    second(till)
    assert [each["class"] for each in report(till, "2024-04")[1]["differences"]] == ["in_transit"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--about", "tips", "--amount", "5.00"), "bound_unknown"),
        (("--about", "fee", "--days", "5"), "bound_value"),
        (("--about", "fee", "--days", "5", "--amount", "5.00"), "bound_value"),
        (("--about", "in_transit", "--amount", "5.00"), "bound_value"),
        (("--about", "in_transit"), "bound_value"),
    ],
)
def test_a_bound_is_one_of_those_there_are_with_its_own_figure(words: tuple[str, ...], code: str, till: Till) -> None:
    assert refused(till.say("decide", "bound", *words, "--document", "WJ-5", "--reason", "asked")) == (2, code)


def test_a_fee_that_bears_the_number_of_its_payment_is_a_fee(till: Till) -> None:
    _batch, item = sent(till)
    # 50,000.00 - 1.00 = 49,999.00; - 16,862.50 = 33,136.50.
    bring(till, f"2024-04-03,,1.00,49999.00,手续费 {item},{item},,", f"2024-04-03,,{AWARD},33136.50,补助,{item},,")
    assert match(till) == ([("class", "fee"), ("end-to-end", "one-to-one")], 1)


@pytest.mark.parametrize(
    ("name", "number", "taken"),
    [
        ("示例企业", "001234******1234", True),
        # Four digits fit strangers as well: the name has to be whole, and the payee's.
        ("", "001234******1234", False),
        ("示例**", "001234******1234", False),
        ("某某贸易有限公司", "001234******1234", False),
        ("示例企业", "001234******9999", False),
    ],
)
def test_a_masked_number_and_the_whole_name_are_the_payee(name: str, number: str, taken: bool, till: Till) -> None:
    sent(till)
    bring(till, f"2024-04-03,,{AWARD},{AFTER},补助,,{name},{number}")
    assert match(till) == (([("amount-payee", "one-to-one")], 1) if taken else ([], 0))
