"""Duties: who signs what, in which order, as data; and whether an office can work under them.

A set of duties is a text (`fixtures/duties`). Its posts are words, its acts are those of `ledger.office.acts`; nothing
of it is an expression. What an office can do follows by trying: every step of an act needs another person.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from calculators.notices.values import Fault, Shape, fault
from calculators.problems import N_
from ledger.office.people import Person
from ledger.resources import fixture

ANY, SELF, OTHERS = "any", "self", "others"
_WORDS = (ANY, SELF, OTHERS)
DEFAULT = "default"


def text_of(name: str) -> str:
    """The text of a set: one that comes with the program, by its name, else that of a file."""
    shipped = fixture(f"duties/{name}.yaml")
    if name.isidentifier() and shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    from calculators.files.yaml import read_file

    return read_file(Path(name))


class Duty(Shape):
    """An act: kinds of its records, what one case of it is, what it does, who signs, what is done in absence."""

    record: list[str] = Field(min_length=1)
    case: str
    effect: Literal["rules", "people", "money", "facts", "book", "stop"]
    steps: list[Annotated[list[str], Field(min_length=1)]] = Field(min_length=1)
    apart: tuple[str, ...] = ()
    exit: Literal["substitute", "none"]


class Duties(Shape):
    """A set of duties: its name, how many people it takes, posts by name, days of signatures, and its acts."""

    id: str
    people_at_least: Annotated[int, Field(ge=2)]
    posts: dict[str, str]
    never_both: tuple[tuple[str, str], ...] = ()
    valid_days: dict[str, Annotated[int, Field(ge=1, le=60)]]
    acts: dict[str, Duty]

    def never_both_of(self, post: str, other: str) -> bool:
        """Whether nobody has both posts, each by its name here or by the office's: nor stands in for the other."""
        sides = [[{name, self.posts[name]} for name in pair] for pair in self.never_both]
        return any((post in one and other in two) or (post in two and other in one) for one, two in sides)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Posts, acts and steps that are named are there."""
        posts, acts = _mapping(raw, "posts"), _mapping(raw, "acts")
        for number, pair in enumerate(_list(raw.get("never_both"))):
            yield from _known(("never_both", number), _list(pair), posts)
        yield from _known(("valid_days",), _mapping(raw, "valid_days"), {DEFAULT, *acts})
        if DEFAULT not in _mapping(raw, "valid_days"):
            yield fault(("valid_days",), "duty_unknown", N_("{word} is missing here"), N_("add it"), word=DEFAULT)
        for act in acts:
            for number, step in enumerate(_list(_mapping(acts, act).get("steps"))):
                yield from _known(("acts", act, "steps", number), _list(step), {*_WORDS, *posts})
            steps = {other: _list(_mapping(acts, other).get("steps")) for other in acts}
            named = {f"{other}:{step}" for other in acts for step in range(1, len(steps[other]) + 1)}
            yield from _known(("acts", act, "apart"), _list(_mapping(acts, act).get("apart")), named)


def _known(path: tuple[str | int, ...], words: Collection[Any], known: Collection[str]) -> Iterator[Fault]:
    for word in words:
        if word not in known:
            yield fault(
                path,
                "duty_unknown",
                N_("{word} is not declared in this set"),
                N_("write one that is, or declare it"),
                word=word,
            )


def _mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The part under a key as written, where it is one: its own shape says what is wrong with another."""
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> Sequence[Any]:
    return [one for one in found if isinstance(one, str | list)] if isinstance(found, list) else []


def duties_of(text: str, source: str) -> Duties:
    """The set of duties in a text; raises `Refused` with every problem of it. `source` is its name for messages."""
    # What reads YAML knows every notice, and so every calculator; who signs an act asks for no set but where one is.
    from calculators.files.yaml import read_yaml, take

    return take(Duties, read_yaml(text, source))


class Gap(NamedTuple):
    """A step that nobody could give: of which act, its number, for which posts, and who is away ("" for nobody)."""

    act: str
    step: int
    posts: tuple[str, ...]
    absent: str


