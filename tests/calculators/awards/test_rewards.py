"""Rules of components that are measured by figures: growth, full steps, area times price, quantities with decimals.

Amounts are yuan. Published rows of such rules stand in `tests/policy_cases.jsonl`; here are their edges.
"""

from typing import Any

import pytest
from pydantic import ValidationError

from calculators.awards.lines import ItemLine
from calculators.explain.item import render_item
from calculators.facts.model import District, Status
from calculators.money import Exact
from calculators.notices.incentive import IncentiveNotice
from tests.calculators.items import (
    awards,
    cap,
    claim,
    day,
    incentive,
    line,
    quantities,
    refused,
    results_of,
    reward,
    rule,
)

OUTPUT = [{"id": "output", "unit": "yuan"}, {"id": "last_year", "unit": "yuan"}]


def measured(notice: IncentiveNotice, **figures: str) -> ItemLine:
    """A claim that tells these figures."""
    return line(claim("C", figures=quantities(**figures)), notice)


def rows(one: ItemLine) -> list[str]:
    """The working of the component: what each row says, and its amount."""
    (part,) = results_of(one)[0].parts
    return [f"{row.text.format_map(row.values)} = {row.amount_fen}" for row in part.rows]


PER_SATELLITE = incentive(
    reward("mass", rule("per_unit", of="mass", price="10,000 yuan/kg", at_most="500,000")),
    figures=[{"id": "mass", "unit": "kg"}],
)


@pytest.mark.parametrize(
    ("mass", "award"),
    [("48 kg", "480,000.00"), ("48.5 kg", "485,000.00"), ("50 kg", "500,000.00"), ("50.0001 kg", "500,000.00")],
)
def test_a_price_for_each_unit_of_a_figure_with_decimals(mass: str, award: str) -> None:
    assert awards(measured(PER_SATELLITE, mass=mass)) == [award]


def test_quantities_go_beyond_a_million_and_prices_below_a_fen() -> None:
    power = [{"id": "power", "unit": "kWh"}]
    notice = incentive(reward("power", rule("per_unit", of="power", price="0.005 yuan/kWh")), figures=power)
    # 12,345,678.9 x 0.005 = 61,728.3945
    assert awards(measured(notice, power="12,345,678.9 kWh")) == ["61,728.39"]
    bounded = rule("per_unit", of="power", price="0.30 yuan/kWh", of_at_most="1,000,000 kWh")
    notice = incentive(reward("power", bounded), figures=power)
    assert awards(measured(notice, power="999,999.9 kWh")) == ["299,999.97"]
    assert awards(measured(notice, power="2,000,000 kWh")) == ["300,000.00"]


def test_units_without_a_name_may_have_decimals() -> None:
    notice = incentive(reward("each", rule("per_unit", amount="0.03")))
    # 12.5 x 0.03 = 0.375; 1,234,567.5 x 0.03 = 37,037.025
    half = Exact(1, 2)
    tons = [claim("A", units=12 + half), claim("B", units=1_234_567 + half)]
    assert awards(*(line(one, notice) for one in tons)) == ["0.38", "37,037.03"]


RENT = incentive(
    reward(
        "rent",
        rule(
            "share_of_product",
            share="50%",
            of="area",
            times="rent",
            of_at_most="1,000 m2",
            times_at_most="60 yuan/m2",
            at_most="29,000",
        ),
    ),
    figures=[{"id": "area", "unit": "m2"}, {"id": "rent", "unit": "yuan/m2"}],
)


@pytest.mark.parametrize(
    ("area", "rent", "award"),
    [
        ("500.5 m2", "55.50 yuan/m2", "13,888.88"),  # 500.5 x 55.5 = 27,777.75, half of it 13,888.875
        ("500 m2", "75 yuan/m2", "15,000.00"),  # the guide price of 60 counts: 30,000, half of it
        ("2,000 m2", "50 yuan/m2", "25,000.00"),  # 1,000 m2 count: 50,000, half of it
        ("2,000 m2", "75 yuan/m2", "29,000.00"),  # 1,000 x 60, half of it 30,000, at most 29,000
    ],
)
def test_an_area_times_a_price_up_to_a_guide_price(area: str, rent: str, award: str) -> None:
    assert awards(measured(RENT, area=area, rent=rent)) == [award]


