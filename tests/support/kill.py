"""Kill a process of ours in the middle of its work, as `kill -9` or a power cut would.

`killed_at(n, target, *words)` runs the function `target` (`package.module:function`, called with the words) in a
child process that kills itself at the n-th boundary: before a statement, before a commit, or after a connection
was given back, which lies between a commit and the move of the checkpoint. `killed_after(microseconds, ...)` kills it
at a moment instead, wherever it is. The product knows nothing of this: the boundaries are SQLAlchemy's own events.
"""

import os
import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, Pool, event

# One server with the modules loaded, forked for every child: a fresh interpreter would take a second each time.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(
    ["cli", "ledger.audit.replay", "ledger.audit.verify", "ledger.runs.interest", "tests.support.kill"]
)


@dataclass(frozen=True)
class Outcome:
    """Whether the process was killed, and what it had printed until then."""

    killed: bool
    printed: str


def killed_at(boundary: int, target: str, *words: str) -> Outcome:
    """Run `target` until its `boundary`-th boundary (from 1); not killed if it ends before."""
    return _run("boundary", boundary, target, words)


def killed_after(microseconds: int, target: str, *words: str) -> Outcome:
    """Run `target` for so long, counted from its call; not killed if it ends before."""
    return _run("microseconds", microseconds, target, words)


def _run(unit: str, count: int, target: str, words: tuple[str, ...]) -> Outcome:
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        # The server has the environment of its own start, not that of the test.
        child = _processes.Process(target=_child, args=(dict(os.environ), output, unit, count, target, words))
        child.start()
        child.join()
        printed = output.read_text(encoding="utf-8") if output.exists() else ""
    assert child.exitcode in (0, -signal.SIGKILL, -signal.SIGALRM), f"neither killed nor well ended:\n{printed}"
    return Outcome(child.exitcode != 0, printed)


def _child(
    environment: dict[str, str], output: Path, unit: str, count: int, target: str, words: tuple[str, ...]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    module, name = target.split(":")
    function = getattr(import_module(module), name)
    if unit == "boundary":
        _arm(count)
    else:
        # Nobody handles SIGALRM, so the kernel ends the process at once, as with SIGKILL.
        signal.setitimer(signal.ITIMER_REAL, count / 1_000_000)
    function(*words)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _arm(boundary: int) -> None:
    left = boundary

    def count(*_details: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    event.listen(Pool, "checkin", count)
