"""What columns cover and what they leave to each line, which either way comes to what it comes to by itself."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from calculators.awards.arrays import in_columns
from calculators.awards.lines import Version
from calculators.interest.columns import MILLION
from calculators.interest.loan import DayCount, FixedRate, FloatingRate, Loan, Movement, OtherSubsidy, Receipt, Spell
from calculators.money import Exact
from calculators.notices.loan import LoanNotice
from tests.calculators.lending import (
    ASSUMED,
    LPR,
    cap,
    components,
    day,
    interest_share,
    line,
    loan,
    notice,
    points,
    quarterly,
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
