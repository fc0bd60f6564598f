"""Kill a process of ours in the middle of its work, as `kill -9` or a power cut would.

`killed_at(n, target, *words)` runs the function `target` (`package.module:function`, called with the words) in a
child process that kills itself at the n-th boundary: before a statement, before a commit, or after a connection
was given back, which lies between a commit and the move of the checkpoint. `killed_after(microseconds, ...)` kills it
at a moment instead, wherever it is. The product knows nothing of this: the boundaries are SQLAlchemy's own events.

A write ends in one of few ways, and a commit is what separates them. `boundaries_to_kill` so chooses those around each
commit, both ends, and some that it draws; with `every`, which only `make nightly` asks for, it takes all.
"""

import os
import random
import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, Pool, event

from tests.support.processes import process
from tests.support.seeds import SEED

# For tests whose kills take long: those that tell, and every one by night.
EVERY = [pytest.param(False, id="around-commits"), pytest.param(True, id="every", marks=pytest.mark.nightly)]
DRAWN = 4

OUTPUT, PASSED = "output", "passed"


@dataclass(frozen=True)
class Outcome:
    """Whether the process was killed, what it had printed until then, and the names of the boundaries it came to."""

    killed: bool
    printed: str
    boundaries: list[str]


def boundaries(target: str, *words: str) -> list[str]:
    """Run `target` to its end; the boundaries that it came to, each `statement`, `commit` or `checkin`."""
    outcome = _run("boundary", 0, target, words)
    assert not outcome.killed
    return outcome.boundaries


def boundaries_to_kill(passed: list[str], every: bool) -> list[int]:
    """Which boundaries (from 1) to kill at, the one after the last included, at which nobody is killed any more."""
    after_last = len(passed) + 1
    if every:
        return list(range(1, after_last + 1))
    print(f"SUBSIDY_TEST_SEED={SEED}")
    commits = [number for number, name in enumerate(passed, 1) if name == "commit"]
    around = {number + step for number in commits for step in (-1, 0, 1, 2)}
    telling = {number for number in around | {1, after_last} if 1 <= number <= after_last}
    others = sorted(set(range(1, after_last)) - telling)
    drawn = random.Random(SEED).sample(others, min(DRAWN, len(others)))
    return sorted(telling.union(drawn))


def killed_at(boundary: int, target: str, *words: str) -> Outcome:
    """Run `target` until its `boundary`-th boundary (from 1); not killed if it ends before."""
    return _run("boundary", boundary, target, words)


def killed_after(microseconds: int, target: str, *words: str) -> Outcome:
    """Run `target` for so long, counted from its call; not killed if it ends before."""
    return _run("microseconds", microseconds, target, words)


def _run(unit: str, count: int, target: str, words: tuple[str, ...]) -> Outcome:
    with TemporaryDirectory() as name:
        folder = Path(name)
        child = process(_child, folder, unit, count, target, words)
        child.start()
        child.join()
        printed, passed = (
            path.read_text(encoding="utf-8") if path.exists() else "" for path in (folder / OUTPUT, folder / PASSED)
        )
    assert child.exitcode in (0, -signal.SIGKILL, -signal.SIGALRM), f"neither killed nor well ended:\n{printed}"
    return Outcome(child.exitcode != 0, printed, passed.split())


def _child(folder: Path, unit: str, count: int, target: str, words: tuple[str, ...]) -> None:
    output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    module, name = target.split(":")
    function = getattr(import_module(module), name)
    if unit == "boundary":
        _arm(count, folder / PASSED)
    else:
        # Nobody handles SIGALRM, so the kernel ends the process at once, as with SIGKILL.
        signal.setitimer(signal.ITIMER_REAL, count / 1_000_000)
    function(*words)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _arm(boundary: int, passed: Path) -> None:
    left = boundary
    log = os.open(passed, os.O_WRONLY | os.O_CREAT)

    def come_to(name: str) -> None:
        nonlocal left
        os.write(log, f"{name}\n".encode())
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", lambda *_details: come_to("statement"))
    event.listen(Engine, "commit", lambda *_details: come_to("commit"))
    event.listen(Pool, "checkin", lambda *_details: come_to("checkin"))
