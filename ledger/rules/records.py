"""A record of the log as rules see it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple

from ledger.log.kinds import BodyT
from ledger.store.ledger import local_day


class Logged(NamedTuple, Generic[BodyT]):
    """A record of the log, its bytes read; what only asks for its kind takes `Logged[Any]`."""

    seq: int
    kind: str
    body: BodyT
    leaf: bytes


# Gives the body of an earlier record, whatever its kind.
Read = Callable[[int], Any]


@lru_cache(maxsize=64)
def day_of(moment: str) -> date:
    """The day in Shanghai of a record's `recorded_at`; all records of a write have the same."""
    return local_day(datetime.fromisoformat(moment))


class LogOnly:
    """The source of a fold that takes every record of the log from its beginning: it lacks nothing but bodies."""

    whole = True

    def __init__(self, read: Read) -> None:
        self.body = read

    def load(self, _name: str, _keys: Iterable[Any]) -> dict[Any, Any]:
        """Nothing: what no record said does not stand."""
        return {}
