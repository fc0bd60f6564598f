"""The figures that a notice measures by: each declared with its unit, each use in that unit.

Every item has `base` (what it is measured by where nothing else is named) and `other_levels` (what other levels of
government pay for the same), both in yuan; a notice declares what else its items have. Rules here look at the notice as
written and pass over what is malformed, which has its own problem already.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import Any, TypeAlias

from calculators.notices.quantities import PERCENT, YUAN, Unit, price_of, quantity_or_none, unit_or_none
from calculators.notices.rules import parts, repeated
from calculators.notices.values import Fault, Name, Shape, fault, nearest
from calculators.problems import N_

__all__ = ["BUILT_IN", "Figure", "figure_rules", "unit_differs"]

BUILT_IN = {"base": YUAN, "other_levels": YUAN}

Raw: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str | int, ...]
# Faults come out, the unit of what was looked up goes back; None where nobody can say.
Looked: TypeAlias = Generator[Fault, None, str | None]


class Figure(Shape):
    """A figure that the items of the notice have, by the name that their register gives it, and its unit."""

    id: Name
    unit: Unit


def figure_rules(raw: Raw) -> Iterator[Fault]:
    """Figures declared once and used, and every use in their unit."""
    declared = parts(raw, "figures")
    yield from repeated([figure.get("id") for _place, figure in declared], ("figures",), "id")
    for place, figure in declared:
        name = figure.get("id")
        if isinstance(name, str) and name in BUILT_IN:
            yield fault(
                ("figures", place, "id"),
                "figure_built_in",
                N_("every item has {name} already"),
                N_("take it out"),
                name=name,
            )
    units = _Units(declared)
    yield from units.whole(raw)
    for place, figure in declared:
        if isinstance(figure.get("id"), str) and figure["id"] not in units.used | BUILT_IN.keys():
            yield fault(
                ("figures", place, "id"),
                "figure_unused",
                N_("nothing is measured by {name}"),
                N_("name it where it counts, or take it out"),
                name=figure["id"],
            )


class _Units:
    """The figures of one notice, and which of them something is measured by."""

    def __init__(self, declared: list[tuple[int, dict[str, Any]]]) -> None:
        # None: declared, but in no unit of ours, which is a problem of its own.
        self.known: dict[str, str | None] = {
            figure["id"]: unit_or_none(figure.get("unit"))
            for _place, figure in declared
            if isinstance(figure.get("id"), str)
        }
        self.known |= BUILT_IN
        self.used: set[str] = set()

    def whole(self, raw: Raw) -> Iterator[Fault]:
        """Every part of the notice that measures."""
        for place, part in parts(raw, "components"):
            rule = part.get("rule")
            if isinstance(rule, dict):
                yield from self.component(rule, ("components", place, "rule"))
        for key in ("components", "shares"):
            for place, part in parts(raw, key):
                for inner, match in parts(part, "when"):
                    yield from self.range(match, (key, place, "when", inner), "figure")
        for place, part in parts(raw, "eligibility"):
            path: Path = ("eligibility", place)
            yield from self.range(part, path, "figure")
            if part.get("kind") == "firm_total_at_least":
                unit = yield from self.measure(part, path)
                yield from self.same(part, path, "amount", unit)
        for place, part in parts(raw, "caps"):
            share = part.get("share_of_figure")
            if isinstance(share, dict):
                yield from self.in_yuan(share, ("caps", place, "share_of_figure"), "figure")
        allocation = raw.get("allocation")
        if isinstance(allocation, dict) and "of" in allocation:
            yield from self.in_yuan(allocation, ("allocation",), "of")

    def component(self, rule: Raw, path: Path) -> Iterator[Fault]:
        """A rule of a component: its measure, and all that is compared with it or multiplied by it."""
        match rule.get("kind"):
            case "share_of_base":
                yield from self.in_yuan(rule, path, "of")
                yield from self.over(rule, path, YUAN)
            case "share_of_product":
                unit = yield from self.look(rule, path, "of")
                price = yield from self.look(rule, path, "times")
                if unit is not None and price is not None and price != price_of(unit):
                    yield unit_differs((*path, "times"), str(rule["times"]), price, price_of(unit))
                yield from self.same(rule, path, "of_at_most", unit)
                yield from self.same(rule, path, "times_at_most", price)
            case "per_unit" if "price" in rule and "of" in rule:
                unit = yield from self.look(rule, path, "of")
                yield from self.same(rule, path, "price", unit and price_of(unit))
                yield from self.same(rule, path, "of_at_most", unit)
            case "bands":
                yield from self.bands(rule, path)
            case "ladder":
                unit = yield from self.measure(rule, path)
                yield from self.all_same(rule, path, "rungs", "reach", unit)
            case "steps":
                unit = yield from self.measure(rule, path)
                yield from self.same(rule, path, "step", unit)
                yield from self.all_same(rule, path, "bands", "from", unit)
                first = rule.get("first")
                if isinstance(first, dict):
                    yield from self.same(first, (*path, "first"), "from", unit)

    def bands(self, rule: Raw, path: Path) -> Iterator[Fault]:
        """Edges in the unit of the measure, or all of them in per cent of what it grows from; shares only of yuan."""
        unit = yield from self.measure(rule, path)
        listed = parts(rule, "bands")
        edges = [quantity_or_none(band.get("from")) for _place, band in listed]
        growing = "over" in rule and any(edge is not None and edge.unit == PERCENT for edge in edges)
        yield from self.all_same(rule, path, "bands", "from", PERCENT if growing else unit)
        if unit not in (None, YUAN):
            for place, band in listed:
                if "share" in band:
                    yield unit_differs((*path, "bands", place, "share"), str(rule.get("of")), str(unit), YUAN)

    def range(self, part: Raw, path: Path, key: str) -> Iterator[Fault]:
        """A figure with its bounds; with `over` they are in per cent."""
        if key not in part:
            return
        unit = yield from self.look(part, path, key)
        yield from self.over(part, path, unit)
        for bound in ("at_least", "below", "at_most"):
            yield from self.same(part, path, bound, PERCENT if "over" in part else unit)

    def measure(self, part: Raw, path: Path) -> Looked:
        """The unit of what a part is measured by: `of`, less `over` where there is one."""
        unit = yield from self.look(part, path, "of")
        yield from self.over(part, path, unit)
        return unit

    def over(self, part: Raw, path: Path, unit: str | None) -> Iterator[Fault]:
        """What a figure grows from is in its unit."""
        if "over" in part:
            other = yield from self.look(part, path, "over")
            if other is not None and unit is not None and other != unit:
                yield unit_differs((*path, "over"), str(part["over"]), other, unit)

    def in_yuan(self, part: Raw, path: Path, key: str) -> Iterator[Fault]:
        """A figure that money is a share of."""
        unit = yield from self.look(part, path, key)
        if unit not in (None, YUAN):
            yield unit_differs((*path, key), str(part[key]), str(unit), YUAN)

    def look(self, part: Raw, path: Path, key: str) -> Looked:
        """The unit of the figure that a key names, `base` where it names none."""
        name = part.get(key, "base")
        if not isinstance(name, str):
            return None
        self.used.add(name)
        if name not in self.known:
            meant = nearest(name, self.known)
            yield fault(
                (*path, key),
                "figure_unknown",
                N_("the notice declares no figure {name}"),
                N_("did you mean {meant}?")
                if meant
                else N_("add it to figures with its unit, or name one of: {known}"),
                name=name,
                meant=meant,
                known=", ".join(self.known),
            )
        return self.known.get(name)

    def all_same(self, part: Raw, path: Path, key: str, field: str, unit: str | None) -> Iterator[Fault]:
        """A list of steps, each from a quantity on."""
        for place, piece in parts(part, key):
            yield from self.same(piece, (*path, key, place), field, unit)

    def same(self, part: Raw, path: Path, key: str, unit: str | None) -> Iterator[Fault]:
        """A quantity in the unit of what it is measured against."""
        found = quantity_or_none(part.get(key)) if key in part else None
        if found is not None and unit is not None and found.unit != unit:
            yield unit_differs((*path, key), str(part[key]), found.unit, unit)


def unit_differs(path: Path, value: str, found: str, unit: str) -> Fault:
    """A quantity that is not in the unit of what it is measured against."""
    return fault(
        path,
        "unit_differs",
        N_("{value} is in {found}, and {unit} belongs here"),
        N_("write it in {unit}, or correct the figure or its unit"),
        value=value,
        found=found,
        unit=unit,
    )
