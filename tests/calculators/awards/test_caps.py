"""Caps, principal caps and the grant's ceiling: who gets the room, in which order, and what never comes back.

The usual loan of these tests bears 100.00 a day at 2 points: drawn 2024-01-20 and settled on the 20th it claims
3,100.00 (31 days), 2,900.00, 3,100.00, 3,000.00 ... Its lines are named after the loans: `G-L1`, `G-L2`.
"""

from typing import Any

import pytest

from calculators.awards.caps import can_grow
from calculators.awards.lines import Line, Outside, Version
from calculators.awards.loan_parts import LOAN_INTEREST, CountedPrincipal, Part, stretches
from calculators.facts.model import Status
from calculators.interest.loan import DueRule, FloatingRate, Loan, Spell
from calculators.interest.segments import Period
from calculators.money import Exact, parse_percent
from calculators.notices.item import ItemCap
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
    only,
    periods,
    quarterly,
    results_of,
    window,
    yuan,
)

ENTITY = notice(caps=[cap("total", "entity", "5,000")])


def usual(key: str, **more: Any) -> Loan:
    return loan(key, {"2024-01-20": "1,800,000"}, "2024-05-20", **more)


def outside(amount_fen: int, **known: str) -> Outside:
    row = {"notice": "test-notice", "uscc": "E1", "line": "", "lender": "", "loan": "", "due": "2024-01-01", **known}
    return Outside(row["notice"], row["uscc"], row["line"], row["lender"], row["loan"], day(row["due"]), amount_fen)


def shares(*lines: Line, **more: Any) -> list[list[str]]:
    """Per line, in order of id, the award of each due period."""
    return [list(periods(result).values()) for result in results_of(*lines, **more)]


# Who shares a cap.


def test_a_cap_per_loan_fills_period_by_period() -> None:
    rules = notice(caps=[cap("total", "loan", "5,000")])
    # 3,100 + 1,900 of 2,900 = 5,000, then nothing
    assert shares(line(usual("L1"), rules), line(usual("L2"), rules)) == [["3100.00", "1900.00", "0.00", "0.00"]] * 2


def test_a_cap_per_entity_is_filled_by_all_of_its_loans() -> None:
    # 20 February: L1 3,100, L2 the 1,900 left; nothing later. Another entity has its own 5,000.
    other = usual("L3", uscc="E2")
    assert shares(line(usual("L1"), ENTITY), line(usual("L2"), ENTITY), line(other, ENTITY)) == [
        ["3100.00", "0.00", "0.00", "0.00"],
        ["1900.00", "0.00", "0.00", "0.00"],
        ["3100.00", "1900.00", "0.00", "0.00"],
    ]


def test_a_cap_per_entity_and_lender() -> None:
    rules = notice(caps=[cap("total", "entity lender", "5,000")])
    elsewhere = usual("L3", lender="Bank Two")
    assert (
        award(line(usual("L1"), rules), line(usual("L2"), rules), line(elsewhere, rules)) == "3100.00 1900.00 5000.00"
    )


# One loan over the new year: 31 d, 30 d (to 20 December), 31 d (12 in 2024, 19 in 2025), 31 d.
YEAR_END = loan("L", {"2024-10-20": "1,800,000"}, "2025-02-20")


@pytest.mark.parametrize(
    ("year_of", "expected"),
    [
        # 2024: 3,100 + 1,900; 2025, from the period that ends on 20 January: 3,100 + 1,900
        ("due_date", ["3100.00", "1900.00", "3100.00", "1900.00"]),
        # 2024: 3,100 + 1,900, its last 12 days get nothing; 2025: 19 days 1,900, then 3,100
        ("accrual_day", ["3100.00", "1900.00", "1900.00", "3100.00"]),
        # one amount for the fund year, however long the loan runs
        ("fund", ["3100.00", "1900.00", "0.00", "0.00"]),
    ],
)
def test_a_cap_per_year_by_the_year_that_the_notice_means(year_of: str, expected: list[str]) -> None:
    rules = notice(caps=[cap("yearly", "entity year", "5,000", year_of=year_of)])
    assert shares(line(YEAR_END, rules)) == [expected]


