"""Firms: found by a part of what is known of them, and one of them with everything about its money."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from calculators.problems import N_
from ledger.labels.firm import FOUND_BY, place_words
from ledger.labels.happened import event_words
from ledger.log import kinds
from ledger.queries.firm import GrantMoney, Point, find, firms
from ledger.queries.firm import money as money_of
from ledger.queries.happened import Event, happened
from ledger.registry.operators import operators
from ledger.registry.profile import profile
from ledger.web.asked import Asks, Seen
from ledger.web.looks import PLACES, WAIT
from ledger.web.render import address
from ledger.web.titles import titles
from ledger.words import CHINESE, _, language

router = APIRouter()

# As many firms stand on a page.
AT_ONCE = 200

# Where money is on its way, in order: the stages of the rail.
STAGES = ("posted", "prepared", "approved", "sent", "paid")
# How far a place has come: the stage that money waits for.
WAITS_FOR = {
    "to_prepare": "prepared",
    "held_back": "prepared",
    "came_back": "prepared",
    "batch_waits": "approved",
    "batch_approved": "sent",
    "on_its_way": "paid",
    "disputed": "paid",
}
MONEY = ("posted_", "payout_")


class Shown(NamedTuple):
    """A place of money in words."""

    grant: str
    text: str
    look: str
    days: object
    next: tuple[str, ...]
    waits_for: str


@router.get("/firms")
def search(asks: Asks) -> Response:
    """What a text finds; the firm itself where it finds one, every firm for no text."""
    text = asks.query.get("q", "").strip()
    with asks.read() as seen:
        found = find(seen.view, seen.vault, text) if text else firms(seen.view)
        if text and len(found) == 1:
            return RedirectResponse(address(f"/firm/{found[0].uscc}", as_of=asks.as_of), 303)
        rest = (
            [one for one in found if (one.name, one.uscc) > tuple(asks.after().rsplit(" ", 1))]
            if asks.after()
            else found
        )
        shown = rest[:AT_ONCE]
        return asks.page(
            "firms.html",
            seen,
            "firm",
            text=text,
            count=len(found),
            found=[(one, _(FOUND_BY[one.by])) for one in shown],
            more=f"{shown[-1].name} {shown[-1].uscc}" if len(rest) > AT_ONCE else None,
        )


@router.get("/firm/{uscc}")
def firm(asks: Asks, uscc: str) -> Response:
    """One firm; `?only=money` leaves its changes out of what happened."""
    with asks.read() as seen:
        known = profile(seen.view, seen.vault, uscc)
        grants = money_of(seen.view, seen.vault, known.uscc, seen.today)
        only = asks.query.get("only", "")
        return asks.page(
            "firm.html",
            seen,
            "firm",
            firm=known,
            grants=[_grant(seen, grant) for grant in grants],
            open=[_place(grant, point) for grant in grants for point in grant.points if _open(point)],
            stages=[(name, _(STAGE_WORDS[name])) for name in STAGES],
            titles=titles(seen.view),
            loans={loan["key"]: loan for loan in known.loans},
            posted_fen=sum(grant.posted_fen for grant in grants),
            paid_fen=sum(grant.paid_fen for grant in grants),
            owed_fen=sum(grant.owed_fen for grant in grants),
            events=[(event, event_words(event)) for event in happened(seen.view, known.uscc) if _wanted(event, only)],
            only=only,
            institutions=_institutions(seen),
        )


STAGE_WORDS = {
    "posted": N_("Posted"),
    "prepared": N_("Prepared"),
    "approved": N_("Approved"),
    "sent": N_("Handed over"),
    "paid": N_("Paid"),
}


def _grant(seen: Seen, grant: GrantMoney) -> dict[str, object]:
    row = seen.view.current(kinds.GRANT, grant.grant)
    return {
        "money": grant,
        "document": row.body["document"] if row else "",
        "open_fen": grant.posted_fen - grant.paid_fen,
        "places": [_place(grant, point) for point in grant.points],
    }


def _open(point: Point) -> bool:
    """Whether money is under way, stopped, or owed back."""
    return point.code in WAITS_FOR or point.code == "owes"


def _place(grant: GrantMoney, point: Point) -> Shown:
    look = PLACES.get(point.code, WAIT)
    return Shown(
        grant.grant, place_words(point), look, point.values.get("days"), point.next, WAITS_FOR.get(point.code, "")
    )


def _wanted(event: Event, only: str) -> bool:
    return only != "money" or event.code.startswith(MONEY)


def _institutions(seen: Seen) -> dict[str, str]:
    chinese = language() == CHINESE
    return {code: item.name_zh if chinese else item.name_en for code, item in operators(seen.view).items()}
