"""What waits: signatures that others have to give, rows and answers that somebody can bring on."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.inbox import TASKS, waiting_words
from ledger.queries.inbox import Waiting, inbox
from ledger.web.asked import Asks
from ledger.words import _

router = APIRouter()


@router.get("/")
@router.get("/inbox")
def waits(asks: Asks) -> Response:
    """Everything that waits, the oldest first."""
    with asks.read() as seen:
        found = inbox(seen.view, seen.today)
        return asks.page(
            "inbox.html",
            seen,
            "inbox",
            signatures=[
                (signature, waiting_words(signature.what), _leads(signature), _days(signature.since, seen.today))
                for signature in found.signatures
            ],
            tasks=[(task, _(TASKS[task.task]), _days(task.since, seen.today)) for task in found.tasks],
            amount_fen=sum(signature.amount_fen or 0 for signature in found.signatures),
        )


def _leads(waiting: Waiting) -> str:
    """Where what waits is shown."""
    code, _blank, names = waiting.what.partition(" ")
    if code in ("interest", "batch"):
        return f"/run/{waiting.number}"
    return f"/batch/{names}" if code == "pay" else f"/log/{waiting.number}"


def _days(since: date, today: date) -> int:
    return (today - since).days
