"""Two notices that name each other in a cap: what is alike, what differs, and how it is said."""

from typing import Any

import pytest

from calculators.notices.model import Notice
from calculators.notices.sharing import Sides, sides_differ
from tests.calculators import items, lending


def lend(name: str, *caps: dict[str, Any]) -> Notice:
    return lending.notice(id=name, caps=list(caps))


def of_firm(amount: str, *names: str, **more: Any) -> dict[str, Any]:
    """A cap per firm that is shared with these notices; its id is its amount."""
    return lending.cap(f"c{amount.replace(',', '')}", "entity", amount, shared_with=list(names), **more)


FIVE = "per: [entity], amount: 5,000.00"
SIX = "per: [entity], amount: 6,000.00"


def test_caps_that_both_state_alike() -> None:
    assert list(sides_differ(lend("a", of_firm("5,000", "b")), [lend("b", of_firm("5,000", "a"))])) == []


def test_a_cap_that_one_side_states_alone_is_no_matter() -> None:
    """Who is named and does not name the other uses the cap up and is not limited by it."""
    ours = lend("a", of_firm("5,000", "b"))
    for theirs in (lend("b"), lend("b", of_firm("6,000")), lend("b", of_firm("6,000", "c"))):
        assert list(sides_differ(ours, [theirs])) == []
        assert list(sides_differ(theirs, [ours])) == []


def test_caps_that_differ_name_the_place_of_ours() -> None:
    """The first of ours is shared with nobody, the second stands on both sides; the third is 5,000 against 6,000."""
    ours = lend("a", of_firm("1,000"), of_firm("2,000", "b"), of_firm("5,000", "b"), of_firm("7,000", "b"))
    theirs = lend("b", of_firm("6,000", "a"), of_firm("2,000", "a"), of_firm("7,000", "a"))
    assert list(sides_differ(ours, [theirs])) == [Sides(2, "b", FIVE, SIX)]
    assert list(sides_differ(theirs, [ours])) == [Sides(0, "a", SIX, FIVE)]


def test_a_cap_more_on_one_side() -> None:
    """Where all of ours stand there too, the first of ours stands for them; several of theirs are named together."""
    one = lend("a", of_firm("1,000"), of_firm("5,000", "b"))
    more = lend("b", of_firm("5,000", "a"), of_firm("6,000", "a"), of_firm("7,000", "a"))
    assert list(sides_differ(one, [more])) == [Sides(1, "b", FIVE, f"{SIX}; per: [entity], amount: 7,000.00")]
    assert list(sides_differ(more, [one])) == [Sides(1, "a", SIX, "-")]


def test_the_same_cap_twice_is_not_once() -> None:
    twice = [of_firm("5,000", "b", id=name) for name in ("x", "y")]
    assert list(sides_differ(lend("a", *twice), [lend("b", of_firm("5,000", "a"))])) == [Sides(1, "b", FIVE, "-")]


def test_every_other_notice_is_looked_at() -> None:
    ours = lend("a", of_firm("5,000", "b", "c", "d"))
    others = [lend(name, of_firm(amount, "a")) for name, amount in (("b", "6,000"), ("c", "5,000"), ("d", "6,000"))]
    assert list(sides_differ(ours, others)) == [Sides(0, "b", FIVE, SIX), Sides(0, "d", FIVE, SIX)]


@pytest.mark.parametrize(
    ("cap", "terms"),
    [
        (lending.cap("c", "lender entity", "5,000"), "per: [entity, lender], amount: 5,000.00"),
        (lending.cap("c", "entity", "0"), "per: [entity], amount: 0.00"),
        (
            lending.cap("c", "entity year", "5,000", year_of="accrual_day"),
            "per: [entity, year], year_of: accrual_day, amount: 5,000.00",
        ),
        (lending.cap("c", "loan", share_of_drawdown="1%"), "per: [loan], share_of_drawdown: 1%"),
        (
            lending.cap("c", "loan", "5,000", when_status={"status": "sme", "amount": "7,000", **lending.ASSUMED}),
            "per: [loan], amount: 5,000.00, when_status: sme 7,000.00",
        ),
        (
            lending.cap(
                "c",
                "loan",
                share_of_drawdown="1%",
                when_status={"status": "sme", "share_of_drawdown": "2%", **lending.ASSUMED},
            ),
            "per: [loan], share_of_drawdown: 1%, when_status: sme 2%",
        ),
    ],
)
def test_what_decides_how_much_is_left_of_a_cap(cap: dict[str, Any], terms: str) -> None:
    theirs = lend("b", of_firm("6,000", "a"))
    assert list(sides_differ(lend("a", {**cap, "shared_with": ["b"]}), [theirs])) == [Sides(0, "b", terms, SIX)]


def test_a_share_of_a_figure() -> None:
    def rewarding(name: str, *caps: dict[str, Any]) -> Notice:
        return items.incentive(items.reward("fixed", items.rule("fixed", amount="1")), id=name, caps=list(caps))

    share = {"share_of_figure": {"figure": "base", "share": "60%"}, **items.ASSUMED}
    ours = rewarding("a", {"id": "c", "per": ["item"], "shared_with": ["b"], **share})
    theirs = rewarding("b", items.cap("c", "item", "6,000", shared_with=["a"]))
    assert list(sides_differ(ours, [theirs])) == [
        Sides(0, "b", "per: [item], share_of_figure: 60% base", "per: [item], amount: 6,000.00")
    ]
