"""What stands before the API: the token, and how often, how much and how long may be asked; plain ASGI."""

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.web.api.problems import problem_document, token_missing, too_large, too_many, too_slow
from ledger.words import CHINESE, ENGLISH, language, set_language

# A client may ask so often at once, and then so often a second.
BURST, PER_SECOND = 200, 50
# No question has a body; what a client sends all the same is read up to this. A command comes with its files.
BODY_BYTES, COMMAND_BYTES = 64 * 1024, 48 * 1024 * 1024
SECONDS, COMMAND_SECONDS = 30, 960
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
        commands = scope["method"] == "POST"
        seconds = COMMAND_SECONDS if commands else self.seconds

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            body = b""
            refusal = self._refusal(scope, headers)
            if not refusal:
                body, refusal = await _body(headers, receive, COMMAND_BYTES if commands else BODY_BYTES)
            if refusal:
                await refusal(scope, receive, dressed)
                return
            async with asyncio.timeout(seconds):
                await self.app(scope, partial(_given, body), dressed)
        except TimeoutError:
            if not begun:
                await problem_document(too_slow(seconds), 503)(scope, receive, dressed)
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


async def _body(headers: Headers, receive: Receive, limit: int) -> tuple[bytes, Response | None]:
    """Read what a client sends to its end, and refuse too much of it."""
    told = headers.get("content-length", "")
    read: list[bytes] = []
    size = int(told) if told.isdecimal() else 0
    while size <= limit:
        message = await receive()
        read.append(message.get("body", b""))
        size = max(size, sum(map(len, read)))
        if size <= limit and not message.get("more_body"):
            return b"".join(read), None
    return b"", problem_document(too_large(limit), 413)


async def _given(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": False}
