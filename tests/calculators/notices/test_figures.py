"""Figures are declared once, used, and measured in their unit: each place of a notice in which one stands.

`power` is in kWh, `price` in yuan/kWh, `tax` in yuan, `staff` in persons.
"""

from typing import Any

import pytest

from calculators.notices.figures import figure_rules

FIGURES = [
    {"id": "power", "unit": "kWh"},
    {"id": "price", "unit": "yuan/kWh"},
    {"id": "tax", "unit": "yuan"},
    {"id": "staff", "unit": "persons"},
]
# Every figure is used here, in its unit.
USED = [
    {"figure": "power", "at_least": "1 kWh"},
    {"figure": "price", "below": "1 yuan/kWh"},
    {"figure": "tax", "at_most": "1"},
    {"figure": "staff", "over": "staff", "at_least": "1%"},
]
Found = tuple[tuple[str | int, ...], str, dict[str, Any]]


def found(raw: dict[str, Any]) -> list[Found]:
    """Key, code and values of what is wrong with the figures of a notice."""
    said = []
    for path, error in figure_rules(raw):
        values = {key: value for key, value in (error.context or {}).items() if key not in ("what", "remedy")}
        said.append((path, error.type, values))
    return said


def among(**parts: Any) -> list[Found]:
    """The same for a notice that uses each of its figures, with these parts."""
    given = {"figures": FIGURES, "eligibility": USED, **parts}
    if "eligibility" in parts:
        given["eligibility"] = [*USED, *parts["eligibility"]]
    return found(given)


def differs(path: tuple[str | int, ...], value: str, unit: str, wanted: str) -> Found:
    return path, "unit_differs", {"value": value, "found": unit, "unit": wanted}


def component(**rule: Any) -> list[Found]:
    """What is wrong with the one component of a notice, by the key of its rule."""
    said = []
    for path, code, values in among(components=[{"id": "one", "rule": rule}]):
        assert path[:3] == ("components", 0, "rule")
        said.append((path[3:], code, values))
    return said


def test_a_notice_without_figures_of_its_own() -> None:
    assert found({}) == []
    assert (
        found({"eligibility": [{"figure": "base", "at_least": "1"}, {"figure": "other_levels", "below": "2 yuan"}]})
        == []
    )
    assert among() == []


def test_figures_are_declared_once_used_and_not_those_that_every_item_has() -> None:
    power, other = {"id": "power", "unit": "kWh"}, {"id": "heat", "unit": "kWh"}
    asked = [{"figure": "power", "at_least": "1 kWh"}]
    assert found({"figures": [power, power], "eligibility": asked}) == [
        (("figures", 1, "id"), "name_twice", {"value": "power"})
    ]
    assert found({"figures": [power, other], "eligibility": asked}) == [
        (("figures", 1, "id"), "figure_unused", {"name": "heat"})
    ]
    for name in ("base", "other_levels"):
        assert found({"figures": [{"id": name, "unit": "kWh"}]}) == [
            (("figures", 0, "id"), "figure_built_in", {"name": name})
        ]
    # What has no name, or no unit of ours, is a problem of its own.
    assert found({"figures": [{"id": ["x"], "unit": "kWh"}, {"unit": "kWh"}]}) == []
    assert found({"figures": [{"id": "power", "unit": "miles"}], "eligibility": asked}) == []


def test_a_figure_that_nobody_declared() -> None:
    known = "power, price, tax, staff, base, other_levels"
    assert among(eligibility=[{"figure": "powr"}]) == [
        (("eligibility", 4, "figure"), "figure_unknown", {"name": "powr", "meant": "power", "known": known})
    ]
    assert among(eligibility=[{"figure": "zzz", "below": "5 miles"}]) == [
        (("eligibility", 4, "figure"), "figure_unknown", {"name": "zzz", "meant": None, "known": known})
    ]
    assert among(eligibility=[{"figure": ["power"], "below": "5 kg"}]) == []


# Conditions and matches.


