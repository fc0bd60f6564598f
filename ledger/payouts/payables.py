"""What is owed and not yet in any payout, and which payouts name a payable."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import and_, func, select

from ledger.book.accounts import PAYABLE, RECEIVABLE
from ledger.book.payables import Payable, Terms, columns, corrections, open_parts
from ledger.store import tables
from ledger.store.engine import among, these
from ledger.store.ledger import View


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
    query = (
        select(claim.c.award, func.sum(claim.c.amount_fen))
        .where(among(claim.c.award), claim.c.record < view.size)
        .group_by(claim.c.award)
    )
    return {award: int(fen) for award, fen in view.connection.execute(query, these(awards))}


def tries(view: View, awards: Iterable[int]) -> dict[int, int]:
    """Per entry record how many payouts have named it; those without any are left out."""
    claim, record = tables.claim, tables.record
    query = (
        select(claim.c.award, func.count())
        .join(record, record.c.seq == claim.c.record)
        .where(among(claim.c.award), record.c.kind == "payout", claim.c.record < view.size)
        .group_by(claim.c.award)
    )
    return {award: int(count) for award, count in view.connection.execute(query, these(awards))}


def reversed_entries(view: View, awards: Iterable[int]) -> set[int]:
    """Which of these entry records were reversed: what they owed is not owed any more."""
    entry = tables.entry
    query = select(entry.c.reverses).where(among(entry.c.reverses), entry.c.record < view.size)
    return set(view.connection.scalars(query, these(awards)))


def payouts_naming(view: View, awards: Iterable[int], but: range) -> dict[str, int]:
    """Item no. of every payout that named one of these entry records -> the first that it named; `but` are left out."""
    claim, record = tables.claim, tables.record
    found: dict[str, int] = {}
    query = (
        select(claim.c.award, record.c.body)
        .join(record, record.c.seq == claim.c.record)
        .where(among(claim.c.award), record.c.kind == "payout", claim.c.record < view.size)
        .where(~claim.c.record.between(but.start, but.stop - 1))
        .order_by(claim.c.award)
    )
    for award, body in view.connection.execute(query, these(awards)):
        found.setdefault(orjson.loads(body)["key"], award)
    return found


def terms(view: View, awards: Iterable[int]) -> dict[int, Terms]:
    """Per entry record the terms its payable or debt stands on, corrections included."""
    entry, posting = tables.entry, tables.posting
    moved = corrections(view)
    query = (
        select(entry.c.record, *columns())
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(among(entry.c.record), posting.c.chart == "fin")
        .where(posting.c.account.in_((PAYABLE, RECEIVABLE)))
    )
    found: dict[int, Terms] = {}
    # Most payables stand on the same few terms, which are held once.
    same: dict[Terms, Terms] = {}
    for record, *said in view.connection.execute(query, these(awards)):
        stands_on = Terms(*said)
        if record in moved:
            stands_on = stands_on.moved(moved[record])
        found[record] = same.setdefault(stands_on, stands_on)
    return found
