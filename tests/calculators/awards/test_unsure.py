"""What a firm's lines come to together is decided on what is sure; where a held line may change it, the others wait."""

from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.all import Partition, calculate_all
from calculators.awards.caps import Posted
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Line, Support
from calculators.awards.unsure import SURE, Absent, Unsure
from calculators.explain.worksheet import worksheet
from calculators.facts.model import Exemption
from tests.calculators import items
from tests.calculators.awards.test_conditions_of_all_types import every_type, renamed
from tests.calculators.lending import (
    ASSUMED,
    LPR,
    components,
    day,
    line,
    loan,
    notice,
    parse_yuan,
    settled_on,
    window,
    yuan,
)

ENDS = ("2024-02-20", "2024-03-20")


def results_of(*lines: AwardLine, unsure: Unsure = SURE, **more: Any) -> dict[str, AwardResult]:
    found = calculate_all(Partition(lines, LPR, "lpr@test", day("2024-07-01"), unsure=unsure, **more))
    return {result.line.id: result for result in found}


def outcome(result: AwardResult) -> tuple[str, list[str], list[str]]:
    """What is due, the codes of what refuses the line, and the lines that it waits for."""
    digest = result.digest
    waits = [held["values"]["line"] for held in digest["held"] if held.get("cause", "").startswith("firm_line_")]
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


def test_a_held_line_does_not_wait_for_itself() -> None:
    """What B comes to keeps its room: 29 days of 1,800,000 x 2 %/360, since both contracts reach the least."""
    found = results_of(*two_loans("firm_loans_at_least", "5,400,000"), unsure=Unsure(lines=("G-B",)))
    assert (outcome(found["G-A"]), outcome(found["G-B"])) == (("0.00", [], ["G-B"]), ("2900.00", [], []))


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
        return outcome(results_of(one, unsure=Unsure(absent=absents), supports=others)[one.id])[1:]

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


# Amounts that rest on what other lines come to.

# 0.1, 0.3 and 0.5 billion reached: 1, 3 and 5 million in all.
RUNGS = [{"reach": f"{reach}00,000,000", "amount": f"{million},000,000"} for reach, million in ((1, 1), (3, 3), (5, 5))]


def climbers(*bases: str, **more: Any) -> list[AwardLine]:
    """Claims A, B ... of one firm, a month apart; what names no figure is a claim for something else, worth 7."""
    ladder = items.reward("ladder", items.rule("ladder", rungs=RUNGS), kind="revenue")
    rules = items.incentive(ladder, items.reward("extra", items.rule("fixed", amount="7"), kind="other"), **more)
    made = []
    for month, (key, base) in enumerate(zip("ABC", bases, strict=False), 1):
        kind = {"kind": "revenue" if base else "other"}
        claim = items.claim(key, base or "1", achieved_on=f"2024-0{month}-01", attributes=kind)
        made.append(items.line(claim, rules))
    return made


def test_a_claim_on_a_ladder_waits_for_one_of_its_firm_that_is_held() -> None:
    first, second, apart = climbers("150,000,000", "350,000,000", "")
    found = results_of(first, second, apart)
    assert [outcome(found[one.id])[0] for one in (first, second, apart)] == ["1000000.00", "2000000.00", "7.00"]
    # What A comes to is not known: neither is the difference of B, but the fixed amount is.
    found = results_of(first, second, apart, unsure=Unsure(lines=(first.id,)))
    assert outcome(found[second.id]) == ("0.00", [], [first.id])
    assert outcome(found[apart.id]) == ("7.00", [], [])
    # A is on it before B by a day that is not to be relied on.
    found = results_of(first, second, apart, unsure=Unsure(lines=(second.id,)))
    assert outcome(found[first.id]) == ("0.00", [], [second.id])
    # The held one stands on no ladder.
    found = results_of(first, second, apart, unsure=Unsure(lines=(apart.id,)))
    assert [outcome(found[one.id]) for one in (first, second)] == [("1000000.00", [], []), ("2000000.00", [], [])]
    said = worksheet(results_of(first, second, unsure=Unsure(lines=(first.id,)))[second.id]).splitlines()[1:]
    assert said == [
        " held          line_failed: B: ladder leaves what G-A (A) does not take, and that one is held; "
        "it ends with that hold"
    ]


def test_a_claim_on_a_ladder_waits_for_one_whose_item_is_gone() -> None:
    """3 million would be paid for a rung of which 1 million stands on a claim that nobody can look at."""
    _, second, apart = climbers("150,000,000", "350,000,000", "")
    absent = Absent("G-A", "A", "E1", second.notice_id)
    found = results_of(second, apart, unsure=Unsure(absent=[absent]))
    assert (outcome(found[second.id]), outcome(found[apart.id])) == (("0.00", [], ["G-A"]), ("7.00", [], []))
    for other in (absent._replace(uscc="E2"), absent._replace(notice="another")):
        assert outcome(results_of(second, unsure=Unsure(absent=[other]))[second.id])[0] == "3000000.00"


def test_what_is_refused_does_not_wait_on_a_ladder() -> None:
    asked = [{"kind": "base_at_least", "amount": "400,000,000", "basis": "n8"}]
    first, second = climbers("150,000,000", "350,000,000", eligibility=asked)
    found = results_of(first, second, unsure=Unsure(lines=(first.id,)))
    assert outcome(found[second.id]) == ("0.00", ["base_too_small"], [])