def test_the_working_of_a_product_says_what_was_told_and_what_counts() -> None:
    assert rows(measured(RENT, area="500 m2", rent="75 yuan/m2")) == [
        "500 m2 x 60 yuan/m2 count, of 500 m2 x 75 yuan/m2 = 3000000",
        "50% of 30,000.00 = 1500000",
    ]


# 13,000 from 5 million on, then for each full 10 million 13,000, from 50 million on 16,000, from 100 million on 20,000.
STEPS = incentive(
    reward(
        "steps",
        rule(
            "steps",
            of="output",
            over="last_year",
            step="10,000,000",
            first={"from": "5,000,000", "amount": "13,000"},
            bands=[
                {"from": "0", "amount": "13,000"},
                {"from": "50,000,000", "amount": "16,000"},
                {"from": "100,000,000", "amount": "20,000"},
            ],
        ),
    ),
    figures=OUTPUT,
)


@pytest.mark.parametrize(
    ("grown", "award"),
    [
        ("4,999,999.99", "0.00"),
        ("5,000,000", "13,000.00"),
        ("9,999,999.99", "13,000.00"),
        ("10,000,000", "13,000.00"),
        ("19,999,999.99", "13,000.00"),
        ("20,000,000", "26,000.00"),
        ("57,000,000", "65,000.00"),
        ("60,000,000", "81,000.00"),
        ("129,000,000", "185,000.00"),  # 5 x 13,000 + 5 x 16,000 + 2 x 20,000
    ],
)
def test_full_steps_of_a_growth_and_what_it_is_worth_at_least(grown: str, award: str) -> None:
    assert awards(measured(STEPS, output=f"{grown} yuan", last_year="0 yuan")) == [award]


def test_the_working_of_steps_counts_each_band() -> None:
    assert rows(measured(STEPS, output="67,000,000 yuan", last_year="2,000,000 yuan")) == [
        "67,000,000.00 less 2,000,000.00 = 6500000000",
        "5 full x 13,000.00, each 10,000,000.00 from 0.00 on = 6500000",
        "1 full x 16,000.00, each 10,000,000.00 from 50,000,000.00 on = 1600000",
        "all bands = 8100000",
    ]
    # Less than last year: no growth, and nothing is taken away.
    assert awards(measured(STEPS, output="1 yuan", last_year="50,000,000 yuan")) == ["0.00"]


GROWTH = rule(
    "bands",
    mode="marginal",
    of="output",
    over="last_year",
    bands=[{"from": "0%", "share": "1%"}, {"from": "60%", "share": "1.2%"}],
)


@pytest.mark.parametrize(
    ("output", "award"),
    [
        ("200,000,000", "0.00"),
        ("320,000,000", "1,200,000.00"),  # 60 % of growth: 120 million at 1 %
        ("340,000,000", "1,440,000.00"),  # 20 million more at 1.2 %
        ("150,000,000", "0.00"),
    ],
)
def test_bands_that_begin_at_a_growth_of_last_years_figure(output: str, award: str) -> None:
    notice = incentive(reward("growth", GROWTH), figures=OUTPUT)
    assert awards(measured(notice, output=f"{output} yuan", last_year="200,000,000 yuan")) == [award]


def test_a_growth_band_for_the_whole_and_an_amount_by_growth() -> None:
    whole = {**GROWTH, "mode": "whole", "bands": [{"from": "5%", "share": "1%"}, {"from": "60%", "share": "2%"}]}
    notice = incentive(reward("growth", whole), figures=OUTPUT)
    told = [("209,999,999.99", "0.00"), ("210,000,000", "100,000.00"), ("320,000,000", "2,400,000.00")]
    for output, award in told:
        assert awards(measured(notice, output=f"{output} yuan", last_year="200,000,000 yuan")) == [award]
    amounts = {**whole, "bands": [{"from": "5%", "amount": "50,000"}, {"from": "10%", "amount": "100,000"}]}
    notice = incentive(reward("growth", amounts), figures=OUTPUT)
    assert awards(measured(notice, output="219 yuan", last_year="200 yuan")) == ["50,000.00"]
    assert awards(measured(notice, output="220 yuan", last_year="200 yuan")) == ["100,000.00"]


