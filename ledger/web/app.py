"""The app: pages and static files behind the guard; `subsidy console` runs it, and `subsidy serve` with the API."""

from collections.abc import Collection

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.web.door import ENTER, Door, OneToken
from ledger.web.guard import Guard
from ledger.web.memory import Memory
from ledger.web.pages import OF_OFFICERS, ROUTERS
from ledger.web.pending import Pending, Upload, Waiting
from ledger.web.problems import not_found, refused_page, session_missing
from ledger.web.render import HERE
from ledger.web.runner import Runner


def create_app(ledger: Ledger, runner: Runner, *, hosts: Collection[str], door: Door, actor: str = "") -> FastAPI:
    """The console over a ledger, for the names with ports in `hosts`, for whom `door` admits; `runner` writes.

    `actor` is the staff number that forms begin with while nobody signs in by one.

    What else answers is an application of its own, mounted under a path: the guard stands before it as well, and its
    refusals are its own affair.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.ledger = ledger
    app.state.runner = runner
    app.state.actor = actor
    app.state.waiting = Waiting[Pending]()
    app.state.uploads = Waiting[Upload]()
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _no_page)
    app.state.door = door
    app.state.challenges = Waiting[bytes]()
    if isinstance(door, OneToken):
        _open_once(app, door)
    else:
        app.include_router(OF_OFFICERS)
    app.add_middleware(Memory, ledger=ledger)
    app.add_middleware(Guard, hosts=hosts, door=door)
    return app


def _open_once(app: FastAPI, door: OneToken) -> None:
    @app.get(ENTER)
    def enter(token: str = "") -> Response:
        """Take the token and give the session; the address with the token leaves the browser's window."""
        session = door.enter(token)
        if session is None:
            return refused_page(session_missing(), 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(door.COOKIE, session, path="/", httponly=True, samesite="strict")
        return answer


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refused_page(error)


def _no_page(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused_page(not_found(), error.status_code)
