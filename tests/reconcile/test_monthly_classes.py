"""The statement of a month, class by class: returns across a month's and a year's end, ages on both sides, A4."""

from pathlib import Path
from zipfile import ZipFile

from tests.payouts.returns.test_recoveries import CORRECTED, REDUCED
from tests.reconcile.test_deciding import AFTER, AWARD, bring, line_of, match, paid, sent, till
from tests.reconcile.test_monthly import nonzero, report
from tests.support.till import Till

__all__ = ["till"]


def test_what_came_back_and_is_not_booked_by_the_bank_yet_is_returned(till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    till.on("2024-05-10")
    till.answer(batch, (item, "RETURNED", AWARD, "2024-04-30"))
    code, april = report(till, "2024-04")
    # The book has 50,000.00 again, the bank 33,137.50 still.
    assert (code, april["bank"], april["book"]) == (0, AFTER, "50000.00")
    assert nonzero(april["explained"]) == {"returned": f"-{AWARD}"}
    bring(till, f"2024-05-02,{AWARD},,50000.00,退汇,{item},,")
    match(till)
    code, may = report(till, "2024-05")
    assert (code, may["bank"], may["book"], may["differences"]) == (0, "50000.00", "50000.00", [])
    assert (may["bank_used"]["returned_month"], may["codes"][0]["returned_month"]) == (AWARD, "0.00")
    assert may["bank_used"]["returned_year"] == may["codes"][0]["returned_year"] == AWARD


def test_a_return_of_a_prior_year_is_explained_and_frees_nothing(till: Till) -> None:
    batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    till.on("2025-01-20")
    bring(till, f"2025-01-10,{AWARD},,50000.00,退汇,{item},,")
    match(till)
    assert till.states(batch) == ["returned"]
    # Dr 1201 / Cr 3501 over the year's end: the payable and the year's expense stay as they were.
    assert till.balances("fin/1201", "fin/3501", "fin/2303") == {
        "fin/1201": AWARD,
        "fin/3501": f"-{AWARD}",
        "fin/2303": "0.00",
    }
    code, january = report(till, "2025-01")
    assert (code, january["bank"], january["book"], january["differences"]) == (0, "50000.00", "50000.00", [])
    for used in (january["bank_used"], january["codes"][0]):
        assert {name: used[name] for name in ("used_month", "returned_month", "used_year", "returned_year")} == {
            "used_month": "0.00",
            "returned_month": AWARD,
            "used_year": "0.00",
            "returned_year": AWARD,
        }
    # December was what it was.
    assert report(till, "2024-12")[1]["codes"][0]["used_year"] == AWARD
    assert till.prepare("2024-03")["batches"] == []


def test_what_waits_on_both_sides_is_counted_by_age(till: Till) -> None:
    _batch, item = sent(till)
    till.on("2024-05-06")
    # Days before 30 April 2024: 110, 46, 28, 11, 10 and 0; 50,000.00 - 1.00 - 2.00 - 4.00 - 8.00 - 16.00 - 32.00.
    bring(
        till,
        "2024-01-11,,1.00,49999.00,转账,,,",
        "2024-03-15,,2.00,49997.00,转账,,,",
        "2024-04-02,,4.00,49993.00,转账,,,",
        "2024-04-19,,8.00,49985.00,转账,,,",
        "2024-04-20,,16.00,49969.00,转账,,,",
        "2024-04-30,,32.00,49937.00,转账,,,",
    )
    assert match(till) == ([], 0)
    code, one = report(till, "2024-04")
    assert (code, one["unexplained"]) == (1, "-63.00")
    assert [each["age"] for each in one["lines"]] == [110, 46, 28, 11, 10, 0]
    # The payout went out on 2 April.
    assert [(each["about"], each["age"]) for each in one["payouts"]] == [(item, 28)]
    said = [line.split() for line in till.say("reconcile", "report", "--month", "2024-04").stdout.splitlines()]
    for row in (
        ["up", "to", "10", "days", "2", "-48.00"],
        ["11", "to", "30", "days", "2", "-12.00"],
        ["31", "to", "90", "days", "1", "-2.00"],
        ["more", "than", "90", "days", "1", "-1.00"],
        ["11", "to", "30", "days", "1", "16,862.50"],
    ):
        assert row in said, row


def test_the_workbook_is_set_up_for_a4(till: Till, tmp_path: Path) -> None:
    _batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    path = tmp_path / "report.xlsx"
    till.do("reconcile", "report", "--month", "2024-04", "--xlsx", str(path))
    with ZipFile(path) as book:
        sheet, names = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/workbook.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    # A4, landscape, one page wide and as many long as it takes, the headings on each of them.
    for setting in ('paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"', "<pageSetUpPr fitToPage"):
        assert setting in sheet, setting
    assert "_xlnm.Print_Titles" in names
    assert "Made by: ____________    Checked by: ____________" in texts


def test_what_is_recovered_comes_to_the_account_that_paid(till: Till) -> None:
    _batch, item = sent(till)
    bring(till, paid(item))
    match(till)
    # The second drawdown was 6 million: 16,862.50 - 16,000,000 x 1.775 % x 19 / 360 (14,988.89) = 1,873.61 too much.
    till.on("2024-05-08")
    till.report("2024-04-30", CORRECTED)
    till.run("2024-04")
    till.do("pay", "recover", "PF1", REDUCED, "--on", "2024-05-08", "--document", "SH-1")
    # 33,137.50 + 1,873.61 = 35,011.11.
    bring(till, f"2024-05-08,{REDUCED},,35011.11,退款,,,")
    match(till)
    code, one = report(till, "2024-05")
    # Booked and on the statement, and nobody has said yet that one is the other.
    assert (code, one["unexplained"]) == (1, "0.00")
    assert [each["class"] for each in one["differences"]] == ["refunded", "unmatched"]
    till.do("reconcile", "confirm", line_of(till, "2024-05-08"), "--as", "refund", "--reason", "SH-1")
    code, one = report(till, "2024-05")
    assert (code, one["bank"], one["book"], one["differences"]) == (0, "35011.11", "35011.11", [])
    assert one["bank_used"]["returned_month"] == one["codes"][0]["returned_month"] == REDUCED
    till.on("2024-06-03")
    for words in ((), ("--check", "--actor", "1002")):
        till.do("reconcile", "sign-off", "--month", "2024-05", *words)
    till.verify()
