"""Allocated subsidies: stages, audits, acceptance; each event calculates the whole again and claims the difference.

The usual project claims 10,000,000 under a notice of 30 %: 3,000,000, of which 50 % fall due with the grant of
2 January 2024, 30 % by the mid-term evidence, 20 % on acceptance.
"""

from typing import Any

import pytest

from calculators.awards.lines import Limit
from calculators.explain.item import render_item
from calculators.money import format_yuan
from tests.calculators.items import ASSUMED, awards, cap, held, line, outside, periods, project, results_of, staged

RULES = staged("start 50% grant", "mid 30% stage", "rest 20% acceptance")
MID = {"mid": "2024-06-30"}
PASSED = ("2024-12-31", "100%")


def parts(*lines: Any, **more: Any) -> list[str]:
    """What falls due by each event, in yuan without its zeros."""
    return [amount.removesuffix(".00") for _, amount in periods(*lines, **more)]


# Stages.


def test_each_stage_falls_due_on_the_day_after_its_event() -> None:
    one = line(project("P", "10,000,000", stages=MID, accepted=PASSED), RULES)
    assert periods(one) == [
        ("2024-01-03", "1,500,000.00"),
        ("2024-07-01", "900,000.00"),
        ("2025-01-01", "600,000.00"),
    ]


@pytest.mark.parametrize(
    ("through", "expected"),
    [
        ("2024-01-02", []),
        ("2024-01-03", ["1,500,000"]),
        ("2024-06-30", ["1,500,000"]),
        ("2024-12-31", ["1,500,000", "900,000"]),
    ],
)
def test_only_what_has_fallen_due_counts(through: str, expected: list[str]) -> None:
    one = line(project("P", "10,000,000", stages=MID, accepted=PASSED), RULES)
    assert parts(one, through=through) == expected


def test_without_a_stage_on_the_grant_nothing_is_due_with_it() -> None:
    rules = staged("mid 70% stage", "rest 30% acceptance")
    one = line(project("P", "10,000,000", stages=MID, accepted=PASSED), rules)
    assert periods(one) == [("2024-07-01", "2,100,000.00"), ("2025-01-01", "900,000.00")]


def test_passed_acceptance_pays_the_stages_that_nobody_recorded() -> None:
    one = line(project("P", "10,000,000", accepted=PASSED), RULES)
    assert parts(one) == ["1,500,000", "1,500,000"]


def test_a_stage_recorded_after_passed_acceptance_adds_nothing() -> None:
    one = line(project("P", "10,000,000", stages={"mid": "2025-03-01"}, accepted=PASSED), RULES)
    assert parts(one) == ["1,500,000", "1,500,000", "0"]


def test_two_events_of_one_day_are_one_part() -> None:
    # Audited and accepted on one day: 30 % of 8,000,000 = 2,400,000 less the 1,500,000 of the grant.
    one = line(project("P", "10,000,000", audits={"2024-12-31": "8,000,000"}, accepted=PASSED), RULES)
    assert parts(one) == ["1,500,000", "900,000"]


def test_a_stage_that_the_notice_does_not_know_holds_the_line() -> None:
    # To refuse it would take back what was paid with the grant, because of a word.
    assert held(line(project("P", "10,000,000", stages={"midd": "2024-06-30"}), RULES)) == ["stage_unknown"]
    # Nor is the stage that acceptance pays one whose evidence could come in.
    assert held(line(project("P", "10,000,000", stages={"rest": "2024-06-30"}), RULES)) == ["stage_unknown"]


# Audits.


def test_an_audit_below_the_claim_takes_back_what_was_paid_too_much() -> None:
    # 50 % of 30 % of 9,000,000 = 1,350,000; the rest on acceptance to 2,700,000
    one = line(project("P", "10,000,000", audits={"2024-05-31": "9,000,000"}, accepted=PASSED), RULES)
    assert parts(one) == ["1,500,000", "-150,000", "1,350,000"]


def test_an_audit_counts_at_most_the_claim() -> None:
    one = line(project("P", "10,000,000", audits={"2024-05-31": "11,000,000"}), RULES)
    assert parts(one) == ["1,500,000", "0"]
    # 30 % of 20,000,000, whatever more the audit finds: 6,000,000, not 7,500,000.
    whole = staged("start 100% grant")
    one = line(project("Q", "20,000,000", audits={"2025-03-01": "25,000,000"}), whole)
    assert parts(one) == ["6,000,000", "0"]
    assert " investment    audited 25,000,000.00, at most the 20,000,000.00 claimed = 20,000,000.00  assumption" in (
        render_item(results_of(one)[0]).splitlines()
    )


