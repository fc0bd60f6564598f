"""Reviews of performance, local shares of national projects, and awards of projects in hundreds of yuan.

The usual project claims 10,000,000 under a notice of 30 %: 3,000,000, of which 60 % fall due with the grant of
2 January 2024, 20 % on acceptance, and 20 % (600,000) by the review, which pays all of it from 90 points on, half from
60 on.
"""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from calculators.explain.item import render_item
from tests.calculators.items import ASSUMED, line, periods, project, refused, results_of, staged

BANDS = [{"from": "60 points", "share": "50%"}, {"from": "90 points", "share": "100%"}]
STAGES = ("start 60% grant", "rest 20% acceptance", "tail 20% review")
RULES = staged(*STAGES, performance={"measure": "score", "bands": BANDS, **ASSUMED})
PASSED = ("2024-12-31", "100%")


def parts(one: Any, **more: Any) -> list[str]:
    """What falls due by each event, in yuan without its zeros."""
    return [amount.removesuffix(".00") for _, amount in periods(one, **more)]


@pytest.mark.parametrize(
    ("score", "award"), [("59.99", "0"), ("60", "300,000"), ("89.9", "300,000"), ("90", "600,000"), ("100", "600,000")]
)
def test_the_score_decides_which_share_of_its_stage_is_paid(score: str, award: str) -> None:
    one = line(project("P", "10,000,000", accepted=PASSED, reviewed=("2025-06-30", score)), RULES)
    assert parts(one) == ["1,800,000", "600,000", award]


def test_acceptance_does_not_reach_the_stage_that_waits_for_the_review() -> None:
    one = line(project("P", "10,000,000", accepted=PASSED), RULES)
    assert parts(one) == ["1,800,000", "600,000"]
    # A review before the acceptance is paid at once.
    early = line(project("P", "10,000,000", accepted=PASSED, reviewed=("2024-06-30", "95")), RULES)
    assert parts(early) == ["1,800,000", "600,000", "600,000"]


def test_a_review_without_its_score_decides_nothing_yet() -> None:
    one = line(project("P", "10,000,000", accepted=PASSED, reviewed=("2025-06-30", "")), RULES)
    assert parts(one) == ["1,800,000", "600,000", "0"]
    assert "the review does not tell yet what it decides by" in render_item(results_of(one)[0])


def test_after_a_failed_acceptance_a_review_pays_nothing_more() -> None:
    # 80 % of 1,800,000 stay; a review before it stays in the same part: 80 % of 2,400,000.
    late = project("P", "10,000,000", accepted=("2024-12-31", "80%"), reviewed=("2025-06-30", "95"))
    assert parts(line(late, RULES)) == ["1,800,000", "-360,000", "0"]
    early = project("P", "10,000,000", accepted=("2024-12-31", "80%"), reviewed=("2024-06-30", "95"))
    assert parts(line(early, RULES)) == ["1,800,000", "600,000", "-480,000"]


def test_the_working_says_what_the_review_decided() -> None:
    one = line(project("P", "10,000,000", reviewed=("2024-06-30", "75.5")), RULES)
    assert " review        score 75.5: 50% of its stage            =    300,000.00  assumption" in (
        render_item(results_of(one)[0])
    )


TARGETS = staged(
    *STAGES,
    performance={
        "measure": "targets",
        "bands": [{"from": "60%", "share": "50%"}, {"from": "95%", "share": "100%"}],
        **ASSUMED,
    },
)


@pytest.mark.parametrize(
    ("reached", "award"),
    [
        # Output in full (more than agreed counts as agreed), jobs to 90 %: 95 % on average.
        (("120,000,000 yuan", "45 persons"), "600,000"),
        (("100,000,000 yuan", "44 persons"), "300,000"),
        (("60,000,000 yuan", "30 persons"), "300,000"),
        (("59,000,000 yuan", "30 persons"), "0"),
        (("120,000,000 yuan", ""), "0"),
    ],
)
def test_the_targets_of_the_project_decide(reached: tuple[str, str], award: str) -> None:
    agreed = {"output": ("100,000,000 yuan", reached[0]), "jobs": ("50 persons", reached[1])}
    one = line(project("P", "10,000,000", targets=agreed, reviewed=("2024-06-30", "")), TARGETS)
    assert parts(one) == ["1,800,000", award]


def test_a_review_of_targets_needs_targets() -> None:
    one = line(project("P", "10,000,000", reviewed=("2024-06-30", "95")), TARGETS)
    assert parts(one) == ["1,800,000", "0"]


# A local share of a national project.

LOCAL = staged(
    "whole 100% grant",
    share={"share": "50%", "of": "other_levels"},
    all_levels={"share": "40%", **ASSUMED},
)


@pytest.mark.parametrize(
    ("national", "award"),
    [
        ("2,000,000", "1,000,000"),
        ("2,666,666.68", "1,333,333.32"),  # 40 % of 10,000,000 less what the nation grants
        ("3,000,000", "1,000,000"),
        ("4,000,000", "0"),
        ("5,000,000", "0"),
    ],
)
def test_a_share_of_what_the_nation_grants_within_what_all_levels_may_pay(national: str, award: str) -> None:
    assert parts(line(project("P", "10,000,000", other_levels=national), LOCAL)) == [award]


def test_without_a_national_grant_there_is_nothing_to_share_in() -> None:
    assert refused(line(project("P", "10,000,000"), LOCAL)) == ["figure_missing"]


def test_an_audit_below_the_claim_lowers_what_all_levels_may_pay() -> None:
    one = project("P", "10,000,000", other_levels="2,000,000", audits={"2025-03-01": "6,000,000"})
    # 40 % of 6,000,000 are 2,400,000, of which the nation pays 2,000,000.
    assert parts(line(one, LOCAL)) == ["1,000,000", "-600,000"]
    sheet = render_item(results_of(line(one, LOCAL))[0])
    assert " all_levels    40% of 6,000,000.00 less 2,000,000.00 of other levels =    400,000.00" in (
        re.sub(" +=", " =", sheet)
    )


def test_a_project_paid_in_hundreds_of_yuan_sums_to_its_whole() -> None:
    hundreds = {"award": {"mode": "half_up", "unit": "100", **ASSUMED}}
    rules = staged("a 50% grant", "b 50% acceptance", rounding=hundreds)
    # 30 % of 1,234,567 = 370,370.10; half of it 185,185.05 -> 185,200; all of it 370,400.
    one = line(project("P", "1,234,567", accepted=PASSED), rules)
    assert parts(one) == ["185,200", "185,200"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"performance": {"measure": "score", "bands": BANDS, **ASSUMED}, "stages": 2}, "or the other way round"),
        ({}, "or the other way round"),
        ({"performance": {"measure": "targets", "bands": BANDS, **ASSUMED}}, "60 points is in points"),
        ({"performance": {"measure": "score", "bands": [*reversed(BANDS)], **ASSUMED}}, "does not lie above"),
        ({"share": {"share": "50%", "of": "national"}}, "declares no figure national"),
    ],
)
def test_a_review_and_its_stage_belong_together(changes: dict[str, Any], message: str) -> None:
    asked = dict(changes)
    stages = ("start 60% grant", "rest 40% acceptance") if asked.pop("stages", 0) else STAGES
    with pytest.raises(ValidationError, match=message):
        staged(*stages, **asked)
