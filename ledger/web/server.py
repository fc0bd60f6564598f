"""What `subsidy serve` answers: the console for officers who signed in, and under `/api` the programs."""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.audit.ledger import Ledger
from ledger.web.api.app import create_api
from ledger.web.api.gate import BODY_BYTES, COMMAND_BYTES, Gate, Rate, given, read_body
from ledger.web.app import create_app
from ledger.web.door import SIGN_IN, Officers, sign_in_of
from ledger.web.problems import asks_too_often, body_too_large, refused_page
from ledger.web.runner import Runner


def create_server(
    ledger: Ledger, runner: Runner, *, hosts: Collection[str], token: str, rate: Rate | None = None
) -> ASGIApp:
    """Both over one ledger, under the limits that a client has for both together."""
    sign_in, rate = sign_in_of(ledger), rate or Rate()
    api = Gate(create_api(ledger, runner, sign_in), token, rate)
    return Server(Limited(create_app(ledger, runner, hosts=hosts, door=Officers(ledger, sign_in)), rate), api)


class Server:
    """Sends a request to whom it is for, by its path: the guard of pages asks otherwise than the gate of programs."""

    def __init__(self, console: ASGIApp, api: ASGIApp) -> None:
        self.console, self.api = console, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        programs = scope["type"] == "http" and scope["path"].startswith("/api/")
        await (self.api if programs else self.console)(scope, receive, send)


class Limited:
    """The console under limits: how often one browser asks, and how much it sends, less where nobody is in yet."""

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self.app, self.rate = app, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not self.rate.allows(scope):
            await refused_page(asks_too_often(), 429)(scope, receive, send)
            return
        body = await read_body(scope, receive, BODY_BYTES if scope["path"].startswith(SIGN_IN) else COMMAND_BYTES)
        if body is None:
            await refused_page(body_too_large(), 413)(scope, receive, send)
            return
        sent = False

        async def whole() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return await given(body)

        await self.app(scope, whole, send)
