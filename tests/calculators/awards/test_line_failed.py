"""A line that cannot be calculated is held with its fact and stops no other; a table that ends too early stops all."""

import pytest

from calculators.awards.failed import CAUSES
from calculators.awards.lines import Outside
from calculators.awards.loan import Result
from calculators.explain.item import render_item
from calculators.explain.loan import render
from calculators.interest.loan import FloatingRate, Loan, Spell
from calculators.money import parse_percent, parse_yuan
from calculators.problems import Refused
from tests.calculators import items
from tests.calculators.lending import (
    ASSUMED,
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
    yuan,
)

# 31 days x 1,800,000 x 2 %/360 = 3,100.00.
SOUND = loan("L1", {"2024-01-20": "1,800,000"}, "2024-02-20")
FAILING: dict[str, tuple[Loan, dict[str, str], str]] = {
    "more is repaid than was drawn": (
        loan("L2", {"2024-01-20": "1,800,000"}, "2024-02-20", repaid={"2024-02-01": "1,800,000.01"}),
        {"day": "2024-02-01", "amount": "0.01"},
        "balance_negative",
    ),
    "the benchmark was not published yet": (
        loan(
            "L2",
            {"2019-06-01": "1,800,000"},
            "2024-02-20",
            floating=FloatingRate(day("2019-06-01"), "1y", parse_percent("0%"), "fixed"),
        ),
        {"day": "2019-06-01", "first": "2019-08-20", "last": "2026-07-20"},
        "benchmark_unknown",
    ),
    "no rate is given": (
        loan(
            "L2",
            {"2024-01-20": "1,800,000"},
            "2024-02-20",
            floating=FloatingRate(day("2024-02-01"), "1y", parse_percent("0%"), "fixed"),
        ),
        {"day": "2024-01-20"},
        "rate_missing",
    ),
}


@pytest.mark.parametrize("why", FAILING)
def test_one_loan_is_held_and_the_others_are_calculated(why: str) -> None:
    lent, values, cause = FAILING[why]
    first, second = results_of(line(SOUND), line(lent))
    assert yuan(first.digest["award_fen"]) == "3100.00"
    held = {"code": "line_failed", "cause": cause, "fact": "L2", "values": values}
    assert second.digest["held"] == [held]
    assert (second.digest["periods"], second.digest["refused"], second.digest["award_fen"]) == ([], [], 0)


def test_the_sheet_says_what_to_correct() -> None:
    lent, *_ = FAILING["more is repaid than was drawn"]
    assert render(only(results_of(line(lent)))).splitlines()[1:] == [
        " held          line_failed: L2: on 2024-02-01 repayments exceed drawdowns by 0.01 yuan"
    ]


def test_every_cause_is_tested() -> None:
    by_items = {"premium_differs", "returned_above_paid", "stage_unknown"}
    of_openings = {"opening_ahead", "opening_misplaced"}
    # tests/calculators/awards/test_unsure.py; test_item_taken_back.py, test_one_grant_on_an_item.py in tests/runs
    of_others = {"firm_line_before", "firm_line_held", "item_granted", "item_taken_back"}
    assert {cause for _, _, cause in FAILING.values()} | of_openings | of_others | by_items == set(CAUSES)


# Claims of 900.00 and 930.00 a month: 30 and 31 d x 540,000 x 2 %/360.
PREPAID = loan("L1", {"2024-03-21": "540,000"}, "2024-06-20", due=settled_on("2024-04-20", "2024-05-21", "2024-06-20"))


def paid_outside(due: str, amount: str) -> Outside:
    return Outside("test-notice", "E1", "G-L1", "Bank One", "L1", day(due), parse_yuan(amount))


def test_what_was_paid_outside_ahead_of_its_day_holds_its_line_until_a_run_gets_there() -> None:
    """It was counted as posted for June in a run of April: April's 900 were paid again, and June's 900 asked back."""
    ahead = [paid_outside("2024-06-20", "900")]
    april = only(results_of(line(PREPAID), through="2024-05-01", outside=ahead))
    values = {"due": "2024-06-20", "amount": "900.00"}
    assert april.digest["held"] == [{"code": "line_failed", "cause": "opening_ahead", "fact": "L1", "values": values}]
    assert (april.digest["periods"], april.digest["refused"], april.digest["award_fen"]) == ([], [], 0)
    assert render(april).splitlines()[1:] == [
        " held          line_failed: L1: 900.00 yuan were paid outside for what falls due on 2024-06-20, "
        "after the last day of this run"
    ]
    # June's run posts what is due less the 900: 900.00 + 930.00 + 900.00.
    june = only(results_of(line(PREPAID), through="2024-07-01", outside=ahead))
    assert periods(june) == {"2024-04-20": "900.00", "2024-05-21": "930.00", "2024-06-20": "900.00"}


def test_what_was_paid_ahead_keeps_its_room_from_others() -> None:
    # 1,000.00 per lender: 900.00 of it are spent, though nothing of L1 is due in April but what the run holds.
    rules = notice(caps=[cap("lender", "lender", "1,000")])
    other = loan("L2", {"2024-03-21": "540,000"}, "2024-04-20", due=settled_on("2024-04-20"), uscc="E2")
    ahead = [paid_outside("2024-06-20", "900")]
    first, second = results_of(line(PREPAID, rules), line(other, rules), through="2024-05-01", outside=ahead)
    assert (first.digest["award_fen"], yuan(second.digest["award_fen"])) == (0, "100.00")


