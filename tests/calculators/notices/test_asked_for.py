"""The words that a register must write as notices do, and whether two parts of a notice could be for one item."""

from typing import Any

import pytest

from calculators.notices.model import HoldsStatus
from calculators.notices.when import overlap, ranges, repeated_matches
from calculators.notices.words import Words, words_of
from tests.calculators import items, lending
from tests.calculators.items import premium_notice, premium_share, reward, rule, staged


def test_every_word_that_notices_ask_for() -> None:
    """Attributes in a condition and in a part, statuses in four places, districts in two, purposes, stages."""
    sme = {"status": "sme", "amount": "7", **lending.ASSUMED}
    switch = {
        "kind": "switch",
        "status": "fast",
        "before": lending.points("1%"),
        "after": lending.points("2%"),
        "basis": "n3",
    }
    lent = lending.notice(
        components=lending.components(rule=switch),
        caps=[lending.cap("c", "loan", "5", when_status=sme)],
        eligibility=[
            {"kind": "holds_status", "statuses": ["new", "big"], "basis": "n3"},
            {"kind": "registered_in", "districts": ["East", "West"], "basis": "n3"},
            {"kind": "purpose_in", "purposes": ["equipment"], "basis": "n3"},
        ],
    )
    matches: list[dict[str, str]] = [
        {"attribute": "grade", "value": "one"},
        {"status": "held"},
        {"district": "North"},
        {"figure": "base", "at_least": "5 yuan"},
    ]
    rewarded = items.incentive(
        {**reward("fixed", rule("fixed", amount="1")), "when": matches},
        eligibility=[
            {"kind": "attribute_in", "attribute": "grade", "values": ["two", "three"], "basis": "n8"},
            {"kind": "attribute_in", "attribute": "colour", "values": ["red"], "basis": "n8"},
        ],
    )
    built = staged("start 50% grant", "half 20% stage", "done 30% acceptance")
    assert words_of([lent, rewarded, built]) == Words(
        attributes={"grade": {"one", "two", "three"}, "colour": {"red"}},
        purposes={"equipment"},
        statuses={"fast", "sme", "new", "big", "held"},
        districts={"East", "West", "North"},
        # The others fall due by themselves: nobody registers them.
        stages={"half"},
    )
    assert HoldsStatus.model_validate({"kind": "holds_status", "statuses": ["new"], "basis": "n3"}).statuses == ("new",)
    assert words_of([]) == Words()
    assert words_of([premium_notice(premium_share("80%", kind="a"))]).attributes == {"kind": {"a"}}


def part(*matches: dict[str, Any]) -> dict[str, Any]:
    return {"when": list(matches)}


def attribute(name: str, value: str) -> dict[str, str]:
    return {"attribute": name, "value": value}


def ranged(figure: str, **bounds: str) -> dict[str, str]:
    return {"figure": figure, **bounds}


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (part(), part(), True),
        ({}, part(attribute("a", "1")), True),
        (part(attribute("a", "1")), part(attribute("a", "1")), True),
        (part(attribute("a", "1")), part(attribute("a", "2")), False),
        (part(attribute("a", "1")), part(attribute("b", "2")), True),
        (part(attribute("b", "1"), attribute("a", "1")), part(attribute("a", "2")), False),
        (part({"status": "s"}), part({"status": "s", "held": "true"}), True),
        (part({"status": "s"}), part({"status": "s", "held": "false"}), False),
        (part({"status": "s"}), part({"status": "t", "held": "false"}), True),
        (part({"district": "East"}), part({"district": "East"}), True),
        (part({"district": "East"}), part({"district": "West"}), False),
        # One ends where the other begins: nothing lies in both.
        (part(ranged("x", below="5 kg")), part(ranged("x", at_least="5 kg")), False),
        (part(ranged("x", at_least="5 kg")), part(ranged("x", below="5 kg")), False),
        (part(ranged("x", below="5.1 kg")), part(ranged("x", at_least="5 kg")), True),
        (part(ranged("x", below="5 kg")), part(ranged("y", at_least="5 kg")), True),
        (part(ranged("x", below="5 kg")), part(ranged("x", over="z", at_least="5%")), True),
        (part(ranged("x", below="5 kg")), part(ranged("x", at_least="5 t")), True),
        (part(ranged("x", at_least="5 kg")), part(ranged("x", at_least="9 kg")), True),
        (part(ranged("x", below="many")), part(ranged("x", at_least="5 kg")), True),
        # What is no match, or asks for a thing twice, is a problem of its own; the first one stands.
        (part({"attribute": ["a"]}), part(attribute("a", "1")), True),
        (part(attribute("a", "1"), attribute("a", "2")), part(attribute("a", "2")), False),
        (part(attribute("a", "1"), attribute("a", "2")), part(attribute("a", "1")), True),
    ],
)
def test_whether_an_item_could_fit_both(first: dict[str, Any], second: dict[str, Any], both: bool) -> None:
    assert overlap(first, second) is both
    assert overlap(second, first) is both


