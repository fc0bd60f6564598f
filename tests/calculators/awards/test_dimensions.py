"""Each dimension of caps is followed on a line of each kind, as `calculators.notices.dimensions` says where it is."""

import pytest

from calculators.awards.lines import AwardLine, Outside
from calculators.notices.dimensions import DIMENSIONS
from tests.calculators import items, lending

LENT = lending.loan("L", {"2024-01-20": "1,800,000"}, "2024-05-20")
LINES: dict[str, AwardLine | Outside] = {
    "loan": lending.line(LENT),
    "policy": items.line(items.policy("P", item="launch 1"), items.premium_notice()),
    "claim": items.line(items.claim("C"), items.incentive(items.reward("fixed", items.rule("fixed", amount="1,000")))),
    "project": items.line(items.project("R", "10,000"), items.staged("start 100% grant")),
    "outside": items.outside("1", lender="Bank B", loan="K"),
}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("loan", {"entity": "E1", "lender": LENT.lender, "loan": "L", "item": "L"}),
        # A policy counts under the launch that it covers, so that policies for one launch share its cap.
        ("policy", {"entity": "E1", "lender": "", "loan": "", "item": "launch 1"}),
        ("claim", {"entity": "E1", "lender": "", "loan": "", "item": "C"}),
        ("project", {"entity": "E1", "lender": "", "loan": "", "item": "R"}),
        ("outside", {"entity": "E1", "lender": "Bank B", "loan": "K", "item": "K"}),
    ],
)
def test_a_line_has_its_value_of_each_dimension(kind: str, values: dict[str, str]) -> None:
    assert {word: LINES[kind].own(word) for word in DIMENSIONS} == {**values, "year": ""}
