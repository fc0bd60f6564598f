"""What notices for premiums, incentives and allocations share beside `notice`: one item, a few dates, one rounding.

An item is what was granted: a policy, an incentive claim, a project. Its award falls due in parts (years of cover,
stages, a single day); each part rounds once, on the cumulative amount.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices import rules
from calculators.notices.model import (
    Cap,
    Condition,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    RoundingStep,
    Window,
)
from calculators.notices.values import Amount, Fault, Name, Shape, Text, fault
from calculators.problems import N_


class ItemWindow(Window):
    """A window on one date: of the application, of the item's contract, or of the launch that a policy covers."""

    on: Literal["application", "contract", "launch"]


class AttributeIn(Condition):
    """The item's attribute, as registered, is one of `values`."""

    kind: Literal["attribute_in"]
    attribute: Name
    values: tuple[Text, ...] = Field(min_length=1)


class BaseAtLeast(Condition):
    """The item's base is at least `amount` yuan: premium paid, spending, investment (as claimed before an audit)."""

    kind: Literal["base_at_least"]
    amount: Amount


class LaunchedByApplication(Condition):
    """The launch that a policy covers took place on the day of the application or before."""

    kind: Literal["launched_by_application"]


ItemCondition = Annotated[
    RegisteredIn
    | OneSupportPerYear
    | NoSeriousDishonesty
    | NoOtherMunicipalSupport
    | AttributeIn
    | BaseAtLeast
    | LaunchedByApplication,
    Field(discriminator="kind"),
]


class ItemCap(Cap):
    """A limit in yuan on the award of all items that share the dimensions in `per`."""

    per: tuple[Literal["entity", "item", "year"], ...] = Field(min_length=1)
    year_of: Literal["fund", "due_date"] | None = None
    amount: Amount

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A year where a year is meant."""
        yield from super().rules(raw)
        yield from rules.cap_years(raw, "fund, due_date")


class ItemRounding(Shape):
    """The one place where such a notice rounds: the award, once per part on the cumulative amount."""

    award: RoundingStep


class Match(Shape):
    """An attribute of the item and the value it must have; in a list `when` all of them must hold."""

    attribute: Name
    value: Text


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an item could fit the `when` of both parts, as written: no attribute is asked for two values."""
    first, second = _asked(one), _asked(other)
    return all(second.get(name, value) == value for name, value in first.items())


def parts(raw: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """(place, part) for every part in a list of parts, as written."""
    value = raw.get(key)
    return [(place, one) for place, one in enumerate(value) if isinstance(one, dict)] if isinstance(value, list) else []


def repeated_attributes(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """An attribute that a `when` asks for twice: it cannot have two values, and one is enough."""
    seen: set[object] = set()
    for place, one in parts(raw, "when"):
        name = one.get("attribute")
        if name is not None and name in seen:
            yield fault(
                ("when", place, "attribute"),
                "name_twice",
                N_("{value} stands here a second time"),
                N_("give it another name, or take one of the two out"),
                value=name,
            )
        seen.add(name)


def _asked(part: Mapping[str, Any]) -> dict[str, object]:
    asked: dict[str, object] = {}
    for _place, one in parts(part, "when"):
        # An attribute asked for twice is a problem of its own; the first value stands for it here.
        asked.setdefault(str(one.get("attribute")), one.get("value"))
    return asked


class ItemNotice(Notice):
    """Base of the notices whose awards rest on one item."""

    governed_by: Literal["application", "contract"]
    windows: tuple[ItemWindow, ...] = ()
    eligibility: tuple[ItemCondition, ...] = ()
    caps: tuple[ItemCap, ...] = ()
    order: tuple[Literal["grant_date", "application_date", "id"], ...] = ("grant_date", "application_date", "id")
    rounding: ItemRounding


def idle(key: str, what: str) -> Fault:
    """A key that says nothing where it stands; `what` is a marked text that says why."""
    return fault(key, "key_idle", what, N_("take it out"))
