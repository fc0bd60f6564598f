"""A program that asks the API: requests to the app itself, without a network."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp


class Program:
    """Sends each request by itself, with `headers` of its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = dict(headers)

    def get(self, address: str, headers: Mapping[str, str] | None = None, **query: Any) -> httpx.Response:
        """The answer to a question."""
        return self.request("GET", address, headers=headers, params=query or None)

    def request(self, method: str, address: str, **said: Any) -> httpx.Response:
        """The answer to any request; `content` may come in parts."""
        return asyncio.run(self._ask(method, address, said))

    async def _ask(self, method: str, address: str, said: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        said["headers"] = {**self.headers, **(said.get("headers") or {})}
        if isinstance(said.get("content"), Iterator):
            said["content"] = _parts(said["content"])
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, address, **said)


async def _parts(content: Iterator[bytes]) -> Any:
    for part in content:
        yield part
