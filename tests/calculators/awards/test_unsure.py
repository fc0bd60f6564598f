"""What a firm's lines come to together is decided on what is sure; where a held line may change it, the others wait."""

from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.all import calculate_all
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Support
from calculators.awards.unsure import SURE, Absent, Unsure
from calculators.explain.worksheet import worksheet
from calculators.facts.model import Exemption
from tests.calculators import items
from tests.calculators.awards.test_conditions_of_all_types import every_type, renamed
from tests.calculators.lending import LPR, day, line, loan, notice, settled_on, yuan

ENDS = ("2024-02-20", "2024-03-20")


def results_of(*lines: AwardLine, unsure: Unsure = SURE, **more: Any) -> dict[str, AwardResult]:
    found = calculate_all(lines, LPR, "lpr@test", day("2024-07-01"), unsure=unsure, **more)
    return {result.line.id: result for result in found}


def outcome(result: AwardResult) -> tuple[str, list[str], list[str]]:
    """What is due, the codes of what refuses the line, and the lines that it waits for."""
    digest = result.digest
    waits = [held["values"]["line"] for held in digest["held"] if held.get("cause") == "firm_line_held"]
    return yuan(digest["award_fen"]), [one["code"] for one in digest["refused"]], waits


def two_loans(kind: str, amount: str, repaid: str = "1") -> tuple[AwardLine, AwardLine]:
    """A bears 360 and B 180 a day, A from 20 January, B from 20 February: by 20 March 60 x 360 and 29 x 180 yuan."""
    rules = notice(eligibility=[{"kind": kind, "amount": amount, "basis": "n3"}])
    first = loan("A", {"2024-01-20": "3,600,000"}, "2024-03-20", due=settled_on(*ENDS))
    second = loan(
        "B", {"2024-02-20": "1,800,000"}, "2024-03-20", due=settled_on("2024-03-20"), repaid={"2024-03-20": repaid}
    )
    return line(first, rules), line(second, rules)


# 21,600 + 5,220 = 26,820 of interest; contracts of 3,600,000 + 1,800,000.
@pytest.mark.parametrize(
    ("kind", "alone", "together"),
    [
        ("firm_interest_at_least", "21,600", "21,600.01"),
        ("firm_loans_at_least", "3,600,000", "3,600,000.01"),
    ],
)
def test_a_loan_waits_where_the_firm_does_not_reach_the_least_without_the_one_held(
    kind: str, alone: str, together: str
) -> None:
    # 60 x 3,600,000 x 2 %/360 = 12,000.00 is due on A where it reaches the least alone: more cannot undo that.
    # B is held from outside, or repays more than was drawn.
    for unsure, repaid in ((Unsure(lines=("G-B",)), "1"), (SURE, "1,800,000.01")):
        found = results_of(*two_loans(kind, alone, repaid), unsure=unsure)
        assert outcome(found["G-A"]) == ("12000.00", [], [])
        waiting = results_of(*two_loans(kind, together, repaid), unsure=unsure)["G-A"]
        assert outcome(waiting) == ("0.00", [], ["G-B"])
    said = (
        f" held          line_failed: A: {kind} is asked of the firm's lines together, and G-B (B) of them is held; "
        "it ends with that hold"
    )
    assert worksheet(waiting).splitlines()[1:] == [said]
    # Nobody held: 26,820 and 5.4 million are reached or not.
    assert outcome(results_of(*two_loans(kind, together))["G-A"]) == ("12000.00", [], [])


def test_a_line_held_without_its_loan_is_waited_for_by_its_own_firm_under_its_own_notice() -> None:
    first, _ = two_loans("firm_loans_at_least", "3,600,000.01")
    absent = Absent("G-9", "L9", "E1", first.notice_id)
    assert outcome(results_of(first, unsure=Unsure(absent=[absent]))["G-A"]) == ("0.00", [], ["G-9"])
    for other in (absent._replace(uscc="E2"), absent._replace(notice="another")):
        assert outcome(results_of(first, unsure=Unsure(absent=[other]))["G-A"]) == (
            "0.00",
            ["firm_loans_too_small"],
            [],
        )