def test_a_period_cut_at_the_end_of_the_year_belongs_to_the_year_of_its_due_date() -> None:
    # The window ends with 2024; the period of 20 January has 12 days of it, 1,200, which are paid for in 2025.
    rules = notice(
        caps=[cap("yearly", "entity year", "5,000", year_of="due_date")],
        windows=[window("accrual_day", "2024-01-01", "2024-12-31")],
    )
    assert shares(line(YEAR_END, rules)) == [["3100.00", "1900.00", "1200.00"]]


@pytest.mark.parametrize(("counted", "due"), [(False, "2024-12-31"), (True, "2025-01-01")])
def test_a_period_that_ends_with_the_year_belongs_to_it(counted: bool, due: str) -> None:
    # Settled on 31 December, counted or not: the last day that bears interest is in 2024.
    rule = DueRule("custom", counted=counted, dates=(day("2024-12-31"),))
    lent = loan("L", {"2024-12-01": "1,800,000"}, "2025-03-01", due=rule)
    rules = notice(caps=[cap("yearly", "entity year", "1,000", year_of="due_date")])
    assert periods(only(results_of(line(lent, rules)))) == {due: "1000.00", "2025-03-01": "1000.00"}


def test_several_caps_bind_together() -> None:
    # Per loan 4,000 and per entity 5,000: L1 3,100 + L2 1,900 fill the entity's amount first.
    rules = notice(caps=[cap("each", "loan", "4,000"), cap("all", "entity", "5,000")])
    assert award(line(usual("L1"), rules), line(usual("L2"), rules)) == "3100.00 1900.00"
    assert award(line(usual("L1"), rules)) == "4000.00"


# Order.


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["grant_date"], "1900.00 3100.00"),  # L2 was granted first
        (["contract_date"], "3100.00 1900.00"),  # L1 was signed first
        (["id"], "3100.00 1900.00"),
    ],
)
def test_within_one_end_the_stated_order_decides_and_not_the_order_of_the_lines(
    order: list[str], expected: str
) -> None:
    rules = notice(caps=[cap("total", "entity", "5,000")], order=order)
    first = line(usual("L1", signed_on=day("2024-01-05")), rules, granted_on="2024-02-02")
    second = line(usual("L2", signed_on=day("2024-01-10")), rules, granted_on="2024-02-01")
    assert award(first, second) == expected
    assert award(second, first) == expected


def test_the_order_is_that_of_the_latest_version() -> None:
    # By the first version L2 would go first, since it was granted first; by the second, from April on, L1 does.
    caps = [cap("total", "entity", "5,000")]
    first = Version("n@sha256:01", notice(caps=caps), ends_before=day("2024-04-01"))
    second = Version("n@sha256:02", notice(caps=caps, order=["id"]), day("2024-04-01"))
    lines = [
        line(usual("L1"), first, second, granted_on="2024-02-02"),
        line(usual("L2"), first, second, granted_on="2024-02-01"),
    ]
    assert award(*lines) == "3100.00 1900.00"


def test_an_earlier_end_goes_before_any_order() -> None:
    # L1 is granted first but settles in March (60 days, 6,000); L2 has ended on 20 February with 3,100.
    first = line(usual("L1", due=quarterly(20)), ENTITY, granted_on="2024-01-01")
    second = line(usual("L2"), ENTITY, granted_on="2024-01-15")
    # 20 February: L2 3,100; 20 March: L1 the 1,900 left
    assert award(first, second) == "1900.00 3100.00"


# Shared between notices.

A = notice(id="notice-a", caps=[cap("total", "entity", "5,000", shared_with=["notice-b"])])
B = notice(id="notice-b", caps=[cap("joint", "entity", "5,000", shared_with=["notice-a"])])


def test_two_notices_that_share_a_cap_fill_it_together() -> None:
    assert award(line(usual("L1"), A), line(usual("L2"), B)) == "3100.00 1900.00"


