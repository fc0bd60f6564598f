"""A real browser at the console: the app served on loopback from a thread, and the Chromium of the system before it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from ledger.audit.ledger import Ledger
from ledger.store.ledger import Clock, utc_now
from ledger.web.app import create_app
from ledger.web.door import ENTER, OneToken
from tests.support.port import at_port
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
    ledger = Ledger.open(url, clock=clock, anchor=anchor)
    with at_port(lambda host: create_app(ledger, runner(ledger), hosts={host}, door=door)) as host:
        yield Served(f"http://{host}", f"http://{host}{ENTER}?token={door.token}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window; in a container it has no sandbox of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
