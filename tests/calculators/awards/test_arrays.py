"""What columns cover and what they leave to each line, which either way comes to what it comes to by itself."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from calculators.awards.arrays import in_columns
from calculators.awards.lines import Version
from calculators.interest.columns import MILLION
from calculators.interest.loan import DayCount, FixedRate, FloatingRate, Loan, Movement, OtherSubsidy, Receipt, Spell
from calculators.money import Exact, parse_yuan
from calculators.notices.loan import LoanNotice
from tests.calculators.lending import (
    ASSUMED,
    LPR,
    award,
    cap,
    components,
    day,
    interest_share,
    line,
    loan,
    notice,
    periods,
    points,
    quarterly,
    results_of,
    settled_on,
    window,
)
from tests.calculators.loan_books import NOTICES, OTHERS, SUM, THROUGH, digests, over_lpr

PLAIN = loan("L1", {"2024-01-20": "1,000,000"}, "2025-01-20")
KNOWN = {
    "points": points("2.0%"),
    "points_in_millionths": points("2.1234%"),
    "share_of_rate": points("2.0%", at_most_rate_share="50%"),
    "interest_share": interest_share("45%"),
    **{
        f"{kind}_{fixed_on}": over_lpr(kind, fixed_on, **more)
        for kind, more in (
            ("lpr_share", {"share": "50%"}),
            ("borrower_floor", {"borrower_over": "-100BP", "ceiling_over": "50BP"}),
            ("plus_over_lpr", {"ceiling": "150BP"}),
        )
        for fixed_on in ("contract", "drawdown")
    },
}
UNKNOWN = {
    "finer_than_millionths": points("0.00005%"),
    "day_by_day": over_lpr("plus_over_lpr", "accrual_day", ceiling="150BP"),
    "last_year_end": over_lpr("lpr_share", "last_year_end", share="50%"),
    "finer_floor": over_lpr("borrower_floor", borrower_over="-1.00005%", ceiling_over="50BP"),
    "finer_ceiling": over_lpr("plus_over_lpr", ceiling="1.50005%"),
    "finer_share": over_lpr("lpr_share", share="33.33333%"),
    "by_status": {
        "kind": "switch",
        "status": "innovative_sme",
        "before": points("1.0%"),
        "after": points("2.0%"),
        "basis": "n3",
    },
    "by_year": {"kind": "by_year", "years": [points("2.0%"), points("1.0%")], "basis": "n3"},
}


def covers(lent: Loan, *rules: LoanNotice | Version) -> bool:
    """Whether columns cover the line; either way they come to what it comes to by itself."""
    one = line(lent, *rules)
    assert digests([one], 0) == digests([one], 10**9)
    return bool(in_columns([one], LPR, THROUGH))


@pytest.mark.parametrize("rules", NOTICES, ids=lambda rules: rules.id)
def test_the_notices_of_the_book_are_covered(rules: LoanNotice) -> None:
    assert covers(PLAIN, rules)
    assert covers(replace(PLAIN, receipts=(Receipt(day("2024-02-20"), 1, day("2024-02-20")),)), rules)


@pytest.mark.parametrize("name", KNOWN)
def test_a_rule_that_columns_know(name: str) -> None:
    assert covers(PLAIN, notice(components=components(rule=KNOWN[name])))


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_rule_that_goes_line_by_line(name: str) -> None:
    assert not covers(PLAIN, notice(components=components(rule=UNKNOWN[name])))


def test_a_loan_that_bears_another_rate_of_each_kind() -> None:
    """A day count that looks at the due period, principal that bears no support, a rate that is no whole millionth."""
    covered = (DayCount.ACT_360, DayCount.ACT_365F, DayCount.THIRTY_E_360)
    assert {count for count in DayCount if covers(replace(PLAIN, day_count=count))} == {*covered}
    assert not covers(replace(PLAIN, spells=(Spell("overdue", day("2024-03-01"), day("2024-03-02"), 1),)))
    assert not covers(replace(PLAIN, other_subsidies=(OtherSubsidy(day("2024-03-01"), None, Exact(1, 1_000)),)))
    assert covers(replace(PLAIN, rates=(FixedRate(day("2024-01-20"), Exact(36_001, MILLION)),)))
    assert not covers(replace(PLAIN, rates=(FixedRate(day("2024-01-20"), Exact(360_001, 10 * MILLION)),)))
    later = FloatingRate(day("2024-03-01"), "1y", Exact(5, 10 * MILLION), "fixed")
    assert not covers(replace(PLAIN, rates=(*PLAIN.rates, later)))
    assert covers(replace(PLAIN, rates=(*PLAIN.rates, replace(later, spread=Exact(5, MILLION)))))
    assert not covers(replace(PLAIN, movements=()))


def test_a_notice_whose_amounts_columns_do_not_know() -> None:
    """A cap by status, principal that is capped, what is earned at the end, a second version."""
    status = {"status": "innovative_sme", "amount": "2", **ASSUMED}
    assert covers(PLAIN, notice(caps=[cap("total", "loan", "1")]))
    assert not covers(PLAIN, notice(caps=[cap("each", "loan", "1"), cap("total", "loan", "1", when_status=status)]))
    assert not covers(PLAIN, OTHERS[0])
    earned = {"by": "repaid_in_time", **ASSUMED}
    assert not covers(
        PLAIN,
        notice(
            components=[
                {"id": "points", "rule": points("2.0%")},
                {"id": "later", "rule": points("1.0%"), "earned": earned},
            ],
            combine=SUM,
        ),
    )
    first, second = (
        Version(f"n@sha256:0{at}", notice(), *days)
        for at, days in enumerate([(date.min, date(2024, 5, 1)), (date(2024, 5, 1), None)])
    )
    assert covers(PLAIN, first)
    assert covers(PLAIN, second)
    assert not covers(PLAIN, first, second)


def test_a_principal_too_large_for_64_bits_is_left_to_exact_arithmetic() -> None:
    """2^62 fen are 12,810,238,640 x D + r; times 36,000 millionths x 9,131 days that is 4.2 x 10^18, above 2^61."""
    usual = line(loan("L1", {"2024-01-20": "90,071,992,547,409.91"}, "2049-01-20", due=quarterly()))
    assert in_columns([usual], LPR, THROUGH).keys() == {"G-L1"}
    extreme = replace(usual, loan=replace(usual.loan, movements=(Movement(day("2024-01-20"), 2**62),)))
    assert in_columns([extreme], LPR, THROUGH) == {}
    assert digests([extreme], 0) == digests([extreme], 10**9)


THIRDS = "33.33333333333333333333%"


@pytest.mark.parametrize(
    "rule",
    [
        interest_share(THIRDS),
        points("2.0%", at_most_rate_share=THIRDS),
        over_lpr("borrower_floor", borrower_over="-100BP", ceiling_over="99,999,999,999,999,999,999%"),
    ],
    ids=str,
)
def test_what_64_bits_do_not_count_is_left_to_exact_arithmetic(rule: dict[str, Any]) -> None:
    """A third in 20 decimals is 3,333,333,333,333,333,333,333 of 10^22; 2^63 is 9.2 x 10^18."""
    one = line(loan("L1", {"2024-01-20": "1,000,000"}, "2025-01-20"), notice(components=components(rule=rule)))
    assert in_columns([one], LPR, THROUGH) == {}
    assert digests([one], 0) == digests([one], 10**9)


def test_a_rate_beyond_64_bits_is_left_to_exact_arithmetic() -> None:
    one = line(loan("L1", {"2024-01-20": "1,000,000"}, "2025-01-20", "99,999,999,999,999,999,999%"))
    assert in_columns([one], LPR, THROUGH) == {}
    assert digests([one], 0) == digests([one], 10**9)


@pytest.mark.parametrize(
    "base", [{"interest": "accrued", **ASSUMED}, {"interest": "paid", **ASSUMED}], ids=["accrued", "paid"]
)
def test_a_rate_that_nobody_knows_is_said_though_no_principal_bears_it(base: dict[str, str]) -> None:
    """Drawn and repaid on one day, at an LPR of before the table: either way the line is held for it."""
    on = day("2024-01-20")
    floating = FloatingRate(day("2018-01-20"), "1y", Exact(0), "quarter")
    lent = replace(
        loan("L1", {"2024-01-20": "1"}, "2025-01-20", floating=floating),
        movements=(Movement(on, 100), Movement(on, -100)),
    )
    one = line(lent, notice(components=components(share=interest_share("50%")), base=base))
    assert in_columns([one], LPR, THROUGH) == {}
    (digest,) = digests([one], 0)
    assert [held["code"] for held in digest["held"]] == ["line_failed"]
    assert [digest] == digests([one], 10**9)


HALF_OF_LPR = over_lpr("lpr_share", "contract", share="50%")


def test_loans_of_one_day_have_one_lpr_and_each_its_own_rate() -> None:
    """3.45 % on 20 January 2024, half of it 1.725 %; 3.60 million bear 100.00 a day for each per cent, for 31 days."""
    rules = notice(components=components(share=HALF_OF_LPR))
    first, second, third = (
        line(loan(key, {"2024-01-20": "3,600,000"}, "2024-02-20", rate, signed_on=day(signed)), rules)
        for key, rate, signed in (("A", "3.60%", "2024-01-20"), ("B", "1.5%", "2024-01-20"), ("C", "4%", "2023-06-20"))
    )
    # 172.50; at 1.5 % no more than the loan's own 150.00; half of the 3.55 % of June 2023 are 177.50.
    assert award(first, second, third) == "5347.50 4650.00 5502.50"
    assert in_columns([first, second, third], LPR, THROUGH).keys() == {"G-A", "G-B", "G-C"}


def test_a_day_before_the_first_lpr_is_said_line_by_line_and_stops_no_other() -> None:
    rules = notice(components=components(share=HALF_OF_LPR))
    old, usual = (
        line(loan(key, {"2024-01-20": "3,600,000"}, "2024-02-20", signed_on=day(signed)), rules)
        for key, signed in (("A", "2019-08-19"), ("B", "2024-01-20"))
    )
    assert in_columns([old, usual], LPR, THROUGH).keys() == {"G-B"}
    held, found = results_of(old, usual)
    assert [one["cause"] for one in held.digest["held"]] == ["benchmark_unknown"]
    assert found.digest["award_fen"] == 534_750


@pytest.mark.parametrize("over", ["due_period", "to_date"])
def test_where_no_day_is_supported_there_is_no_lowest_and_the_line_goes_by_itself(over: str) -> None:
    rules = notice(
        components=components(points=points("2.0%"), share=interest_share("45%")),
        combine={"kind": "lowest", "compare_over": over, **ASSUMED},
        windows=[window("accrual_day", "2030-01-01")],
    )
    assert not covers(PLAIN, rules)
    (found,) = results_of(line(PLAIN, rules))
    assert (found.digest["periods"], found.digest["award_fen"]) == ([], 0)


# To the day.

# 100.00 a day at 2 points.
MONTHS = loan("L", {"2024-01-20": "1,800,000"}, "2024-04-20")


def test_what_falls_due_at_maturity_is_due_in_a_run_through_that_day() -> None:
    for through, due in (("2024-04-19", []), ("2024-04-20", ["3100.00"])):
        (found,) = results_of(line(MONTHS), through=through)
        assert list(periods(found).values()) == ["3100.00", "2900.00", *due]


def test_a_period_that_begins_when_interest_no_longer_counts_as_paid_is_left_out() -> None:
    """Paid by 19 February counts: what begins to accrue on the 20th cannot. By the 20th it could, and waits."""
    share = components(share=interest_share("50%"))
    receipts = (Receipt(day("2024-02-20"), parse_yuan("5,580"), day("2024-02-19")),)
    for last, waits in (("2024-02-19", []), ("2024-02-20", ["2024-03-20"])):
        rules = notice(
            base={"interest": "paid", **ASSUMED}, components=share, windows=[window("paid_day", "2024-01-01", last)]
        )
        (found,) = results_of(line(replace(MONTHS, receipts=receipts), rules))
        # 31 days x 180.00, of which half.
        assert periods(found) == {"2024-02-20": "2790.00"}
        assert [held["due"] for held in found.digest["held"]] == waits


def test_a_window_that_has_closed_before_the_version_begins_opens_nothing() -> None:
    """From 1 March on: 19 and 31 days."""
    windows = [window("accrual_day", "2024-01-01", "2024-01-31"), window("accrual_day", "2024-02-01", "2024-12-31")]
    version = Version("n@sha256:01", notice(windows=windows), starts_on=day("2024-03-01"))
    assert covers(MONTHS, version)
    (found,) = results_of(line(MONTHS, version))
    assert periods(found) == {"2024-03-20": "1900.00", "2024-04-20": "3100.00"}


@pytest.mark.parametrize(
    ("drawn_on", "ends", "amount"),
    [
        # The 31st counts as the 30th at either end, a 28th as itself.
        ("2024-01-31", "2024-02-28", "2800.00"),
        ("2024-01-30", "2024-03-31", "6000.00"),
        ("2024-02-28", "2024-03-31", "3200.00"),
    ],
)
def test_thirty_days_a_month(drawn_on: str, ends: str, amount: str) -> None:
    lent = loan("L", {drawn_on: "1,800,000"}, ends, due=settled_on(ends), day_count=DayCount.THIRTY_E_360)
    assert covers(lent, notice())
    assert award(line(lent)) == amount
