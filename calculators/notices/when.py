"""Which items a part of a notice is for: its `when`, a list of matches that must all hold.

A match asks for one thing: an attribute of the item, a figure within bounds, a status of the firm, or its district.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from calculators.notices.quantities import Measured, Quantity, quantity_or_none
from calculators.notices.rules import parts
from calculators.notices.values import Fault, Flag, Name, Shape, Text, fault
from calculators.problems import N_

__all__ = ["Match", "overlap", "ranges", "repeated_matches"]

# What a match asks for -> the keys that go with it.
_SUBJECTS = {
    "attribute": {"value"},
    "figure": {"over", "at_least", "below"},
    "status": {"held"},
    "district": set[str](),
}


class Match(Shape):
    """One thing that an item must have.

    `attribute` with its `value`. `figure` from `at_least` on and `below`; with `over` its growth on that other figure,
    in per cent of it. `status` that the firm holds, or with `held: false` does not. `district` in which it is
    registered. Statuses and districts are those of the day of the application.
    """

    attribute: Name | None = None
    value: Text | None = None
    figure: Name | None = None
    over: Name | None = None
    at_least: Measured | None = None
    below: Measured | None = None
    status: Name | None = None
    held: Flag = True
    district: Text | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One subject, with the keys that belong to it and no others."""
        yield from super().rules(raw)
        subjects = [name for name in _SUBJECTS if name in raw]
        if len(subjects) != 1:
            yield fault(
                subjects[1] if subjects else (),
                "match_unclear",
                N_("each item of the list asks for one thing, and this one does not"),
                N_("write exactly one of attribute, figure, status and district"),
            )
            return
        (subject,) = subjects
        for key in raw:
            if any(key in own for own in _SUBJECTS.values()) and key not in _SUBJECTS[subject]:
                yield fault(
                    key, "key_idle", N_("{key} does not go with {subject}"), N_("take it out"), key=key, subject=subject
                )
        if subject == "attribute" and "value" not in raw:
            yield fault("value", "key_missing", N_("this key is missing"), N_("add it with its value"))
        if subject == "figure":
            yield from ranges(raw)


def ranges(raw: Mapping[str, Any], upper: tuple[str, ...] = ("below",)) -> Iterator[Fault]:
    """What the bounds of a figure owe each other: there is one, and they leave something between them."""
    given = [key for key in ("at_least", *upper) if key in raw]
    if not given:
        yield fault(
            "at_least",
            "range_without_bound",
            N_("the figure has no bound"),
            N_("add at_least: or {upper}:"),
            upper=": or ".join(upper),
        )
    low = quantity_or_none(raw.get("at_least"))
    for key in upper:
        high = quantity_or_none(raw.get(key))
        if (
            low
            and high
            and low.unit == high.unit
            and (high.value < low.value or (high.value == low.value and key == "below"))
        ):
            yield fault(
                key,
                "range_empty",
                N_("no figure lies between {low} and {high}"),
                N_("correct one of the two"),
                low=raw["at_least"],
                high=raw[key],
            )


def overlap(part: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an item could fit the `when` of both parts, as written: nothing is asked for that excludes the other."""
    first, second = _asked(part), _asked(other)
    return not any(_excludes(asked, second[subject]) for subject, asked in first.items() if subject in second)


def repeated_matches(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Something that a `when` asks for twice: it cannot have two values, and one is enough."""
    seen: set[tuple[str, ...]] = set()
    for place, part in parts(raw, "when"):
        subject = _subject(part)
        if subject is not None and subject in seen:
            yield fault(
                ("when", place, subject[0]),
                "name_twice",
                N_("{value} stands here a second time"),
                N_("give it another name, or take one of the two out"),
                value=part[subject[0]],
            )
        seen.add(subject or ())


def _subject(asked: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What a match is about: two of one part about the same thing contradict or repeat each other."""
    if isinstance(asked.get("attribute"), str):
        return "attribute", asked["attribute"]
    if isinstance(asked.get("figure"), str):
        return "figure", asked["figure"], str(asked.get("over", ""))
    if isinstance(asked.get("status"), str):
        return "status", asked["status"]
    return ("district",) if "district" in asked else None


def _asked(part: Mapping[str, Any]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    asked: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for _place, piece in parts(part, "when"):
        subject = _subject(piece)
        if subject is not None:
            # What is asked for twice is a problem of its own; the first stands for it here.
            asked.setdefault(subject, piece)
    return asked


def _excludes(asked: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether no item can fit both matches, which are about the same thing."""
    if "figure" in asked:
        return _apart(asked, other) or _apart(other, asked)
    return any(str(asked.get(key, default)) != str(other.get(key, default)) for key, default in _VALUES)


# The keys that hold what is asked for, with what their absence means.
_VALUES = (("value", ""), ("held", "true"), ("district", ""))


def _apart(low: Mapping[str, Any], high: Mapping[str, Any]) -> bool:
    """Whether the first range ends where or before the second begins."""
    ends, begins = _bound(low, "below"), _bound(high, "at_least")
    return ends is not None and begins is not None and ends.unit == begins.unit and ends.value <= begins.value


def _bound(asked: Mapping[str, Any], key: str) -> Quantity | None:
    return quantity_or_none(asked.get(key))
