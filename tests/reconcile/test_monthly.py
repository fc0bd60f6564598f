"""The reconciliation statement of a month: balances, what explains their difference, and that the sums tie."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.reconcile.test_deciding import AFTER, AWARD, bring, line_of, match, paid, sent, till
from tests.support.till import PAYER, Till

__all__ = ["till"]


def report(till: Till, month: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the statement of the one account, after checking that its sums tie."""
    answer = till.say("reconcile", "report", "--month", month, "--json")
    (one,) = json.loads(answer.stdout)["accounts"]
    parts = [*one["explained"].values(), one["unexplained"]]
    assert fen(one["bank"]) - fen(one["book"]) == fen(one["difference"]) == sum(fen(part) for part in parts)
    assert fen(one["difference"]) == sum(fen(each["difference"]) for each in one["differences"])
    return answer.exit_code, one


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def nonzero(amounts: dict[str, str]) -> dict[str, str]:
    return {name: amount for name, amount in amounts.items() if amount != "0.00"}


def test_a_paid_month_is_explained_to_the_fen(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    code, one = report(till, "2024-04")
    # 50,000.00 brought forward - 16,862.50 paid = 33,137.50 on both sides.
    assert (code, one["account"], one["brought_forward"]) == (0, PAYER, "50000.00")
    assert (one["bank"], one["book"], one["differences"]) == (AFTER, AFTER, [])
    assert (one["lines"], one["payouts"]) == ([], [])
    assert one["bank_used"]["used_month"] == AWARD
    assert [each["used_year"] for each in one["codes"]] == [AWARD]


def test_what_the_bank_books_after_the_months_end_is_in_transit(till: Till) -> None:
    batch, item = sent(till)
    till.on("2024-05-10")
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-30"))
    # 50,000.35 - 16,862.50 = 33,137.85.
    bring(till, "2024-04-21,0.35,,50000.35,利息,,,", f"2024-05-02,,{AWARD},33137.85,补助,{item},,")
    match(till)
    code, one = report(till, "2024-04")
    assert (code, one["bank"], one["book"]) == (0, "50000.35", AFTER)
    assert nonzero(one["explained"]) == {"in_transit": AWARD, "interest": "0.35"}
    assert one["payouts"] == [{"about": item, "on": "2024-04-02", "amount": AWARD, "age": 28}]
    assert one["bank_used"]["used_month"] == "0.00"
    code, later = report(till, "2024-05")
    assert (code, nonzero(later["explained"]), later["payouts"]) == (0, {"interest": "0.35"}, [])
    assert (later["bank_used"]["used_month"], later["codes"][0]["used_month"]) == (AWARD, "0.00")
    assert later["codes"][0]["used_year"] == AWARD


def test_a_return_and_a_fee_have_their_classes(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item), f"2024-04-05,{AWARD},,50000.00,退汇,{item},,", "2024-04-06,,1.00,49999.00,手续费,,,")
    match(till)
    code, one = report(till, "2024-04")
    # The return is booked on both sides; the fee is on the bank's alone.
    assert (code, one["bank"], one["book"]) == (0, "49999.00", "50000.00")
    assert nonzero(one["explained"]) == {"fee": "-1.00"}
    assert (one["bank_used"]["returned_month"], one["codes"][0]["returned_year"]) == (AWARD, AWARD)


@pytest.mark.parametrize(("amount", "after"), [("20.00", "33117.50"), ("0.01", "33137.49")])
def test_a_line_of_nobody_is_exactly_the_unexplained_difference(amount: str, after: str, till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item), f"2024-04-04,,{amount},{after},转账,,,")
    match(till)
    code, one = report(till, "2024-04")
    assert (code, one["unexplained"], nonzero(one["explained"])) == (1, f"-{amount}", {})
    line = line_of(till, "2024-04-04")
    # As of 10 April, which is today.
    assert one["lines"] == [{"about": line, "on": "2024-04-04", "amount": f"-{amount}", "age": 6}]
    assert [(each["class"], each["about"]) for each in one["differences"]] == [("unmatched", line)]


def test_a_dispute_explains_nothing(till: Till) -> None:
    batch, item = sent(till)
    till.answer(batch, (item, "FAIL"))
    bring(till, paid(item))
    assert till.say("reconcile", "match").exit_code == 1
    code, one = report(till, "2024-04")
    assert (code, one["unexplained"], one["bank"], one["book"]) == (1, f"-{AWARD}", AFTER, "50000.00")


def test_it_prints_in_both_languages_and_on_a4(till: Till, tmp_path: Path) -> None:
    _batch, item = sent(till)
    bring(till, paid(item), "2024-04-04,,20.00,33117.50,转账,,,")
    match(till)
    till.on("2024-05-06")
    for lang, words in (("en", ("Unexplained", "11 to 30 days")), ("zh_CN", ("未解释差额", "11 至 30 天"))):
        said = till.say("--lang", lang, "reconcile", "report", "--month", "2024-04").stdout
        for word in (*words, "33,117.50", "-20.00", "16,862.50"):
            assert word in said
    path = tmp_path / "report.xlsx"
    till.say("--lang", "zh_CN", "reconcile", "report", "--month", "2024-04", "--xlsx", str(path))
    with ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert 'paperSize="9"' in sheet
    assert "余额调节表" in texts
    assert "<v>33117.5</v>" in sheet


def test_within_a_month_nothing_is_older_than_today_makes_it(till: Till) -> None:
    sent(till)
    till.on("2024-04-12")
    answer = till.say("reconcile", "report", "--month", "2024-04")
    assert "The month runs until 2024-04-30: this is how it stands on 2024-04-12" in answer.stdout
    told = till.read("reconcile", "report", "--month", "2024-04")
    # Handed over on 2 April: ten days, where the month's end would make 28 of them.
    assert (told["as_of"], [one["age"] for one in told["accounts"][0]["payouts"]]) == ("2024-04-12", [10])
    till.on("2024-05-01")
    assert till.read("reconcile", "report", "--month", "2024-04")["as_of"] == "2024-04-30"