def found(raw: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str, dict[str, Any]]]:
    """Key, code and values of what a part asks for twice."""
    named = []
    for path, error in repeated_matches(raw):
        values = {**(error.context or {})}
        named.append((path, error.type, {key: values[key] for key in values if key not in ("what", "remedy")}))
    return named


def test_nothing_is_asked_for_twice() -> None:
    assert found(part(attribute("a", "1"), attribute("b", "1"), {"status": "a"}, {"district": "a"})) == []
    assert found(part(ranged("a", at_least="1 kg"), ranged("a", over="b", at_least="1%"))) == []
    assert found(part({"attribute": ["a"]}, {"attribute": ["a"]})) == []
    assert found(part(attribute("a", "1"), {"status": "s"}, attribute("a", "2"))) == [
        (("when", 2, "attribute"), "name_twice", {"value": "a"})
    ]
    assert found(part({"status": "s"}, {"status": "s", "held": "false"})) == [
        (("when", 1, "status"), "name_twice", {"value": "s"})
    ]
    assert found(part({"district": "East"}, {"district": "West"})) == [
        (("when", 1, "district"), "name_twice", {"value": "West"})
    ]
    assert found(part(ranged("a", over="b", at_least="1%"), ranged("a", over="b", below="2%"))) == [
        (("when", 1, "figure"), "name_twice", {"value": "a"})
    ]


def bounds(upper: tuple[str, ...] = ("below",), **raw: str) -> list[tuple[tuple[str | int, ...], str, Any, Any]]:
    """Key, code, lower and upper bound of what is wrong with a range."""
    return [
        (
            path,
            error.type,
            (error.context or {}).get("low"),
            (error.context or {}).get("high", (error.context or {}).get("upper")),
        )
        for path, error in ranges(raw, upper)
    ]


def test_a_range_leaves_something_between_its_bounds() -> None:
    both = ("at_most", "below")
    assert bounds(at_least="5 kg") == bounds(below="5 kg") == bounds(at_least="5 kg", below="5.1 kg") == []
    assert bounds(both, at_least="5 kg", at_most="5 kg") == []
    assert bounds(at_least="5 kg", below="5 kg") == [(("below",), "range_empty", "5 kg", "5 kg")]
    assert bounds(both, at_least="5 kg", at_most="4 kg") == [(("at_most",), "range_empty", "5 kg", "4 kg")]
    assert bounds(both, at_least="5 kg", at_most="4 kg", below="3 kg") == [
        (("at_most",), "range_empty", "5 kg", "4 kg"),
        (("below",), "range_empty", "5 kg", "3 kg"),
    ]
    # What is of two units, or no quantity, is a problem of its own.
    assert bounds(at_least="5 kg", below="4 t") == bounds(at_least="five", below="4 kg") == []
    assert bounds(at_least="0 kg", below="0 kg") == [(("below",), "range_empty", "0 kg", "0 kg")]


def test_a_range_has_a_bound() -> None:
    assert bounds() == [(("at_least",), "range_without_bound", None, "below")]
    assert bounds(("at_most", "below")) == [(("at_least",), "range_without_bound", None, "at_most: or below")]
