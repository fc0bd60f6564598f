"""What the fields of records may hold: small checks that name every place of a value where something is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# (place inside the value such as `.postings[1].account`, what is wrong there); none where all is well.
Problems = Sequence[tuple[str, str]]
# Places are put together only where something is wrong: verification asks this of every record of a log.
Check = Callable[[Any], Problems]

_FINE: Problems = ()

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TIME = re.compile(_DAY.pattern + r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


def matching(pattern: re.Pattern[str], what: str) -> Check:
    matches = pattern.fullmatch

    def check(value: Any) -> Problems:
        return _FINE if type(value) is str and matches(value) else [("", f"not {what}: {value!r}")]

    return check


def one_of(*words: str) -> Check:
    def check(value: Any) -> Problems:
        return _FINE if type(value) is str and value in words else [("", f"not one of {', '.join(words)}: {value!r}")]

    return check


def list_of(inner: Check) -> Check:
    def check(value: Any) -> Problems:
        if type(value) is not list and type(value) is not tuple:
            return [("", "not an array")]
        problems: Problems = _FINE
        for place, one in enumerate(value):
            wrong = inner(one)
            if wrong:
                problems = [*problems, *((f"[{place}]{deeper}", what) for deeper, what in wrong)]
        return problems

    return check


def object_of(fields: Mapping[str, Check]) -> Check:
    """An object with exactly these fields; a name that ends in `?` may be absent."""
    known = {name.removesuffix("?"): check for name, check in fields.items()}
    needed = frozenset(name for name in fields if not name.endswith("?"))

    def check(value: Any) -> Problems:
        if type(value) is not dict:
            return [("", "not an object")]
        problems: Problems = _FINE
        if not needed <= value.keys():
            problems = [(f".{name}", "absent") for name in sorted(needed - value.keys())]
        for name, one in value.items():
            inner = known.get(name)
            if inner is text and type(one) is str and one:
                # Most fields are texts; a call for each would be half the time of verifying a record's shape.
                continue
            wrong = inner(one) if inner else [("", "unknown field")]
            if wrong:
                problems = [*problems, *((f".{name}{deeper}", what) for deeper, what in wrong)]
        return problems

    return check


def text(value: Any) -> Problems:
    return _FINE if type(value) is str and value else [("", f"not a text: {value!r}")]


def fen(value: Any) -> Problems:
    return _FINE if type(value) is int else [("", f"not an integer: {value!r}")]


def count(value: Any) -> Problems:
    return _FINE if type(value) is int and value >= 0 else [("", f"not a count: {value!r}")]


def flag(value: Any) -> Problems:
    return _FINE if type(value) is bool else [("", f"not true or false: {value!r}")]


def any_object(value: Any) -> Problems:
    return _FINE if type(value) is dict else [("", "not an object")]


def posting_amount(value: Any) -> Problems:
    return _FINE if type(value) is int and value else [("", f"not an amount other than 0: {value!r}")]


def published_rate(value: Any) -> Problems:
    right = type(value) in (list, tuple) and len(value) == 3 and all(type(cell) is str for cell in value)
    return _FINE if right else [("", f"not [effective from, one-year rate, five-year rate]: {value!r}")]


def at_least_two(inner: Check) -> Check:
    def check(value: Any) -> Problems:
        problems = inner(value)
        return problems or (_FINE if len(value) >= 2 else [("", "fewer than two")])

    return check


day = matching(_DAY, "a day")
month = matching(_MONTH, "a month")
key = matching(re.compile(r"[A-Z0-9]{1,35}"), "capitals and digits, at most 35")
sha256 = matching(_HASH, "a SHA-256 in lower-case hex")
public_key = matching(_HASH, "an Ed25519 public key in lower-case hex")
signature = matching(_SIGNATURE, "an Ed25519 signature in lower-case hex")
