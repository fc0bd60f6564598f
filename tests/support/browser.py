"""A real browser at the console: the app served on loopback from a thread, and the Chromium of the system before it."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from ledger.audit.ledger import Ledger
from ledger.store.ledger import Clock, utc_now
from ledger.web.app import create_app
from ledger.web.door import ENTER, OneToken
from tests.support.reader import counted
from tests.support.runner import runner

# What Debian, its relatives and others call it.
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where the system's Chromium is, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True)
class Served:
    """A console that answers; `enter` is the address that opens it."""

    base: str
    enter: str


@contextmanager
def served(url: str, anchor: Path | None = None, clock: Clock = utc_now) -> Iterator[Served]:
    """The console over a ledger, until the block is left."""
    door = OneToken(counted)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        ledger = Ledger.open(url, clock=clock, anchor=anchor)
        app = create_app(ledger, runner(ledger), hosts={host}, door=door)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield Served(f"http://{host}", f"http://{host}{ENTER}?token={door.token}")
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window; in a container it has no sandbox of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
