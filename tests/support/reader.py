"""Somebody who reads the pages of a ledger: requests to the app in this process, without a browser or a network."""

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from ledger.audit.ledger import Ledger
from ledger.store.ledger import Clock, utc_now
from ledger.web.app import create_app
from ledger.web.door import OneToken
from tests.support.runner import runner

HOST = "127.0.0.1:8000"
TAGS = re.compile(r"<[^>]+>")


def counted(size: int, numbers: "count[int]" = count(1)) -> bytes:  # noqa: B008 - one row of numbers for all
    """Bytes that nobody has had yet."""
    return next(numbers).to_bytes(size)


class Reader:
    """Reads pages in one session; `door` is what the program keeps, whose token the reader is given."""

    def __init__(self, url: str, anchor: Path | None = None, *, signed_in: bool = True, clock: Clock = utc_now) -> None:
        self.door = OneToken(counted)
        ledger = Ledger.open(url, clock=clock, anchor=anchor)
        self.app = create_app(ledger, runner(ledger), hosts={HOST}, door=self.door)
        self.cookies = httpx.Cookies()
        if signed_in:
            assert self.ask(f"/enter?token={self.door.token}").status_code == 303

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> httpx.Response:
        """The answer to one request, redirects not followed; cookies are kept as a browser keeps them."""
        return asyncio.run(self._ask(path, method, headers or {}))

    def fill(
        self, path: str, fields: Mapping[str, str | list[str]], files: Mapping[str, tuple[str, bytes]]
    ) -> httpx.Response:
        """The page that a form leads to; it is sent with its fields and, by field, the names and the bytes of files."""
        form = {"data": dict(fields), "files": dict(files)}
        answer = asyncio.run(self._ask(path, "POST", {"Origin": f"http://{HOST}"}, **form))
        return self.ask(answer.headers["location"]) if answer.status_code == 303 else answer

    def page(self, path: str) -> str:
        """A page that must be there, redirects followed."""
        answer = self.ask(path)
        while answer.status_code == 303:
            answer = self.ask(answer.headers["location"])
        assert answer.status_code == 200, words(answer.text)
        return answer.text

    def reads(self, path: str) -> str:
        """What a page says, without its marks."""
        return words(self.page(path))

    async def _ask(self, path: str, method: str, headers: Mapping[str, str], **form: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", cookies=self.cookies) as client:
            answer = await client.request(method, path, headers=dict(headers), **form)
            self.cookies = client.cookies
        return answer


def words(page: str) -> str:
    """The text of a page, its blanks folded."""
    body = page.partition("<body>")[2]
    return " ".join(unescape(TAGS.sub(" ", body)).split())