def test_a_cap_stated_on_one_side_limits_that_side() -> None:
    # B states no cap: it gets 12,100 in all; what it gets uses up A's. L2 (B) goes first: 3,100, so A gets 1,900.
    free = notice(id="notice-b")
    first, second = line(usual("L1"), A, granted_on="2024-02-01"), line(usual("L2"), free, granted_on="2024-01-01")
    assert award(first, second) == "1900.00 12100.00"


def test_notices_that_do_not_share_have_an_amount_each() -> None:
    other = notice(id="notice-b", caps=[cap("total", "entity", "5,000")])
    assert award(line(usual("L1"), ENTITY), line(usual("L2"), other)) == "5000.00 5000.00"


# Paid outside.


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "1000.00"),
        ({"line": "G-9"}, "1000.00"),
        ({"uscc": "E2"}, "5000.00"),  # another firm's
        ({"notice": "other"}, "5000.00"),  # a notice that does not share the cap
        ({"line": "G-L1", "due": "2024-02-20"}, "5000.00"),  # this line's own: what is due of it counts, once
        ({"due": "2029-01-01"}, "1000.00"),  # paid is paid, whenever it falls due
    ],
)
def test_awards_paid_outside_use_up_room(known: dict[str, str], expected: str) -> None:
    assert award(line(usual("L1"), ENTITY), outside=[outside(400_000, **known)]) == expected


def test_awards_paid_outside_add_up() -> None:
    assert award(line(usual("L1"), ENTITY), outside=[outside(150_000), outside(250_000)]) == "1000.00"


@pytest.mark.parametrize(
    ("per", "known", "expected"),
    [
        ("lender", {"lender": "Bank One"}, "1000.00"),
        ("lender", {"lender": "Bank Two"}, "5000.00"),
        ("loan", {"loan": "L1"}, "1000.00"),
        ("loan", {"loan": "L2"}, "5000.00"),
    ],
)
def test_awards_paid_outside_use_up_the_room_of_their_lender_or_loan(
    per: str, known: dict[str, str], expected: str
) -> None:
    rules = notice(caps=[cap("total", per, "5,000")])
    assert award(line(usual("L1"), rules), outside=[outside(400_000, **known)]) == expected


def test_awards_paid_outside_fall_into_their_year() -> None:
    rules = notice(caps=[cap("yearly", "entity year", "5,000", year_of="due_date")])
    paid = [outside(400_000, due="2025-01-01"), outside(300_000, due="2025-01-02")]
    # 4,000 of 2024 (the last day is 31 December), 3,000 of 2025: left 1,000 and 2,000
    assert shares(line(YEAR_END, rules), outside=paid) == [["1000.00", "0.00", "2000.00", "0.00"]]


# Limits that grow.

STATUS = (Status("innovative_sme", day("2024-11-20")),)
FIRST_LOAN = notice(
    components=components(
        share={
            "kind": "switch",
            "status": "innovative_sme",
            "before": interest_share("20%"),
            "after": interest_share("40%"),
            "basis": "n3",
        }
    ),
    caps=[
        cap(
            "total",
            "loan",
            share_of_drawdown="1%",
            when_status={"status": "innovative_sme", "share_of_drawdown": "2%", **ASSUMED},
        )
    ],
)
# 1,800,000 at 7.20 % bears 360.00 a day: 20 % is 72.00, 40 % is 144.00; 1 % of the drawdown 18,000, 2 % 36,000.
DEAR = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", "7.20%")


def test_first_loan_20_percent_up_to_1_percent_of_the_drawdown() -> None:
    # 366 d x 72.00 = 26,352.00
    assert award(line(DEAR, FIRST_LOAN)) == "18000.00"


def test_first_loan_of_an_innovative_firm_40_percent_up_to_2_percent() -> None:
    # 366 d x 144.00 = 52,704.00
    assert award(line(DEAR, FIRST_LOAN, statuses=(Status("innovative_sme", day("2020-01-01")),))) == "36000.00"


