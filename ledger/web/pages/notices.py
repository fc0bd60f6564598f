"""Notices: all of them, and one read back sentence by sentence with its sources."""

from fastapi import APIRouter
from starlette.responses import Response

from calculators.explain.read_back import READERS
from ledger.registry.notices import notice_text, notices
from ledger.web.asked import Asks
from ledger.web.titles import titles
from ledger.words import _

router = APIRouter()


@router.get("/notices")
def every(asks: Asks) -> Response:
    """Every notice in its latest version."""
    with asks.read() as seen:
        return asks.page(
            "notices.html",
            seen,
            "notices",
            notices=[(key, versions[-1], len(versions)) for key, versions in sorted(notices(seen.view).items())],
            titles=titles(seen.view),
        )


@router.get("/notice/{name}")
def one(asks: Asks, name: str) -> Response:
    """One notice: every rule as a sentence, what it rests on, and who checked that."""
    with asks.read() as seen:
        version, text = notice_text(seen.view, name)
        notice = version.notice
        reader = READERS[notice.type](notice, _)
        return asks.page(
            "notice.html",
            seen,
            "notices",
            title=titles(seen.view)[notice.id],
            version=version,
            sentences=[(sentence, part.basis, reader.source(part)) for sentence, part in reader.sentences()],
            text=text,
        )
