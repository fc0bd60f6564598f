"""What is owed and not yet in any payout, and which payouts name a payable."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, func, select

from ledger.book.accounts import PAYABLE, RECEIVABLE
from ledger.book.payables import Payable, Terms, columns, corrections, open_parts
from ledger.store import tables
from ledger.store.ledger import View

# Log indexes looked up by one statement; SQLite takes 32,766 parameters.
_LOOKUP = 10_000


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
    wanted = {
        payable.line
        for payable in found
        if payable.open_fen > 0 and (payable.reason == "reopened" or any(run.holds(payable.award) for run in runs))
    }
    return [
        payable
        for payable in found
        if payable.line in wanted
        and (payable.open_fen < 0 or payable.reason == "reopened" or any(run.holds(payable.award) for run in runs))
    ]


def claimed(view: View, awards: Iterable[int]) -> dict[int, int]:
    """Per entry record the sum of the claims on it; those without claims are left out."""
    claim = tables.claim
    sums: dict[int, int] = {}
    for part in chunks(awards):
        query = (
            select(claim.c.award, func.sum(claim.c.amount_fen))
            .where(claim.c.award.in_(part), claim.c.record < view.size)
            .group_by(claim.c.award)
        )
        sums.update((award, int(fen)) for award, fen in view.connection.execute(query))
    return sums


def tries(view: View, awards: Iterable[int]) -> dict[int, int]:
    """Per entry record how many payouts have named it; those without any are left out."""
    claim, record = tables.claim, tables.record
    counts: dict[int, int] = {}
    for part in chunks(awards):
        query = (
            select(claim.c.award, func.count())
            .join(record, record.c.seq == claim.c.record)
            .where(claim.c.award.in_(part), record.c.kind == "payout", claim.c.record < view.size)
            .group_by(claim.c.award)
        )
        counts.update((award, count) for award, count in view.connection.execute(query))
    return counts


def reversed_entries(view: View, awards: Iterable[int]) -> set[int]:
    """Which of these entry records were reversed: what they owed is not owed any more."""
    entry = tables.entry
    return {
        record
        for part in chunks(awards)
        for record in view.connection.scalars(
            select(entry.c.reverses).where(entry.c.reverses.in_(part), entry.c.record < view.size)
        )
    }


def payouts_naming(view: View, awards: Iterable[int], but: range) -> dict[str, int]:
    """Item no. of every payout that named one of these entry records -> the first that it named; `but` are left out."""
    claim, record = tables.claim, tables.record
    found: dict[str, int] = {}
    for part in chunks(awards):
        query = (
            select(claim.c.award, record.c.body)
            .join(record, record.c.seq == claim.c.record)
            .where(claim.c.award.in_(part), record.c.kind == "payout", claim.c.record < view.size)
            .where(~claim.c.record.between(but.start, but.stop - 1))
            .order_by(claim.c.award)
        )
        for award, body in view.connection.execute(query):
            found.setdefault(orjson.loads(body)["key"], award)
    return found


def terms(view: View, awards: Iterable[int]) -> dict[int, Terms]:
    """Per entry record the terms its payable or debt stands on, corrections included."""
    entry, posting = tables.entry, tables.posting
    moved = corrections(view)
    found: dict[int, Terms] = {}
    for part in chunks(awards):
        query = (
            select(entry.c.record, *columns())
            .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
            .where(entry.c.record.in_(part), posting.c.chart == "fin")
            .where(posting.c.account.in_((PAYABLE, RECEIVABLE)))
        )
        found.update(
            (record, Terms(*columns).moved(moved.get(record, {})))
            for record, *columns in view.connection.execute(query)
        )
    return found


def chunks(awards: Iterable[Any]) -> Iterable[list[Any]]:
    """The values sorted and once each, in parts that one statement takes."""
    wanted = sorted(set(awards))
    return (wanted[start : start + _LOOKUP] for start in range(0, len(wanted), _LOOKUP))