def test_bands_and_a_ladder_by_a_figure_that_is_no_money() -> None:
    points = [{"id": "score", "unit": "points"}]
    table = rule(
        "bands",
        mode="whole",
        of="score",
        bands=[{"from": "60 points", "amount": "100,000"}, {"from": "90 points", "amount": "300,000"}],
    )
    notice = incentive(reward("score", table), figures=points)
    scores = ["59.9 points", "60 points", "89.99 points", "90 points"]
    expected = ["0.00", "100,000.00", "100,000.00", "300,000.00"]
    assert [awards(measured(notice, score=one))[0] for one in scores] == expected
    rungs = [{"reach": "60 points", "amount": "100,000"}, {"reach": "90 points", "amount": "300,000"}]
    notice = incentive(reward("score", rule("ladder", of="score", rungs=rungs)), figures=points)
    first = line(claim("C", figures=quantities(score="70 points")), notice)
    second = line(claim("D", achieved_on="2024-07-01", figures=quantities(score="95 points")), notice)
    assert awards(first, second) == ["100,000.00", "200,000.00"]


# What a component is for.


def test_components_by_a_range_of_last_years_figure() -> None:
    def tier(name: str, share: str, **bounds: str) -> dict[str, Any]:
        what = rule("share_of_base", share=share, of="output", over="last_year")
        return {"id": name, "when": [{"figure": "last_year", **bounds}], "rule": what}

    notice = incentive(
        tier("small", "3%", below="100,000,000"),
        tier("large", "2%", at_least="100,000,000", below="1,000,000,000"),
        figures=OUTPUT,
    )
    # 50 million more: 3 % where last year was below 100 million, 2 % from there on.
    for last_year, output, award in (
        ("99,999,999.99", "149,999,999.99", "1,500,000.00"),
        ("100,000,000", "150,000,000", "1,000,000.00"),
    ):
        assert awards(measured(notice, output=f"{output} yuan", last_year=f"{last_year} yuan")) == [award]
    assert refused(measured(notice, output="1 yuan", last_year="1,000,000,000 yuan")) == ["component_missing"]


def test_components_by_status_and_district_on_the_day_of_the_application() -> None:
    def fixed(name: str, amount: str, *when: dict[str, str]) -> dict[str, Any]:
        return {"id": name, "when": list(when), "rule": rule("fixed", amount=amount)}

    held, free = {"status": "innovative_sme"}, {"status": "innovative_sme", "held": "false"}
    notice = incentive(
        fixed("sme", "300", held),
        fixed("haidian", "200", free, {"district": "海淀区"}),
        fixed("tongzhou", "100", free, {"district": "通州区"}),
    )
    haidian = (District(day("2020-01-01"), "海淀区"), District(day("2024-05-01"), "通州区"))
    status = (Status("innovative_sme", day("2024-06-01"), day("2024-07-01")),)

    def on(applied_on: str) -> ItemLine:
        return line(claim("C"), notice, applied_on=applied_on, districts=haidian, statuses=status)

    assert awards(on("2024-04-30")) == ["200.00"]
    assert awards(on("2024-05-01")) == ["100.00"]
    assert awards(on("2024-06-01")) == ["300.00"]
    assert awards(on("2024-07-01")) == ["100.00"]
    assert refused(line(claim("C"), notice)) == ["component_missing"]


@pytest.mark.parametrize(("kind", "award"), [("lowest", "100.00"), ("highest", "250.00")])
def test_the_lowest_or_highest_of_the_components_that_fit(kind: str, award: str) -> None:
    notice = incentive(
        reward("share", rule("share_of_base", share="10%")),
        reward("fixed", rule("fixed", amount="250")),
        reward("city", rule("fixed", amount="1"), grade="city"),
        combine=kind,
    )
    one = line(claim("C", "1,000"), notice)
    assert awards(one) == [award]
    name = "share" if kind == "lowest" else "fixed"
    assert f" {kind:<14}of 100.00, 250.00: {name}" in render_item(results_of(one)[0])


# What refuses.


