"""The canonical bytes of a record: one way to write a JSON object, and no other reading of it.

The profile is RFC 8785 restricted: an object whose first key is `$schema`; keys sorted and ASCII; strings in NFC,
booleans, and integers of magnitude below 2^53; no floats, no null (an absent value is an absent key).
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

_SCALARS = frozenset({str, int, bool})

# Whatever orjson would turn into JSON by its own lights (dates, dataclasses, subclasses) is refused instead.
_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_STRICT_INTEGER
)


class NotCanonical(ValueError):
    """An object that has no canonical bytes, or bytes that are not canonical."""


def canonical(obj: Mapping[str, Any]) -> bytes:
    """The bytes of `obj`; tuples are written as arrays. Raises `NotCanonical` outside the profile."""
    try:
        body = orjson.dumps(obj, option=_OPTIONS)
    except TypeError as error:
        raise NotCanonical(str(error)) from error
    _check_beginning(body)
    _check_types(obj.values())
    if not body.isascii():
        _check_text(obj)
    return body


def canonical_all(objects: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """The bytes of objects whose fields were asked for their types, so that only texts and figures are looked at."""
    try:
        bodies = [orjson.dumps(obj, option=_OPTIONS) for obj in objects]
    except TypeError as error:
        raise NotCanonical(str(error)) from error
    for obj, body in zip(objects, bodies, strict=True):
        _check_beginning(body)
        if not body.isascii():
            _check_text(obj)
    return bodies


def canonical_again(obj: Mapping[str, Any]) -> bytes:
    """The bytes of what is known to lie in the profile, as a record does that was read, and what stands in one."""
    return orjson.dumps(obj, option=_OPTIONS)


def parse_again(body: str) -> dict[str, Any]:
    """The object of bytes that were made here, decoded."""
    obj: dict[str, Any] = orjson.loads(body)
    return obj


def parse(body: bytes) -> dict[str, Any]:
    """The object that `body` says; raises `NotCanonical` for bytes that do not re-encode to themselves.

    So it refuses blanks, another order, escapes that need not be and duplicate keys as well.
    """
    try:
        obj = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(str(error)) from error
    if type(obj) is not dict:
        raise NotCanonical("not an object")
    if canonical(obj) != body:
        raise NotCanonical("the bytes do not re-encode to themselves")
    return obj


def parse_all(bodies: Sequence[bytes]) -> list[dict[str, Any]]:
    """The objects that `bodies` say, for who asks of every value afterwards whether it has the type of its field.

    Raises `NotCanonical` where one of them is not canonical; which one, `parse` tells.
    """
    try:
        objects: list[dict[str, Any]] = list(map(orjson.loads, bodies))
        # An object ends where its braces close, so all are equal, one behind the other, where each of them is.
        if not {dict}.issuperset(map(type, objects)) or canonical_list(objects) != b"[" + b",".join(bodies) + b"]":
            raise NotCanonical("the bytes do not re-encode to themselves")
    except (orjson.JSONDecodeError, TypeError) as error:
        raise NotCanonical(str(error)) from error
    for obj, body in zip(objects, bodies, strict=True):
        _check_beginning(body)
        if not body.isascii():
            _check_text(obj)
    return objects


def canonical_list(objects: Sequence[Mapping[str, Any]]) -> bytes:
    """The bytes of objects known to lie in the profile, as they stand in an array."""
    return orjson.dumps(objects, option=_OPTIONS)


def _check_beginning(body: bytes) -> None:
    if not body.startswith(b'{"$schema":'):
        raise NotCanonical("the first key must be $schema")


# Both walks may recurse: orjson refuses what is nested deeper than 254.
def _check_types(values: Collection[Any]) -> None:
    """Refuse what orjson would take and the profile does not: floats, null, enums, UUIDs."""
    for value in values:
        kind = type(value)
        # In order of how often they are met; an object that holds no other is done without another call.
        if kind is str or kind is int:
            continue
        if kind is dict:
            inner = value.values()
            if not _SCALARS.issuperset(map(type, inner)):
                _check_types(inner)
        elif kind is list or kind is tuple:
            if value and not _SCALARS.issuperset(map(type, value)):
                _check_types(value)
        elif kind is not bool:
            raise NotCanonical(f"no {kind.__name__} has canonical bytes: {value!r}")


def _check_text(value: Any) -> None:
    """Refuse keys outside ASCII and strings outside NFC; bytes that are all ASCII need no look."""
    if type(value) is str:
        if not unicodedata.is_normalized("NFC", value):
            raise NotCanonical(f"not in NFC: {value!r}")
    elif type(value) is dict:
        for key, inner in value.items():
            if not key.isascii():
                raise NotCanonical(f"not an ASCII key: {key!r}")
            _check_text(inner)
    elif type(value) is list or type(value) is tuple:
        for inner in value:
            _check_text(inner)