def test_an_item_that_was_paid_ahead_is_held_too() -> None:
    policy = items.policy("P", ("2024-05-10", "1,000"))
    one, rules = items.line(policy, items.premium_notice()), "test-notice"
    ahead = [items.outside("200", due="2024-06-11", notice=rules, line=one.id)]
    assert items.held(one, through="2024-06-01", outside=ahead) == ["opening_ahead"]
    assert items.held(one, through="2024-06-11", outside=ahead) == []


def test_of_several_payments_ahead_the_last_is_named_and_one_of_nothing_holds_nobody() -> None:
    may, june = paid_outside("2024-05-21", "930"), paid_outside("2024-06-20", "900")
    for ahead in ([may, june], [june, may]):
        [held] = only(results_of(line(PREPAID), through="2024-05-01", outside=ahead)).digest["held"]
        assert held["values"] == {"due": "2024-06-20", "amount": "900.00"}
    nothing = only(results_of(line(PREPAID), through="2024-05-01", outside=[paid_outside("2024-06-20", "0")]))
    assert (nothing.digest["held"], periods(nothing)) == ([], {"2024-04-20": "900.00"})


def test_an_item_that_contradicts_itself_is_held_and_the_others_are_calculated() -> None:
    # 80 % of 1,000.
    sound = items.policy("P1", ("2024-05-10", "1,000"))
    broken = items.policy("P2", ("2024-05-10", "1,000"), ("2024-05-12", "-1,000.01"))
    rules = items.premium_notice()
    first, second = items.results_of(items.line(sound, rules), items.line(broken, rules))
    assert yuan(first.digest["award_fen"]) == "800.00"
    values = {"found": "-0.01", "wanted": "0.00"}
    assert second.digest["held"] == [
        {"code": "line_failed", "cause": "returned_above_paid", "fact": "P2", "values": values}
    ]
    assert (second.digest["periods"], second.digest["refused"], second.digest["award_fen"]) == ([], [], 0)
    assert render_item(second).splitlines()[1:] == [
        " held          line_failed: P2: more premium was returned than was paid: what was borne falls to -0.01"
    ]


def test_a_table_that_ends_too_early_is_the_matter_of_no_one_loan() -> None:
    floating = FloatingRate(day("2026-01-20"), "1y", parse_percent("0%"), "quarter")
    lent = loan("L2", {"2026-01-20": "1,800,000"}, "2027-01-20", floating=floating)
    with pytest.raises(Refused, match="benchmark_unknown"):
        results_of(line(SOUND), line(lent), through="2026-12-20")


def test_a_loan_that_is_drawn_after_the_table_ends_stops_nobody() -> None:
    rules = notice(
        eligibility=[{"kind": "max_contract_rate", "tenor": "1y", "over": "150BP", **ASSUMED}],
        components=components(
            floor={
                "kind": "borrower_floor",
                "tenor": "1y",
                "borrower_over": "-150BP",
                "ceiling_over": "150BP",
                "fixed_on": "drawdown",
                "basis": "n3",
            }
        ),
    )
    lent = loan("L2", {"2026-09-01": "1,800,000"}, "2027-01-20")
    first, second = results_of(line(SOUND), line(lent, rules), through="2026-08-01")
    assert (yuan(first.digest["award_fen"]), second.digest["held"], second.digest["award_fen"]) == ("3100.00", [], 0)


def test_a_day_on_which_the_rate_falls_below_zero_bears_zero_and_the_sheet_says_so() -> None:
    # LPR 3.45 % less 3.20 %: 0.25 % up to 21 July, 182 d x 12.50 = 2,275.00; 0.15 % to 20 October; then 3.10 %.
    floating = FloatingRate(day("2024-01-22"), "1y", parse_percent("-3.20%"), "publication")
    lent = loan("L", {"2024-01-22": "1,800,000"}, "2024-11-20", floating=floating)
    rules = notice(components=components(share=interest_share("100%")))
    result = only(results_of(line(lent, rules)))
    # 182 d x 12.50, 91 d x 7.50, then nothing.
    assert yuan(result.digest["award_fen"]) == "2957.50"
    assert (
        " rate          from 2024-10-21 on the contract comes to -0.1%: these days bear 0%"
        in render(result).splitlines()
    )
    five = notice(components=components(points=points("5.0%")))
    assert award(line(lent, five)) == "2957.50"


def test_principal_overdue_and_extended_at_once_is_left_out_once_and_the_sheet_says_so() -> None:
    # 10,000,000 at 3.6 %/360 bear 1,000.00 a day, 4,000,000 of them 400.00: 92 d less 81 d (1 April to 20 June).
    spells = (
        Spell("overdue", day("2024-04-01"), day("2024-06-01"), 400_000_000),
        Spell("extension", day("2024-05-01"), day("2024-06-21"), 400_000_000),
    )
    lent = loan("L", {"2024-03-21": "10,000,000"}, "2024-06-21", spells=spells)
    result = only(results_of(line(lent, notice(components=components(share=interest_share("100%"))))))
    assert yuan(result.digest["award_fen"]) == "59600.00"
    assert " spells        overdue and extended at once from 2024-05-01 on: that principal is left out once" in (
        render(result).splitlines()
    )


def test_results_come_by_line_whatever_the_order_of_filling() -> None:
    late = line(loan("A", {"2024-01-20": "1,800,000"}, "2024-02-20"), granted_on="2024-02-01")
    found: list[Result] = results_of(late, line(SOUND))
    assert [result.line.id for result in found] == ["G-A", "G-L1"]
