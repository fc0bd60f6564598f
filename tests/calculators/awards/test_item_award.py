"""From items to digests: the whole digest, conditions on items at their edges, the day calculated up to, caps."""

from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.caps import CappedLine
from calculators.awards.filling import fill
from calculators.awards.lines import ItemPart
from calculators.facts.model import Exemption
from tests.calculators.items import (
    ASSUMED,
    awards,
    cap,
    claim,
    day,
    incentive,
    line,
    periods,
    policy,
    premium_notice,
    project,
    results_of,
    reward,
    rule,
    staged,
)

SHARE = reward("share", rule("share_of_base", share="50%"))


def condition(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "basis": "n8", **more}


def told(*conditions: dict[str, Any], base: str = "1,000", **more: Any) -> tuple[str, str, str]:
    """The first condition as the worksheet shows it, the code it is refused by (empty where it is met), its clause."""
    (result,) = results_of(line(claim("C", base, **more), incentive(SHARE, eligibility=list(conditions))))
    first = result.conditions[0]
    codes = [found["code"] for found in result.digest["refused"]]
    return str(first), codes[0] if codes else "", first.clause


def test_the_digest_holds_everything_that_came_out() -> None:
    notice = incentive(SHARE, payers=[{"level": "central", "share": "90%", **ASSUMED}, city("10%")])
    (result,) = results_of(line(claim("C", "1,000.01"), notice, ceiling="400"), through="2024-06-30")
    # 50% of 1,000.01 = 500.005, rounded 500.01; 400 may be paid, 90 to 10.
    assert result.digest == {
        "$schema": "subsidy/digest/2",
        "line": "G-C",
        "entity": "E1",
        "item": "C",
        "pay_to": "firm",
        "notice": "test-notice@sha256:0000",
        "calculator": "incentive/2",
        "facts": "00" * 32,
        "through": "2024-06-30",
        "eligible": True,
        "conditions": [
            {**met("component", "share", "in", "share"), "clause": "assumption"},
            {**met("base", "1,000.01", ">", "0.00"), "clause": "n8.3"},
        ],
        "refused": [],
        "periods": [{"due": "2024-06-02", "base_fen": 100_001, "award_fen": 40_000}],
        "held": [],
        "caps": [],
        "withheld": [{"code": "grant_ceiling", "limit_fen": 40_000, "amount_fen": 10_001, "document": "doc 1"}],
        "withheld_fen": 10_001,
        "payers": [{"level": "central", "amount_fen": 36_000}, {"level": "city", "amount_fen": 4_000}],
        "award_fen": 40_000,
    }


def met(name: str, found: str, relation: str, wanted: str) -> dict[str, Any]:
    return {"name": name, "met": True, "found": found, "relation": relation, "wanted": wanted}


def city(share: str) -> dict[str, str]:
    return {"level": "city", "share": share, **ASSUMED}


def test_a_refusal_stands_in_the_digest_with_its_clause() -> None:
    (result,) = results_of(line(claim("C"), incentive(SHARE)))
    digest = result.digest
    assert (digest["eligible"], digest["periods"], digest["award_fen"]) == (False, [], 0)
    assert digest["refused"] == [{"code": "base_missing", "clause": "n8.3"}]


@pytest.mark.parametrize(
    ("values", "found", "code"),
    [
        (["city"], "grade: city in city", ""),
        (["national", "city"], "grade: city in national, city", ""),
        (["national"], "grade: city in national", "attribute_excluded"),
    ],
)
def test_an_attribute_is_one_of_the_values(values: list[str], found: str, code: str) -> None:
    one = condition("attribute_in", attribute="grade", values=values)
    assert told(one, attributes={"grade": "city"}) == (found, code, "n8.3")
    assert told(one)[:2] == (f"grade: - in {', '.join(values)}", "attribute_excluded")


@pytest.mark.parametrize(("base", "code"), [("1,000.00", ""), ("999.99", "base_too_small")])
def test_a_base_reaches_its_least(base: str, code: str) -> None:
    found = told(condition("base_at_least", amount="1000"), base=base)
    assert found == (f"base_at_least: {base} >= 1,000.00", code, "n8.3")


@pytest.mark.parametrize(
    ("launched_on", "found", "code"),
    [
        ("2024-01-01", "2024-01-01", ""),
        ("2024-01-02", "2024-01-02", ""),
        ("2024-01-03", "2024-01-03", "launch_after_application"),
        (None, "-", "launch_after_application"),
    ],
)
def test_a_launch_lies_before_the_application(launched_on: str | None, found: str, code: str) -> None:
    notice = premium_notice(eligibility=[condition("launched_by_application")])
    one = policy("P", ("2024-05-10", "100"), launched_on=day(launched_on) if launched_on else None)
    (result,) = results_of(line(one, notice, applied_on="2024-01-02"))
    first = result.conditions[0]
    assert str(first) == f"launched_by_application: {found} <= 2024-01-02"
    assert [row["code"] for row in result.digest["refused"]] == ([code] if code else [])