def test_what_another_condition_refuses_does_not_wait() -> None:
    rules = notice(
        eligibility=[
            {"kind": "firm_loans_at_least", "amount": "3,600,000.01", "basis": "n3"},
            {"kind": "loan_amount", "at_most": "3,599,999.99", "basis": "n3"},
        ]
    )
    first = line(loan("A", {"2024-01-20": "3,600,000"}, "2024-03-20", due=settled_on(*ENDS)), rules)
    absent = Absent("G-9", "L9", "E1", first.notice_id)
    assert outcome(results_of(first, unsure=Unsure(absent=[absent]))["G-A"]) == ("0.00", ["loan_out_of_range"], [])


def test_figures_of_a_firm_wait_in_the_same_way() -> None:
    asked = {"kind": "firm_total_at_least", "amount": "1,000", "basis": "n8"}
    rules = items.incentive(items.reward("it", items.rule("share_of_base", share="10%")), eligibility=[asked])
    first, second, big = (
        items.line(items.claim(key, base), rules) for key, base in (("A", "600"), ("B", "400"), ("C", "1,000"))
    )
    held = Unsure(lines=(second.id,))
    assert outcome(results_of(first, second, unsure=held)[first.id]) == ("0.00", [], [second.id])
    # 600 + 1,000 reach it without B; 10 % of 600.
    assert outcome(results_of(first, second, big, unsure=held)[first.id]) == ("60.00", [], [])


@every_type
def test_a_grant_without_its_item_leaves_the_one_support_open_where_it_decides(make: Any) -> None:
    """The line is granted on 2 January; the absent one under another notice on the 1st would make it the second."""
    one = renamed(make(), "ours")
    earlier = Support("E1", "test-programme", 2024, "another", day("2024-01-01"), "G-0")
    absent = Absent("G-0", "L0", "E1", "another", (earlier,))

    def found(*absents: Absent, others: tuple[Support, ...] = ()) -> tuple[list[str], list[str]]:
        return outcome(results_of(one, unsure=Unsure(absent=absents), other_supports=others)[one.id])[1:]

    assert one.grant.granted_on == day("2024-01-02")
    assert found(absent) == ([], ["G-0"])
    later = absent._replace(supports=(earlier._replace(granted_on=day("2024-01-03")),))
    assert found(later) == ([], [])
    # A second support already: the absent one cannot undo it, unless it makes this notice's own support the first.
    sure = earlier._replace(notice="third")
    assert found(absent, others=(sure,)) == (["second_support"], [])
    first = absent._replace(notice="ours", supports=(earlier._replace(notice="ours", granted_on=day("2023-12-31")),))
    assert found(first, others=(sure,)) == ([], ["G-0"])


def test_who_waits_for_one_support_is_not_counted_on_in_the_sum_of_interest() -> None:
    """B is held by the open support, so A, which an approving document exempts, waits for B's interest."""
    rules = [
        {"kind": "one_support_per_year", "exempt": ["key_enterprise"], "basis": "n3"},
        {"kind": "firm_interest_at_least", "amount": "21,600.01", "basis": "n3"},
    ]
    first, second = (
        replace(one, versions=tuple(replace(v, notice=notice(eligibility=rules)) for v in one.versions))
        for one in two_loans("firm_loans_at_least", "1")
    )
    first = replace(first, application=replace(first.application, exemption=Exemption("key_enterprise", "doc 1")))
    earlier = Support("E1", "test-programme", 2024, "another", day("2023-01-01"), "G-0")
    unsure = Unsure(absent=[Absent("G-0", "L0", "E1", "another", (earlier,))])
    found = results_of(first, second, unsure=unsure)
    assert (outcome(found["G-A"]), outcome(found["G-B"])) == (("0.00", [], ["G-B"]), ("0.00", [], ["G-0"]))
