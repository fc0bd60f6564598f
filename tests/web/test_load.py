"""Twenty programs ask at once over the network while the log grows: no answer mixes two states of it, none is lost.

Reads only beside one writer: the API takes no acts yet.
"""

import random
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import uvicorn

from ledger.log import kinds
from ledger.store.ledger import Ledger
from ledger.web.api.app import PREFIX
from tests.support.till import Till
from tests.web.test_api import NOON, SHOWN, app, served

CLIENTS = 20
ASKED = ("/head", "/inbox", "/runs", "/runs/2024-03/lines", "/batches", "/budget", "/budget/2024-04", "/reconciliation")


class Seen(NamedTuple):
    """An answer as a client had it."""

    address: str
    status: int
    size: int
    root: str
    content: str


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    return served(folder)


@contextmanager
def running(till: Till) -> Iterator[str]:
    """The server on a free port of this machine; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app(till), log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def ask_on(address: str, seed: int, end: float, seen: list[Seen]) -> None:
    """One client, until the end and twice at least; a client that is told to wait waits."""
    draw = random.Random(seed)
    with httpx.Client(base_url=address + PREFIX, headers=SHOWN, timeout=60, verify=False) as client:
        while time.monotonic() < end or len(seen) < 2:
            asked = draw.choice(ASKED)
            answer = client.get(asked)
            head = answer.headers
            content = sha256(answer.content).hexdigest()
            seen.append(
                Seen(asked, answer.status_code, int(head.get("Log-Size", 0)), head.get("Log-Root", ""), content)
            )
            if answer.status_code == 429:
                time.sleep(draw.random())


def load(till: Till, seconds: int) -> None:
    ledger = Ledger.open(till.url, clock=lambda: NOON, anchor=till.anchor)
    with ledger.read() as view:
        first = view.size
    each: list[list[Seen]] = [[] for _client in range(CLIENTS)]
    with running(till) as address:
        end = time.monotonic() + seconds
        clients = [threading.Thread(target=ask_on, args=(address, seed, end, seen)) for seed, seen in enumerate(each)]
        for client in clients:
            client.start()
        written = 0
        while time.monotonic() < end:
            with ledger.write("1001") as writer:
                writer.append(kinds.ACTOR, kinds.ActorBody(key=f"2{written:04d}", role="officer"))
            written += 1
            time.sleep(0.1)
        for client in clients:
            client.join()
    every = [one for seen in each for one in seen]
    assert {one.status for one in every} <= {200, 429}
    answered = [one for one in every if one.status == 200]
    assert min(sum(one.status == 200 for one in seen) for seen in each) > 0, Counter(one.status for one in every)
    said = defaultdict(set)
    with ledger.read() as view:
        assert view.size == first + written
        roots = {size: view.at(size).root().hex() for size in {one.size for one in answered}}
    for one in answered:
        assert one.root == roots[one.size]
        said[one.address, one.size].add(one.content)
    assert {asked: contents for asked, contents in said.items() if len(contents) > 1} == {}
    for seen in each:
        sizes = [one.size for one in seen if one.status == 200]
        assert sizes == sorted(sizes)
    assert len({one.size for one in answered}) > 1, "the log grew while it was asked"


def test_twenty_clients_for_three_seconds(till: Till) -> None:
    load(till, seconds=3)


@pytest.mark.nightly
def test_twenty_clients_for_thirty_seconds(till: Till) -> None:
    load(till, seconds=30)
