"""What a draft of a notice would change: who gets more and who less, beside the notice in force; nothing is written."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from calculators.awards.versions import NoticeVersion
from calculators.files.yaml import load_notice, notice_ref
from calculators.problems import N_, refuse
from ledger.registry.notices import notices
from ledger.runs.reports.what_if import Change, WhatIf, what_if
from ledger.web.asked import Asks
from ledger.web.charts import Bar, bars
from ledger.web.guard import officer_of
from ledger.web.pages.doing import Fills
from ledger.web.pending import Upload, Waiting
from ledger.web.titles import titles

router = APIRouter()

# As many of those who win and of those who lose most are drawn; the table has them all.
DRAWN = 8
ONLY = ("winners", "losers")


@router.get("/what-if")
def ask(asks: Asks) -> Response:
    """The form: a draft, and the notice whose applications it is tried on."""
    with asks.read() as seen:
        return asks.page("what_if.html", seen, "what-if", notices=sorted(notices(seen.view)), titles=titles(seen.view))


@router.post("/what-if")
def brought(request: Request, given: Fills) -> Response:
    """Keep the draft, and lead to what it would change."""
    if not given.files:
        raise refuse("file_missing", N_("no file was brought"), N_("go back and choose the file"))
    name, content = next(iter(given.files.items()))
    uploads: Waiting[Upload] = request.app.state.uploads
    against = "".join(given.texts.get("against", ()))
    return RedirectResponse(
        f"/what-if/{uploads.keep(Upload(name, content, {'against': against}), officer_of(request.scope))}", 303
    )


@router.get("/what-if/{kept}")
def answer(asks: Asks, request: Request, kept: str) -> Response:
    """Both sides in figures, and every change; `?only=winners` or `losers` shows these alone, in chart and table."""
    uploads: Waiting[Upload] = request.app.state.uploads
    upload = uploads.get(kept, officer_of(request.scope))
    text = upload.content.decode("utf-8-sig", "replace")
    draft = load_notice(text, upload.name)
    only = asks.query.get("only", "")
    with asks.read() as seen:
        drafted = NoticeVersion(notice_ref(draft, text), draft)
        found = what_if(seen.view, drafted, upload.said["against"] or draft.id, seen.today, upload.name)
        changes = _wanted(found, only)
        return asks.page(
            "what_if_answer.html",
            seen,
            "what-if",
            kept=kept,
            file=upload.name,
            found=found,
            only=only if only in ONLY else "",
            changes=changes,
            same=len(found.changes) - len(found.winners) - len(found.losers),
            caps=sorted({*found.now.caps, *found.then.caps}),
            title=titles(seen.view).get(found.against, found.against),
            chart=_chart(changes),
        )


def _wanted(found: WhatIf, only: str) -> list[Change]:
    """Who gets more, the most first, then who gets less, the most first."""
    winners = sorted(found.winners, key=lambda change: -change.difference_fen)
    losers = sorted(found.losers, key=lambda change: change.difference_fen)
    return [*(winners if only != "losers" else []), *(losers if only != "winners" else [])]


def _chart(changes: list[Change]) -> Any:
    """The largest changes on either side, in force beside the draft."""
    more = [change for change in changes if change.difference_fen > 0][:DRAWN]
    less = [change for change in changes if change.difference_fen < 0][:DRAWN]
    return bars([Bar(one.now.application, (one.now.award_fen, one.then.award_fen)) for one in (*more, *less)])