def test_first_loan_status_gained_in_mid_year_the_total_may_reach_2_percent() -> None:
    # 305 d x 72.00 = 21,960.00 before, of which 18,000 could be paid; 61 d x 144.00 = 8,784.00 after.
    # In all 30,744.00, below 2 %: the 3,960.00 cut off before come back when the limit grows.
    result = only(results_of(line(DEAR, FIRST_LOAN, statuses=STATUS)))
    assert yuan(result.digest["award_fen"]) == "30744.00"
    # 20 October: 18,000.00 less 244 d x 72.00 = 17,568.00; 20 December: 3,960.00 + 30 d x 144.00 = 8,280.00
    assert list(periods(result).values())[-4:] == ["432.00", "0.00", "8280.00", "4464.00"]


def test_first_loan_status_gained_inside_a_due_period() -> None:
    # Gained on 1 December: of the 30 days before 20 December 11 at 72.00 and 19 at 144.00 make 3,528.00; cut before:
    # 305 d x 72.00 - 18,000.00 = 3,960.00, and the 11 days' 792.00 meet a full 1 % as well. 3,528 + 3,960 = 7,488.00.
    result = only(results_of(line(DEAR, FIRST_LOAN, statuses=(Status("innovative_sme", day("2024-12-01")),))))
    assert periods(result)["2024-12-20"] == "7488.00"


def test_a_status_lost_takes_nothing_back() -> None:
    # Held until 19 September: 244 d x 144.00 = 35,136.00, below 2 %; then 1 % is exceeded and nothing is added.
    lost = (Status("innovative_sme", day("2020-01-01"), day("2024-09-20")),)
    result = only(results_of(line(DEAR, FIRST_LOAN, statuses=lost)))
    assert yuan(result.digest["award_fen"]) == "35136.00"
    assert min(period["award_fen"] for period in result.digest["periods"]) == 0


def test_a_share_of_the_drawdown_grows_with_a_later_drawdown() -> None:
    # 0.3 % of 1,800,000 = 5,400: 3,100 + 2,300, 600 cut. 3,600,000 more on 20 March: 0.3 % of 5,400,000 = 16,200;
    # 31 d x 300.00 = 9,300 and the 600 of before; then 16,200 - 15,300 = 900 are left.
    lent = loan("L", {"2024-01-20": "1,800,000", "2024-03-20": "3,600,000"}, "2024-05-20")
    rules = notice(caps=[cap("total", "loan", share_of_drawdown="0.3%")])
    assert shares(line(lent, rules)) == [["3100.00", "2300.00", "9900.00", "900.00"]]


def test_a_cap_per_year_gives_no_room_back_when_it_grows() -> None:
    # As above, but per year: 9,300, not 9,900; then 16,200 - 5,400 - 9,300 = 1,500 are left.
    lent = loan("L", {"2024-01-20": "1,800,000", "2024-03-20": "3,600,000"}, "2024-05-20")
    rules = notice(caps=[cap("yearly", "loan year", share_of_drawdown="0.3%", year_of="due_date")])
    assert shares(line(lent, rules)) == [["3100.00", "2300.00", "9300.00", "1500.00"]]


def test_a_share_of_the_drawdown_is_rounded_down() -> None:
    # 0.1 % of 1,800,005.99 yuan is 1,800.00599
    lent = loan("L", {"2024-01-20": "1,800,005.99"}, "2024-05-20")
    assert award(line(lent, notice(caps=[cap("total", "loan", share_of_drawdown="0.1%")]))) == "1800.00"


def test_every_drawdown_counts_however_small() -> None:
    # 1 % of 0.99 and 0.01 together is a fen; 1.00 at 2 points bears two in a year: 365 d x 1.00 x 2 % / 360 = 0.0203
    lent = loan("L", {"2024-01-20": "0.99", "2024-01-21": "0.01"}, "2025-01-20", "36%")
    assert award(line(lent, notice(caps=[cap("total", "loan", share_of_drawdown="1%")]))) == "0.01"


