"""Which principal bears which rate on which days, read as a bank's loan account; the arithmetic is shown."""

from dataclasses import replace
from datetime import date

import pytest

from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import DayCount, DueRule, FixedRate, FloatingRate, Loan, Movement, Spell
from calculators.interest.segments import (
    Period,
    Segment,
    due_periods,
    interest,
    lay_out,
    rates_below_zero,
    segments,
    spells_overlap,
)
from calculators.money import Exact, parse_percent, parse_yuan, plain_yuan, round_fen
from calculators.problems import Refused

# LPR as published for these days, in per cent.
LPR = Benchmark.from_texts(
    [
        ("2023-08-21", "3.45", "4.20"),
        ("2024-02-20", "3.45", "3.95"),
        ("2024-07-22", "3.35", "3.85"),
        ("2024-10-21", "3.10", "3.60"),
        ("2025-05-20", "3.00", "3.50"),
    ],
    "2026-07-20",
)

MILLION = 100_000_000
DRAWN = Movement(date(2024, 1, 10), 10 * MILLION)
LOAN = Loan(
    key="HT-2024-001",
    contract="HT-2024-001",
    lender="a bank",
    uscc="",
    signed_on=date(2024, 1, 5),
    matures_on=date(2025, 1, 9),
    amount_fen=30 * MILLION,
    day_count=DayCount.ACT_360,
    due=DueRule("quarter", day=20, counted=False),
    movements=(DRAWN, Movement(date(2024, 2, 26), 8 * MILLION), Movement(date(2024, 5, 9), 12 * MILLION)),
    rates=(FixedRate(date(2024, 1, 10), parse_percent("3.55%")),),
)
SINGLE = replace(LOAN, movements=(DRAWN,))


def statement(loan: Loan, *, supported: bool = True, until: date | None = None) -> list[str]:
    """The segments as lines of a statement: days, principal in yuan, rate in basis points."""
    found = segments(loan, date(2024, 1, 1), until or loan.matures_on, LPR, supported=supported)
    return [
        f"{each.starts_on:%m-%d}..{each.ends_before:%m-%d} {plain_yuan(each.principal_fen)} {each.rate * 10_000}"
        for each in found
    ]


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_drawdowns_raise_the_balance_on_their_own_day() -> None:
    assert statement(LOAN) == [
        "01-10..02-26 10000000.00 355",
        "02-26..05-09 18000000.00 355",
        "05-09..01-09 30000000.00 355",
    ]


def test_a_prepayment_lowers_it_and_full_repayment_ends_it() -> None:
    paid = (Movement(date(2024, 3, 1), -4 * MILLION), Movement(date(2024, 6, 3), -6 * MILLION))
    assert statement(replace(SINGLE, movements=(DRAWN, *paid))) == [
        "01-10..03-01 10000000.00 355",
        "03-01..06-03 6000000.00 355",
    ]


def test_what_is_drawn_again_after_full_repayment_bears_interest_again() -> None:
    again = (Movement(date(2024, 3, 1), -10 * MILLION), Movement(date(2024, 6, 3), 1))
    assert statement(replace(SINGLE, movements=(DRAWN, *again))) == [
        "01-10..03-01 10000000.00 355",
        "06-03..01-09 0.01 355",
    ]


def test_what_is_drawn_and_repaid_on_one_day_counts_together() -> None:
    same_day = (Movement(date(2024, 3, 1), -10 * MILLION), Movement(date(2024, 3, 1), 10 * MILLION))
    assert statement(replace(SINGLE, movements=(DRAWN, *same_day))) == ["01-10..01-09 10000000.00 355"]


def test_the_order_in_which_movements_are_given_does_not_matter() -> None:
    assert statement(replace(LOAN, movements=LOAN.movements[::-1])) == statement(LOAN)


