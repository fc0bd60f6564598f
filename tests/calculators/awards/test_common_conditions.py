"""Serious dishonesty, other municipal support, and who is exempt by an approving document: each at its edge."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from calculators.awards.lines import Line
from calculators.facts.model import Dishonesty, Exemption
from calculators.notices.loan import LoanCondition
from tests.calculators.lending import day, line, loan, notice, only, results_of

USUAL = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20")


def condition(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "basis": "n3", **more}


def asked(rule: dict[str, Any], applied_on: str = "2024-06-01", **application: Any) -> Line:
    """A line under a notice with one condition; `application` are further fields of the application."""
    made = line(USUAL, notice(eligibility=[rule]), applied_on=applied_on)
    return replace(made, application=replace(made.application, **application))


def dishonest(applied_on: str, decided_on: str, repaired_on: str = "", repaired: str = "counts") -> Line:
    rule = condition("no_serious_dishonesty", years="3", repaired=repaired)
    made = asked(rule, applied_on)
    decision = Dishonesty(day(decided_on), "doc 7", day(repaired_on) if repaired_on else None)
    return replace(made, entity=replace(made.entity, dishonesty=(decision,)))


def refused(one: Line) -> list[str]:
    return [found["code"] for found in only(results_of(one)).digest["refused"]]


@pytest.mark.parametrize(
    ("applied_on", "decided_on", "met"),
    [
        ("2024-06-01", "2021-06-01", True),  # three years before to the day: no longer within them
        ("2024-06-01", "2021-06-02", False),
        ("2024-06-01", "2024-06-01", False),  # the day of the application
        ("2024-06-01", "2024-06-02", True),  # decided later
        ("2024-06-01", "2010-01-01", True),
        # Three years before 29 February 2024 there is none: the years begin after 28 February 2021.
        ("2024-02-29", "2021-02-28", True),
        ("2024-02-29", "2021-03-01", False),
        # A decision of 29 February 2020 is three years old on 1 March 2023, not on 28 February.
        ("2023-02-28", "2020-02-29", False),
        ("2023-03-01", "2020-02-29", True),
    ],
)
def test_a_decision_of_the_last_three_years_refuses(applied_on: str, decided_on: str, met: bool) -> None:
    assert refused(dishonest(applied_on, decided_on)) == ([] if met else ["serious_dishonesty"])


@pytest.mark.parametrize(
    ("repaired", "repaired_on", "met"),
    [
        ("counts", "2024-01-01", False),
        ("cleared", "2024-01-01", True),
        ("cleared", "2024-06-01", True),  # repaired on the day of the application
        ("cleared", "2024-06-02", False),
        ("cleared", "", False),
    ],
)
def test_whether_a_repaired_record_counts_is_the_notices_word(repaired: str, repaired_on: str, met: bool) -> None:
    one = dishonest("2024-06-01", "2023-05-05", repaired_on, repaired)
    assert refused(one) == ([] if met else ["serious_dishonesty"])


def test_the_latest_decision_is_shown_with_the_day_that_bounds_it() -> None:
    one = dishonest("2024-06-01", "2023-05-05")
    older = Dishonesty(day("2022-01-01"), "doc 6")
    one = replace(one, entity=replace(one.entity, dishonesty=(*one.entity.dishonesty, older)))
    [(_, [found])] = only(results_of(one)).working.conditions
    assert str(found) == "no_serious_dishonesty: 2023-05-05 <= 2021-06-01"


def test_other_support_of_the_city_refuses_and_is_named() -> None:
    rule = condition("no_other_municipal_support")
    [(_, [none])] = only(results_of(asked(rule))).working.conditions
    assert (none.met, str(none)) == (True, "no_other_municipal_support: none")
    one = asked(rule, other_support="2023 batch of the technology fund")
    assert only(results_of(one)).digest["refused"] == [{"code": "other_support", "clause": "n3.2"}]
    [(_, [found])] = only(results_of(one)).working.conditions
    assert str(found) == "no_other_municipal_support: 2023 batch of the technology fund = -"


@pytest.mark.parametrize(
    ("exemption", "met"),
    [
        (Exemption("major_project", "京政函〔2024〕1号"), True),
        (Exemption("major_project", ""), False),  # a claim without its document
        (Exemption("key_enterprise", "京政函〔2024〕1号"), False),  # not whom this condition spares
        (None, False),
    ],
)
def test_an_approving_document_exempts_whom_the_condition_names(exemption: Exemption | None, met: bool) -> None:
    rule = condition("no_other_municipal_support", exempt=["major_project"])
    one = asked(rule, other_support="district grant", exemption=exemption)
    assert refused(one) == ([] if met else ["other_support"])


# A condition of each kind that a loan's notice may state, none of which the line meets.
UNMET = {
    "registered_in": {"districts": ["海淀区"]},
    "no_other_municipal_support": {},
    "holds_status": {"statuses": ["chain_leader"]},
    "purpose_in": {"purposes": ["fixed_asset"]},
    "max_loan_months": {"months": "6"},
    "loan_longer_than": {"months": "36"},
    "investment_at_least": {"amount": "5,000,000"},
    "max_contract_rate": {"tenor": "1y", "over": "-200BP"},
    "loan_amount": {"at_least": "99,000,000"},
    "firm_loans_at_least": {"amount": "99,000,000"},
    "firm_interest_at_least": {"amount": "99,000,000"},
}
# Those whose facts have tests of their own.
OTHERS = {"one_support_per_year", "no_serious_dishonesty"}


def test_every_kind_of_condition_is_tried() -> None:
    kinds = {str(shape.model_fields["kind"].annotation).split("'")[1] for shape in get_args(get_args(LoanCondition)[0])}
    assert kinds == UNMET.keys() | OTHERS


@pytest.mark.parametrize("kind", UNMET)
def test_an_approving_document_exempts_from_whatever_condition_names_it(kind: str) -> None:
    exempt = Exemption("major_project", "京政函〔2024〕1号")
    rule = condition(kind, exempt=["major_project"], **UNMET[kind])
    assert len(refused(asked(rule, other_support="district grant"))) == 1
    assert refused(asked(rule, other_support="district grant", exemption=exempt)) == []


def test_an_exemption_spares_only_the_conditions_that_say_so() -> None:
    rules = [
        condition("registered_in", districts=["海淀区"]),
        condition("no_other_municipal_support", exempt=["major_project"]),
    ]
    made = line(USUAL, notice(eligibility=rules))
    exempt = Exemption("major_project", "京政函〔2024〕1号")
    one = replace(made, application=replace(made.application, other_support="district grant", exemption=exempt))
    assert refused(one) == ["not_registered"]
    [(_, found)] = only(results_of(one)).working.conditions
    assert [str(each) for each in found] == [
        "registered_in: - in 海淀区",
        "no_other_municipal_support: major_project = 京政函〔2024〕1号",
    ]
    # What is met is refused by no code.
    assert (found[1].met, found[1].code) == (True, "")
