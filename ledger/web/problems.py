"""What was refused, as a page: what, where, how to remedy it, with the code; and which status of HTTP that is."""

from starlette.responses import HTMLResponse

from calculators.problems import N_, Refused, refuse
from ledger.web.render import html
from ledger.words import _

_NOT_FOUND = "_unknown"
_CONFLICTS = frozenset({"ledger_busy", "stale_proposal"})


def status_of(refused: Refused) -> int:
    """404 where something named is not there, 409 where somebody else was first, else 422."""
    codes = {problem.code for problem in refused.problems}
    if all(code.endswith(_NOT_FOUND) for code in codes):
        return 404
    return 409 if codes & _CONFLICTS else 422


def refused_page(refused: Refused, status: int | None = None) -> HTMLResponse:
    """Every problem of a refusal, in the reader's language."""
    told = [
        (
            str(problem.place),
            _(problem.what).format_map(dict(problem.values)),
            _(problem.remedy).format_map(dict(problem.values)),
            problem.code,
        )
        for problem in refused.problems
    ]
    return html("refused.html", {"problems": told}, status or status_of(refused))


def not_found() -> Refused:
    """There is no such page."""
    return refuse("page_unknown", N_("there is no page at this address"), N_("begin with the menu, or with a search"))


def broken() -> Refused:
    """The program failed."""
    return refuse(
        "program_failed",
        N_("the program failed while it answered; nothing was written"),
        N_("the terminal that it runs in says where; `subsidy audit verify` says whether the ledger is whole"),
    )


def host_foreign() -> Refused:
    """The request names another machine."""
    return refuse(
        "host_foreign",
        N_("the request was sent to a name that this program does not answer to"),
        N_("open the address that the program printed"),
    )


def origin_foreign() -> Refused:
    """The request was made by a page of another site."""
    return refuse(
        "origin_foreign",
        N_("the request comes from a page of another site"),
        N_("open the address that the program printed"),
    )


def body_too_large() -> Refused:
    """More was sent than any form holds."""
    return refuse("request_too_large", N_("more was sent than any form here holds"), N_("bring a smaller file"))


def asks_too_often() -> Refused:
    """One browser asks faster than it is answered."""
    return refuse("too_many_requests", N_("this browser asks too often"), N_("wait a second and ask again"))


def session_missing() -> Refused:
    """Nobody is in."""
    return refuse(
        "session_missing",
        N_("this browser has no session here"),
        N_("open the address that the program printed; it opens once, so start the program again for another"),
    )