def test_a_rate_step_cuts_a_segment_and_an_equal_rate_does_not() -> None:
    steps = (
        FixedRate(date(2024, 3, 1), parse_percent("3.55%")),
        FixedRate(date(2024, 4, 1), parse_percent("3%")),
    )
    assert statement(replace(SINGLE, rates=LOAN.rates + steps)) == [
        "01-10..04-01 10000000.00 355",
        "04-01..01-09 10000000.00 300",
    ]


def test_days_asked_for_begin_with_the_balance_and_rate_of_before() -> None:
    found = segments(LOAN, date(2024, 3, 1), date(2024, 3, 20), LPR, supported=True)
    assert found == [Segment(date(2024, 3, 1), date(2024, 3, 20), 18 * MILLION, parse_percent("3.55%"))]


def test_of_two_rates_from_one_day_the_one_given_later_holds() -> None:
    again = FixedRate(LOAN.rates[0].starts_on, parse_percent("3%"))
    assert statement(replace(SINGLE, rates=(*LOAN.rates, again))) == ["01-10..01-09 10000000.00 300"]


def test_nothing_is_asked_for_nothing_is_found() -> None:
    assert segments(LOAN, date(2024, 3, 1), date(2024, 3, 1), LPR, supported=True) == []
    assert segments(LOAN, date(2025, 1, 9), date(2025, 3, 1), LPR, supported=False) == []


@pytest.mark.parametrize(
    ("repriced", "expected"),
    [
        # LPR 1Y + 25 BP: 3.45 + 0.25 = 3.70 on 2024-01-10, and 3.60, 3.35, 3.25 as 3.35, 3.10, 3.00 are published.
        ("fixed", ["01-10..12-31 1.00 370"]),
        ("january_1", ["01-10..01-01 1.00 370", "01-01..12-31 1.00 335"]),
        ("anniversary", ["01-10..01-10 1.00 370", "01-10..12-31 1.00 335"]),
        (
            "quarter",
            [
                "01-10..10-01 1.00 370",
                "10-01..01-01 1.00 360",
                "01-01..07-01 1.00 335",
                "07-01..12-31 1.00 325",
            ],
        ),
        (
            "publication",
            [
                "01-10..07-22 1.00 370",
                "07-22..10-21 1.00 360",
                "10-21..05-20 1.00 335",
                "05-20..12-31 1.00 325",
            ],
        ),
    ],
)
def test_a_floating_rate_is_set_again_by_its_rule(repriced: str, expected: list[str]) -> None:
    floating = FloatingRate(date(2024, 1, 10), "1y", parse_percent("25BP"), repriced)
    yuan = replace(SINGLE, movements=(Movement(DRAWN.on, 100),), rates=(floating,), matures_on=date(2025, 12, 31))
    assert statement(yuan) == expected


def test_quarterly_repricing_sets_all_four_quarters() -> None:
    """LPR 5Y: 4.20 on 10 January, 3.95 from 20 February, 3.85 from 22 July, 3.60 from 21 October 2024, 3.50 in 2025."""
    floating = FloatingRate(date(2024, 1, 10), "5y", Exact(0), "quarter")
    yuan = replace(SINGLE, movements=(Movement(DRAWN.on, 100),), rates=(floating,), matures_on=date(2025, 12, 31))
    assert statement(yuan) == [
        "01-10..04-01 1.00 420",
        "04-01..10-01 1.00 395",
        "10-01..01-01 1.00 385",
        "01-01..07-01 1.00 360",
        "07-01..12-31 1.00 350",
    ]


