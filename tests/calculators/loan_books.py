"""Books of loans for columns: notices that columns cover, a few that they do not, and lines drawn at random under them.

A drawn book is full of whole fen and rounding ties where it is asked for: those are what a shortcut gets wrong.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

from calculators.awards import loan as by_line
from calculators.awards.lines import Line, Outside, Version
from calculators.digest import Digest
from calculators.interest.loan import DayCount, DueRule, FloatingRate, Loan, Movement, Receipt, Spell
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
    monthly,
    notice,
    points,
    quarterly,
    window,
)

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
