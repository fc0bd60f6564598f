"""The bank takes an entry of its own back: no return, and a line booked again pays once, in every format and order."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calculators.money import format_yuan
from tests.reconcile.forms import balance, camt053, entry, mt940, stmt, write
from tests.reconcile.test_deciding import PAYEE_WALLET
from tests.support.copies import built_once
from tests.support.till import PAYER, WALLET, Till, quarters_till

HEADING = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
# The first quarter's award of the small office; the wallet held 50,000.00 before it.
AWARD, BEFORE = 1_686_250, 5_000_000
AFTER = BEFORE - AWARD
PAID, TAKEN_BACK = "paid", "taken back"


@built_once
def sent_till(folder: Path, anchor: Path | None = None) -> Till:
    """The first quarter's payout, in the channel's hands since 2 April; today is 20 April."""
    till = quarters_till(folder, anchor=anchor)
    till.on("2024-04-02")
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    till.on("2024-04-20")
    return till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return sent_till(tmp_path)


def the_batch(till: Till) -> str:
    return str(till.read("pay", "status")[0]["batch"])


def csv(day: str, happened: list[tuple[str, str]], before: int) -> str:
    """A table whose red entries stand as negative amounts out."""
    rows, opening = [], plain(before)
    for what, item in happened:
        before += AWARD if what == TAKEN_BACK else -AWARD
        sign, text = ("-", "冲正") if what == TAKEN_BACK else ("", "补助")
        rows.append(f"{day},,{sign}{plain(AWARD)},{plain(before)},{text},{item},,{PAYEE_WALLET}\n")
    return f"账号：{WALLET}\n期初余额：{opening}\n共{len(rows)}笔\n{HEADING}{''.join(rows)}"


def sta(day: str, happened: list[tuple[str, str]], before: int) -> str:
    """An MT940: `RD` takes a debit back."""
    short = day[2:].replace("-", "")
    entries, after = [], before
    for what, item in happened:
        after += AWARD if what == TAKEN_BACK else -AWARD
        mark = "RD" if what == TAKEN_BACK else "D"
        entries.append(f":61:{short}{short[2:]}{mark}{plain(AWARD).replace('.', ',')}NTRF{item}\n:86:补助")
    text = mt940("\n".join(entries), balance940(short, before), balance940(short, after))
    return text.replace(text.split("\n")[1], f":25:{WALLET}")


def camt(day: str, happened: list[tuple[str, str]], before: int) -> str:
    """A camt.053: a credit with `RvslInd` takes a debit back."""
    entries, after = [], before
    for what, item in happened:
        after += AWARD if what == TAKEN_BACK else -AWARD
        refs = f"<NtryDtls><TxDtls><Refs><EndToEndId>{item}</EndToEndId></Refs></TxDtls></NtryDtls>"
        mark = "<RvslInd>true</RvslInd>" if what == TAKEN_BACK else ""
        way = "CRDT" if what == TAKEN_BACK else "DBIT"
        entries.append(entry(plain(AWARD), way, day, inside=refs, before=mark))
    ends = balance("OPBD", plain(before), day) + balance("CLBD", plain(after), day)
    return camt053(stmt(ends + "".join(entries), account=WALLET, name=f"S{day}{len(happened)}{happened[0][0][0]}"))


def plain(fen: int) -> str:
    return format_yuan(fen).replace(",", "")


def balance940(day: str, fen: int) -> str:
    return f"C{day}CNY{plain(fen).replace('.', ',')}"


FORMATS: dict[str, tuple[Callable[[str, list[tuple[str, str]], int], str], str]] = {
    "csv": (csv, "csv"),
    "mt940": (sta, "sta"),
    "camt": (camt, "xml"),
}
# Which days the payment, its reversal and the booking again are on.
OVER_DAYS = {
    "one day": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "two days": ("2024-04-03", "2024-04-05", "2024-04-05"),
    "three days": ("2024-04-03", "2024-04-05", "2024-04-08"),
}


def files(form: str, days: tuple[str, str, str], item: str) -> list[str]:
    """One file per day, in the order of the days."""
    made, before = [], BEFORE
    for day in sorted(set(days)):
        happened = [(what, item) for what, on in zip((PAID, TAKEN_BACK, PAID), days, strict=True) if on == day]
        made.append(FORMATS[form][0](day, happened, before))
        before += sum(AWARD if what == TAKEN_BACK else -AWARD for what, _item in happened)
    return made


def bring(till: Till, form: str, text: str) -> dict[str, Any]:
    """Import a file and match; what matching said."""
    till.files += 1
    till.do("reconcile", "import", str(write(till.folder, f"{till.files}.{FORMATS[form][1]}", text)))
    said = till.say("reconcile", "match", "--json", "--actor", "1001")
    assert said.exit_code in (0, 1), said.output
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def in_the_end(till: Till) -> str:
    """Everything that a month at the desk shows of it, as bytes."""
    report = till.say("reconcile", "report", "--month", "2024-04", "--json")
    status = till.read("reconcile", "status")
    return json.dumps([json.loads(report.stdout), status, till.states(the_batch(till))], sort_keys=True)


@pytest.mark.parametrize("form", FORMATS)
def test_paid_taken_back_and_booked_again_is_paid_once_whatever_the_order_of_files(form: str, tmp_path: Path) -> None:
    ends: dict[str, set[str]] = {}
    first = tmp_path / "first"
    first.mkdir()
    till = sent_till(first, anchor=tmp_path / "first-anchor")
    (item,) = till.items(the_batch(till))
    for over, days in OVER_DAYS.items():
        told = files(form, days, item)
        # Files join what is on the book before or behind it.
        orders = {tuple(told), tuple(told[::-1]), (*told[1::-1], *told[2:])}
        for n, order in enumerate(sorted(orders)):
            folder = tmp_path / f"{over}{n}"
            folder.mkdir()
            till = sent_till(folder, anchor=tmp_path / f"{over}{n}-anchor")
            for text in order:
                bring(till, form, text)
            assert till.states(the_batch(till)) == ["success"]
            status = till.read("reconcile", "status")
            # Three lines: one pays, two cancel each other.
            assert (status["open"], status["payouts_open"]) == ([], [])
            assert sum(status["matched"].values()) == 3
            # 2303 is paid once: the award was credited, and debited once.
            assert till.balances("fin/2303") == {"fin/2303": "0.00"}
            again = till.prepare("2024-03")
            assert again["batches"] == []
            if n == 0:
                till.verify()
            ends.setdefault(over, set()).add(in_the_end(till))
    assert {over: len(found) for over, found in ends.items()} == dict.fromkeys(OVER_DAYS, 1)


def test_until_it_is_booked_again_the_payout_is_disputed_and_never_prepared(till: Till) -> None:
    batch = the_batch(till)
    item = till.items(batch)[0]
    paid, taken_back, again = files("mt940", OVER_DAYS["three days"], item)
    bring(till, "mt940", paid)
    assert till.states(batch) == ["success"]
    said = bring(till, "mt940", taken_back)
    assert [(one["rule"], one["kind"]) for one in said["matches"]] == [("reversal", "reversal")]
    assert (said["disputed"], till.states(batch)) == ([item], ["disputed"])
    assert till.prepare("2024-03")["batches"] == []
    # The month is not signed while nobody knows what became of it.
    report = json.loads(till.say("reconcile", "report", "--month", "2024-04", "--json").stdout)
    (account,) = [one for one in report["accounts"] if one["account"] == PAYER]
    assert [(one["class"], one["about"], one["difference"]) for one in account["differences"]] == [
        ("disputed", item, plain(AWARD))
    ]
    till.verify()
    bring(till, "mt940", again)
    assert till.states(batch) == ["success"]
    till.verify()


def test_two_people_say_what_became_of_a_payment_that_was_taken_back_for_good(till: Till) -> None:
    batch = the_batch(till)
    item = till.items(batch)[0]
    for text in files("camt", OVER_DAYS["three days"], item)[:2]:
        bring(till, "camt", text)
    own = till.say("pay", "resolve", item, "--state", "fail", "--reason", "not booked again", "--actor", "1001")
    assert (own.exit_code, "approver_is_maker" in own.stderr) == (2, True), own.output
    done = till.as_second("pay", "resolve", item, "--state", "fail", "--reason", "the bank will not book it again")
    assert done.exit_code == 0, done.output
    assert till.states(batch) == ["fail"]
    # It is owed again, and a new payout may pay it.
    assert till.balances("fin/2303") == {"fin/2303": "-16862.50"}
    (prepared,) = till.prepare("2024-03")["batches"]
    assert prepared["total"] == "16862.50"
    till.verify()


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_an_open_line_names_is_not_paid_again_before_the_line_is_explained(wrapped: bool, till: Till) -> None:
    batch = the_batch(till)
    (item,) = till.items(batch)
    # The channel says failed; the bank shows a debit of a fen more, under the number or with it broken in its text.
    till.answer(batch, (item, "FAIL"))
    till.sure(item)
    reference, text = ("", f"{item[:9]} {item[9:].lower()}") if wrapped else (item, "补助")
    row = f"2024-04-03,,{plain(AWARD + 1)},{plain(AFTER - 1)},{text},{reference},,"
    said = bring(till, "csv", f"账号：{WALLET}\n共1笔\n{HEADING}{row}\n")
    (line,) = [line for one in said["listed"] for line in one["lines"]]
    prepared = till.prepare("2024-03")
    assert prepared["batches"] == []
    assert [one["code"] for one in prepared["held"]] == ["line_open"]
    till.do("reconcile", "confirm", line, "--as", "fee", "--reason", "the bank's own, slip 4")
    assert len(till.prepare("2024-03")["batches"]) == 1
    till.verify()


def test_a_reversal_that_names_a_line_not_on_the_book_is_listed_and_is_no_return(till: Till) -> None:
    batch = the_batch(till)
    item = till.items(batch)[0]
    said = bring(till, "csv", csv("2024-04-05", [(TAKEN_BACK, item)], AFTER))
    assert said["matches"] == []
    assert [(one["reason"], one["rule"], one["payouts"]) for one in said["listed"]] == [
        ("nothing_taken_back", "reversal", [item])
    ]
    assert till.states(batch) == ["exported"]
    # The line that it names comes with a later file of an earlier day.
    said = bring(till, "csv", csv("2024-04-03", [(PAID, item)], BEFORE))
    assert [one["kind"] for one in said["matches"]] == ["reversal"]
    assert (said["listed"], till.states(batch)) == ([], ["exported"])


def test_a_return_that_the_bank_takes_back_leaves_the_payout_paid(till: Till) -> None:
    batch = the_batch(till)
    item = till.items(batch)[0]
    rows = [
        f"2024-04-03,,{plain(AWARD)},{plain(AFTER)},补助,{item},,{PAYEE_WALLET}",
        f"2024-04-05,{plain(AWARD)},,{plain(BEFORE)},退汇,{item},,{PAYEE_WALLET}",
        f"2024-04-08,{plain(-AWARD)},,{plain(AFTER)},冲正,{item},,{PAYEE_WALLET}",
    ]
    states = []
    for row in rows:
        bring(till, "csv", f"账号：{WALLET}\n共1笔\n{HEADING}{row}\n")
        states.append(till.states(batch))
    assert states == [["success"], ["returned"], ["success"]]
    assert till.balances("fin/2303") == {"fin/2303": "0.00"}
    assert till.prepare("2024-03")["batches"] == []
    till.verify()


def test_what_was_taken_back_after_a_month_was_signed_moves_nothing_of_that_month(till: Till) -> None:
    batch = the_batch(till)
    item = till.items(batch)[0]
    days = ("2024-04-03", "2024-05-06", "2024-05-07")
    told = files("mt940", days, item)
    bring(till, "mt940", told[0])
    till.on("2024-05-05")
    bring(
        till,
        "mt940",
        mt940("", balance940("240430", AFTER), balance940("240430", AFTER)).replace(
            "104100000004/0200001234567890123", WALLET
        ),
    )
    till.do("reconcile", "sign-off", "--month", "2024-04")
    checked = till.as_second("reconcile", "sign-off", "--month", "2024-04", "--check")
    assert checked.exit_code == 0, checked.output
    signed = till.say("reconcile", "report", "--month", "2024-04", "--json").stdout
    till.on("2024-05-10")
    for text in told[1:]:
        bring(till, "mt940", text)
    assert till.states(batch) == ["success"]
    assert till.say("reconcile", "report", "--month", "2024-04", "--json").stdout == signed
    may = till.say("reconcile", "report", "--month", "2024-05", "--json")
    assert may.exit_code == 0, may.stdout
    till.verify()


def test_a_person_says_which_line_a_reversal_without_a_clue_takes_back(till: Till) -> None:
    rows = ["2024-04-03,,1.00,49999.00,不明支出,,,", "2024-04-05,1.00,,50000.00,冲正,,,"]
    said = bring(till, "csv", f"账号：{WALLET}\n共2笔\n{HEADING}" + "".join(f"{row}\n" for row in rows))
    assert (said["matches"], {one["reason"] for one in said["listed"]}) == ([], {"unknown", "nothing_taken_back"})
    lines = [line for one in said["listed"] for line in one["lines"]]
    one_alone = till.say("reconcile", "confirm", lines[0], "--as", "reversal", "--reason", "slip 3")
    assert (one_alone.exit_code, "lines_differ" in one_alone.stderr) == (2, True)
    till.do("reconcile", "confirm", *lines, "--as", "reversal", "--reason", "slip 3")
    status = till.read("reconcile", "status")
    assert (status["open"], status["matched"]) == ([], {"person": 2})
    till.verify()


def test_days_of_the_three_lines_are_in_order() -> None:
    assert all(before <= after for days in OVER_DAYS.values() for before, after in pairwise(days))