def test_a_rate_is_not_set_on_the_day_after_the_last() -> None:
    """From a table checked through 30 September the days to before 1 October are known, and that day is not."""
    checked = Benchmark(LPR.rows, date(2026, 9, 30))
    floating = FloatingRate(date(2026, 7, 1), "1y", Exact(0), "quarter")
    loan = replace(
        SINGLE,
        movements=(Movement(date(2026, 7, 1), 100),),
        rates=(floating,),
        matures_on=date(2027, 7, 1),
    )
    assert len(segments(loan, date(2026, 7, 1), date(2026, 10, 1), checked, supported=True)) == 1
    # Nor is a floating rate that begins on that day.
    later = replace(
        loan, rates=(FixedRate(date(2026, 7, 1), parse_percent("3%")), replace(floating, starts_on=date(2026, 10, 1)))
    )
    assert len(segments(later, date(2026, 7, 1), date(2026, 10, 1), checked, supported=True)) == 1
    for one in (loan, later):
        with pytest.raises(Refused) as refused:
            segments(one, date(2026, 7, 1), date(2026, 10, 2), checked, supported=True)
        assert codes(refused) == ["benchmark_unknown"]


def test_a_repricing_rule_that_nobody_knows_breaks_off() -> None:
    floating = FloatingRate(date(2024, 1, 10), "1y", Exact(0), "weekly")
    with pytest.raises(ValueError, match=r"^unknown repricing rule: weekly$"):
        statement(replace(SINGLE, rates=(floating,)))


def test_quarterly_repricing_takes_what_is_in_force_on_1_july() -> None:
    """3.35 is published on 2024-07-22, after 1 July: the third quarter still bears 3.45 + 0.25."""
    floating = FloatingRate(date(2024, 1, 10), "1y", parse_percent("25BP"), "quarter")
    found = segments(replace(SINGLE, rates=(floating,)), date(2024, 7, 1), date(2024, 10, 1), LPR, supported=True)
    assert [each.rate for each in found] == [parse_percent("3.70%")]


def test_a_loan_drawn_on_29_february_is_repriced_on_28_february() -> None:
    floating = FloatingRate(date(2024, 2, 29), "5y", parse_percent("-10BP"), "anniversary")
    loan = replace(
        SINGLE,
        movements=(Movement(date(2024, 2, 29), 100),),
        rates=(floating,),
        matures_on=date(2025, 12, 31),
    )
    # 5Y: 3.95 - 0.10 = 3.85, then 3.60 - 0.10 = 3.50.
    assert statement(loan) == ["02-29..02-28 1.00 385", "02-28..12-31 1.00 350"]


def test_a_fixed_rate_may_follow_a_floating_one() -> None:
    floating = FloatingRate(date(2024, 1, 10), "1y", Exact(0), "publication")
    fixed = FixedRate(date(2024, 8, 1), parse_percent("3%"))
    assert statement(replace(SINGLE, rates=(floating, fixed)))[-2:] == [
        "07-22..08-01 10000000.00 335",
        "08-01..01-09 10000000.00 300",
    ]


@pytest.mark.parametrize("repriced", ["publication", "quarter"])
def test_a_floating_rate_may_follow_a_fixed_one(repriced: str) -> None:
    # LPR 1Y is 3.45 from 2023-08-21, 3.35 from 2024-07-22, 3.10 from 2024-10-21; on 1 October it is 3.35.
    fixed = FixedRate(date(2024, 1, 10), parse_percent("3%"))
    floating = FloatingRate(date(2024, 7, 1), "1y", Exact(0), repriced)
    found = statement(replace(SINGLE, rates=(fixed, floating)), until=date(2024, 10, 21))
    changes_on = "07-22" if repriced == "publication" else "10-01"
    assert found == [
        "01-10..07-01 10000000.00 300",
        f"07-01..{changes_on} 10000000.00 345",
        f"{changes_on}..10-21 10000000.00 335",
    ]


def test_a_rate_is_never_set_beyond_the_table() -> None:
    late = replace(LPR.rows[-1], effective_from=date(2026, 7, 20))
    checked = Benchmark([late], date(2026, 7, 20))
    loan = replace(
        SINGLE,
        movements=(Movement(date(2026, 7, 20), 100),),
        rates=(FloatingRate(date(2026, 7, 20), "1y", Exact(0), "publication"),),
        matures_on=date(2027, 7, 20),
    )
    assert len(segments(loan, date(2026, 7, 20), date(2026, 7, 21), checked, supported=True)) == 1
    with pytest.raises(Refused) as refused:
        segments(loan, date(2026, 7, 20), date(2026, 7, 22), checked, supported=True)
    assert codes(refused) == ["benchmark_unknown"]


