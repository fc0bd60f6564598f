"""The items of a facts file: every key where it belongs, what stands for one left out, and what no item may say."""

from datetime import date

import pytest

from calculators.facts.model import (
    Acceptance,
    Audit,
    Claim,
    Policy,
    Premium,
    Project,
    Rating,
    Review,
    Stage,
    Target,
)
from calculators.files.facts import load_facts
from calculators.money import Exact
from calculators.notices.quantities import Quantity
from calculators.problems import Refused

AROUND = """entity: {uscc: E1, name: A firm, districts: [{from: 2020-01-01, name: East}]}
application: {application_no: A1, applied_on: 2024-06-01}
grant: {grant_no: G1, granted_on: 2024-06-15, ceiling: 500000}
through: 2024-12-31
"""
POLICY = """policy:
  policy_no: P1
  insurer: Insurer One
  item: launch 1
  signed_on: 2024-01-01
  cover_year: 2
  liability: 1000
  premium: 212
  premiums:
    - {on: 2024-02-01, paid: 106, tax: 6}
    - {on: 2024-03-01, paid: 106}
    - {on: 2024-04-01, returned: 53, tax: 3}
  contract: 2000
  launched_on: 2024-05-01
  rating: {sum_insured: 100, rate: 5%, units: 12.5}
  attributes: [{name: kind, value: heavy}]
  other_levels: 30
  figures: [{name: mass, value: 48.5 kg}]
"""
CLAIM = """claim:
  claim_no: C1
  achieved_on: 2024-03-01
  base: 100.01
  units: 3
  other_levels: 2
  attributes: [{name: kind, value: heavy}]
  figures: [{name: power, value: "1,200 kWh"}]
"""
PROJECT = """project:
  project_no: R1
  signed_on: 2024-01-01
  claimed: 800
  audits: [{on: 2024-05-01, amount: 0}, {on: 2024-06-01, amount: 700}]
  stages: [{name: built, on: 2024-07-01}]
  acceptance: {on: 2024-09-01, done: 80%}
  attributes: [{name: kind, value: heavy}]
  other_levels: 9
  targets:
    - {name: output, agreed: 100 yuan, reached: 90 yuan}
    - {name: jobs, agreed: 5 persons, reached: 0 persons}
    - {name: sites, agreed: 2 pieces}
  review: {on: 2024-10-01, score: 87.5}
  figures: [{name: area, value: 60 m2}]
"""


def item_of(text: str) -> object:
    return load_facts(AROUND + text, "f.yaml").item


def codes(text: str) -> list[str]:
    """Key and code of everything that is wrong with an item."""
    with pytest.raises(Refused) as refused:
        item_of(text)
    return [f"{str(problem.place).partition(' ')[2]} {problem.code}" for problem in refused.value.problems]


def test_every_key_of_a_policy() -> None:
    """What is returned, and its tax, is below zero."""
    assert item_of(POLICY) == Policy(
        key="P1",
        uscc="E1",
        insurer="Insurer One",
        item="launch 1",
        signed_on=date(2024, 1, 1),
        cover_year=2,
        liability_fen=100_000,
        premium_fen=21_200,
        premiums=(
            Premium(date(2024, 2, 1), 10_600, 600),
            Premium(date(2024, 3, 1), 10_600, 0),
            Premium(date(2024, 4, 1), -5_300, -300),
        ),
        contract_fen=200_000,
        launched_on=date(2024, 5, 1),
        rating=Rating(10_000, Exact(5, 100), Exact(25, 2)),
        attributes=(("kind", "heavy"),),
        other_levels_fen=3_000,
        figures=(("mass", Quantity(Exact(97, 2), "kg")),),
    )


def test_a_policy_of_which_little_is_told() -> None:
    bare = "policy: {policy_no: P1, insurer: I, item: x, signed_on: 2024-01-01, liability: 1000, premium: 0.01}\n"
    assert item_of(bare) == Policy("P1", "E1", "I", "x", date(2024, 1, 1), 1, 100_000, 1, ())


def test_every_key_of_a_claim() -> None:
    assert item_of(CLAIM) == Claim(
        key="C1",
        uscc="E1",
        achieved_on=date(2024, 3, 1),
        base_fen=10_001,
        units=Exact(3),
        other_levels_fen=200,
        attributes=(("kind", "heavy"),),
        figures=(("power", Quantity(Exact(1_200), "kWh")),),
    )
    assert item_of("claim: {claim_no: C1, achieved_on: 2024-03-01}\n") == Claim("C1", "E1", date(2024, 3, 1))


