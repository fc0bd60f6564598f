"""Pages that were answered lately, kept as long as nothing was written: the same records make the same page.

What a page says follows from the records of the log, the clear texts of the vault, the signed head, the day, the
language, the address and who is in. While none of these has changed a page that took seconds is answered again at once.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.store.ledger import local_day
from ledger.web.door import ENTER, SIGN_IN
from ledger.web.guard import officer_of
from ledger.words import language

# What is no answer of the ledger's alone.
_NEVER = ("/do", "/import/", "/what-if/", "/static/", ENTER, SIGN_IN)
_MOST_BYTES, _LARGEST = 64 * 1024 * 1024, 4 * 1024 * 1024


class _Page(NamedTuple):
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Memory:
    """Stands before the pages and behind the guard, which has set the language and asked who is in."""

    def __init__(self, app: ASGIApp, ledger: Ledger, most_bytes: int = _MOST_BYTES) -> None:
        self.app, self.ledger, self.most_bytes = app, ledger, most_bytes
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where the page is there, else have it made and keep it."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_NEVER):
            await self.app(scope, receive, send)
            return
        state = await run_in_threadpool(self._state)
        key = (state, officer_of(scope), language(), scope["path"], scope["query_string"])
        found = self._found(key) if state else None
        if found:
            await send({"type": "http.response.start", "status": 200, "headers": list(found.headers)})
            await send({"type": "http.response.body", "body": found.body})
            return
        headers: list[tuple[bytes, bytes]] | None = None
        parts: list[bytes] = []

        async def kept(message: Message) -> None:
            nonlocal headers
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = list(message["headers"])
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, kept)
        if state and headers is not None:
            self._keep(key, _Page(headers, b"".join(parts)))

    def _state(self) -> Hashable:
        """What every page rests on, as far as it can change; None where the ledger cannot be read."""
        try:
            with self.ledger.read() as view:
                log = view.size, view.root()
            files = (self.ledger.vault.path, self.ledger.anchor.checkpoint_file)
            times = tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
        except (Refused, OSError):
            return None
        return log, times, local_day(self.ledger.clock())

    def _found(self, key: Hashable) -> _Page | None:
        with self._lock:
            found = self._pages.get(key)
            if found:
                self._pages.move_to_end(key)
            return found

    def _keep(self, key: Hashable, page: _Page) -> None:
        if len(page.body) > min(_LARGEST, self.most_bytes):
            return
        with self._lock:
            if key in self._pages:
                return
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self.most_bytes:
                _key, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)