def test_overdue_and_extended_principal_bears_no_support() -> None:
    spells = (
        Spell("overdue", date(2024, 4, 1), date(2024, 5, 1), 3 * MILLION),
        Spell("extension", date(2024, 6, 1), None),
    )
    loan = replace(SINGLE, spells=spells)
    assert statement(loan) == [
        "01-10..04-01 10000000.00 355",
        "04-01..05-01 7000000.00 355",
        "05-01..06-01 10000000.00 355",
    ]
    assert statement(loan, supported=False) == ["01-10..01-09 10000000.00 355"]


def test_spells_together_take_no_more_than_the_balance() -> None:
    spells = (
        Spell("overdue", date(2024, 4, 1), date(2024, 5, 1), 8 * MILLION),
        Spell("overdue", date(2024, 4, 1), date(2024, 5, 1), 8 * MILLION),
    )
    assert statement(replace(SINGLE, spells=spells)) == [
        "01-10..04-01 10000000.00 355",
        "05-01..01-09 10000000.00 355",
    ]


def test_principal_that_is_overdue_and_extended_at_once_is_left_out_once() -> None:
    spells = (
        Spell("overdue", date(2024, 4, 1), date(2024, 6, 1), 4 * MILLION),
        Spell("extension", date(2024, 5, 1), date(2024, 6, 21), 4 * MILLION),
    )
    assert statement(replace(SINGLE, spells=spells)) == [
        "01-10..04-01 10000000.00 355",
        "04-01..06-21 6000000.00 355",
        "06-21..01-09 10000000.00 355",
    ]
    assert spells_overlap(spells) == [(date(2024, 5, 1), date(2024, 6, 1))]
    # Rows of one kind name different principal: 4 and 3 of 10 million.
    more = Spell("overdue", date(2024, 5, 1), date(2024, 6, 1), 3 * MILLION)
    assert statement(replace(SINGLE, spells=(*spells, more))) == [
        "01-10..04-01 10000000.00 355",
        "04-01..05-01 6000000.00 355",
        "05-01..06-01 3000000.00 355",
        "06-01..06-21 6000000.00 355",
        "06-21..01-09 10000000.00 355",
    ]
    open_ended = (spells[0], replace(spells[1], ends_before=None), replace(spells[0], ends_before=None))
    assert spells_overlap(open_ended) == [(date(2024, 5, 1), date(2024, 6, 1)), (date(2024, 5, 1), None)]


def test_a_rate_below_zero_bears_nothing() -> None:
    # 3.55 %, 3.45 % from 21 August 2023 and 3.35 % from 22 July 2024, less 3.50 %.
    below = FloatingRate(date(2024, 1, 10), "1y", parse_percent("-3.50%"), "publication")
    loan = replace(SINGLE, rates=(below,))
    assert statement(loan) == ["01-10..01-09 10000000.00 0"]
    assert rates_below_zero(loan, date(2025, 1, 9), LPR)[:2] == [
        (date(2024, 1, 10), parse_percent("-0.05%")),
        (date(2024, 7, 22), parse_percent("-0.15%")),
    ]
    assert rates_below_zero(SINGLE, date(2025, 1, 9), LPR) == []


def test_nothing_accrues_at_maturity_or_later() -> None:
    for supported in (True, False):
        assert statement(SINGLE, supported=supported, until=date(2025, 6, 1)) == ["01-10..01-09 10000000.00 355"]


