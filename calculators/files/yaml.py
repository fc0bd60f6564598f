"""Read YAML files of ours so that every problem is known with its place: `file:line:column key`.

Files are YAML 1.2, UTF-8, one mapping of texts, lists and mappings. Every value is kept as it is written, so that
numbers are exact; what other programs read in several ways (anchors, tags, keys standing twice, tabs) is refused.
The parser's own findings are said in plain words.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from calculators.awards.all import ITEM_TYPES
from calculators.clear import hidden_at, unclear, unprintable
from calculators.notices.loan import LoanNotice
from calculators.notices.model import Notice
from calculators.notices.values import Shape, nearest
from calculators.problems import N_, Place, Problem, Refused, refuse

__all__ = ["UNUSABLE", "Document", "fault_of_syntax", "load_notice", "notice_ref", "read_file", "read_yaml", "take"]


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    what: str
    remedy: str

    def at(self, place: Place) -> Problem:
        return Problem(self.code, self.what, self.remedy, place)


UNUSABLE = {
    "empty": _Fault("yaml_empty", N_("the file says nothing"), N_("write keys and values into it")),
    "no_keys": _Fault(
        "yaml_not_mapping", N_("the file does not begin with a key"), N_("write it as lines of key: value")
    ),
    "two_documents": _Fault(
        "yaml_two_documents",
        N_("a second document begins here"),
        N_("put it into a file of its own and take the line --- out"),
    ),
    "key": _Fault("yaml_key", N_("a key is a single word"), N_("write key: value")),
    "twice": _Fault("key_twice", N_("this key stands here a second time"), N_("keep one of the two")),
    "anchor": _Fault(
        "yaml_anchor", N_("anchors and aliases (& and *) are not read"), N_("write the value out where it applies")
    ),
    "tag": _Fault("yaml_tag", N_("tags (!) are not read"), N_("write the value alone")),
    "no_value": _Fault("value_missing", N_("there is no value"), N_("write one, or take the key out")),
    "comma": _Fault(
        "yaml_comma",
        N_("a comma between brackets has split a number"),
        N_("put the number in quotes, or leave its commas out"),
    ),
    "deep": _Fault("yaml_deep", N_("parts are nested too deep"), N_("take brackets or indentation out")),
    "wide_colon": _Fault(
        "yaml_wide_colon",
        N_("the colon after this key is a full-width one (：)"),
        N_("type a colon of the Latin keyboard and a blank after it: key: value"),
    ),
}

# What the parser found -> what to tell; the first that matches.
_SYNTAX = (
    ("\\t", _Fault("yaml_tab", N_("here stands a tab"), N_("indent with spaces, two for each level"))),
    (
        "cannot start any token",
        _Fault("yaml_quotes", N_("a value cannot begin with this sign"), N_("put the value in quotes")),
    ),
    (
        "mapping values are not allowed",
        _Fault(
            "yaml_colon",
            N_("a colon stands where no key can be"),
            N_("put a value that has a colon in quotes, and give the keys of one part the same indentation"),
        ),
    ),
    (
        "expected ',' or",
        _Fault("yaml_open", N_("a bracket above is not closed"), N_("close it, or put the value in quotes")),
    ),
    ("end of stream", _Fault("yaml_open", N_("a quote above is not closed"), N_("close it"))),
    ("end of document", _Fault("yaml_open", N_("a quote above is not closed"), N_("close it"))),
    (
        "could not find expected ':'",
        _Fault("yaml_no_colon", N_("this line has no colon after its key"), N_("write it as key: value")),
    ),
    (
        "escape",
        _Fault(
            "yaml_escape",
            N_("a backslash in double quotes must be a known escape"),
            N_("use single quotes, in which a backslash is itself"),
        ),
    ),
    ("undefined alias", UNUSABLE["anchor"]),
    ("another document", UNUSABLE["two_documents"]),
)
_ELSE = _Fault(
    "yaml_indentation",
    N_("the structure breaks off here"),
    N_("give the keys of one part the same indentation, and two spaces more to the keys inside it"),
)


# A key and the colon of a Chinese keyboard: to the parser a word, so that it stumbles there or on the line below.
_WIDE_COLON = re.compile(r"(?<![^\s{,])[a-z][a-z0-9_]*(：)")


def fault_of_syntax(error: MarkedYAMLError, source: str, text: str) -> Problem:
    """The parser's error as a problem at its place in `text`."""
    found = str(error.problem)
    # A key without a colon is noticed only on the next line; its own place is the error's context.
    mark = error.context_mark if "could not find expected ':'" in found else error.problem_mark
    place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
    lines = text.splitlines()
    for line in (place.line, place.line - 1):
        for wide in _WIDE_COLON.finditer(lines[line - 1]) if 0 < line <= len(lines) else ():
            # An odd number of quotes before it: it stands inside one, where a colon is a sign like any other.
            if lines[line - 1].count('"', 0, wide.start()) % 2 == 0:
                return UNUSABLE["wide_colon"].at(Place(source, line, wide.start(1) + 1))
    return next((fault for sign, fault in _SYNTAX if sign in found), _ELSE).at(place)


