"""Public notices: all of them, and one with what stands against paying each of its lines."""

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.publicity import CAUSES, OUTCOMES
from ledger.office.public_notices import OBSTACLES
from ledger.queries.publicity import PublicNotice, PublishedLine, public_notice, public_notices
from ledger.web.asked import Asks, Seen
from ledger.web.looks import NONE, OK, STOP, WAIT
from ledger.words import _

router = APIRouter()


@router.get("/public-notices")
def every(asks: Asks) -> Response:
    """Every public notice, the newest first."""
    with asks.read() as seen:
        found = public_notices(seen.view)
        shown = [(one, *_state(seen, one)) for one in reversed(found)]
        running = sum(look == WAIT for _one, _word, look in shown)
        return asks.page("public_notices.html", seen, "publicity", notices=shown, running=running)


@router.get("/public-notice/{name}")
def one(asks: Asks, name: str) -> Response:
    """One public notice."""
    with asks.read() as seen:
        found = public_notice(seen.view, name, seen.today)
        word, look = _state(seen, found.notice)
        return asks.page(
            "public_notice.html",
            seen,
            "publicity",
            notice=found.notice,
            word=word,
            look=look,
            lines=[(line, *_why(line)) for line in found.lines],
            stopped=sum(line.held is not None for line in found.lines),
            objections=[
                (each, _(CAUSES[each.cause]), _(OUTCOMES[each.settled.outcome]) if each.settled else "")
                for each in found.objections
            ],
        )


def _state(seen: Seen, notice: PublicNotice) -> tuple[str, str]:
    if notice.open:
        return _("objected to"), STOP
    if seen.today < notice.starts_on:
        return _("not begun"), NONE
    return (_("running"), WAIT) if seen.today <= notice.last_day else (_("over"), OK)


def _why(line: PublishedLine) -> tuple[str, str]:
    """What stands against paying a line, and what to do; "" where nothing does."""
    if line.held is None:
        return "", ""
    why, todo = OBSTACLES[line.held]
    return _(why).format(**line.values or {}), _(todo).format(**line.values or {})