def test_every_key_of_a_project() -> None:
    assert item_of(PROJECT) == Project(
        key="R1",
        uscc="E1",
        signed_on=date(2024, 1, 1),
        claimed_fen=80_000,
        audits=(Audit(date(2024, 5, 1), 0), Audit(date(2024, 6, 1), 70_000)),
        stages=(Stage("built", date(2024, 7, 1)),),
        acceptance=Acceptance(date(2024, 9, 1), Exact(8, 10)),
        attributes=(("kind", "heavy"),),
        other_levels_fen=900,
        targets=(
            Target("output", Quantity(Exact(100), "yuan"), Quantity(Exact(90), "yuan")),
            Target("jobs", Quantity(Exact(5), "persons"), Quantity(Exact(0), "persons")),
            Target("sites", Quantity(Exact(2), "pieces"), None),
        ),
        review=Review(date(2024, 10, 1), Exact(175, 2)),
        figures=(("area", Quantity(Exact(60), "m2")),),
    )
    bare = "project: {project_no: R1, signed_on: 2024-01-01, claimed: 800}\n"
    assert item_of(bare) == Project("R1", "E1", date(2024, 1, 1), 80_000)
    unscored = item_of(PROJECT.replace(", score: 87.5", ""))
    assert isinstance(unscored, Project)
    assert unscored.review == Review(date(2024, 10, 1), None)


@pytest.mark.parametrize(("text", "done"), [("0%", Exact(0)), ("100%", Exact(1)), ("33.3%", Exact(333, 1_000))])
def test_the_part_of_a_project_that_was_done(text: str, done: Exact) -> None:
    accepted = item_of(PROJECT.replace("done: 80%", f"done: {text}"))
    assert isinstance(accepted, Project)
    assert accepted.acceptance == Acceptance(date(2024, 9, 1), done)


def test_a_score_of_nothing_is_one() -> None:
    scored = item_of(PROJECT.replace("score: 87.5", "score: 0"))
    assert isinstance(scored, Project)
    assert scored.review == Review(date(2024, 10, 1), Exact(0))


@pytest.mark.parametrize(
    ("text", "old", "new", "found"),
    [
        (PROJECT, "done: 80%", "done: 100.1%", ["project.acceptance.done done_malformed"]),
        (PROJECT, "done: 80%", "done: -1%", ["project.acceptance.done done_malformed"]),
        (PROJECT, "done: 80%", "done: most", ["project.acceptance.done done_malformed"]),
        (PROJECT, "score: 87.5", "score: -0.1", ["project.review.score score_malformed"]),
        (PROJECT, "score: 87.5", "score: good", ["project.review.score score_malformed"]),
        (PROJECT, "agreed: 100 yuan", "agreed: -1 yuan", ["project.targets[1].agreed target_of_nothing"]),
        (PROJECT, "reached: 0 persons", "reached: -1 persons", ["project.targets[2].reached quantity_malformed"]),
        (PROJECT, "reached: 90 yuan", "reached: 90 kg", ["project.targets[1].reached unit_differs"]),
        (PROJECT, "name: jobs", "name: output", ["project.targets[2].name name_twice"]),
        (PROJECT, "{on: 2024-06-01", "{on: 2024-05-01", ["project.audits[2].on audit_twice"]),
        (
            PROJECT,
            "[{name: built, on: 2024-07-01}]",
            "[{name: a, on: 2024-07-01}, {name: a, on: 2024-07-02}]",
            ["project.stages[2].name name_twice"],
        ),
        (CLAIM, "units: 3", "units: 0", ["claim.units units_malformed"]),
        (CLAIM, "units: 3", "units: few", ["claim.units units_malformed"]),
        (CLAIM, "name: power", "name: base", ["claim.figures[1].name figure_built_in"]),
        (
            CLAIM,
            "[{name: kind, value: heavy}]",
            "[{name: kind, value: heavy}, {name: kind, value: light}]",
            ["claim.attributes[2].name name_twice"],
        ),
        (POLICY, "paid: 106, tax: 6", "paid: 106, returned: 1", ["policy.premiums[1].paid premium_unclear"]),
        (POLICY, "paid: 106, tax: 6", "tax: 6", ["policy.premiums[1].paid premium_unclear"]),
        (POLICY, "paid: 106, tax: 6", "paid: 106, tax: 106", ["policy.premiums[1].tax tax_above_amount"]),
        (POLICY, "returned: 53, tax: 3", "returned: 53, tax: 53", ["policy.premiums[3].tax tax_above_amount"]),
        (POLICY, "returned: 53", "returned: 212.01", ["policy.premiums[3].returned premium_negative"]),
        (POLICY, "on: 2024-04-01", "on: 2024-01-31", ["policy.premiums[3].returned premium_negative"]),
        (POLICY, "units: 12.5", "units: 0", ["policy.rating.units units_malformed"]),
    ],
)
def test_what_no_item_may_say(text: str, old: str, new: str, found: list[str]) -> None:
    assert text.count(old) == 1
    assert codes(text.replace(old, new)) == found


def test_all_premiums_may_come_back() -> None:
    returned = item_of(POLICY.replace("returned: 53", "returned: 212"))
    assert isinstance(returned, Policy)
    assert returned.base_fen == 0


def test_a_part_that_is_no_part_has_one_problem() -> None:
    """Rules between parts pass over what is malformed."""
    assert codes(PROJECT.replace("[{name: built, on: 2024-07-01}]", "built"))[0].startswith("project.stages ")
    twice = PROJECT.replace("{on: 2024-05-01, amount: 0}", "{amount: 0}, {amount: 1}")
    assert codes(twice) == ["project.audits[1].on key_missing", "project.audits[2].on key_missing"]