KeyPath = tuple[str | int, ...]
ShapeT = TypeVar("ShapeT", bound=Shape)

# What a notice of each type of support may say.
TYPES: dict[str, type[Notice]] = {
    "loan_interest_discount": LoanNotice,
    **{name: kind.notice for name, kind in ITEM_TYPES.items()},
}

# No file of ours nests deeper than a dozen parts; a limit keeps a hostile one from exhausting the interpreter.
MAX_DEPTH = 32
_AFTER_COMMA = re.compile(r"\d+(\.\d+)?(%|BP)?")
_NO_VALUE = ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Document:
    """A file as read: `data` of mappings, lists and texts, and where each key path stands.

    A value's place is where it begins; a mapping's or list's place is its key. `problems` are those of the text itself,
    each at a key path whose value is not to be judged again.
    """

    source: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    key_places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: dict[KeyPath, Problem] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Place:
        """Where `path` stands; for a path that is not in the file, where the part around it stands."""
        around = path
        while around and around not in self.places:
            around = around[:-1]
        found = self.places.get(around) or Place(self.source, 1, 1)
        return Place(self.source, found.line, found.column, _key_text(path))


def read_file(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; refuses `file_missing`, `file_not_utf8`."""
    place = Place(str(path))
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "file_not_utf8",
            N_("the file is not UTF-8 from byte {byte} on"),
            N_("save it as UTF-8"),
            place,
            byte=error.start + 1,
        ) from None
    except OSError:
        raise refuse(
            "file_missing", N_("there is no file to read here"), N_("check its name and folder"), place
        ) from None


def read_yaml(text: str, source: str) -> Document:
    """The document in `text`; raises `Refused` where it cannot be read on, else collects its problems."""
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        pairs = zip(text.splitlines(), composed.splitlines(), strict=False)
        line = next((number for number, (ours, theirs) in enumerate(pairs, 1) if ours != theirs), 1)
        raise refuse(
            "text_not_composed",
            N_("a character of this line is written in parts, so that equal texts would differ"),
            N_("save the file with composed characters (Unicode NFC)"),
            Place(source, line, 1),
        )
    document = Document(source)
    hidden = [
        unprintable(Place(source, number, at + 1))
        for number, line in enumerate(re.split(r"\r\n|[\r\n]", text), 1)
        # A tab is told of by the parser, which knows what it would do there.
        if (at := hidden_at(line, "\t")) >= 0
    ]
    if hidden:
        raise Refused(hidden)
    events = _events(text, source)
    if not events:
        raise Refused(UNUSABLE["empty"].at(Place(source, 1, 1)))
    if not isinstance(events[0], MappingStartEvent):
        place = _place(events[0], source)
        raise Refused(_wide_colon(events[0], place) or UNUSABLE["no_keys"].at(place))
    builder = _Builder(document, iter(events[1:]))
    document.data = builder.mapping(())
    for rest in builder.events:
        raise Refused(UNUSABLE["two_documents"].at(_place(rest, source)))
    if builder.wide_colons:
        # What stands behind such a colon is no value, so that everything else would be said of another file.
        raise Refused(builder.wide_colons)
    return document


def take(shape: type[ShapeT], document: Document) -> ShapeT:
    """The document as a `shape`; raises `Refused` with every problem of text, values and rules, in reading order."""
    problems = dict(document.problems)
    taken = None
    try:
        taken = shape.model_validate(document.data)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            path = _path_in(document.data, found["loc"])
            known = any(path[:length] in document.problems for length in range(1, len(path) + 1))
            # A list whose items are all wrong counts as empty for the library; its items say what is wrong.
            if not known and not (found["type"] == "too_short" and found["input"]):
                problem = _problem(found, path, document)
                problems[*path, problem.code] = problem
    if taken is None or problems:
        raise Refused(sorted(problems.values(), key=lambda problem: (problem.place.line, problem.place.column)))
    return taken


def load_notice(text: str, source: str) -> Notice:
    """The notice in `text`; raises `Refused` with every problem of the file. `source` is its name for messages."""
    document = read_yaml(text, source)
    return take(_notice_shape(document), document)


def _notice_shape(document: Document) -> type[Notice]:
    """The shape of the notice's type; of the nearest one, with the type itself as a problem, where it is misspelt."""
    written = document.data.get("type", "")
    if isinstance(written, str) and written in TYPES:
        return TYPES[written]
    path = ("type",)
    meant = nearest(written, TYPES) if isinstance(written, str) else None
    if path not in document.problems:
        document.problems[path] = (
            Problem(
                "choice_unknown",
                N_("{value!r} is not possible here"),
                N_("write one of: {allowed}"),
                document.place(path),
                {"value": written if isinstance(written, str) else "...", "allowed": ", ".join(TYPES)},
            )
            if "type" in document.data
            else Problem("key_missing", N_("this key is missing"), N_("add it with its value"), document.place(path))
        )
    if meant is None:
        # Without a type nobody can say which keys belong here.
        raise Refused(document.problems.values())
    return TYPES[meant]


def notice_ref(notice: Notice, text: str) -> str:
    """What names a version of a notice for ever: `id@sha256:<64 hex>` of the text's UTF-8 bytes."""
    return f"{notice.id}@sha256:{sha256(text.encode()).hexdigest()}"


_PARTS = (
    AliasEvent,
    MappingStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceStartEvent,
    SequenceEndEvent,
)


# Texts up to here are kept as they were parsed: a notice that is added is read for its words, its rules and its record.
_KEPT_SIGNS = 65_536


def _events(text: str, source: str) -> Sequence[Event]:
    """What the parser finds, without the marks around documents; stops at the first thing it cannot take."""
    try:
        events, deep = _kept(text) if len(text) <= _KEPT_SIGNS else _parsed(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise Refused(unprintable(Place(source, line, column))) from None
    except MarkedYAMLError as error:
        raise Refused(fault_of_syntax(error, source, text)) from None
    if deep is not None:
        raise Refused(UNUSABLE["deep"].at(_place(deep, source)))
    return events


def _parsed(text: str) -> tuple[Sequence[Event], Event | None]:
    """The events of a text, and the one that lies too deep, behind which nothing is parsed."""
    events: list[Event] = []
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if depth > MAX_DEPTH:
            return events, event
        if isinstance(event, _PARTS):
            events.append(event)
    return events, None


_kept = lru_cache(maxsize=32)(_parsed)


class _Builder:
    """Builds data and places from the parser's events, one level of the file per call."""

    def __init__(self, document: Document, events: Iterator[Event]) -> None:
        self.document = document
        self.events = events
        self.wide_colons: list[Problem] = []

    def mapping(self, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = event.value if isinstance(event, ScalarEvent) else ""
            place = _place(event, self.document.source)
            if not isinstance(event, ScalarEvent):
                raise Refused(UNUSABLE["key"].at(place))
            self.note_wide_colon(event, place)
            below = (*path, key)
            if key in data:
                # The value is read past under a path of its own: its place must not replace the first one's.
                below = (*path, key, "(again)", len(self.document.problems))
                self.value(below, place)
                self.note("twice", below, place, path=(*path, key))
                continue
            self.note_marks(event, below, place)
            self.note_unclear(key, below, place)
            data[key] = self.value(below, place)
        return data

    def sequence(self, path: KeyPath) -> list[Any]:
        data: list[Any] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            data.append(self.take(event, (*path, len(data)), None))
        return data

    def value(self, path: KeyPath, key_place: Place) -> Any:
        return self.take(next(self.events), path, key_place)

    def take(self, event: Event, path: KeyPath, key_place: Place | None) -> Any:
        place = _place(event, self.document.source)
        empty = isinstance(event, ScalarEvent) and event.style is None and event.value in _NO_VALUE
        at_value = isinstance(event, ScalarEvent) and not empty
        self.document.places[path] = place if at_value else key_place or place
        self.document.key_places[path] = key_place or place
        self.note_marks(event, path, place)
        if isinstance(event, MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        if empty:
            # `{amount: 30,000}` is read as a second key `000` without a value.
            split = path and isinstance(path[-1], str) and _AFTER_COMMA.fullmatch(path[-1])
            self.note("comma" if split else "no_value", path, self.document.places[path])
        # Behind a key of its own line it is text; at the place of a part, or of an item, it was to be a key.
        if key_place is None or key_place.line < place.line:
            self.note_wide_colon(event, place)
        text = event.value if isinstance(event, ScalarEvent) else ""
        self.note_unclear(text, path, place)
        return text

    def note_wide_colon(self, event: Event, place: Place) -> None:
        """A key that the colon of a Chinese keyboard made one word with its value."""
        found = _wide_colon(event, place)
        if found:
            self.wide_colons.append(found)

    def note_unclear(self, text: str, path: KeyPath, place: Place) -> None:
        """Signs that nobody sees, written by an escape, and texts beyond reason; lines of a text are its own."""
        problem = unclear(text.replace("\n", " "), Place(place.source, place.line, place.column, _key_text(path)))
        if problem:
            self.document.problems.setdefault(path, problem)

    def note_marks(self, event: Event, path: KeyPath, place: Place) -> None:
        """Anchors, aliases and tags: what they stand for is not what is written."""
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self.note("anchor", path, place)
        elif getattr(event, "ctag", None) is not None:
            self.note("tag", path, place)

    def note(self, kind: str, at: KeyPath, place: Place, path: KeyPath | None = None) -> None:
        where = Place(place.source, place.line, place.column, _key_text(path or at))
        self.document.problems.setdefault(at, UNUSABLE[kind].at(where))


def _wide_colon(event: Event, place: Place) -> Problem | None:
    """The problem of a word that begins with a key and a full-width colon, at the colon."""
    wide = _WIDE_COLON.match(event.value) if isinstance(event, ScalarEvent) and event.style is None else None
    return UNUSABLE["wide_colon"].at(Place(place.source, place.line, place.column + wide.start(1))) if wide else None


def _place(event: Event, source: str) -> Place:
    mark = event.start_mark
    return Place(source, mark.line + 1, mark.column + 1)


def _key_text(path: Sequence[str | int]) -> str:
    """`caps[1].amount`: items of a list count from 1, as people count them."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _path_in(data: Any, loc: Sequence[str | int]) -> KeyPath:
    """The key path of a validation error: before a field of a part the library may name the part's `kind` too."""
    path: list[str | int] = []
    here, skipped = data, False
    for place, step in enumerate(loc):
        # A kind may be called as one of its keys (`bands`): the library's name for a part stands before a key of it.
        named = place + 1 < len(loc) and isinstance(loc[place + 1], str)
        if isinstance(here, dict) and not skipped and named and here.get("kind") == step:
            skipped = True
            continue
        path.append(step)
        skipped = False
        if isinstance(here, dict):
            here = here.get(str(step))
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            here = None
    return tuple(path)


def _problem(found: Any, path: KeyPath, document: Document) -> Problem:
    """A validation error as a problem in plain words."""
    kind, context = found["type"], dict(found.get("ctx", {}))
    place = document.place(path)
    match kind:
        case "missing":
            return Problem("key_missing", N_("this key is missing"), N_("add it with its value"), place)
        case "union_tag_not_found":
            place = document.place((*path, "kind"))
            return Problem("key_missing", N_("this key is missing"), N_("add it with its value"), place)
        case "literal_error" | "enum" | "union_tag_invalid":
            written = found["input"]
            if kind == "union_tag_invalid":
                place, written = document.place((*path, "kind")), context["tag"]
            allowed = (context.get("expected") or context["expected_tags"]).replace("' or '", "', '").replace("'", "")
            return Problem(
                "choice_unknown",
                N_("{value!r} is not possible here"),
                N_("write one of: {allowed}"),
                place,
                {"value": written if isinstance(written, str) else "...", "allowed": allowed},
            )
        case "model_type" | "model_attributes_type" | "dict_type":
            return Problem(
                "part_expected",
                N_("a part with keys of its own belongs here"),
                N_("write its keys on the lines below, two spaces further in"),
                place,
            )
        case "tuple_type":
            return Problem(
                "list_expected",
                N_("a list belongs here"),
                N_("write each item on a line of its own after a hyphen, or all in [brackets]"),
                place,
            )
        case "too_short":
            return Problem("list_empty", N_("the list is empty"), N_("add at least one item"), place)
    what, remedy = context.pop("what"), context.pop("remedy")
    if kind == "key_unknown":
        key_place = document.key_places.get(path, place)
        place = Place(place.source, key_place.line, key_place.column, place.key)
    return Problem(kind, what, remedy, place, context)