def test_a_component_without_its_figure_is_refused_by_itself_and_the_fixed_one_beside_it_stands() -> None:
    notice = incentive(
        reward("fixed", rule("fixed", amount="50,000")),
        reward("growth", GROWTH),
        combine="sum",
        figures=OUTPUT,
    )
    one = measured(notice, output="340,000,000 yuan")
    (result,) = results_of(one)
    assert result.digest["eligible"] is True
    assert result.digest["award_fen"] == 5_000_000
    assert result.digest["refused"] == [{"code": "figure_missing", "clause": "n8.3", "component": "growth"}]
    assert " growth        refused: a figure is missing" in render_item(result)
    whole = measured(notice, output="340,000,000 yuan", last_year="200,000,000 yuan")
    assert awards(whole) == ["1,490,000.00"]


def test_where_one_of_several_is_chosen_a_missing_figure_refuses_all() -> None:
    for kind in ("lowest", "highest"):
        notice = incentive(
            reward("fixed", rule("fixed", amount="50")), reward("growth", GROWTH), combine=kind, figures=OUTPUT
        )
        assert refused(measured(notice, output="3 yuan")) == ["figure_missing"]
        assert awards(measured(notice, output="3 yuan")) == ["0.00"]


def test_where_every_component_lacks_its_figure_the_claim_is_refused() -> None:
    notice = incentive(
        reward("each", rule("per_unit", amount="5")), reward("share", rule("share_of_base", share="1%")), combine="sum"
    )
    (result,) = results_of(line(claim("C"), notice))
    assert (result.digest["eligible"], result.digest["award_fen"]) == (False, 0)
    assert [one["code"] for one in result.digest["refused"]] == ["units_missing", "base_missing"]


def test_a_figure_in_another_unit_is_refused_and_never_converted() -> None:
    assert refused(measured(PER_SATELLITE, mass="0.048 t")) == ["figure_unit_differs"]
    sheet = render_item(results_of(measured(PER_SATELLITE, mass="0.048 t"))[0])
    assert " refused       figure: mass 0.048 t in kg" in sheet


def conditions(*eligibility: dict[str, Any], figures: list[dict[str, str]]) -> IncentiveNotice:
    """A notice of 1 yuan with these conditions."""
    what = rule("fixed", amount="1")
    return incentive(reward("it", what), eligibility=list(eligibility), figures=figures)


@pytest.mark.parametrize(
    ("bounds", "debt", "met"),
    [
        ({"at_most": "60%"}, "60%", True),
        ({"at_most": "60%"}, "60.01%", False),
        ({"below": "60%"}, "60%", False),
        ({"at_least": "10%", "below": "60%"}, "9.99%", False),
        ({"at_least": "10%", "below": "60%"}, "10%", True),
    ],
)
def test_a_condition_on_a_figure(bounds: dict[str, str], debt: str, met: bool) -> None:
    asked = {"kind": "figure_in_range", "figure": "debt_ratio", "basis": "n8", **bounds}
    notice = conditions(asked, figures=[{"id": "debt_ratio", "unit": "%"}])
    assert refused(measured(notice, debt_ratio=debt)) == ([] if met else ["figure_out_of_range"])
    assert refused(measured(notice)) == ["figure_missing"]


def test_a_condition_on_growth_is_exact_and_needs_something_to_grow_from() -> None:
    asked = {"kind": "figure_in_range", "figure": "output", "over": "last_year", "at_least": "5%", "basis": "n8"}
    notice = conditions(asked, figures=OUTPUT)
    assert refused(measured(notice, output="210 yuan", last_year="200 yuan")) == []
    assert refused(measured(notice, output="209.99 yuan", last_year="200 yuan")) == ["figure_out_of_range"]
    assert refused(measured(notice, output="210 yuan", last_year="0 yuan")) == ["growth_from_nothing"]
    assert refused(measured(notice, output="210 yuan")) == ["figure_missing"]
    sheet = render_item(results_of(measured(notice, output="209.99 yuan", last_year="200 yuan"))[0])
    assert " refused       figure_in_range: output 209.99 on 200.00 >= 5%" in sheet


