"""Loans paid through the lender (财金〔2025〕81号): a lump for the months before the grant, then month by month, 90/10.

900,000 at one point for a year in equal months: 900,000 x 1 % / 12 = 750.00 a month, 9,000.00 in all.
"""

from calculators.awards.lines import Line, Version
from calculators.awards.payers import payer_parts
from calculators.explain.loan import render
from calculators.files.yaml import load_notice
from calculators.interest.loan import DayCount
from calculators.notices.loan import LoanNotice
from ledger.resources import fixture
from tests.calculators.lending import day, line, loan, monthly, only, results_of, yuan

TEXT = fixture("notices/national-service-loan-2025.yaml").read_text(encoding="utf-8")


def granted(principal: str = "900,000", key: str = "L") -> tuple[Line, LoanNotice]:
    notice = load_notice(TEXT, "national-service-loan-2025.yaml")
    assert isinstance(notice, LoanNotice)
    lent = loan(
        key,
        {"2025-04-21": principal},
        "2026-04-21",
        "3%",
        day_count=DayCount.NOMINAL_MONTH,
        due=monthly(20, counted=True),
        signed_on=day("2025-04-21"),
    )
    return line(lent, Version("n@sha256:0000", notice), granted_on="2025-09-25", applied_on="2025-09-08"), notice


# The first day of the month after each month that is run.
RUNS = [f"2025-{month:02d}-01" for month in (10, 11, 12)] + [f"2026-{month:02d}-01" for month in range(1, 6)]


def test_the_first_run_pays_a_lump_and_each_later_one_a_month() -> None:
    one, _ = granted()
    totals = [only(results_of(one, through=through)).digest["award_fen"] for through in RUNS]
    paid = [yuan(after - before) for before, after in zip([0, *totals], totals, strict=False)]
    # Five months in September, then October to April.
    assert paid == ["3750.00"] + ["750.00"] * 7
    assert totals[-1] == 900_000


def test_each_run_is_split_90_to_10() -> None:
    one, notice = granted()
    totals = [only(results_of(one, through=through)).digest["award_fen"] for through in RUNS]
    parts = [
        [yuan(part.amount_fen) for part in payer_parts(notice.payers, before, after - before)]
        for before, after in zip([0, *totals], totals, strict=False)
    ]
    assert parts == [["3375.00", "375.00"]] + [["675.00", "75.00"]] * 7


def test_a_month_that_does_not_split_evenly_is_made_up_to_the_fen() -> None:
    # 100,001 x 1 % / 12 = 83.334166...: months of 83.33, 83.34, 83.33 ..., in all 1,000.01.
    # Of a month of 83.33 90 % are 74.997, and of 166.67 150.003: the city bears 8.33, then 8.34.
    one, notice = granted("100,001")
    digest = only(results_of(one)).digest
    months = [period["award_fen"] for period in digest["periods"]]
    assert [yuan(fen) for fen in months[:3]] == ["83.33", "83.34", "83.33"]
    split, before = [], 0
    for fen in months:
        split.append([part.amount_fen for part in payer_parts(notice.payers, before, fen)])
        before += fen
    # 83.33: 74.997 + 8.333 -> 75.00 + 8.33; 166.67: 150.003 + 16.667 -> 150.00 + 16.67, less the first
    assert split[:2] == [[7500, 833], [7500, 834]]
    assert [sum(each) for each in split] == months
    # 1,000.01: 900.009 + 100.001 -> 900.01 + 100.00
    assert [sum(each) for each in zip(*split, strict=True)] == [90_001, 10_000]
    assert [payer["amount_fen"] for payer in digest["payers"]] == [90_001, 10_000]


def test_the_payee_is_the_lender_and_the_beneficiary_the_firm() -> None:
    one, _ = granted()
    result = only(results_of(one))
    assert (result.digest["pay_to"], result.digest["lender"], result.digest["entity"]) == ("lender", "Bank One", "E1")
    assert render(result).splitlines()[-3:] == [
        " payer         central budget 8,100.00",
        " payer         city budget 900.00",
        " award         9,000.00",
    ]


def test_the_principal_of_a_firm_counts_up_to_a_million_over_all_of_its_loans() -> None:
    # 900,000 and 300,000: of the second 100,000 count, 100,000 x 1 % = 1,000.00
    first, second = results_of(granted()[0], granted("300,000", "M")[0])
    assert [yuan(result.digest["award_fen"]) for result in (first, second)] == ["9000.00", "1000.00"]
