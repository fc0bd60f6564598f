"""The words by which notices tell things apart: what a register must write exactly as they do.

An attribute's value, a loan's purpose, a status, a district, a project's stage are free text to whoever fills in a
register, and a key to the rule that asks for them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from calculators.notices.allocation import AllocationStage
from calculators.notices.item import AttributeIn
from calculators.notices.loan import PurposeIn, WhenStatus
from calculators.notices.loan_components import Switch
from calculators.notices.model import HoldsStatus, Notice, RegisteredIn
from calculators.notices.values import Shape
from calculators.notices.when import Match

__all__ = ["Words", "words_of"]


@dataclass(frozen=True, slots=True)
class Words:
    """What some notices ask for: values by the name of their attribute, purposes, statuses, districts, stages."""

    attributes: dict[str, set[str]] = field(default_factory=dict)
    purposes: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    districts: set[str] = field(default_factory=set)
    stages: set[str] = field(default_factory=set)


def words_of(notices: Iterable[Notice]) -> Words:
    """The words of some notices together."""
    words = Words()
    for part in (part for notice in notices for part in _parts(notice)):
        match part:
            case AttributeIn(attribute=name, values=values):
                words.attributes.setdefault(name, set()).update(values)
            case Match(attribute=str(name), value=str(value)):
                words.attributes.setdefault(name, set()).add(value)
            case Match(status=str(status)) | Switch(status=status) | WhenStatus(status=status):
                words.statuses.add(status)
            case HoldsStatus(statuses=statuses):
                words.statuses.update(statuses)
            case Match(district=str(district)):
                words.districts.add(district)
            case RegisteredIn(districts=districts):
                words.districts.update(districts)
            case PurposeIn(purposes=purposes):
                words.purposes.update(purposes)
            case AllocationStage(id=stage, on="stage"):
                words.stages.add(stage)
    return words


def _parts(part: object) -> Iterator[Shape]:
    """A part of a notice and every part below it."""
    if isinstance(part, Shape):
        yield part
        for name in type(part).model_fields:
            yield from _parts(getattr(part, name))
    elif isinstance(part, tuple):
        for element in part:
            yield from _parts(element)