def test_a_later_audit_replaces_an_earlier_one() -> None:
    audits = {"2024-05-31": "9,000,000", "2024-06-01": "9,500,000"}
    one = line(project("P", "10,000,000", audits=audits), RULES)
    assert parts(one) == ["1,500,000", "-150,000", "75,000"]


def test_where_nothing_counts_before_an_audit_the_first_stage_waits_for_it() -> None:
    rules = staged("start 50% grant", "rest 50% acceptance", before_audit="nothing")
    one = line(project("P", "10,000,000", audits={"2024-05-31": "9,000,000"}, accepted=PASSED), rules)
    assert parts(one) == ["0", "1,350,000", "1,350,000"]
    assert render_item(results_of(one, through="2024-01-03")[0]).splitlines()[2:] == [
        " investment    of 10,000,000.00 claimed nothing is audited yet =          0.00  assumption",
        " share         30% of 0.00                                     =          0.00  assumption",
        " stages        50% for start                                   =          0.00  assumption",
        " event         2024-01-02   before caps 0.00, awarded 0.00",
        " award         0.00",
    ]


def test_an_audit_of_nothing_takes_everything_back() -> None:
    one = line(project("P", "10,000,000", audits={"2024-05-31": "0"}), RULES)
    assert parts(one) == ["1,500,000", "-1,500,000"]


def test_the_amount_rounds_once_on_what_is_due_so_far() -> None:
    # 30 % of 0.07 = 0.021, half of it 0.0105 -> 0.01, 80 % 0.0168 -> 0.02, all 0.021 -> 0.02
    one = line(project("P", "0.07", stages=MID, accepted=PASSED), RULES)
    assert [amount for _, amount in periods(one)] == ["0.01", "0.01", "0.00"]


def test_the_amount_rounds_as_the_notice_says() -> None:
    # 30 % of 0.05 = 0.015 and of 0.06 = 0.018, all of it due at once.
    for mode, awarded in (("half_up", "0.02"), ("half_even", "0.02"), ("down", "0.01")):
        rules = staged("start 100% grant", rounding={"award": {"mode": mode, **ASSUMED}})
        assert [amount for _, amount in periods(line(project("P", "0.05"), rules))] == [awarded]
        assert [amount for _, amount in periods(line(project("P", "0.06"), rules))] == [awarded]


# Acceptance.


@pytest.mark.parametrize(
    ("done", "back"),
    [
        ("0%", "-2,400,000"),
        ("45%", "-1,320,000"),  # 55 % of 2,400,000
        ("99.99%", "-240"),  # one ten-thousandth; and the last stage is not paid
        ("100%", "600,000"),
    ],
)
def test_the_part_not_done_is_paid_back(done: str, back: str) -> None:
    one = line(project("P", "10,000,000", stages=MID, accepted=("2024-12-31", done)), RULES)
    assert parts(one) == ["1,500,000", "900,000", back]


def test_evidence_after_a_failed_acceptance_pays_nothing() -> None:
    one = line(project("P", "10,000,000", stages={"mid": "2025-01-01"}, accepted=("2024-12-31", "50%")), RULES)
    assert parts(one) == ["1,500,000", "-750,000", "0"]
    # On the day of the acceptance itself it still counts: 50 % of 2,400,000
    same_day = line(project("P", "10,000,000", stages={"mid": "2024-12-31"}, accepted=("2024-12-31", "50%")), RULES)
    assert parts(same_day) == ["1,500,000", "-300,000"]


def test_an_audit_after_a_failed_acceptance_changes_what_stays() -> None:
    # 50 % x 50 % of 2,700,000 = 675,000 instead of 750,000
    one = line(project("P", "10,000,000", audits={"2025-02-01": "9,000,000"}, accepted=("2024-12-31", "50%")), RULES)
    assert parts(one) == ["1,500,000", "-750,000", "-75,000"]


# Ceilings.


def test_the_ceiling_of_the_notice_comes_before_the_stages() -> None:
    rules = staged("start 60% grant", "rest 40% acceptance", at_most="2,000,000")
    one = line(project("P", "10,000,000", accepted=PASSED), rules)
    assert parts(one) == ["1,200,000", "800,000"]