def test_what_a_firm_was_granted_together_reaches_an_amount() -> None:
    asked = {"kind": "firm_total_at_least", "amount": "1,000", "basis": "n8"}
    notice = incentive(reward("it", rule("share_of_base", share="10%")), eligibility=[asked])
    first, second = line(claim("A", "600"), notice), line(claim("B", "400"), notice)
    other = line(claim("X", "999.99", uscc="E2"), notice)
    assert awards(first, second, other) == ["60.00", "40.00", "0.00"]
    assert refused(first, other) == ["firm_total_too_small"] * 2


def test_what_other_levels_pay_for_the_same_matches() -> None:
    asked = {"kind": "matched_by_other_levels", "share": "25%", "basis": "n8"}
    notice = incentive(reward("it", rule("share_of_base", share="45%")), eligibility=[asked])
    for others, codes in ((25_000, []), (24_999, ["not_matched"])):
        assert refused(line(claim("C", "1,000", other_levels_fen=others), notice)) == codes


def test_a_status_that_the_firm_holds() -> None:
    asked = {"kind": "holds_status", "statuses": ["specialised", "little_giant"], "basis": "n8"}
    notice = conditions(asked, figures=[])
    status = (Status("little_giant", day("2024-01-02")),)
    assert refused(line(claim("C"), notice, statuses=status)) == []
    assert refused(line(claim("C"), notice, statuses=status, applied_on="2024-01-01")) == ["status_not_held"]


def test_a_cap_by_a_figure_of_the_firm() -> None:
    limit = {"figure": "tax", "share": "50%"}
    notice = incentive(
        reward("it", rule("share_of_base", share="10%")),
        figures=[{"id": "tax", "unit": "yuan"}],
        caps=[{"id": "tax", "per": ["entity"], "share_of_figure": limit, "assumption": "true"}],
    )
    # Half of 99.99 is 49.995, rounded down, so that the award never lies above it.
    for tax, award in (("200 yuan", "100.00"), ("199.98 yuan", "99.99"), ("99.99 yuan", "49.99"), ("0 yuan", "0.00")):
        assert awards(line(claim("C", "1,000", figures=quantities(tax=tax)), notice)) == [award]
    assert refused(line(claim("C", "1,000"), notice)) == ["figure_missing"]


# Rounding to a unit.


def test_an_award_in_hundreds_of_yuan_is_rounded_once_components_are_there() -> None:
    notice = incentive(
        reward("a", rule("share_of_base", share="50%")),
        reward("b", rule("fixed", amount="20")),
        combine="sum",
        rounding={"award": {"mode": "half_up", "unit": "100", "basis": "n8"}},
    )
    # 61,728.39 and 20: 61,748.39 -> 61,700; 61,730 and 20 -> 61,750 -> 61,800.
    for base, award in (("123,456.78", "61,700.00"), ("123,460", "61,800.00")):
        assert awards(line(claim("C", base), notice)) == [award]


def test_a_bound_over_all_levels_cuts_to_a_whole_unit() -> None:
    notice = incentive(
        reward("a", rule("share_of_base", share="50%")),
        all_levels={"share": "50%", "assumption": "true"},
        rounding={"award": {"mode": "half_up", "unit": "100", "basis": "n8"}},
    )
    # 50 % of 1,000 less 50 of others: 450, down to 400.
    assert awards(line(claim("C", "1,000", other_levels_fen=5_000), notice)) == ["400.00"]


def test_a_bound_over_all_levels_needs_the_base_that_it_is_a_share_of() -> None:
    notice = incentive(reward("a", rule("fixed", amount="50")), all_levels={"share": "50%", "assumption": "true"})
    assert refused(line(claim("C"), notice)) == ["base_missing"]


# What does not load; the messages stand in the gallery.