class Office(NamedTuple):
    """Who is there on a day, by staff number, and the posts that each may sign for in the place of others."""

    present: Mapping[str, Person]
    stands_for: Mapping[str, frozenset[str]]

    def may(self, duties: Duties, person: str, step: Collection[str], concerned: str, *, substitute: bool) -> bool:
        """Whether a person may give a step, of which `concerned` is the person concerned ("" for none of these)."""
        if ANY in step or (SELF in step and person == concerned) or (OTHERS in step and person != concerned):
            return True
        own = self.present[person].post
        for_others = self.stands_for.get(person, frozenset()) if substitute else frozenset()
        held = {own, *(post for post in for_others if not duties.never_both_of(own, post))}
        return any(post in held or duties.posts.get(post) in held for post in step)


def office(people: Collection[Person], day: date, absent: str = "") -> Office:
    """Who is in office on a day while `absent` is away; whom he or she has named signs in that place."""
    there = {person.staff_no: person for person in people if person.in_office(day) and person.staff_no != absent}
    away = next((person for person in people if person.staff_no == absent), None)
    named = away.substitute if away else None
    if away is None or named is None or not named.starts_on <= day <= named.last_day:
        return Office(there, {})
    return Office(there, {named.by: frozenset({away.post})})


def gaps(duties: Duties, people: Collection[Person], day: date) -> list[Gap]:
    """The acts that nobody could carry out on a day: with everybody there, then with each away in turn.

    An act whose exit is to wait is asked only while everybody is there.
    """
    found = []
    for absent in ("", *sorted(person.staff_no for person in people if person.in_office(day))):
        here = office(people, day, absent)
        for act, duty in duties.acts.items():
            if absent and duty.exit == "none":
                continue
            last = _last_step(duties, act, here)
            if last < len(duty.steps):
                found.append(Gap(act, last + 1, tuple(duty.steps[last]), absent))
    return found


def signers(duties: Duties, act: str, here: Office) -> list[list[str]]:
    """Who could give each step of an act, as the first who signs it: staff numbers in order."""
    duty = duties.acts[act]
    return [
        [
            person
            for person in sorted(here.present)
            if here.may(duties, person, step, person if SELF in step else "", substitute=duty.exit == "substitute")
        ]
        for step in duty.steps
    ]


def _last_step(duties: Duties, act: str, here: Office) -> int:
    """How many steps of an act can be given in order, each by another person and the last by none who is kept apart."""
    duty = duties.acts[act]
    before = [(name, int(number)) for name, _colon, number in (other.rpartition(":") for other in duty.apart)]
    concerned = sorted(here.present) if any(SELF in step for step in duty.steps) else [""]
    return max(
        (
            _given(duties, act, here, one, frozenset(apart))
            for one in concerned
            for apart in _kept_apart(duties, before, here)
        ),
        default=0,
    )


def _kept_apart(duties: Duties, before: Sequence[tuple[str, int]], here: Office) -> Iterator[set[str]]:
    """Every way in which the steps that keep their signers apart can have been given; one, of nobody, without any."""
    if not before:
        yield set()
        return
    (act, number), *rest = before
    step = duties.acts[act].steps[number - 1]
    exit_there = duties.acts[act].exit == "substitute"
    for person in here.present:
        if here.may(duties, person, step, "", substitute=exit_there):
            yield from ({person, *others} for others in _kept_apart(duties, rest, here))


def _given(duties: Duties, act: str, here: Office, concerned: str, apart: frozenset[str]) -> int:
    """How many steps in order different people can give, `apart` not giving the last."""
    duty = duties.acts[act]
    may = [
        {
            person
            for person in here.present
            if here.may(duties, person, step, concerned, substitute=duty.exit == "substitute")
        }
        for step in duty.steps
    ]
    may[-1] -= apart

    def reach(step: int, signed: frozenset[str]) -> int:
        if step == len(may):
            return step
        return max((reach(step + 1, signed | {person}) for person in may[step] - signed), default=step)

    return reach(0, frozenset())