def test_an_amended_cap_bounds_what_both_versions_paid() -> None:
    # 5,000 until the end of March, 8,000 from April on.
    first = Version("n@sha256:01", ENTITY, ends_before=day("2024-04-01"))
    second = Version("n@sha256:02", notice(caps=[cap("total", "entity", "8,000")]), day("2024-04-01"))
    # Period 03-20..04-20: 12 days under 5,000 get nothing, 19 days of April 1,900; then 1,100 of 3,000.
    assert shares(line(usual("L1"), first, second)) == [["3100.00", "1900.00", "1900.00", "1100.00"]]


# The ceiling.


def test_what_lies_above_the_ceiling_is_withheld_and_uses_up_no_cap() -> None:
    # Entity 10,000. L1 may have 4,000: 3,100 + 900, then 2,000 + 3,100 + 3,000 would have been its claims.
    rules = notice(caps=[cap("total", "entity", "10,000")])
    first, second = results_of(line(usual("L1"), rules, ceiling="4,000"), line(usual("L2"), rules))
    # February: 3,100 + 3,100; March: 900 and 2,900; the room left is 0
    assert list(periods(first).values()) == ["3100.00", "900.00", "0.00", "0.00"]
    assert list(periods(second).values()) == ["3100.00", "2900.00", "0.00", "0.00"]
    # March: 3,800 were left for L1's 2,900 claim, 2,000 lie above its ceiling; then the cap is full.
    assert yuan(first.digest["withheld_fen"]) == "2000.00"
    assert second.digest["withheld_fen"] == 0


def test_what_was_withheld_is_not_withheld_again_in_the_next_period() -> None:
    # Per loan 5,000, ceiling 4,000: without the decision 5,000 would be due, so 1,000 are withheld, once.
    rules = notice(caps=[cap("total", "loan", "5,000")])
    digest = only(results_of(line(usual("L1"), rules, ceiling="4,000"))).digest
    assert (digest["award_fen"], digest["withheld_fen"]) == (400_000, 100_000)


def test_a_held_period_keeps_its_room() -> None:
    # L1's receipt for March differs: nothing of March is paid on it, but its 1,900 are not for L2 to take.
    held = usual("L1", receipts={"2024-03-20": "1.00"})
    first, second = results_of(line(held, ENTITY), line(usual("L2", uscc="E1", due=quarterly(20)), ENTITY))
    assert list(periods(first).values()) == ["3100.00"]
    assert list(periods(second).values()) == ["0.00", "0.00"]


# Principal caps.


def capped_principal(per: str, amount: str) -> LoanNotice:
    return notice(base={"interest": "accrued", "principal_cap": {"per": per, "amount": amount, **ASSUMED}, **ASSUMED})


def test_a_principal_cap_per_loan() -> None:
    rules = capped_principal("loan", "900,000")
    assert (
        shares(line(usual("L1"), rules), line(usual("L2"), rules)) == [["1550.00", "1450.00", "1550.00", "1500.00"]] * 2
    )


def test_a_principal_cap_of_one_notice_leaves_the_loans_of_another_alone() -> None:
    # L1, which is first in order, is under a notice without a cap; L2 counts with 900,000 of 1,800,000.
    capped = capped_principal("loan", "900,000").model_copy(update={"id": "notice-b"})
    assert award(line(usual("L1"), notice()), line(usual("L2"), capped)) == "12100.00 6050.00"


def test_a_principal_cap_per_entity_goes_to_its_loans_day_by_day() -> None:
    # 2,700,000 for both: L1 counts in full, L2 with 900,000 (50.00 a day) until L1 repays 900,000 on 5 March.
    # March for L2: 14 d x 50.00 + 15 d x 100.00 = 2,200.00; for L1: 14 d x 100.00 + 15 d x 50.00 = 2,150.00
    rules = capped_principal("entity", "2,700,000")
    first = loan("L1", {"2024-01-20": "1,800,000"}, "2024-03-20", repaid={"2024-03-05": "900,000"})
    second = loan("L2", {"2024-01-20": "1,800,000"}, "2024-03-20")
    assert shares(line(first, rules), line(second, rules)) == [["3100.00", "2150.00"], ["1550.00", "2200.00"]]
    # In the order of the grants, whatever the names.
    assert shares(line(first, rules, granted_on="2024-01-12"), line(second, rules, granted_on="2024-01-11")) == [
        ["1550.00", "1450.00"],
        ["3100.00", "2900.00"],
    ]


