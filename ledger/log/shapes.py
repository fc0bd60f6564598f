"""What the fields of records may hold: small checks that name every place of a value where something is wrong.

Verification asks of thousands of values at once whether all are right, field by field over all of them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

# (place inside the value such as `.postings[1].account`, what is wrong there); none where all is well.
Problems = Sequence[tuple[str, str]]

_FINE: Problems = ()

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_TIME = re.compile(_DAY.pattern + r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


class Check:
    """Says of a value what is wrong with it, and of many values whether all of them are right."""

    def __call__(self, value: Any) -> Problems:
        raise NotImplementedError

    def all_right(self, values: Sequence[Any]) -> bool:
        return not any(map(self, values))


class _Scalar(Check):
    """A value of exactly one type for which `holds` is true."""

    def __init__(self, of: type, what: str, holds: Callable[[Any], object] | None = None) -> None:
        self.of, self.what, self.holds = of, what, holds

    def __call__(self, value: Any) -> Problems:
        right = type(value) is self.of and (self.holds is None or self.holds(value))
        return _FINE if right else [("", f"not {self.what}: {value!r}")]

    def all_right(self, values: Sequence[Any]) -> bool:
        if not {self.of}.issuperset(map(type, values)):
            return False
        if self.holds is None:
            return True
        # Days, words and times are few among many values: each is asked once. Whether there is any is told faster.
        return all(values) if self.holds is bool else all(map(self.holds, set(values)))


class AtLeast:
    """Beside the type of a list: how many values it has at least."""

    def __init__(self, least: int) -> None:
        self.least = least


class ListOf(Check):
    """An array of at least so many values."""

    def __init__(self, inner: Check, least: int = 0) -> None:
        self.inner, self.least = inner, least

    def __call__(self, value: Any) -> Problems:
        if type(value) is not list and type(value) is not tuple:
            return [("", "not an array")]
        problems = [(f"[{place}]{deeper}", what) for place, one in enumerate(value) for deeper, what in self.inner(one)]
        return problems or (_FINE if len(value) >= self.least else [("", "fewer than two")])

    def all_right(self, values: Sequence[Any]) -> bool:
        if not {list, tuple}.issuperset(map(type, values)):
            return False
        long_enough = not self.least or min(map(len, values), default=self.least) >= self.least
        return long_enough and self.inner.all_right(list(chain.from_iterable(values)))


class ObjectOf(Check):
    """An object with exactly these fields; a name that ends in `?` may be absent."""

    def __init__(self, fields: Mapping[str, Check]) -> None:
        self.known = {name.removesuffix("?"): check for name, check in fields.items()}
        self.needed = frozenset(name for name in fields if not name.endswith("?"))

    def __call__(self, value: Any) -> Problems:
        if type(value) is not dict:
            return [("", "not an object")]
        problems = [(f".{name}", "absent") for name in sorted(self.needed - value.keys())]
        for name, item in value.items():
            inner = self.known.get(name)
            wrong = inner(item) if inner else [("", "unknown field")]
            problems += [(f".{name}{deeper}", what) for deeper, what in wrong]
        return problems

    def all_right(self, values: Sequence[Any]) -> bool:
        if not {dict}.issuperset(map(type, values)):
            return False
        for columns in columns_of(values):
            if not self.needed <= columns.keys() <= self.known.keys():
                return False
            if not all(self.known[name].all_right(column) for name, column in columns.items()):
                return False
        return True


def columns_of(objects: Sequence[dict[str, Any]]) -> Iterator[dict[str, list[Any]]]:
    """The objects of equal names together, as a column for each name, without looking a name up in every object."""
    if not objects:
        return
    names = list(objects[0])
    # No object has a name twice, so where all names in their order are those of the first, so are those of each.
    if list(chain.from_iterable(objects)) == names * len(objects):
        values = list(chain.from_iterable(map(dict.values, objects)))
        yield {name: values[place :: len(names)] for place, name in enumerate(names)}
        return
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in objects:
        alike[tuple(one)].append(one)
    for some in alike.values():
        yield from columns_of(some)


class MapOf(Check):
    """An object of whatever names, whose values are alike."""

    def __init__(self, inner: Check) -> None:
        self.inner = inner

    def __call__(self, value: Any) -> Problems:
        if type(value) is not dict:
            return [("", "not an object")]
        return [(f".{name}{deeper}", what) for name, item in value.items() for deeper, what in self.inner(item)]

    def all_right(self, values: Sequence[Any]) -> bool:
        if not {dict}.issuperset(map(type, values)):
            return False
        return self.inner.all_right(list(chain.from_iterable(value.values() for value in values)))


class ByField(Check):
    """An object of which one field says which of several shapes it has."""

    def __init__(self, name: str, shapes: Mapping[str, Check]) -> None:
        self.name, self.shapes = name, shapes
        self.words = one_of(*shapes)

    def __call__(self, value: Any) -> Problems:
        if type(value) is not dict:
            return [("", "not an object")]
        if self.name not in value:
            return [(f".{self.name}", "absent")]
        wrong = self.words(value[self.name])
        if wrong:
            return [(f".{self.name}{deeper}", what) for deeper, what in wrong]
        return self.shapes[value[self.name]](value)

    def all_right(self, values: Sequence[Any]) -> bool:
        alike: defaultdict[Any, list[Any]] = defaultdict(list)
        for value in values:
            if type(value) is not dict or not self.words.all_right([value.get(self.name)]):
                return False
            alike[value[self.name]].append(value)
        return all(self.shapes[name].all_right(found) for name, found in alike.items())


class _PublishedRate(Check):
    what = "[effective from, one-year rate, five-year rate]"

    def __call__(self, value: Any) -> Problems:
        right = type(value) in (list, tuple) and len(value) == 3 and all(type(cell) is str for cell in value)
        return _FINE if right else [("", f"not {self.what}: {value!r}")]


def matching(pattern: re.Pattern[str], what: str) -> Check:
    return _Scalar(str, what, pattern.fullmatch)


def one_of(*words: str) -> Check:
    return _Scalar(str, f"one of {', '.join(words)}", frozenset(words).__contains__)


published_rate = _PublishedRate()
text = _Scalar(str, "a text", bool)
any_text = _Scalar(str, "a text or an empty one")
fen = _Scalar(int, "an integer")
count = _Scalar(int, "a count", (0).__le__)
flag = _Scalar(bool, "true or false")
posting_amount = _Scalar(int, "an amount other than 0", bool)
day = matching(_DAY, "a day")
month = matching(_MONTH, "a month")
time = matching(_TIME, "a UTC time")
# `incentive/1`, `subsidy/entry/2`
versioned = matching(re.compile(r"[a-z_]+(/[a-z_]+)?/[1-9]\d{0,5}", re.ASCII), "a name with its version")
key = matching(re.compile(r"[A-Z0-9]{1,35}"), "capitals and digits, at most 35")
sha256 = matching(_HASH, "a SHA-256 in lower-case hex")
public_key = matching(_HASH, "an Ed25519 public key in lower-case hex")
signature = matching(_SIGNATURE, "an Ed25519 signature in lower-case hex")