def test_a_repayment_before_the_drawdown_and_a_missing_rate_are_named_together() -> None:
    wrong = replace(
        SINGLE,
        movements=(Movement(date(2024, 1, 9), -5_000), DRAWN, Movement(date(2024, 3, 1), -11 * MILLION)),
        rates=(FixedRate(date(2024, 2, 1), parse_percent("3%")),),
    )
    # Of the days without a rate the first is named, also where a balance changes among them.
    wrong = replace(wrong, movements=(*wrong.movements, Movement(date(2024, 1, 20), 0)))
    with pytest.raises(Refused) as refused:
        statement(wrong)
    assert str(refused.value).splitlines() == [
        "HT-2024-001: on 2024-01-09 repayments exceed drawdowns by 50.00 yuan; "
        "correct the repayment, or add the drawdown that is missing [balance_negative]",
        "HT-2024-001: on 2024-03-01 repayments exceed drawdowns by 1,000,050.00 yuan; "
        "correct the repayment, or add the drawdown that is missing [balance_negative]",
        "HT-2024-001: no rate is given for 2024-01-10, when principal is outstanding; "
        "give the rate that held on that day [rate_missing]",
    ]


def test_a_rate_may_be_missing_while_nothing_is_drawn() -> None:
    steps = [(date(2024, 1, 10), parse_percent("3%"))]
    assert len(lay_out([DRAWN], steps, date(2024, 1, 1), date(2024, 2, 1))) == 1


def test_interest_counts_the_days_inside_the_period_only() -> None:
    whole = segments(LOAN, LOAN.signed_on, LOAN.matures_on, LPR, supported=True)
    # 10,000,000 x 47 d + 18,000,000 x 23 d = 884,000,000 yuan-days; x 3.55% / 360 = 87,172.22
    first = Period(date(2024, 1, 10), date(2024, 3, 20))
    assert round_fen(interest(whole, DayCount.ACT_360, first)) == parse_yuan("87,172.22")
    assert interest(whole, DayCount.ACT_360, Period(date(2025, 1, 9), date(2025, 3, 20))) == 0


def test_rates_of_different_fractions_add_up_exactly() -> None:
    """One day each at 3.55 % and at a third of 10 %: 36,000,000 x (0.0355 + 1/30) / 360 = 6,883.33.. yuan."""
    day_1, day_2, day_3 = date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)
    borne = [
        Segment(day_1, day_2, 36 * MILLION, parse_percent("3.55%")),
        Segment(day_2, day_3, 36 * MILLION, Exact(1, 30)),
    ]
    assert interest(borne, DayCount.ACT_360, Period(day_1, day_3)) == 355_000 + Exact(1_000_000, 3)


def test_equal_days_on_both_sides_of_a_new_year_weigh_differently_by_act_act() -> None:
    """ACT/ACT ISDA: 31 December 2024 is 1/366 of a year, 1 January 2025 is 1/365."""
    borne = [Segment(date(2024, 12, 31), date(2025, 1, 2), 366 * 365, Exact(1))]
    period = Period(date(2024, 12, 31), date(2025, 1, 2))
    assert interest(borne, DayCount.ACT_ACT_ISDA, period) == 365 + 366


def test_the_settlement_day_counted_gives_the_bank_examples() -> None:
    """2 April to 20 June = 80 days, 21 June to repayment on 2 August = 42 days, 4 per mille a month."""
    loan = replace(
        SINGLE,
        movements=(Movement(date(2025, 4, 2), 40_000_000),),
        matures_on=date(2025, 8, 2),
        due=DueRule("quarter"),
        rates=(FixedRate(date(2025, 4, 2), Exact(4, 1000) * 12),),
    )
    borne = segments(loan, date(2025, 4, 2), loan.matures_on, LPR, supported=True)
    periods = due_periods(loan)
    assert [(period.ends_before - period.starts_on).days for period in periods] == [80, 42]
    assert [plain_yuan(round_fen(interest(borne, loan.day_count, period))) for period in periods] == [
        "4266.67",
        "2240.00",
    ]
