"""What a loan is due, period by period, with the arithmetic shown.

The usual loan of these tests is 1,800,000 yuan at 3.60 %, ACT/360: 180.00 of interest a day, and 100.00 a day at 2
points. Drawn 2024-01-20 and settled on the 20th, not counted: 31, 29 (a leap year), 31, 30, 31 ... days.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.lines import Version
from calculators.awards.loan import CALCULATOR
from calculators.facts.model import Status
from calculators.interest.loan import DayCount, FloatingRate, Spell
from calculators.money import parse_percent
from calculators.problems import Refused
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
    only,
    periods,
    points,
    results_of,
    settled_on,
    window,
    yuan,
)

DRAWN = {"2024-01-20": "1,800,000"}
USUAL = loan("L", DRAWN, "2025-01-20")
LOWEST = {"kind": "lowest", "compare_over": "to_date", **ASSUMED}
PAID = {"interest": "paid", **ASSUMED}


# Published examples (rows of the policy cases; confidence of their sources in brackets).


def whole_years(key: str, amount: str, rate: str, years: int = 1) -> dict[str, Any]:
    """A loan in equal months, settled once at its end, so that a year bears exactly its rate."""
    return {
        "key": key,
        "drawn": {"2023-01-20": amount},
        "matures_on": f"{2023 + years}-01-20",
        "rate": rate,
        "day_count": DayCount.NOMINAL_MONTH,
        "due": settled_on(),
    }


@pytest.mark.parametrize(
    ("case", "amount", "rate", "years", "principal_cap", "rule", "interest", "expected"),
    [
        # P02 (B+): 200,000 at 3 % for a year bears 6,000; 1 point is 2,000.
        ("P02", "200,000", "3%", 1, None, points("1%"), "6000.00", "2000.00"),
        # P03 (B): 50,000 at 3 % for a year bears 1,500; 1 point is 500, the borrower keeps 1,000.
        ("P03", "50,000", "3%", 1, None, points("1%"), "1500.00", "500.00"),
        # P04 (A): at most 50,000,000 of principal, 1.5 points, two years: 1,500,000. Drawn 60,000,000 at 3 %.
        ("P04", "60,000,000", "3%", 2, "50,000,000", points("1.5%"), "3600000.00", "1500000.00"),
        # P05 (B+): at most 1,000,000 of principal, 1 point, one year: 10,000. Drawn 1,200,000 at 3 %.
        ("P05", "1,200,000", "3%", 1, "1,000,000", points("1%"), "36000.00", "10000.00"),
        # P12 (B): 8,000 at 3.25 % for a year bears 260.00; a notice that pays all of it.
        ("P12", "8,000", "3.25%", 1, None, interest_share("100%"), "260.00", "260.00"),
    ],
)
def test_published_examples_of_points_and_interest(
    case: str, amount: str, rate: str, years: int, principal_cap: str | None, rule: Any, interest: str, expected: str
) -> None:
    base: dict[str, Any] = {"interest": "accrued", **ASSUMED}
    if principal_cap:
        base["principal_cap"] = {"per": "loan", "amount": principal_cap, **ASSUMED}
    rules = notice(base=base, components=components(tested=rule))
    result = only(results_of(line(loan(**whole_years(case, amount, rate, years)), rules)))
    assert yuan(result.digest["award_fen"]) == expected
    assert yuan(sum(period["bank_fen"] for period in result.digest["periods"])) == interest


def test_published_example_of_a_borrower_floor() -> None:
    # P07 (B): 100,000 at LPR 3.65 % + 150BP = 5.15 %: interest 5,150; borrower LPR-150BP 2,150; the fund 3,000.
    floor = {
        "kind": "borrower_floor",
        "tenor": "1y",
        "borrower_over": "-150BP",
        "ceiling_over": "150BP",
        "fixed_on": "drawdown",
        "basis": "n3",
    }
    lent = loan(
        **whole_years("P07", "100,000", "5.15%"),
        floating=FloatingRate(day("2023-01-20"), "1y", parse_percent("150BP"), "fixed"),
    )
    digest = only(results_of(line(lent, notice(components=components(floor=floor))))).digest
    interest_fen = sum(period["bank_fen"] for period in digest["periods"])
    assert [yuan(fen) for fen in (interest_fen, digest["award_fen"], interest_fen - digest["award_fen"])] == [
        "5150.00",
        "3000.00",
        "2150.00",
    ]


# Periods, windows, limits.


def test_the_shares_of_due_periods_by_hand() -> None:
    digest = only(results_of(line(USUAL), through="2024-05-20")).digest
    assert [
        (period["due"], yuan(period["interest_fen"]), yuan(period["award_fen"])) for period in digest["periods"]
    ] == [
        ("2024-02-20", "5580.00", "3100.00"),  # 31 d
        ("2024-03-20", "5220.00", "2900.00"),  # 29 d, 29 February among them
        ("2024-04-20", "5580.00", "3100.00"),  # 31 d
        ("2024-05-20", "5400.00", "3000.00"),  # 30 d
    ]


@pytest.mark.parametrize(("through", "expected"), [("2024-02-19", "0.00"), ("2024-02-20", "3100.00")])
def test_a_period_counts_when_it_has_ended(through: str, expected: str) -> None:
    assert award(line(USUAL), through=through) == expected


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2024-02-28", "2024-03-01", 3),  # 28 and 29 February, 1 March: both days of the window count
        ("2024-02-29", "2024-02-29", 1),
        ("2024-02-20", "2024-03-19", 29),  # exactly the second due period
        ("2024-02-19", "2024-03-20", 31),  # one day more at each end, of the neighbours
        ("2023-01-01", "2024-01-20", 1),  # the day of the drawdown
        ("2023-01-01", "2024-01-19", 0),
        ("2025-01-19", "2026-01-01", 1),  # the last day before maturity
        ("2025-01-20", "2026-01-01", 0),  # the day of maturity bears nothing
    ],
)
def test_an_accrual_window_cuts_to_the_day(first: str, last: str, days: int) -> None:
    rules = notice(windows=[window("accrual_day", first, last)])
    assert award(line(USUAL, rules)) == f"{100 * days}.00"


def test_a_cut_period_keeps_the_due_date_of_the_bank_and_the_whole_interest_beside_its_own() -> None:
    rules = notice(windows=[window("accrual_day", "2024-03-01", "2024-03-31")])
    assert only(results_of(line(USUAL, rules))).digest["periods"] == [
        # 19 days of March in 29 d x 180.00; then 12 days in 31 d x 180.00
        {"due": "2024-03-20", "bank_fen": 522_000, "interest_fen": 342_000, "award_fen": 190_000},
        {"due": "2024-04-20", "bank_fen": 558_000, "interest_fen": 216_000, "award_fen": 120_000},
    ]


def test_several_windows_count_a_day_once() -> None:
    # 1..10 March, 5..15 March and 1..5 April: 15 + 5 days
    rules = notice(
        windows=[
            window("accrual_day", "2024-04-01", "2024-04-05"),
            window("accrual_day", "2024-03-01", "2024-03-10"),
            window("accrual_day", "2024-03-05", "2024-03-15"),
        ]
    )
    assert award(line(USUAL, rules)) == "2000.00"


@pytest.mark.parametrize(
    ("drawn_on", "months", "days"),
    [
        ("2024-01-20", "1", 31),
        ("2024-02-29", "12", 365),  # to 2025-02-28, that day not counted
        ("2024-01-31", "1", 29),  # to 2024-02-29, clamped to the month
        ("2024-01-20", "120", 731),  # longer than the loan: to maturity on 2026-01-20
    ],
)
def test_support_ends_so_many_months_after_the_first_drawdown(drawn_on: str, months: str, days: int) -> None:
    limit = {"interest": "accrued", "months_from_first_drawdown": {"months": months, **ASSUMED}, **ASSUMED}
    lent = loan("L", {drawn_on: "1,800,000"}, "2026-01-20")
    assert award(line(lent, notice(base=limit))) == f"{100 * days}.00"


def test_a_window_that_opens_when_support_has_ended_leaves_no_period() -> None:
    # A month from 10 January: to 9 February, inside the due period that ends on the 20th; the window opens on the 10th.
    limit = {"interest": "accrued", "months_from_first_drawdown": {"months": "1", **ASSUMED}, **ASSUMED}
    lent = loan("L", {"2024-01-10": "1,800,000"}, "2024-05-20")
    late = notice(base=limit, windows=[window("accrual_day", "2024-02-10")])
    assert only(results_of(line(lent, late))).digest["periods"] == []
    last_day = notice(base=limit, windows=[window("accrual_day", "2024-02-09")])
    assert periods(only(results_of(line(lent, last_day)))) == {"2024-02-20": "100.00"}


def test_versions_of_a_notice_govern_their_days_and_leave_earlier_ones_alone() -> None:
    # Period 03-20..04-20: 12 days at 2 points (100.00 a day), 19 days of April at 1 point (50.00 a day).
    first = Version("n@sha256:01", notice(), ends_before=day("2024-04-01"))
    second = Version("n@sha256:02", notice(components=components(points=points("1.0%"))), day("2024-04-01"))
    result = only(results_of(line(USUAL, first, second), through="2024-05-20"))
    assert periods(result) == {
        "2024-02-20": "3100.00",
        "2024-03-20": "2900.00",
        "2024-04-20": "2150.00",
        "2024-05-20": "1500.00",
    }
    assert result.digest["notice"] == "n@sha256:01+n@sha256:02"


def test_a_loan_that_nobody_has_drawn_is_due_nothing() -> None:
    digest = only(results_of(line(replace(USUAL, movements=())))).digest
    assert (digest["eligible"], digest["periods"], digest["award_fen"]) == (True, [], 0)


def test_a_loan_paid_back_in_full_bears_nothing_more() -> None:
    lent = loan("L", DRAWN, "2024-05-20", repaid={"2024-02-25": "1,800,000"})
    assert periods(only(results_of(line(lent)))) == {
        "2024-02-20": "3100.00",
        "2024-03-20": "500.00",  # 20..24 February
        "2024-04-20": "0.00",
        "2024-05-20": "0.00",
    }


def test_repricing_inside_a_period() -> None:
    # Half of the interest: 180.00 a day until 29 February, 90.00 a day (1.80 %) from 1 March on.
    # Period 02-20..03-20: 10 x 180.00 + 19 x 90.00 = 3,510.00, half of it 1,755.00.
    lent = loan("L", DRAWN, "2024-03-20", rates={"2024-03-01": "1.80%"})
    result = only(results_of(line(lent, notice(components=components(share=interest_share("50%"))))))
    assert periods(result, "interest_fen") == {"2024-02-20": "5580.00", "2024-03-20": "3510.00"}
    assert periods(result) == {"2024-02-20": "2790.00", "2024-03-20": "1755.00"}


@pytest.mark.parametrize("kind", ["overdue", "extension"])
def test_overdue_and_extended_principal_is_no_base(kind: str) -> None:
    # 600,000 of 1,800,000 from 5 to 9 February: 5 days at a third less: 31 x 100.00 - 5 x 33.33... = 2,933.33
    lent = loan("L", DRAWN, "2024-02-20", spells=(Spell(kind, day("2024-02-05"), day("2024-02-10"), 60_000_000),))
    digest = only(results_of(line(lent))).digest
    assert digest["periods"] == [
        # the bank's 31 x 180.00, the supported 26 x 180.00 + 5 x 120.00
        {"due": "2024-02-20", "bank_fen": 558_000, "interest_fen": 528_000, "award_fen": 293_333}
    ]


def test_an_open_spell_takes_the_whole_balance_from_its_first_day_on() -> None:
    lent = loan("L", DRAWN, "2024-04-20", spells=(Spell("overdue", day("2024-02-25"), None),))
    assert periods(only(results_of(line(lent)))) == {
        "2024-02-20": "3100.00",
        "2024-03-20": "500.00",
        "2024-04-20": "0.00",
    }


# Rounding.


@pytest.mark.parametrize(
    ("mode", "shares"),
    [
        # 90 yuan at 2 points bear half a fen a day: cumulative 0.5, 1.0, 1.5, 2.0
        ("half_up", [1, 0, 1, 0]),
        ("half_even", [0, 1, 1, 0]),
        ("down", [0, 1, 0, 1]),
    ],
)
def test_the_award_rounds_on_its_cumulative_amount(mode: str, shares: list[int]) -> None:
    lent = loan("L", {"2024-03-01": "90"}, "2024-03-05", due=settled_on("2024-03-02", "2024-03-03", "2024-03-04"))
    rounding = {"interest": {"mode": "half_up", **ASSUMED}, "award": {"mode": mode, **ASSUMED}}
    digest = only(results_of(line(lent, notice(rounding=rounding)))).digest
    assert [period["award_fen"] for period in digest["periods"]] == shares
    assert digest["award_fen"] == 2


@pytest.mark.parametrize(("mode", "interest_fen"), [("half_up", 1), ("half_even", 0), ("down", 0)])
def test_interest_rounds_once_per_due_period(mode: str, interest_fen: int) -> None:
    # 50 yuan at 3.60 % bear half a fen a day; each day is a due period of its own here.
    lent = loan("L", {"2024-03-01": "50"}, "2024-03-03", due=settled_on("2024-03-02"))
    rounding = {"interest": {"mode": mode, **ASSUMED}, "award": {"mode": "half_up", **ASSUMED}}
    digest = only(results_of(line(lent, notice(rounding=rounding)))).digest
    assert [period["interest_fen"] for period in digest["periods"]] == [interest_fen, interest_fen]
    assert [period["bank_fen"] for period in digest["periods"]] == [interest_fen, interest_fen]


def test_a_cut_period_rounds_its_interest_once_per_part() -> None:
    # 50 yuan, two days in one period, cut by versions after the first day: 0.5 -> 1 each; the bank's whole is 1.0 -> 1.
    lent = loan("L", {"2024-03-01": "50"}, "2024-03-03")
    share = notice(components=components(share=interest_share("100%")))
    first = Version("n@sha256:01", share, ends_before=day("2024-03-02"))
    second = Version("n@sha256:02", share, day("2024-03-02"))
    [period] = only(results_of(line(lent, first, second))).digest["periods"]
    assert period == {"due": "2024-03-03", "bank_fen": 1, "interest_fen": 2, "award_fen": 2}


# Components together.

BOTH = components(points=points("2.0%"), share=interest_share("50%"))
# 3.60 %, and 4.80 % from the second period on: points 100.00 a day; half the interest 90.00, then 120.00 a day.
RISING = loan("L", DRAWN, "2024-04-20", rates={"2024-02-20": "4.80%"})


def test_lowest_to_date_compares_the_cumulative_amounts() -> None:
    # points 3,100 / 6,000 / 9,100; share 31 x 90 = 2,790, + 29 x 120 = 6,270, + 31 x 120 = 9,990
    # lowest 2,790 / 6,000 / 9,100: shares 2,790, 3,210, 3,100
    result = only(results_of(line(RISING, notice(components=BOTH, combine=LOWEST))))
    assert list(periods(result).values()) == ["2790.00", "3210.00", "3100.00"]


def test_lowest_over_the_due_period_compares_each_for_itself() -> None:
    # 2,790 against 3,100; 3,480 against 2,900; 3,720 against 3,100
    combine = {"kind": "lowest", "compare_over": "due_period", **ASSUMED}
    result = only(results_of(line(RISING, notice(components=BOTH, combine=combine))))
    assert list(periods(result).values()) == ["2790.00", "2900.00", "3100.00"]


def test_lowest_over_the_due_period_compares_all_of_its_parts_together() -> None:
    # Cut by a status on 1 March: points 10 x 100.00 + 19 x 100.00 = 2,900.00; the share 10 x 36.00 + 19 x 180.00 =
    # 3,780.00. Part by part it would be 360.00 + 1,900.00.
    switch = {**FIRST_LOAN, "after": interest_share("100%")}
    combine = {"kind": "lowest", "compare_over": "due_period", **ASSUMED}
    rules = notice(components=components(points=points("2.0%"), share=switch), combine=combine)
    gained = (Status("innovative_sme", day("2024-03-01")),)
    result = only(results_of(line(USUAL, rules, statuses=gained), through="2024-03-20"))
    # 31 x 36.00 against 31 x 100.00
    assert list(periods(result).values()) == ["1116.00", "2900.00"]


def test_a_sum_of_components_adds_their_rounded_amounts() -> None:
    # 5,890, 6,380 and 6,820; but the interest of the first period is 5,580, and the 310 above it wait for the second,
    # whose 6,960 leave room for them.
    result = only(results_of(line(RISING, notice(components=BOTH, combine={"kind": "sum", **ASSUMED}))))
    assert list(periods(result).values()) == ["5580.00", "6690.00", "6820.00"]


FIRST_LOAN = {
    "kind": "switch",
    "status": "innovative_sme",
    "before": interest_share("20%"),
    "after": interest_share("40%"),
    "basis": "n3",
}


@pytest.mark.parametrize(
    ("gained", "lost", "expected"),
    [
        # 20 % of 180.00 is 36.00 a day, 40 % is 72.00. Period 02-20..03-20: 10 days of February, 19 of March.
        (None, None, "1044.00"),  # 29 x 36.00
        ("2024-03-01", None, "1728.00"),  # 10 x 36.00 + 19 x 72.00
        ("2024-02-20", None, "2088.00"),  # 29 x 72.00: gained on the first day
        ("2024-03-20", None, "1044.00"),  # gained on the first day of the next period
        ("2020-01-01", "2024-03-01", "1404.00"),  # held until the end of February: 10 x 72.00 + 19 x 36.00
        ("2020-01-01", "2021-01-01", "1044.00"),  # lost long before
    ],
)
def test_a_rule_switches_on_the_day_a_status_is_gained(gained: str | None, lost: str | None, expected: str) -> None:
    held = (Status("innovative_sme", day(gained), day(lost) if lost else None),) if gained else ()
    rules = notice(components=components(share=FIRST_LOAN))
    result = only(results_of(line(USUAL, rules, statuses=held), through="2024-03-20"))
    assert periods(result)["2024-03-20"] == expected


def test_a_status_held_twice_switches_each_time() -> None:
    # Held from 1 to 10 March and again from 16 March: of 29 days 10 + 4 at 72.00 and 15 at 36.00.
    held = (
        Status("innovative_sme", day("2024-03-16")),
        Status("innovative_sme", day("2024-03-01"), day("2024-03-11")),
    )
    rules = notice(components=components(share=FIRST_LOAN))
    result = only(results_of(line(USUAL, rules, statuses=held), through="2024-03-20"))
    assert periods(result)["2024-03-20"] == "1548.00"


def test_a_switch_and_a_new_year_cut_the_same_loan() -> None:
    # A cap by accrual days cuts at 1 January too, the status at 1 March: 10 x 36.00 + 19 x 72.00, and 31 x 72.00.
    rules = notice(
        components=components(share=FIRST_LOAN),
        caps=[cap("calendar", "entity year", "1,000,000", year_of="accrual_day")],
    )
    result = only(results_of(line(USUAL, rules, statuses=(Status("innovative_sme", day("2024-03-01")),))))
    assert (periods(result)["2024-03-20"], periods(result)["2025-01-20"]) == ("1728.00", "2232.00")


# Receipts.

SHARE_OF_PAID = notice(base=PAID, components=components(share=interest_share("20%")))


def test_what_was_paid_counts_and_not_what_accrued() -> None:
    # Paid 5,580.01 where we calculate 5,580.00 (31 x 180.00): 20 % is 1,116.002
    lent = loan("L", DRAWN, "2024-04-20", receipts={"2024-02-20": "5,580.01"})
    digest = only(results_of(line(lent, SHARE_OF_PAID), through="2024-02-20")).digest
    assert digest["periods"] == [
        {"due": "2024-02-20", "bank_fen": 558_000, "interest_fen": 558_001, "award_fen": 111_600}
    ]


def test_a_part_counts_its_share_of_the_receipt() -> None:
    # Receipt 5,220.01 for 29 days, of which 10 lie before the window of March: 5,220.01 x 19/29 = 3,420.0066 and
    # 5,220.01 x 10/29 = 1,800.0034; rounded down they leave 1 fen for the largest remainder, the 19 days' 0.66.
    lent = loan("L", DRAWN, "2024-03-20", receipts={"2024-02-20": "5,580.00", "2024-03-20": "5,220.01"})
    rules = notice(
        base=PAID,
        components=components(share=interest_share("100%")),
        windows=[window("accrual_day", "2024-03-01")],
    )
    assert periods(only(results_of(line(lent, rules)))) == {"2024-03-20": "3420.01"}


def test_parts_of_a_receipt_sum_to_it() -> None:
    # Cut by a status on 1 March: 10 and 19 of 29 days, weights as above; both counted in full they sum to the receipt.
    lent = loan("L", DRAWN, "2024-03-20", receipts={"2024-02-20": "5,580.00", "2024-03-20": "5,220.01"})
    switch = {**FIRST_LOAN, "before": interest_share("100%"), "after": interest_share("100%")}
    result = only(
        results_of(
            line(
                lent,
                notice(base=PAID, components=components(share=switch)),
                statuses=(Status("innovative_sme", day("2024-03-01")),),
            )
        )
    )
    assert periods(result, "interest_fen")["2024-03-20"] == "5220.01"
    assert periods(result)["2024-03-20"] == "5220.01"


def test_without_a_receipt_a_period_and_the_later_ones_wait() -> None:
    lent = loan("L", DRAWN, "2024-05-20", receipts={"2024-02-20": "5,580.00", "2024-04-20": "5,580.00"})
    digest = only(results_of(line(lent, SHARE_OF_PAID), through="2024-04-20")).digest
    assert [period["due"] for period in digest["periods"]] == ["2024-02-20"]
    assert digest["held"] == [
        {"due": "2024-03-20", "code": "receipt_missing", "ours_fen": 522_000},
        {"due": "2024-04-20", "code": "earlier_period_held", "ours_fen": 558_000, "receipt_fen": 558_000},
    ]
    assert digest["award_fen"] == 111_600


def test_no_receipt_is_missed_where_nothing_accrued() -> None:
    lent = loan("L", DRAWN, "2024-03-20", repaid={"2024-02-20": "1,800,000"}, receipts={"2024-02-20": "5,580.00"})
    digest = only(results_of(line(lent, SHARE_OF_PAID))).digest
    assert (digest["held"], digest["award_fen"]) == ([], 111_600)


def test_a_receipt_where_nothing_accrued_is_no_interest_of_any_part() -> None:
    # Repaid on 20 February; the bank books one fen for March, within the tolerance.
    receipts = {"2024-02-20": "5,580.00", "2024-03-20": "0.01"}
    lent = loan("L", DRAWN, "2024-03-20", repaid={"2024-02-20": "1,800,000"}, receipts=receipts)
    digest = only(results_of(line(lent, notice(base=PAID, components=components(share=interest_share("100%")))))).digest
    assert digest["periods"] == [
        {"due": "2024-02-20", "bank_fen": 558_000, "interest_fen": 558_000, "award_fen": 558_000},
        {"due": "2024-03-20", "bank_fen": 0, "interest_fen": 0, "award_fen": 0},
    ]


@pytest.mark.parametrize(
    ("receipt", "held"),
    [("5,220.00", False), ("5,219.99", False), ("5,220.01", False), ("5,219.98", True), ("5,220.02", True)],
)
def test_a_receipt_beyond_the_tolerance_holds_its_period_and_the_later_ones(receipt: str, held: bool) -> None:
    # Ours is 29 x 180.00 = 5,220.00; the notice tolerates 0.01 either way, on any base.
    lent = loan("L", DRAWN, "2024-04-20", receipts={"2024-03-20": receipt})
    digest = only(results_of(line(lent))).digest
    assert [period["due"] for period in digest["held"]] == (["2024-03-20", "2024-04-20"] if held else [])
    assert yuan(digest["award_fen"]) == ("3100.00" if held else "9100.00")


def test_a_release_counts_while_both_figures_stand() -> None:
    figures = (day("2024-03-20"), 522_000, 532_000)
    lent = loan("L", DRAWN, "2024-04-20", receipts={"2024-03-20": "5,320.00"})
    assert award(line(lent)) == "3100.00"
    assert award(line(lent, released=frozenset({figures}))) == "9100.00"
    another = loan("L", DRAWN, "2024-04-20", receipts={"2024-03-20": "5,330.00"})
    assert award(line(another, released=frozenset({figures}))) == "3100.00"
    # A late repayment moves our own figure: held again.
    moved = loan("L", DRAWN, "2024-04-20", repaid={"2024-03-19": "1,800"}, receipts={"2024-03-20": "5,320.00"})
    assert award(line(moved, released=frozenset({figures}))) == "3100.00"


def test_a_missing_receipt_released_pays_on_our_figure() -> None:
    lent = loan("L", DRAWN, "2024-02-20")
    released = frozenset({(day("2024-02-20"), 558_000, None)})
    assert award(line(lent, SHARE_OF_PAID, released=released)) == "1116.00"


def test_receipts_outside_the_supported_days_hold_nothing() -> None:
    lent = loan("L", DRAWN, "2024-04-20", receipts={"2024-02-20": "1.00"})
    rules = notice(windows=[window("accrual_day", "2024-02-20")])
    assert award(line(lent, rules)) == "6000.00"


# Late facts.


def test_a_late_prepayment_lowers_what_was_due_before() -> None:
    # Known only later: 900,000 repaid on 1 March. 19 days at 50.00 less in the second period, 31 days in the third.
    before = periods(only(results_of(line(USUAL), through="2024-04-20")))
    late = loan("L", DRAWN, "2025-01-20", repaid={"2024-03-01": "900,000"})
    after = periods(only(results_of(line(late), through="2024-04-20")))
    assert before == {"2024-02-20": "3100.00", "2024-03-20": "2900.00", "2024-04-20": "3100.00"}
    assert after == {"2024-02-20": "3100.00", "2024-03-20": "1950.00", "2024-04-20": "1550.00"}


# The digest, and what is refused.


def test_the_digest_of_a_line() -> None:
    lent = loan("L", DRAWN, "2024-02-20")
    digest = only(results_of(line(lent), through="2024-03-01")).digest
    assert digest == {
        "$schema": "subsidy/digest/1",
        "line": "G-L",
        "entity": "E1",
        "loan": "L",
        "pay_to": "firm",
        "notice": "test-notice@sha256:0000",
        "benchmark": "lpr@test",
        "calculator": "interest_discount/2",
        "facts": "00" * 32,
        "through": "2024-03-01",
        "eligible": True,
        "conditions": [],
        "refused": [],
        "periods": [{"due": "2024-02-20", "bank_fen": 558_000, "interest_fen": 558_000, "award_fen": 310_000}],
        "interest_bound": {"combined_fen": 310_000, "interest_fen": 558_000, "claim_fen": 310_000},
        "held": [],
        "withheld": [],
        "withheld_fen": 0,
        "payers": [{"level": "city", "amount_fen": 310_000}],
        "award_fen": 310_000,
    }
    assert digest["calculator"] == CALCULATOR
    assert json.loads(json.dumps(digest)) == digest


def test_lpr_beyond_the_table_is_refused_and_not_extrapolated() -> None:
    rate = FloatingRate(day("2026-01-20"), "1y", parse_percent("0%"), "quarter")
    lent = loan("L", {"2026-01-20": "1,800,000"}, "2027-01-20", floating=rate)
    with pytest.raises(Refused) as refused:
        results_of(line(lent), through="2026-12-20")
    assert [problem.code for problem in refused.value.problems] == ["benchmark_unknown"]
    assert LPR.checked_through == day("2026-07-20")
    assert award(line(lent), through="2026-06-20") == "15100.00"  # 151 days to 20 June: known by then
