"""At which size of the log a question is asked, and on which day: now, or as it was believed at some time.

`as_of` is a number of records (`4711`), a Beijing day (`2025-06-30`: the records of that day and before), or a
checkpoint as size and root (`4711@9c1f...`, 64 hex signs), which the log must still hold.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from calculators.problems import N_, Refused, refuse
from ledger.log import kinds
from ledger.registry.agreements import CLOCK
from ledger.store.ledger import Vault, View, local_day

_FORM = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})|(?P<size>\d{1,18})(?:@(?P<root>[0-9a-f]{64}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked: the log at a size, the clear texts, and the day on which deadlines and ages are counted."""

    view: View
    vault: Vault
    today: date


def moment(view: View, vault: Vault, today: date, as_of: str = "") -> Moment:
    """The moment that `as_of` names, in a log that is read as `view` and on `today`; now where it names none.

    What was believed of a smaller log is told as of the day of its last record. The clear texts are those of now.
    Refuses `as_of_malformed`, `as_of_beyond` and `as_of_differs`.
    """
    if not as_of:
        return Moment(view, vault, today)
    match = _FORM.fullmatch(as_of)
    if match is None:
        raise _malformed(as_of)
    if match["day"]:
        day = _day(match["day"], as_of)
        if day > today:
            raise _beyond(view, as_of)
        return Moment(view.at(_size_at(view, day, as_of)), vault, day)
    size = int(match["size"])
    if not 1 <= size <= view.size:
        raise _beyond(view, as_of)
    then = view.at(size)
    if match["root"] and then.root().hex() != match["root"]:
        raise refuse(
            "as_of_differs",
            N_("the first {size} records of this log have the root {root}, and not the one that was named"),
            N_("check the checkpoint; `subsidy audit verify --checkpoint FILE --key FILE` holds the log against it"),
            size=size,
            root=then.root().hex(),
        )
    return Moment(then, vault, today if size == view.size else _day_of(view, size - 1))


def _size_at(view: View, day: date, as_of: str) -> int:
    """How many records there were at the end of a day."""
    for first, end in reversed(list(_stretches(view))):
        if _day_of(view, first) <= day:
            return first + bisect_right(range(first, end), day, key=lambda seq: _day_of(view, seq))
    raise _beyond(view, as_of)


def _stretches(view: View) -> Iterator[tuple[int, int]]:
    """Where times do not go back: from one decision that the clock was wrong to the next."""
    resets = [row.seq for row in view.records(kinds.DECISION) if row.body["type"] == CLOCK]
    return pairwise([0, *resets, view.size])


def _day_of(view: View, seq: int) -> date:
    return local_day(datetime.fromisoformat(view.record(seq)["recorded_at"]))


def _day(text: str, as_of: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _malformed(as_of) from error


def _malformed(as_of: str) -> Refused:
    return refuse(
        "as_of_malformed",
        N_("{text} says neither a size of the log nor a day"),
        N_("write a number of records, a day such as 2025-06-30, or SIZE@ROOT of a checkpoint"),
        text=as_of,
    )


def _beyond(view: View, as_of: str) -> Refused:
    return refuse(
        "as_of_beyond",
        N_("{text} lies outside this log, which has {size} records from {first} to {last}"),
        N_("name a size or a day inside it"),
        text=as_of,
        size=view.size,
        first=_day_of(view, 0),
        last=_day_of(view, view.size - 1),
    )