@pytest.mark.parametrize("bound", ["at_least", "below", "at_most"])
def test_a_range_is_in_the_unit_of_its_figure_or_of_its_growth_in_per_cent(bound: str) -> None:
    at = ("eligibility", 4, bound)
    assert among(eligibility=[{"figure": "power", bound: "5 kWh"}]) == []
    assert among(eligibility=[{"figure": "power", bound: "5 kg"}]) == [differs(at, "5 kg", "kg", "kWh")]
    assert among(eligibility=[{"figure": "power", bound: "5"}]) == [differs(at, "5", "yuan", "kWh")]
    assert among(eligibility=[{"figure": "tax", bound: "5"}]) == []
    assert among(eligibility=[{"figure": "power", "over": "power", bound: "5%"}]) == []
    assert among(eligibility=[{"figure": "power", "over": "power", bound: "5 kWh"}]) == [
        differs(at, "5 kWh", "kWh", "%")
    ]
    assert among(eligibility=[{"figure": "power", bound: "much"}]) == []


def test_a_figure_grows_from_one_of_its_own_unit() -> None:
    assert among(eligibility=[{"figure": "power", "over": "staff", "below": "5%"}]) == [
        differs(("eligibility", 4, "over"), "staff", "persons", "kWh")
    ]


@pytest.mark.parametrize("key", ["components", "shares"])
def test_what_a_part_is_for_is_measured_too(key: str) -> None:
    matches = [{"attribute": "kind", "value": "a"}, {"figure": "staff", "below": "5 kWh"}]
    assert among(**{key: [{"when": []}, {"when": matches}]}) == [
        differs((key, 1, "when", 1, "below"), "5 kWh", "kWh", "persons")
    ]


def test_the_total_of_a_firm() -> None:
    rule = {"kind": "firm_total_at_least", "amount": "5 kg"}
    assert among(eligibility=[{**rule, "of": "power"}]) == [differs(("eligibility", 4, "amount"), "5 kg", "kg", "kWh")]
    # Where nothing is named it is the base, in yuan.
    assert among(eligibility=[rule]) == [differs(("eligibility", 4, "amount"), "5 kg", "kg", "yuan")]
    assert among(eligibility=[{**rule, "of": "power", "amount": "5 kWh"}]) == []
    assert among(eligibility=[{**rule, "kind": "another", "of": "power"}]) == []


def test_money_is_a_share_of_yuan() -> None:
    """Of a cap, of an allocation, of a component."""

    def cap(figure: str) -> list[dict[str, Any]]:
        return [{"amount": "5"}, {"share_of_figure": {"figure": figure, "share": "5%"}}]

    assert among(caps=cap("tax")) == among(caps=cap("base")) == []
    assert among(caps=cap("power")) == [differs(("caps", 1, "share_of_figure", "figure"), "power", "kWh", "yuan")]
    assert among(allocation={"of": "other_levels"}) == among(allocation={}) == []
    assert among(allocation={"of": "staff"}) == [differs(("allocation", "of"), "staff", "persons", "yuan")]
    share = {"kind": "share_of_base"}
    assert component(**share) == component(**share, of="tax", over="base") == []
    assert component(**share, of="power") == [differs(("of",), "power", "kWh", "yuan")]
    assert component(**share, over="power") == [differs(("over",), "power", "kWh", "yuan")]


# Components.


def test_a_quantity_times_its_price() -> None:
    rule = {"kind": "share_of_product", "of": "power", "times": "price"}
    assert component(**rule, of_at_most="5 kWh", times_at_most="5 yuan/kWh") == []
    assert component(**rule, of_at_most="5 kg", times_at_most="5 yuan/kg") == [
        differs(("of_at_most",), "5 kg", "kg", "kWh"),
        differs(("times_at_most",), "5 yuan/kg", "yuan/kg", "yuan/kWh"),
    ]
    assert component(**{**rule, "times": "tax"}) == [differs(("times",), "tax", "yuan", "yuan/kWh")]
    assert component(**{**rule, "of": "staff"}) == [differs(("times",), "price", "yuan/kWh", "yuan/persons")]
    assert [code for _path, code, _values in component(**{**rule, "of": "zzz"})] == ["figure_unknown"]
    assert [code for _path, code, _values in component(**{**rule, "times": "zzz"})] == ["figure_unknown"]


