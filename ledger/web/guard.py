"""What every request is asked before it is answered, and what every answer carries; plain ASGI, around the whole app.

A page of another site can make a browser call any address of this machine, under any name that resolves to it: so the
name in `Host` must be ours, a request that another site began is not answered, one that could change anything names
our own origin, and without a session nothing is told. No page runs a script or loads anything from elsewhere.
"""

import logging
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.web.door import ENTER, SIGN_IN, Door
from ledger.web.problems import broken, host_foreign, origin_foreign, refused_page, session_missing
from ledger.words import CHINESE, language, set_language

_log = logging.getLogger(__name__)

LANGUAGE = "subsidy_lang"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it a browser sends `Origin: null` for our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READING = {"GET", "HEAD"}
_OPEN = (ENTER, SIGN_IN)
_OFFICER = "officer"


class Guard:
    """Stands before the app; `hosts` are the names with ports that it is reached by, `door` knows who is in."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], door: Door) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its language, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _cookies(headers)
        wanted = QueryParams(scope["query_string"]).get("lang", "")
        before = language()
        set_language(wanted or cookies.get(LANGUAGE) or CHINESE)

        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                given = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    given.setdefault(name, value)
                given.setdefault("Cache-Control", "no-cache" if scope["path"].startswith("/static/") else "no-store")
                if wanted:
                    given.append("Set-Cookie", f"{LANGUAGE}={language()}; Path=/; Max-Age=31536000; SameSite=Lax")
            await send(message)

        try:
            answer = await self._refusal(scope, headers, cookies) or self.app
            await answer(scope, receive, dressed)
        except Exception:
            # Here, because whoever answers further out knows neither these headers nor the reader's language.
            _log.exception("%s %s", scope["method"], scope["path"])
            if not begun:
                await refused_page(broken(), 500)(scope, receive, dressed)
        finally:
            set_language(before)

    async def _refusal(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> ASGIApp | None:
        """What refuses a request, most basic first; who is in is noted in the request's state (`officer_of`)."""
        if headers.get("host", "") not in self.hosts:
            return refused_page(host_foreign(), 421)
        if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and not _arrives(scope, headers):
            return refused_page(origin_foreign(), 403)
        if scope["method"] not in _READING and headers.get("origin", "") != f"{scope['scheme']}://{headers['host']}":
            return refused_page(origin_foreign(), 403)
        if scope["path"].startswith("/static/"):
            return None
        who = await run_in_threadpool(self.door.who, cookies)
        scope.setdefault("state", {})[_OFFICER] = who
        if who is not None or scope["path"].startswith(_OPEN):
            return None
        if self.door.entrance and scope["method"] in _READING:
            return RedirectResponse(self.door.entrance, 303)
        return refused_page(session_missing(), 403)


def officer_of(scope: Scope) -> str:
    """The staff number of who asks, "" for whoever sits at this machine."""
    return str(scope.get("state", {}).get(_OFFICER) or "")


def _arrives(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link to us: a whole page is fetched, not a part of another site's."""
    return scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"


def _cookies(headers: Headers) -> dict[str, str]:
    found = SimpleCookie()
    try:
        found.load(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}
