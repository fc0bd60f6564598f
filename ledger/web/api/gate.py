"""What stands before the API: the token, and how often, how much and how long may be asked; plain ASGI."""

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.web.api.problems import problem_document, token_missing, too_large, too_many, too_slow
from ledger.words import CHINESE, ENGLISH, language, set_language

# A client may ask so often at once, and then so often a second.
BURST, PER_SECOND = 200, 50
# No question has a body; what a client sends all the same is read up to this.
BODY_BYTES = 64 * 1024
SECONDS = 30
# As many clients are remembered; who is forgotten begins anew.
_CLIENTS = 10_000


class Gate:
    """Admits requests that show `token` and keep to the limits; `clock` gives seconds."""

    def __init__(
        self, app: ASGIApp, token: str, clock: Callable[[], float] = time.monotonic, seconds: int = SECONDS
    ) -> None:
        self.app = app
        self.token = token
        self.clock = clock
        self.seconds = seconds
        # Client -> what it may still ask at once, in hundredths, and when that was so.
        self._left: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its language, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        before = language()
        set_language(CHINESE if headers.get("accept-language", "").lower().startswith("zh") else ENGLISH)
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            refusal = self._refusal(scope, headers) or await _body_refusal(headers, receive)
            if refusal:
                await refusal(scope, receive, dressed)
                return
            async with asyncio.timeout(self.seconds):
                await self.app(scope, _nothing, dressed)
        except TimeoutError:
            if not begun:
                await problem_document(too_slow(self.seconds), 503)(scope, receive, dressed)
        finally:
            set_language(before)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        client = (scope.get("client") or ("", 0))[0]
        if not self._may_ask(client):
            return problem_document(too_many(), 429, {"Retry-After": "1"})
        given = headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            return problem_document(token_missing(), 401, {"WWW-Authenticate": "Bearer"})
        return None

    def _may_ask(self, client: str) -> bool:
        now = self.clock()
        left, then = self._left.pop(client, (BURST * 100, now))
        left = min(BURST * 100, left + int((now - then) * PER_SECOND * 100))
        allowed = left >= 100
        self._left[client] = (left - 100 * allowed, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return allowed


async def _body_refusal(headers: Headers, receive: Receive) -> Response | None:
    """Read what a client sends with a question, to its end, and refuse too much of it."""
    told = headers.get("content-length", "")
    size = int(told) if told.isdecimal() else 0
    while size <= BODY_BYTES:
        message = await receive()
        size = max(size, 0) + (0 if told else len(message.get("body", b"")))
        if not message.get("more_body"):
            return None if size <= BODY_BYTES else problem_document(too_large(BODY_BYTES), 413)
    return problem_document(too_large(BODY_BYTES), 413)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