def test_a_principal_cap_per_entity_is_one_amount_under_all_versions_of_a_notice() -> None:
    # As above; L2 is governed by a second version of the notice from its first day on, with the same cap.
    rules = capped_principal("entity", "2,700,000")
    other = Version("test-notice@sha256:02", rules)
    first = loan("L1", {"2024-01-20": "1,800,000"}, "2024-02-20")
    second = loan("L2", {"2024-01-20": "1,800,000"}, "2024-02-20")
    assert shares(line(first, rules), line(second, other)) == [["3100.00"], ["1550.00"]]


def test_a_loan_takes_principal_before_its_own_period_has_ended() -> None:
    # L1 settles in March only, but its principal counts in February already.
    rules = capped_principal("entity", "2,700,000")
    lines = line(usual("L1", due=quarterly(20)), rules), line(usual("L2"), rules)
    assert shares(*lines, through="2024-02-20") == [[], ["1550.00"]]


def test_principal_that_bears_no_support_takes_no_room_below_a_cap() -> None:
    # 2,700,000 for both: 900,000 of L1 are overdue for all its days, so L2 has 1,800,000 and counts in full.
    rules = capped_principal("entity", "2,700,000")
    overdue = (Spell("overdue", day("2024-01-20"), None, 90_000_000),)
    lines = line(usual("L1", spells=overdue), rules), line(usual("L2"), rules)
    assert shares(*lines, through="2024-02-20") == [["1550.00"], ["3100.00"]]


def test_where_others_fill_the_cap_no_principal_counts() -> None:
    rules = capped_principal("entity", "1,800,000")
    both = [line(usual("L1"), rules), line(usual("L2"), rules)]
    principal = CountedPrincipal(LPR, day("2024-05-20"))
    counted = [principal.of(one, stretches(one, one.versions)) for one in both]
    assert [len(segments or ()) for segments in counted] == [1, 0]


def test_interest_counts_on_the_principal_below_the_cap_too() -> None:
    # Half of the interest on 900,000 of 1,800,000 at 3.60 %: 31 d x 90.00 / 2
    rules = notice(
        base={"interest": "accrued", "principal_cap": {"per": "loan", "amount": "900,000", **ASSUMED}, **ASSUMED},
        components=components(share=interest_share("50%")),
    )
    assert periods(only(results_of(line(usual("L1"), rules))))["2024-02-20"] == "1395.00"


def test_principal_is_capped_without_asking_for_days_to_come() -> None:
    # Set again each quarter: on 1 July 2026 from a table that was checked through 20 July, later not at all.
    rate = FloatingRate(day("2026-01-20"), "1y", parse_percent("0%"), "quarter")
    lent = loan("L", {"2026-01-20": "1,800,000"}, "2027-01-20", floating=rate)
    rules = capped_principal("entity", "900,000")
    assert award(line(lent, rules), through="2026-06-20") == "7550.00"  # 151 d x 50.00


def test_no_line_has_a_limit_that_grows_and_a_taking_back_in_proportion() -> None:
    """Months would not sum to the whole there: by parts it would come to 4 where at once it comes to 3.

    Claims of 4 under a limit of 2; 2 more under 5, of which half of all is kept; nothing under 11.
    """
    limits: tuple[dict[str, Any], ...] = ({"amount": "1"}, {"share_of_figure": {"figure": "base", "share": "1%"}})
    for limit in limits:
        assert not can_grow(ItemCap.model_validate({"id": "each", "per": ["item"], **limit, **ASSUMED}))
    assert can_grow(LOAN_INTEREST)
    period = Period(day("2024-01-20"), day("2024-02-20"))
    assert (
        Part(period, period.starts_on, period.ends_before, Version("n@sha256:01", ENTITY), [], Exact(0)).proportion
        is None
    )
