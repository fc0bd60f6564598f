"""What stands before the API: whose token is shown, and how often, how much and how long may be asked; plain ASGI."""

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ledger.web.api.problems import problem_document, token_missing, too_large, too_many, too_slow
from ledger.words import CHINESE, ENGLISH, language, set_language

# Addresses with which somebody comes in who has no token yet, and the one that takes commands.
ENTRANCES = ("/sign-in", "/sessions")
COMMANDS = "/commands"
# In the state of a request: who asks, by staff number.
OFFICER = "officer"
# A client may ask so often at once, and then so often a second.
BURST, PER_SECOND = 200, 50
# No question has a body; what a client sends all the same is read up to this. A command comes with its files.
BODY_BYTES, COMMAND_BYTES = 64 * 1024, 48 * 1024 * 1024
SECONDS, COMMAND_SECONDS = 30, 960
# As many clients are remembered; who is forgotten begins again.
_CLIENTS = 10_000


class Rate:
    """How often each client may ask; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        # Client -> what it may still ask at once, in hundredths, and when that was so.
        self._left: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def allows(self, scope: Scope) -> bool:
        """Whether who sends this request may ask now; it is counted."""
        client = (scope.get("client") or ("", 0))[0]
        now = self.clock()
        left, then = self._left.pop(client, (BURST * 100, now))
        left = min(BURST * 100, left + int((now - then) * PER_SECOND * 100))
        allowed = left >= 100
        self._left[client] = (left - 100 * allowed, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return allowed


class Gate:
    """Admits requests that show the server's `token` or an officer's own, and keep to the limits.

    `app` is the API, whose state has the ledger and who signs in.
    """

    def __init__(self, app: FastAPI, token: str, rate: Rate | None = None, seconds: int = SECONDS) -> None:
        self.app = app
        self.token = token
        self.rate = rate or Rate()
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its language, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        before = language()
        set_language(CHINESE if headers.get("accept-language", "").lower().startswith("zh") else ENGLISH)
        begun = False
        commands = scope["path"].endswith(COMMANDS)
        seconds = COMMAND_SECONDS if commands else self.seconds

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            limit = COMMAND_BYTES if commands else BODY_BYTES
            refusal = await self._refusal(scope, headers)
            body = b"" if refusal else await read_body(scope, receive, limit)
            if body is None:
                refusal = problem_document(too_large(limit), 413)
            if refusal:
                await refusal(scope, receive, dressed)
                return
            async with asyncio.timeout(seconds):
                await self.app(scope, partial(given, body or b""), dressed)
        except TimeoutError:
            if not begun:
                await problem_document(too_slow(seconds), 503)(scope, receive, dressed)
        finally:
            set_language(before)

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if not self.rate.allows(scope):
            return problem_document(too_many(), 429, {"Retry-After": "1"})
        if scope["method"] == "POST" and scope["path"].endswith(ENTRANCES):
            return None
        officer = await run_in_threadpool(self._who, token_of(headers))
        if officer is None:
            return problem_document(token_missing(), 401, {"WWW-Authenticate": "Bearer"})
        scope.setdefault("state", {})[OFFICER] = officer
        return None

    def _who(self, token: str) -> str | None:
        """The staff number of whose token it is, "" for the server's own, None for anything else."""
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return ""
        with self.app.state.ledger.read() as view:
            found: str | None = self.app.state.sign_in.who(view, token)
        return found


def token_of(headers: Headers) -> str:
    """The token that a request shows, "" for none."""
    scheme, _blank, token = headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """What a client sends, read to its end; None where it is more than `limit` bytes, or says that it will be."""
    told = Headers(scope=scope).get("content-length", "")
    read: list[bytes] = []
    size = int(told) if told.isdecimal() else 0
    while size <= limit:
        message = await receive()
        read.append(message.get("body", b""))
        size = max(size, sum(map(len, read)))
        if size <= limit and not message.get("more_body"):
            return b"".join(read)
    return None


async def given(body: bytes) -> Message:
    """A body that was read already, whole."""
    return {"type": "http.request", "body": body, "more_body": False}
