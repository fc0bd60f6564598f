"""Columns come to what each line comes to by itself: equal digests, on books that are random, full of ties, and huge.

The scalar path is the oracle; whole fen and rounding ties are what a shortcut gets wrong. A failing book says its seed.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest

from calculators.awards import loan as by_line
from calculators.awards.arrays import in_columns
from calculators.awards.lines import Line, Outside, Version
from calculators.digest import Digest
from calculators.interest.columns import MILLION
from calculators.interest.loan import (
    DayCount,
    DueRule,
    FixedRate,
    FloatingRate,
    Loan,
    Movement,
    OtherSubsidy,
    Receipt,
    Spell,
)
from calculators.money import MAX_FEN, Exact
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
    monthly,
    notice,
    points,
    quarterly,
    window,
)
from tests.support.seeds import SEED, examples

THROUGH = date(2026, 1, 1)
LOWEST = {"kind": "lowest", **ASSUMED}
SUM = {"kind": "sum", **ASSUMED}
PAID = {"interest": "paid", "months_from_first_drawdown": {"months": "12", **ASSUMED}, **ASSUMED}


def over_lpr(kind: str, fixed_on: str = "drawdown", **more: str) -> dict[str, str]:
    return {"kind": kind, "tenor": "1y", "fixed_on": fixed_on, **more, "basis": "n3"}


def rounding(interest: str, award: str, **more: str) -> dict[str, dict[str, str]]:
    return {"interest": {"mode": interest, **ASSUMED}, "award": {"mode": award, **more, **ASSUMED}}


NOTICES = (
    notice(id="plain"),
    notice(
        id="windows",
        windows=[window("accrual_day", "2024-02-11", "2024-08-31"), window("accrual_day", "2024-06-01", "2025-06-30")],
        components=components(points=points("2.0%", at_most_rate_share="50%"), share=interest_share("45%")),
        combine={**LOWEST, "compare_over": "to_date"},
        caps=[cap("yearly", "entity year", "41,000.01", year_of="accrual_day")],
        rounding=rounding("half_even", "half_even"),
    ),
    notice(
        id="paid",
        components=components(share=interest_share("33.3333%"), points=points("1.0%", others_within_rate="true")),
        combine={**LOWEST, "compare_over": "due_period"},
        base=PAID,
        caps=[cap("calendar", "entity year", "9,999.99", year_of="due_date")],
        tolerance={"receipt": "1", **ASSUMED},
    ),
    notice(
        id="lpr",
        components=components(
            share=over_lpr("lpr_share", share="50%"),
            floor=over_lpr("borrower_floor", "contract", borrower_over="-100BP", ceiling_over="50BP"),
            plus=over_lpr("plus_over_lpr", ceiling="150BP"),
        ),
        combine=SUM,
        rounding=rounding("down", "down", unit="100"),
        caps=[cap("each", "loan", share_of_drawdown="1%")],
    ),
    notice(id="unbounded", not_bounded_by_interest={"basis": "n3"}, components=components(points=points("9.0%"))),
)
# What no column covers stands among what they cover.
OTHERS = (
    notice(
        id="capped",
        base={"interest": "accrued", "principal_cap": {"per": "loan", "amount": "1,000", **ASSUMED}, **ASSUMED},
    ),
    notice(id="finer", components=components(points=points("0.00005%"))),
)


def drawn_loan(draw: random.Random, key: str, ties: bool, most_fen: int) -> Loan:
    """A loan of up to three drawdowns and a repayment; with ties in amounts of which half a fen comes about often."""

    def amount() -> int:
        return 5_000 * draw.randint(1, 40) if ties else draw.randint(1, most_fen)

    first = date(2023, 12, 1) + timedelta(days=draw.randint(0, 400))
    days = sorted(
        first + timedelta(days=draw.choice((0, 1, 30, draw.randint(1, 300)))) for _ in range(draw.randint(0, 2))
    )
    movements = [Movement(on, amount()) for on in (first, *days)]
    if draw.random() < 0.5:
        # Now and then more is repaid than was drawn: a contradiction that is said line by line.
        most = movements[0].amount_fen + (draw.random() < 0.1)
        movements.append(Movement(first + timedelta(days=draw.randint(1, 300)), -draw.choice((most, 1))))
    counts = [DayCount.ACT_360, DayCount.ACT_365F, DayCount.THIRTY_E_360]
    listed = DueRule("custom", dates=tuple(first + timedelta(days=days) for days in (0, 10, 45, 400)))
    dues = [monthly(20), monthly(31, counted=True), quarterly(20, counted=True), listed]
    floating = None
    if draw.random() < 0.3:
        repriced = draw.choice(("fixed", "january_1", "anniversary", "quarter", "publication"))
        floating = FloatingRate(first, "1y", Exact(draw.choice((-400, -35, 0, 60)), 10_000), repriced)
    made = loan(
        key,
        {first.isoformat(): "1"},
        (first + timedelta(days=draw.randint(1, 900))).isoformat(),
        draw.choice(("3.60%", "3.45%", "0.0001%", f"{draw.randint(1, 900)}BP")),
        rates={} if draw.random() < 0.6 else {(first + timedelta(days=draw.randint(1, 200))).isoformat(): "4.1%"},
        floating=floating,
        spells=(Spell("overdue", first, None),) if draw.random() < 0.05 else (),
        day_count=draw.choice([*counts, *counts, *DayCount]),
        due=draw.choice(dues),
        uscc=draw.choice(("E1", "E2", "E3")),
        lender=draw.choice(("Bank One", "Bank Two")),
    )
    return replace(made, movements=tuple(sorted(movements, key=lambda movement: movement.on)))


def with_receipts(draw: random.Random, lent: Loan) -> Loan:
    """The loan with receipts for most of its due periods, some of them a fen or a yuan off."""
    (bare,) = by_line.calculate([line(lent, notice())], LPR, "lpr@test", THROUGH)
    receipts = [
        Receipt(day(period["due"]), max(0, period["bank_fen"] + draw.choice((0, 0, 1, -90, 101))), day(period["due"]))
        for period in bare.digest["periods"]
        if draw.random() < 0.9
    ]
    return replace(lent, receipts=tuple(receipts))


def book(draw: random.Random, lines: int, *, ties: bool = False, most_fen: int = 500_000_000) -> list[Line]:
    made = []
    for number in range(lines):
        lent = drawn_loan(draw, f"L{number:03d}", ties, most_fen)
        rules: LoanNotice | Version = draw.choice(NOTICES if draw.random() < 0.9 else OTHERS)
        assert isinstance(rules, LoanNotice)
        if draw.random() < 0.1:
            rules = Version(f"{rules.id}@sha256:0001", rules, date(2024, 3, 1), date(2025, 1, 1))
        if draw.random() < 0.5:
            lent = with_receipts(draw, lent)
        made.append(line(lent, rules, ceiling=draw.choice(("90,000,000", "1,234.56"))))
    return made


def outside(draw: random.Random, lines: Sequence[Line]) -> Iterator[Outside]:
    for each in draw.sample(lines, 2):
        loan_key = each.loan.key
        yield Outside(
            each.notice_id, each.entity.uscc, "", each.loan.lender, loan_key, date(2024, 3, 20), draw.randint(1, 9_999)
        )


def digests(lines: Sequence[Line], columns_from: int, **more: Any) -> list[Digest]:
    with mock.patch.object(by_line, "COLUMNS_FROM", columns_from):
        return [result.digest for result in by_line.calculate(lines, LPR, "lpr@test", THROUGH, **more)]


@pytest.mark.parametrize("number", range(examples(30, by_day=4)))
@pytest.mark.parametrize(
    ("ties", "most_fen"), [(False, 500_000_000), (True, 0), (False, 10**15), (False, MAX_FEN)], ids=str
)
def test_columns_and_lines_come_to_equal_digests(number: int, ties: bool, most_fen: int) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    draw = random.Random(f"{SEED}/{number}/{ties}/{most_fen}")
    lines = book(draw, 40, ties=ties, most_fen=most_fen)
    paid = list(outside(draw, lines))
    assert digests(lines, 0, outside=paid) == digests(lines, 10**9, outside=paid)


def test_most_lines_of_a_book_are_covered() -> None:
    """Were nothing covered, the two paths would be one; what is left is what contradicts itself or is not known."""
    lines = book(random.Random(1), 400)
    covered = in_columns(lines, LPR, THROUGH)
    assert len(covered) > len(lines) / 2
    assert not {each.id for each in lines if each.loan.spells or each.notice_id in ("capped", "finer")} & covered.keys()


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
