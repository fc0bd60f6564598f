"""docs/notices.md tells every key and every kind that a notice or a facts file can have."""

from pathlib import Path

from calculators.facts import item as item_facts
from calculators.facts import loan as loan_facts
from calculators.files import facts
from calculators.notices import (
    allocation,
    figures,
    incentive,
    item,
    loan,
    loan_components,
    model,
    premium,
    rewards,
    when,
)
from calculators.notices.values import Shape

PAGE = (Path(__file__).parents[3] / "docs" / "notices.md").read_text(encoding="utf-8")
SHAPES = [
    shape
    for module in (
        model,
        loan,
        item,
        allocation,
        premium,
        incentive,
        figures,
        when,
        rewards,
        loan_components,
        facts,
        item_facts,
        loan_facts,
    )
    for shape in vars(module).values()
    if isinstance(shape, type) and issubclass(shape, Shape) and shape is not Shape
]

# The base of all conditions has no kind of its own; the kinds of the others are no rules.
NO_RULES = ("Condition", "Combine", "RewardCombine", "EventPart", "ExemptionPart")


def test_every_key_is_told() -> None:
    keys = [(shape, field.alias or name) for shape in SHAPES for name, field in shape.model_fields.items()]
    told = {word.rstrip(":") for quoted in PAGE.split("`")[1::2] for word in quoted.split()}
    assert [f"{shape.__name__}.{key}" for shape, key in keys if key not in told] == []


def test_every_kind_is_told() -> None:
    kinds = {
        str(shape.model_fields["kind"].annotation).split("'")[1]
        for shape in SHAPES
        if "kind" in shape.model_fields and shape.__name__ not in NO_RULES
    }
    assert len(kinds) == 35
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in PAGE] == []