def test_a_price_for_each_unit() -> None:
    rule = {"kind": "per_unit", "of": "power", "price": "0.30 yuan/kWh", "of_at_most": "5 kWh"}
    assert component(**rule) == []
    assert component(**{**rule, "price": "0.30 yuan/kg", "of_at_most": "5 kg"}) == [
        differs(("price",), "0.30 yuan/kg", "yuan/kg", "yuan/kWh"),
        differs(("of_at_most",), "5 kg", "kg", "kWh"),
    ]
    # Units without a name have an amount, and nothing to compare.
    assert component(kind="per_unit", amount="5", of_at_most="5 kg") == []
    assert component(kind="per_unit", price="5 kg") == component(kind="per_unit", of="power", of_at_most="5 kg") == []


def test_bands_begin_in_the_unit_of_their_figure_and_shares_are_of_yuan() -> None:
    def bands(*edges: str, pays: str = "amount", **rule: str) -> list[Found]:
        return component(kind="bands", bands=[{"from": edge, pays: "5"} for edge in edges], **rule)

    assert bands("0 kWh", "5 kWh", of="power") == bands("0", "5 yuan") == []
    assert bands("0 kWh", "5 kg", of="power") == [differs(("bands", 1, "from"), "5 kg", "kg", "kWh")]
    assert bands("0 kWh", "5 kWh", of="power", pays="share") == [
        differs(("bands", 0, "share"), "power", "kWh", "yuan"),
        differs(("bands", 1, "share"), "power", "kWh", "yuan"),
    ]
    assert bands("0", "5", pays="share") == bands("0", of="tax", pays="share") == []
    # Of a figure that nobody declared the unit is not known, and nothing is said of it.
    assert [code for _, code, _ in bands("5 kWh", of="heat", pays="share")] == ["figure_unknown"]
    assert [code for _, code, _ in component(kind="share_of_base", of="heat", share="5%")] == ["figure_unknown"]
    # Growth: all of them in per cent of what it grows from, or all in its unit.
    assert bands("0%", "5%", of="power", over="power") == bands("5 kWh", of="power", over="power") == []
    assert bands("5 kWh", "5%", of="power", over="power") == [differs(("bands", 0, "from"), "5 kWh", "kWh", "%")]
    assert bands("5%", of="power") == [differs(("bands", 0, "from"), "5%", "%", "kWh")]
    assert bands("5 kWh", of="power", over="staff") == [differs(("over",), "staff", "persons", "kWh")]


def test_rungs_and_steps_are_in_the_unit_of_their_figure() -> None:
    assert component(kind="ladder", of="power", rungs=[{"reach": "5 kWh"}, {"reach": "5 kg"}]) == [
        differs(("rungs", 1, "reach"), "5 kg", "kg", "kWh")
    ]
    steps = {"kind": "steps", "of": "power", "step": "1 kWh", "bands": [{"from": "5 kWh"}], "first": {"from": "1 kWh"}}
    assert component(**steps) == []
    assert component(**{**steps, "step": "1 kg", "bands": [{"from": "5 t"}], "first": {"from": "1 m2"}}) == [
        differs(("step",), "1 kg", "kg", "kWh"),
        differs(("bands", 0, "from"), "5 t", "t", "kWh"),
        differs(("first", "from"), "1 m2", "m2", "kWh"),
    ]
    assert component(**{**steps, "first": "1 kg"}) == []
    assert component(kind="ladder", of="power", over="staff", rungs=[]) == [
        differs(("over",), "staff", "persons", "kWh")
    ]
    assert component(kind="steps", over="power", bands=[]) == [differs(("over",), "power", "kWh", "yuan")]
    assert component(kind="fixed", of="nothing") == []
    assert among(components=[{"id": "one", "rule": "fixed"}]) == []