def below_cap(amount: str, *, repaid: str = "1", drawn: str = "", of: str = "", **rules: Any) -> list[Line]:
    """A, B and C of 1.8 million each from 20 January to 20 February, 31 days of 100.00 at 2 points, below one cap.

    On the loan `of` another sum is drawn; its contract is for 1.8 million all the same.
    """
    base = {"interest": "accrued", "principal_cap": {"per": "entity", "amount": amount, **ASSUMED}, **ASSUMED}
    return [
        line(
            loan(
                key,
                {"2024-01-20": drawn if key == of else "1,800,000"},
                "2024-02-20",
                repaid={"2024-02-20": repaid if key == "B" else "1"},
                amount_fen=parse_yuan("1,800,000"),
            ),
            notice(base=base, **rules),
            granted_on=f"2024-01-0{place}",
        )
        for place, key in enumerate("ABC", 2)
    ]


def test_a_loan_waits_where_a_held_one_of_its_firm_fills_the_cap_on_principal_before_it() -> None:
    """2.7 million: A counts in full, B with 0.9 million, C with nothing."""
    first, second, third = below_cap("2,700,000")
    found = results_of(first, second, third)
    assert [outcome(found[one.id])[0] for one in (first, second, third)] == ["3100.00", "1550.00", "0.00"]
    # B is held from outside, or repays more than was drawn: C would count with 0.9 million, A is before it anyway.
    for unsure, repaid in ((Unsure(lines=("G-B",)), "1"), (SURE, "1,800,000.01")):
        found = results_of(*below_cap("2,700,000", repaid=repaid), unsure=unsure)
        assert outcome(found["G-A"]) == ("3100.00", [], [])
        assert outcome(found["G-C"]) == ("0.00", [], ["G-B"])
    # All three contracts fit, so it does not matter what becomes of B.
    found = results_of(*below_cap("5,400,000"), unsure=Unsure(lines=("G-B",)))
    assert [outcome(found[key]) for key in ("G-A", "G-C")] == [("3100.00", [], [])] * 2
    # Of a loan that is gone nobody knows its turn, nor its amount.
    absent = Absent("G-9", "L9", "E1", first.notice_id)
    found = results_of(*below_cap("5,400,000"), unsure=Unsure(absent=[absent]))
    assert [outcome(found[key])[2] for key in ("G-A", "G-B", "G-C")] == [["G-9"]] * 3
    found = results_of(*below_cap("5,400,000"), unsure=Unsure(absent=[absent._replace(uscc="E2")]))
    assert [outcome(found[key])[2] for key in ("G-A", "G-B", "G-C")] == [[]] * 3


def test_a_held_loan_takes_of_the_cap_what_was_drawn_where_that_is_more_than_its_contract() -> None:
    for drawn, waits in (("1,800,000", []), ("1,800,000.01", ["G-B"])):
        found = results_of(*below_cap("5,400,000", drawn=drawn, of="B"), unsure=Unsure(lines=("G-B",)))
        assert outcome(found["G-C"])[2] == waits


def test_a_refused_loan_fills_no_cap_on_principal_unless_it_is_held_itself() -> None:
    """A is for more than the notice supports. B and C fill 3.6 million to the fen; A and B come to a fen more."""
    rules = [{"kind": "loan_amount", "at_most": "1,800,000", "basis": "n3"}]
    lines = below_cap("3,600,000", eligibility=rules)
    lines[0] = line(
        replace(lines[0].loan, amount_fen=parse_yuan("1,800,000.01")), lines[0].versions[0], granted_on="2024-01-02"
    )
    found = results_of(*lines, unsure=Unsure(lines=("G-B",)))
    assert [outcome(found[key])[1:] for key in ("G-A", "G-C")] == [(["loan_out_of_range"], []), ([], [])]
    found = results_of(*lines, unsure=Unsure(lines=("G-A",)))
    assert [outcome(found[key])[2] for key in ("G-B", "G-C")] == [["G-A"], ["G-A"]]


def test_of_several_held_lines_the_first_by_its_id_is_the_one_waited_for() -> None:
    first, second = two_loans("firm_loans_at_least", "3,600,000.01")
    absent = Absent("G-0", "L0", "E1", first.notice_id)
    for unsure in (Unsure(("G-B",), (absent,)), Unsure(("G-B",), (absent._replace(line="G-9"), absent))):
        assert outcome(results_of(first, second, unsure=unsure)["G-A"]) == ("0.00", [], ["G-0"])


def test_what_a_loan_bore_in_all_counts_where_one_of_its_lines_cannot_be_combined() -> None:
    """5,580.00 accrue by 20 February and 5,220.00 after; A took 5,000.00 of them, and B's 2,900.00 are left.

    A has a share of the LPR of a day before the first was published; B supports the days from 20 February on.
    """
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2024-03-20", signed_on=day("2019-05-06"))
    share = {"kind": "lpr_share", "share": "50%", "tenor": "1y", "fixed_on": "contract", "basis": "n3"}
    first = line(lent, notice(id="notice-a", components=components(share=share)), grant="G-A")
    second = line(lent, notice(id="notice-b", windows=[window("accrual_day", "2024-02-20")]), grant="G-B")
    posted = {"G-A": Posted({day("2024-02-20"): parse_yuan("5,000")}, {}, day("2024-03-01"))}
    found = results_of(first, second, posted=posted)
    assert [held["cause"] for held in found["G-A"].digest["held"]] == ["benchmark_unknown"]
    assert outcome(found["G-B"]) == ("2900.00", [], [])
    # The loan's interest to date bounds them all the same: of 10,800.00, 8,500.00 are gone.
    posted = {"G-A": Posted({day("2024-02-20"): parse_yuan("8,500")}, {}, day("2024-03-01"))}
    assert outcome(results_of(first, second, posted=posted)["G-B"]) == ("2300.00", [], [])
