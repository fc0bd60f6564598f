"""Statements that every write asks, some of them a hundred times: put together once."""

from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from ledger.book.accounts import AVAILABLE, PAYABLE, RECEIVABLE, RESERVED
from ledger.book.payables import REASONS
from ledger.store import tables
from ledger.store.engine import Query, among

BODY = Query(select(tables.record.c.body).where(tables.record.c.seq == bindparam("seq")))
BODIES = Query(select(tables.record.c.seq, tables.record.c.body).where(among(tables.record.c.seq)))
POSTED = Query(select(func.max(tables.entry.c.record)).where(tables.entry.c.record < bindparam("size")))
MOVED = Query(
    select(func.max(tables.item.c.seq)).where(
        or_(tables.item.c.register == "budget", tables.item.c.register == "payout"),
        tables.item.c.seq < bindparam("size"),
    )
)
VERSIONS_OF = Query(
    select(tables.item.c.key, tables.item.c.seq, tables.item.c.void)
    .where(tables.item.c.register == bindparam("register"), among(tables.item.c.key))
    .where(tables.item.c.seq < bindparam("size"))
    .order_by(tables.item.c.seq)
)
KEYS = select(tables.entry.c.key, tables.entry.c.record).where(
    among(tables.entry.c.key), tables.entry.c.record < bindparam("size")
)


def _awards() -> Select[Any]:
    entry, posting = tables.entry, tables.posting
    return (
        select(
            entry.c.record,
            func.coalesce(entry.c.line, ""),
            func.coalesce(entry.c.due, ""),
            func.coalesce(func.max(posting.c.payee), ""),
            entry.c.reason,
            func.sum(-posting.c.amount_fen),
        )
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(among(entry.c.record), entry.c.reason.in_(REASONS), entry.c.record < bindparam("size"))
        .where(posting.c.chart == "fin", posting.c.account.in_((PAYABLE, RECEIVABLE)))
        .group_by(entry.c.record)
    )


def _dues() -> Select[Any]:
    entry = tables.entry
    return (
        select(entry.c.line, func.coalesce(entry.c.due, ""), func.count(), func.sum(entry.c.award_fen))
        .where(among(entry.c.line), entry.c.award_fen.is_not(None), entry.c.record < bindparam("size"))
        .group_by(entry.c.line, entry.c.due)
    )


def _said() -> Select[Any]:
    entry = tables.entry
    undone = select(entry.c.reverses).where(entry.c.reverses.is_not(None), entry.c.record < bindparam("size"))
    said = select(entry.c.line, entry.c.record).where(
        among(entry.c.line),
        entry.c.award_fen.is_not(None),
        entry.c.reverses.is_(None),
        entry.c.record.not_in(undone),
        entry.c.record < bindparam("size"),
    )
    return said.order_by(entry.c.record)


def _kept() -> Select[Any]:
    entry, posting = tables.entry, tables.posting
    freed = posting.c.chart == "ind"
    return (
        select(
            entry.c.line,
            posting.c.account,
            func.coalesce(posting.c.envelope, ""),
            func.sum(posting.c.amount_fen),
        )
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(
            among(entry.c.line),
            entry.c.record < bindparam("size"),
            or_(
                and_(entry.c.reason.in_((*REASONS, "reversal")), ~freed, posting.c.account == RECEIVABLE),
                and_(
                    entry.c.reason.in_(("recovered", "netted")),
                    freed,
                    posting.c.account.in_((RESERVED, AVAILABLE)),
                ),
            ),
        )
        .group_by(entry.c.line, posting.c.account, posting.c.envelope)
    )


AWARDS, DUES, SAID, KEPT = _awards(), Query(_dues()), Query(_said()), _kept()