def codes(refusal: ValidationError) -> list[str]:
    """The codes of what is wrong; a list whose items are all wrong counts as too short as well."""
    return [error["type"] for error in refusal.errors() if error["type"] != "too_short"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (rule("per_unit", amount="5", price="5 yuan/kg", of="mass"), "per_unit_unclear"),
        (rule("per_unit", price="5 yuan/kg"), "per_unit_unclear"),
        (rule("per_unit", amount="5", of="mass"), "per_unit_unclear"),
        (rule("per_unit", of="mass", price="5 yuan/t"), "unit_differs"),
        (rule("per_unit", of="mass", price="5"), "unit_differs"),
        (rule("per_unit", of="mass", price="5 yuan/kg", of_at_most="5 t"), "unit_differs"),
        (rule("per_unit", of="weight", price="5 yuan/kg"), "figure_unknown"),
        (rule("share_of_base", of="mass", share="5%"), "unit_differs"),
        (rule("share_of_base", over="mass", share="5%"), "unit_differs"),
        (rule("bands", mode="whole", of="mass", bands=[{"from": "5", "amount": "5"}]), "unit_differs"),
        (rule("bands", mode="whole", of="mass", bands=[{"from": "5%", "amount": "5"}]), "unit_differs"),
        (rule("bands", mode="whole", of="mass", bands=[{"from": "5 kg", "share": "5%"}]), "unit_differs"),
        (rule("ladder", of="mass", rungs=[{"reach": "5 t", "amount": "5"}]), "unit_differs"),
        (rule("steps", of="mass", step="5 kg", bands=[{"from": "7 kg", "amount": "5"}]), "band_off_step"),
        (rule("steps", of="mass", step="0 kg", bands=[{"from": "7 kg", "amount": "5"}]), "step_not_positive"),
        (rule("steps", of="mass", step="5", bands=[{"from": "5 kg", "amount": "5"}]), "unit_differs"),
        (rule("share_of_product", share="5%", of="mass", times="base"), "unit_differs"),
    ],
)
def test_units_that_do_not_meet_are_refused_when_the_notice_is_read(what: dict[str, Any], code: str) -> None:
    figures = [{"id": "mass", "unit": "kg"}]
    used = {"kind": "figure_in_range", "figure": "mass", "at_least": "1 kg", "basis": "n8"}
    with pytest.raises(ValidationError) as refusal:
        incentive(reward("it", what), figures=figures, eligibility=[used])
    assert codes(refusal.value) == [code]


@pytest.mark.parametrize(
    ("match", "code"),
    [
        ({}, "match_unclear"),
        ({"attribute": "grade", "value": "a", "status": "b"}, "match_unclear"),
        ({"attribute": "grade"}, "key_missing"),
        ({"district": "海淀区", "value": "a"}, "key_idle"),
        ({"status": "sme", "below": "5"}, "key_idle"),
        ({"figure": "base"}, "range_without_bound"),
        ({"figure": "base", "at_least": "5", "below": "5"}, "range_empty"),
        ({"figure": "base", "at_least": "5%"}, "unit_differs"),
        ({"figure": "base", "over": "other_levels", "at_least": "5"}, "unit_differs"),
        ({"figure": "mass", "at_least": "5 kg"}, "figure_unknown"),
    ],
)
def test_what_a_component_asks_for_is_one_thing_with_its_bounds(match: dict[str, str], code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        incentive({"id": "it", "when": [match], "rule": rule("fixed", amount="1")})
    assert codes(refusal.value) == [code]


def test_a_figure_is_declared_once_and_used() -> None:
    what = reward("it", rule("fixed", amount="1"))
    for figures, code in (
        ([{"id": "mass", "unit": "kg"}], "figure_unused"),
        ([{"id": "base", "unit": "yuan"}], "figure_built_in"),
        ([{"id": "mass", "unit": "pound"}], "unit_unknown"),
    ):
        with pytest.raises(ValidationError) as refusal:
            incentive(what, figures=figures)
        assert code in codes(refusal.value)


def test_ranges_tell_components_apart_where_they_do_not_meet() -> None:
    def tier(name: str, **bounds: str) -> dict[str, Any]:
        return {"id": name, "when": [{"figure": "base", **bounds}], "rule": rule("fixed", amount="1")}

    assert incentive(tier("a", below="5"), tier("b", at_least="5")).combine.kind == "one"
    with pytest.raises(ValidationError, match="could fit a and b"):
        incentive(tier("a", below="5.01"), tier("b", at_least="5"))


def test_the_caps_of_items_have_one_limit() -> None:
    both = cap("tax", "entity", "5", share_of_figure={"figure": "base", "share": "5%"})
    with pytest.raises(ValidationError, match="two limits"):
        incentive(reward("it", rule("fixed", amount="1")), caps=[both])
