"""The log: records by number, the newest first, and one record as it stands."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from ledger.labels.records import KINDS
from ledger.log.kinds import kind_of
from ledger.store import tables
from ledger.web.asked import Asks
from ledger.web.problems import not_found
from ledger.words import _

router = APIRouter()
AT_ONCE = 50


@router.get("/log")
def records(asks: Asks) -> Response:
    """Records below `?before=`, the newest first; `?number=` leads to one."""
    with asks.read() as seen:
        asked = asks.query.get("before", "")
        below = min(int(asked), seen.view.size) if asked.isdecimal() else seen.view.size
        bodies = [(seq, seen.view.record(seq)) for seq in range(below - 1, max(below - 1 - AT_ONCE, -1), -1)]
        return asks.page(
            "log.html",
            seen,
            "log",
            rows=[(seq, body, _(KINDS[kind_of(body)]), _about(body)) for seq, body in bodies],
            older=below - AT_ONCE if below > AT_ONCE else None,
            newer=below + AT_ONCE if below < seen.view.size else None,
        )


@router.get("/log/{number}")
def record(asks: Asks, number: str) -> Response:
    """One record: what it says, its leaf, and which tree it is in."""
    with asks.read() as seen:
        if not number.isdecimal() or int(number) >= seen.view.size:
            raise not_found()
        seq = int(number)
        body = seen.view.record(seq)
        text = seen.view.connection.execute(select(tables.record.c.body).where(tables.record.c.seq == seq)).scalar_one()
        return asks.page(
            "record.html",
            seen,
            "log",
            seq=seq,
            kind=_(KINDS[kind_of(body)]),
            about=_about(body),
            body=body,
            fields=[(name, _shown(value)) for name, value in body.items()],
            text=text.decode(),
            leaf=seen.view.leaf(seq).hex(),
        )


def _about(body: dict[str, Any]) -> str:
    return str(body.get("key", body.get("about", body.get("line", ""))))


def _shown(value: object) -> str:
    return str(value)
