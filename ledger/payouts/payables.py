"""What is owed and not yet in any payout: the open part of every payable, read from entries and claims.

A payable is what an award, a true-up or a reopening credits to 2303; claims are what payouts hold of it. Both are
projections of the log, so two people who ask at the same size of the log see the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, func, select

from ledger.store import tables
from ledger.store.ledger import View

PAYABLE = "2303"
REASONS = ("award", "true_up", "reopened")
# Log indexes looked up by one statement; SQLite takes 32,766 parameters.
_LOOKUP = 10_000


class Terms(NamedTuple):
    """What the postings of a payable carry beside its amount."""

    envelope: str
    clause: str
    function: str
    economic: str


class Payable(NamedTuple):
    """The open part of what entry record `award` owes on `line`, in fen; negative for a reduction to be netted.

    `payee` is the payee named when it was posted; `reason` that of the entry.
    """

    award: int
    line: str
    payee: str
    reason: str
    open_fen: int
    terms: Terms


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
    found = every_open(view)
    wanted = {
        one.line
        for one in found
        if one.open_fen > 0 and (one.reason == "reopened" or any(run.holds(one.award) for run in runs))
    }
    return [
        one
        for one in found
        if one.line in wanted
        and (one.open_fen < 0 or one.reason == "reopened" or any(run.holds(one.award) for run in runs))
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
    """Per entry record the terms its payable was posted on."""
    entry, posting = tables.entry, tables.posting
    found: dict[int, Terms] = {}
    for part in chunks(awards):
        query = (
            select(entry.c.record, *_columns())
            .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
            .where(entry.c.record.in_(part), posting.c.chart == "fin", posting.c.account == PAYABLE)
        )
        found.update((record, Terms(*columns)) for record, *columns in view.connection.execute(query))
    return found


def chunks(awards: Iterable[Any]) -> Iterable[list[Any]]:
    """The values sorted and once each, in parts that one statement takes."""
    wanted = sorted(set(awards))
    return (wanted[start : start + _LOOKUP] for start in range(0, len(wanted), _LOOKUP))


def _columns() -> list[Any]:
    posting = tables.posting
    return [
        func.coalesce(column, "")
        for column in (posting.c.envelope, posting.c.clause, posting.c.function, posting.c.economic)
    ]


def every_open(view: View) -> list[Payable]:
    """Every payable with an open part; entries that were reversed, and their reversals, owe nothing."""
    entry, posting, claim = tables.entry, tables.posting, tables.claim
    undone = select(entry.c.reverses).where(entry.c.reverses.is_not(None), entry.c.record < view.size)
    held = (
        select(claim.c.award, func.sum(claim.c.amount_fen).label("fen"))
        .where(claim.c.record < view.size)
        .group_by(claim.c.award)
        .subquery()
    )
    left = -posting.c.amount_fen - func.coalesce(held.c.fen, 0)
    query = (
        select(entry.c.record, entry.c.line, func.coalesce(posting.c.payee, ""), entry.c.reason, left, *_columns())
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .outerjoin(held, held.c.award == entry.c.record)
        .where(
            entry.c.reason.in_(REASONS),
            entry.c.record < view.size,
            entry.c.record.not_in(undone),
            posting.c.chart == "fin",
            posting.c.account == PAYABLE,
            left != 0,
        )
        .order_by(entry.c.line, entry.c.record)
    )
    return [
        Payable(award, line, payee, reason, int(fen), Terms(*columns))
        for award, line, payee, reason, fen, *columns in view.connection.execute(query)
    ]
