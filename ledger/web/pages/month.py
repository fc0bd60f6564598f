"""The month: its steps, what it came to, its exceptions and its lines."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from ledger.labels.month import STEPS, point_words, stand_words
from ledger.queries.month import Stand, Step, month_at_hand, steps_of_month
from ledger.runs.occasion import Month
from ledger.web.asked import Asks
from ledger.web.render import address
from ledger.words import _

router = APIRouter()

# How a stand looks: done a circle, waiting a half one, stopped a square, nothing a ring.
SHAPES = {Stand.DONE: "ok", Stand.OPEN: "stop", Stand.WAITS: "wait", Stand.BLOCKED: "", Stand.NOTHING: ""}


@router.get("/month")
@router.get("/")
def at_hand(asks: Asks) -> Response:
    """The month to work on."""
    with asks.read() as seen:
        return RedirectResponse(address(f"/month/{month_at_hand(seen.view, seen.today)}", as_of=asks.as_of), 303)


@router.get("/month/{name}")
def month(asks: Asks, name: str) -> Response:
    """One month."""
    wanted = Month.parse(name)
    with asks.read() as seen:
        found = steps_of_month(seen.view, seen.vault, wanted, seen.today)
        return asks.page("month.html", seen, "month", month=wanted, steps=[_shown(step) for step in found.steps])


def _shown(step: Step) -> dict[str, object]:
    return {
        "title": _(STEPS[step.name]),
        "stand": stand_words(step),
        "shape": SHAPES[step.stand],
        "points": [point_words(point) for point in step.points],
    }