def test_stages_apply_to_what_was_granted_and_the_rest_is_withheld() -> None:
    # Granted 2,000,000 of 3,000,000: 50 %, 30 %, 20 % of it; withheld 1,000,000
    one = line(project("P", "10,000,000", stages=MID, accepted=PASSED), RULES, ceiling="2,000,000")
    assert parts(one) == ["1,000,000", "600,000", "400,000"]
    [result] = results_of(one)
    assert result.digest["calculator"] == "allocated_subsidy/2"
    assert result.digest["withheld"] == [
        {"code": "grant_ceiling", "limit_fen": 200_000_000, "amount_fen": 100_000_000, "document": "doc 1"}
    ]
    assert result.digest["withheld_fen"] == 100_000_000
    early = results_of(one, through="2024-02-01")[0].digest
    # With the grant half of it is withheld.
    assert (early["award_fen"], early["withheld_fen"]) == (100_000_000, 50_000_000)


def test_an_audit_that_still_reaches_the_grant_takes_nothing_back() -> None:
    audits = {"2024-05-31": "8,000,000"}
    one = line(project("P", "10,000,000", audits=audits, accepted=PASSED), RULES, ceiling="2,000,000")
    assert parts(one) == ["1,000,000", "0", "1,000,000"]
    # 30 % of 8,000,000 = 2,400,000
    assert results_of(one)[0].digest["withheld_fen"] == 40_000_000


def test_what_failed_comes_back_of_what_was_granted() -> None:
    one = line(project("P", "10,000,000", accepted=("2024-12-31", "70%")), RULES, ceiling="2,000,000")
    assert parts(one) == ["1,000,000", "-300,000"]


def test_a_meetings_decision_bounds_the_stages_too() -> None:
    one = line(project("P", "10,000,000", accepted=PASSED), RULES, limits=(Limit("meeting", 150_000_000, "minutes 3"),))
    assert parts(one) == ["750,000", "750,000"]
    assert [(cut["code"], format_yuan(cut["amount_fen"])) for cut in results_of(one)[0].digest["withheld"]] == [
        ("meeting", "1,500,000.00")
    ]


def test_a_cap_over_the_firms_projects() -> None:
    rules = staged("start 100% grant", caps=[cap("total", "entity", "4,000,000")])
    first, second = line(project("P", "10,000,000"), rules), line(project("Q", "10,000,000"), rules)
    assert awards(first, second) == ["3,000,000.00", "1,000,000.00"]
    assert awards(first, outside=[outside("2,500,000")]) == ["1,500,000.00"]


def test_an_audit_takes_back_what_lies_above_the_limit_only_however_the_limit_is_said() -> None:
    # 30 % of 100,000,000 claimed, at most 20,000,000; 30 % of 80,000,000 audited is 24,000,000 and still above it.
    audited = project("P", "100,000,000", audits={"2025-03-01": "80,000,000"})
    capped = staged("start 100% grant", caps=[cap("each", "item", "20,000,000")])
    for one in (
        line(audited, staged("start 100% grant", at_most="20,000,000")),
        line(audited, capped),
        line(audited, staged("start 100% grant"), ceiling="20,000,000"),
        line(audited, staged("start 100% grant"), limits=(Limit("meeting", 2_000_000_000, "minutes 1"),)),
    ):
        assert parts(one) == ["20,000,000", "0"]
    # Down to 15,000,000, below the cap, what lies above that comes back.
    assert parts(line(project("Q", "100,000,000", audits={"2025-03-01": "50,000,000"}), capped)) == [
        "20,000,000",
        "-5,000,000",
    ]


def test_what_was_not_done_comes_back_in_its_proportion_whatever_had_cut_the_award() -> None:
    # 1,000,000 of 1,500,000 could be paid; acceptance finds nothing done: all of it comes back.
    rules = staged("start 50% grant", "rest 50% acceptance", caps=[cap("total", "entity", "1,000,000")])
    assert parts(line(project("P", "10,000,000", accepted=("2024-12-31", "0%")), rules)) == ["1,000,000", "-1,000,000"]
    assert parts(line(project("P", "10,000,000", accepted=("2024-12-31", "70%")), rules)) == ["1,000,000", "-300,000"]
    # A stage of the very day still counts: 50 % of 800,000, be it a cap, the notice or the grant that limits it.
    same_day = project("P", "10,000,000", stages={"mid": "2024-12-31"}, accepted=("2024-12-31", "50%"))
    stages = ("start 10% grant", "mid 70% stage", "rest 20% acceptance")
    for one in (
        line(same_day, staged(*stages, caps=[cap("each", "item", "800,000")])),
        line(same_day, staged(*stages, at_most="1,000,000")),
        line(same_day, staged(*stages), ceiling="1,000,000"),
    ):
        assert results_of(one)[0].digest["award_fen"] == 40_000_000


