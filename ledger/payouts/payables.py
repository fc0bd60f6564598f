"""What is owed and not yet in any payout, and which payouts name a payable."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import and_, bindparam, func, select

from ledger.book.accounts import PAYABLE, RECEIVABLE
from ledger.book.payables import Payable, Terms, columns, corrections, open_parts
from ledger.store import tables
from ledger.store.engine import Query, among, these
from ledger.store.ledger import View

_CLAIM, _RECORD, _ENTRY, _POSTING = tables.claim, tables.record, tables.entry, tables.posting
# Put together once: what is prepared, answered or judged asks them of every payable.
_CLAIMED = Query(
    select(_CLAIM.c.award, func.sum(_CLAIM.c.amount_fen))
    .where(among(_CLAIM.c.award), _CLAIM.c.record < bindparam("size"))
    .group_by(_CLAIM.c.award)
)
_TRIES = Query(
    select(_CLAIM.c.award, func.count())
    .join(_RECORD, _RECORD.c.seq == _CLAIM.c.record)
    .where(among(_CLAIM.c.award), _RECORD.c.kind == "payout", _CLAIM.c.record < bindparam("size"))
    .group_by(_CLAIM.c.award)
)
_NAMING = Query(
    select(_CLAIM.c.award, _RECORD.c.body)
    .join(_RECORD, _RECORD.c.seq == _CLAIM.c.record)
    .where(among(_CLAIM.c.award), _RECORD.c.kind == "payout", _CLAIM.c.record < bindparam("size"))
    .order_by(_CLAIM.c.award)
)
_REVERSED = Query(select(_ENTRY.c.reverses).where(among(_ENTRY.c.reverses), _ENTRY.c.record < bindparam("size")))
_TERMS = (
    select(_ENTRY.c.record, *columns())
    .join(_POSTING, and_(_POSTING.c.entry == _ENTRY.c.seq, _POSTING.c.tag == _ENTRY.c.tag))
    .where(among(_ENTRY.c.record), _POSTING.c.chart == "fin")
    .where(_POSTING.c.account.in_((PAYABLE, RECEIVABLE)))
)


class RunEntries(NamedTuple):
    """A closed run by the log index of its closing record, and where its entries stand."""

    closed: int
    first: int
    entries: int

    def holds(self, record: int) -> bool:
        """Whether `record` is one of the run's entries."""
        return self.first <= record < self.first + self.entries


def open_payables(view: View, runs: Sequence[RunEntries]) -> list[Payable]:
    """The open payables of `runs` by line and log index.

    Open reductions of the same lines come along from whatever run, and so does what was reopened: it belongs to none.
    """
    found = open_parts(view)
    own = {
        payable for payable in found if payable.reason == "reopened" or any(run.holds(payable.award) for run in runs)
    }
    wanted = {part.line for part in own if part.open_fen > 0}
    return [part for part in found if part.line in wanted and (part in own or part.open_fen < 0)]


def claimed(view: View, awards: Iterable[int]) -> dict[int, int]:
    """Per entry record the sum of the claims on it; those without claims are left out."""
    found = _CLAIMED.fetch(view.connection, size=view.size, **these(awards))
    return {award: int(fen) for award, fen in found}


def tries(view: View, awards: Iterable[int]) -> dict[int, int]:
    """Per entry record how many payouts have named it; those without any are left out."""
    found = _TRIES.fetch(view.connection, size=view.size, **these(awards))
    return {award: int(count) for award, count in found}


def reversed_entries(view: View, awards: Iterable[int]) -> set[int]:
    """Which of these entry records were reversed: what they owed is not owed any more."""
    return {award for (award,) in _REVERSED.fetch(view.connection, size=view.size, **these(awards))}


def payouts_naming(view: View, awards: Iterable[int]) -> dict[str, int]:
    """Item no. of every payout that named one of these entry records -> the first that it named."""
    found: dict[str, int] = {}
    for award, body in _NAMING.fetch(view.connection, size=view.size, **these(awards)):
        found.setdefault(orjson.loads(body)["key"], award)
    return found


def terms(view: View, awards: Iterable[int]) -> dict[int, Terms]:
    """Per entry record the terms its payable or debt stands on, corrections included."""
    moved = corrections(view)
    found: dict[int, Terms] = {}
    # Most payables stand on the same few terms, which are held once.
    same: dict[Terms, Terms] = {}
    for record, *said in view.connection.execute(_TERMS, these(awards)):
        stands_on = Terms(*said)
        if record in moved:
            stands_on = stands_on.moved(moved[record])
        found[record] = same.setdefault(stands_on, stands_on)
    return found
