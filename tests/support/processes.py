"""Processes of ours beside the one that tests: forked from a server with the modules loaded.

A fresh interpreter would take a second each time.
"""

import os
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier
from typing import Any

_server = get_context("forkserver")
_loaded = (
    "cli",
    "ledger.audit.replay",
    "ledger.audit.verify",
    "ledger.runs.interest",
    "tests.support.kill",
    "tests.support.batch_office",
    "tests.support.clawing",
    "tests.support.signing_office",
)
# The server leaves out in silence what it cannot import.
assert all(find_spec(name) for name in _loaded)
_server.set_forkserver_preload(list(_loaded))


def process(target: Callable[..., object], *arguments: Any) -> ForkServerProcess:
    """A process that calls `target` with the environment of now; not started yet."""
    # The server has the environment of its own start, not that of the test.
    return _server.Process(target=_call, args=(dict(os.environ), target, arguments))


def barrier(parties: int) -> Barrier:
    """What such processes wait at for each other; it is one of their arguments."""
    return _server.Barrier(parties)


def _call(environment: dict[str, str], target: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    target(*arguments)
