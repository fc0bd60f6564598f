"""Partitions and what comes of them as bytes, for a process that may run elsewhere.

A task says first by which calculators it was made, so that a worker with others answers that instead of something that
may differ. Both ends are one program under one office's care: bytes are unpickled at either, so nobody else may reach
the way between them.
"""

import pickle
from collections.abc import Callable, Iterable, Mapping
from copyreg import dispatch_table
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from io import BytesIO
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from calculators.awards.all import Partition
from calculators.awards.caps import Fill
from calculators.awards.digests import AwardResult
from calculators.awards.partitions import Filled, claims, compute
from calculators.money import Exact
from calculators.problems import Refused

__all__ = ["Answer", "Found", "answer", "fingerprint", "read_answer", "to_claim", "to_compute"]

_OF_SHA256 = 32
_PROTOCOL = 5


class Found(NamedTuple):
    """What came out for a line: its digest as JSON, how its keys were filled, and its clauses.

    `fills` are in the order of the digest's `caps`. A clause is that of a due period; the one of `date.min` is that of
    all others.
    """

    line: str
    digest: bytes
    fills: tuple[Fill, ...]
    clauses: Mapping[date, str]


class Answer(NamedTuple):
    """What a worker says to a task: `done` with what came of it; `other` with the fingerprint of its calculators;
    `refused`, where the whole is to be calculated by whoever asked, who says why; `memory`, where it has too little.
    """

    code: str
    found: Any = None


@cache
def fingerprint() -> bytes:
    """SHA-256 over the sources of the calculators, by which client and workers know that they run the same."""
    root = Path(__file__).parents[1]
    taken = sha256()
    for path in sorted(root.rglob("*.py")):
        taken.update(f"{path.relative_to(root).as_posix()}\n".encode() + sha256(path.read_bytes()).digest())
    return taken.digest()


def to_compute(partition: Partition, known: Mapping[str, Filled] | None = None) -> bytes:
    """The task whose answer is `Found` for each line."""
    return fingerprint() + _packed((_compute, partition, known))


def to_claim(piece: Partition) -> bytes:
    """The task whose answer is what each line claims before caps."""
    return fingerprint() + _packed((claims, piece))


def answer(task: bytes) -> bytes:
    """A task done: the one function that a worker calls."""
    return _packed(tuple(_answer(task)))


def read_answer(told: bytes) -> Answer:
    """What a worker answered."""
    return Answer(*pickle.loads(told))


def _answer(task: bytes) -> Answer:
    if task[:_OF_SHA256] != fingerprint():
        return Answer("other", fingerprint().hex())
    try:
        asked, *given = pickle.loads(memoryview(task)[_OF_SHA256:])
        return Answer("done", asked(*given))
    except Refused:
        return Answer("refused")
    except MemoryError:
        return Answer("memory")


def _compute(partition: Partition, known: Mapping[str, Filled] | None) -> list[Found]:
    return [_found(result) for result in compute(partition, known)]


def _found(result: AwardResult) -> Found:
    fills = tuple(fill for _, fill in sorted(result.capped.fills.items()))
    clauses = {date.min: result.clause(date.min)}
    if not result.line.on_loan:
        clauses |= {part.due: result.clause(part.due) for part in result.capped.parts}
    return Found(result.line.id, orjson.dumps(result.digest), fills, clauses)


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How values of a type are taken apart: shapes into their class and the values of their fields, numbers likewise.

    For these that takes a third of pickle's own time; all else goes pickle's way.
    """

    def __missing__(self, of: type) -> Callable[[Any], Any]:
        if issubclass(of, type):
            raise KeyError(of)
        made = dispatch_table.get(of) or _taken_apart(of) or methodcaller("__reduce_ex__", _PROTOCOL)
        self[of] = made
        return made


def _taken_apart(of: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """For a type that is made again by calling it; None where pickle knows better."""
    if of is Exact:
        return lambda value: (Exact, (value.numerator, value.denominator))
    own = fields(of) if is_dataclass(of) else ()
    if len(own) < 2 or not all(field.init for field in own):
        return None
    values = attrgetter(*(field.name for field in own))
    return lambda value: (of, values(value))


_REDUCERS = _Reducers()


def _packed(value: Iterable[Any]) -> bytes:
    into = BytesIO()
    pickler = pickle.Pickler(into, protocol=_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return into.getvalue()