# The sheet.


def test_the_worksheet_shows_claimed_against_audited_stages_and_what_was_done() -> None:
    rules = staged("start 60% grant", "rest 40% acceptance", at_most="2,500,000")
    one = line(
        project("P", "10,000,000", audits={"2024-05-31": "9,000,000"}, accepted=("2024-12-31", "70%")),
        rules,
        ceiling="2,000,000",
    )
    assert render_item(results_of(one)[0]).splitlines()[1:] == [
        " eligible      stages: none                                        assumption",
        " investment    as claimed, not audited yet             = 10,000,000.00  assumption",
        " share         30% of 10,000,000.00                    =  3,000,000.00  assumption",
        "               at most 2,500,000.00                    =  2,500,000.00  assumption",
        " granted       at most 2,000,000.00                    =  2,000,000.00",
        " stages        60% for start                           =  1,200,000.00  assumption",
        " event         2024-01-02   before caps 1,200,000.00, awarded 1,200,000.00",
        " investment    audited, of 10,000,000.00 claimed       =  9,000,000.00  assumption",
        " share         30% of 9,000,000.00                     =  2,700,000.00  assumption",
        "               at most 2,500,000.00                    =  2,500,000.00  assumption",
        " granted       at most 2,000,000.00                    =  2,000,000.00",
        " stages        60% for start                           =  1,200,000.00  assumption",
        "               less 1,200,000.00 due before            =          0.00",
        " event         2024-05-31   before caps 0.00, awarded 0.00",
        " investment    audited, of 10,000,000.00 claimed       =  9,000,000.00  assumption",
        " share         30% of 9,000,000.00                     =  2,700,000.00  assumption",
        "               at most 2,500,000.00                    =  2,500,000.00  assumption",
        " granted       at most 2,000,000.00                    =  2,000,000.00",
        " stages        60% for start                           =  1,200,000.00  assumption",
        " acceptance    70% done                                =    840,000.00  n8.3",
        "               less 1,200,000.00 due before            =   -360,000.00",
        " event         2024-12-31   before caps -360,000.00, awarded -360,000.00",
        " withheld      210,000.00 by decision, above the ceiling 2,000,000",
        " award         840,000.00",
    ]


def test_the_worksheet_shows_no_bound_that_did_not_hold_and_every_stage_reached() -> None:
    # 30 % of 10,000,000 is the 3,000,000 that the notice allows and that was granted: neither cuts anything.
    rules = staged("start 50% stage", "mid 30% stage", "rest 20% acceptance", at_most="3,000,000")
    stages = {"start": "2024-05-31", "mid": "2024-06-30"}
    one = line(
        project("P", "10,000,000", audits={"2024-03-31": "10,000,000"}, stages=stages), rules, ceiling="3,000,000"
    )
    assert render_item(results_of(one)[0]).splitlines()[2:] == [
        " investment    audited, of 10,000,000.00 claimed       = 10,000,000.00  assumption",
        " share         30% of 10,000,000.00                    =  3,000,000.00  assumption",
        " stages        0% for -                                =          0.00  assumption",
        " event         2024-03-31   before caps 0.00, awarded 0.00",
        " investment    audited, of 10,000,000.00 claimed       = 10,000,000.00  assumption",
        " share         30% of 10,000,000.00                    =  3,000,000.00  assumption",
        " stages        50% for start                           =  1,500,000.00  assumption",
        " event         2024-05-31   before caps 1,500,000.00, awarded 1,500,000.00",
        " investment    audited, of 10,000,000.00 claimed       = 10,000,000.00  assumption",
        " share         30% of 10,000,000.00                    =  3,000,000.00  assumption",
        " stages        80% for start, mid                      =  2,400,000.00  assumption",
        "               less 1,500,000.00 due before            =    900,000.00",
        " event         2024-06-30   before caps 900,000.00, awarded 900,000.00",
        " award         2,400,000.00",
    ]