@pytest.mark.parametrize(
    ("kind", "asked", "code"),
    [
        ("attribute_in", {"attribute": "grade", "values": ["national"]}, "attribute_excluded"),
        ("base_at_least", {"amount": "1,000"}, "base_too_small"),
        ("firm_total_at_least", {"amount": "1,000"}, "firm_total_too_small"),
        ("matched_by_other_levels", {"share": "25%"}, "not_matched"),
        ("figure_in_range", {"figure": "other_levels", "at_least": "1"}, "figure_missing"),
    ],
)
def test_an_approving_document_exempts_an_item_from_whatever_condition_names_it(
    kind: str, asked: dict[str, Any], code: str
) -> None:
    notice = incentive(SHARE, eligibility=[condition(kind, exempt=["major_project"], **asked)])
    one = line(claim("C", "999.99", other_levels_fen=0), notice)
    exempt = replace(one.application, exemption=Exemption("major_project", "京政函〔2024〕1号"))
    codes = [results_of(each)[0].digest["refused"] for each in (one, replace(one, application=exempt))]
    assert [[row["code"] for row in refused] for refused in codes] == [[code], []]


@pytest.mark.parametrize(("others_fen", "code"), [(0, "figure_missing"), (1, "figure_out_of_range")])
def test_a_fen_of_other_levels_is_a_figure(others_fen: int, code: str) -> None:
    notice = incentive(SHARE, eligibility=[condition("figure_in_range", figure="other_levels", at_least="0.02")])
    (result,) = results_of(line(claim("C", "1", other_levels_fen=others_fen), notice))
    assert [row["code"] for row in result.digest["refused"]] == [code]


@pytest.mark.parametrize(
    ("kind", "asked", "relation"),
    [
        ("firm_total_at_least", {"amount": "1"}, ">="),
        ("figure_in_range", {"figure": "base", "at_least": "1"}, ">="),
        ("figure_in_range", {"figure": "base", "at_most": "1"}, "<="),
        ("figure_in_range", {"figure": "base", "below": "2"}, "<"),
    ],
)
def test_a_condition_says_how_a_figure_is_compared(kind: str, asked: dict[str, Any], relation: str) -> None:
    (result,) = results_of(line(claim("C", "1"), incentive(SHARE, eligibility=[condition(kind, **asked)])))
    assert [(told["relation"], told["met"]) for told in result.digest["conditions"] if told["name"] == kind] == [
        (relation, True)
    ]


def test_a_window_on_a_date_that_an_item_lacks_is_shown_as_missed() -> None:
    (result,) = results_of(
        line(policy("P"), premium_notice(windows=[{"on": "launch", "from": "2024-04-01", **ASSUMED}]))
    )
    assert result.digest["conditions"][0] == {
        "name": "window_launch",
        "met": False,
        "found": "-",
        "relation": "in",
        "wanted": "2024-04-01..",
        "clause": "assumption",
    }
    assert result.digest["refused"] == [{"code": "window_launch", "clause": "assumption"}]


@pytest.mark.parametrize(("first", "code"), [("2024-01-01", ""), ("2024-01-02", "window_contract")])
def test_a_window_on_the_contract_is_one_on_the_signing_of_a_policy_or_a_project(first: str, code: str) -> None:
    # Both were signed on 1 January; a claim has no contract, and so it misses the window.
    signed = {"windows": [{"on": "contract", "from": first, **ASSUMED}]}
    for one in (
        line(policy("P"), premium_notice(**signed)),
        line(project("P", "100"), staged("all 100% grant", **signed)),
    ):
        (result,) = results_of(one)
        assert str(result.conditions[0]) == f"window_contract: 2024-01-01 in {first}.."
        assert [row["code"] for row in result.digest["refused"]] == ([code] if code else [])
    (result,) = results_of(line(claim("C", "1"), incentive(SHARE, **signed)))
    assert str(result.conditions[0]) == f"window_contract: - in {first}.."


def test_more_taken_back_than_was_ever_claimed_leaves_nothing_and_demands_nothing() -> None:
    one = line(policy("P"), premium_notice())
    parts = [ItemPart(one.notice, day("2024-05-10"), 0, 100), ItemPart(one.notice, day("2024-06-10"), 0, -101)]
    fill([CappedLine(one, parts)], [])
    assert [part.award_fen for part in parts] == [100, -100]


def test_a_part_is_due_on_the_day_after_its_event() -> None:
    moved = line(policy("P", ("2024-05-10", "100"), ("2024-06-10", "50")), premium_notice())
    assert periods(moved, through="2024-05-10") == []
    assert periods(moved, through="2024-05-11") == [("2024-05-11", "80.00")]
    assert periods(moved, through="2024-06-10") == [("2024-05-11", "80.00")]
    assert periods(moved, through="2024-06-11") == [("2024-05-11", "80.00"), ("2024-06-11", "40.00")]


@pytest.mark.parametrize(("limit", "binding"), [("499.99", True), ("500.00", False), ("500.01", False)])
def test_a_cap_that_is_just_reached_binds_nothing(limit: str, binding: bool) -> None:
    (result,) = results_of(line(claim("C", "1,000"), incentive(SHARE, caps=[cap("firm", "entity", limit)])))
    assert [fill.binding for fill in result.capped.fills.values()] == [binding]


def test_who_fills_a_cap_first_is_the_notices_word() -> None:
    limit = cap("firm", "entity", "600")
    claims = [claim("A", "1,000"), claim("B", "1,000")]
    dates = [("2024-03-02", "2024-01-02"), ("2024-03-01", "2024-01-03")]
    for order, expected in (
        (["grant_date", "id"], ["100.00", "500.00"]),
        (["application_date", "id"], ["500.00", "100.00"]),
        (["id"], ["500.00", "100.00"]),
    ):
        notice = incentive(SHARE, caps=[limit], order=order)
        lines = [
            line(one, notice, granted_on=granted, applied_on=applied)
            for one, (granted, applied) in zip(claims, dates, strict=True)
        ]
        assert awards(*lines) == expected
