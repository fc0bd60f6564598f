"""Ask tests about mutants, each in a process of its own; a plugin of pytest that `tests/mutants.py` runs.

Tests are collected once. Every one is then run alone, unchanged, to learn which functions it reaches and how long it
takes; and of every mutant those are run that reach its function, until one fails. A process starts with nothing built:
a ledger that a test begins with is built by the changed program too.
"""

import json
import os
import resource
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

# Seconds of a processor. A test that takes longer alone is not asked; a mutant that lived so long has survived.
SLOW, PATIENCE = 5.0, 20.0
# Who takes this much goes round in a circle: seconds again, and bytes.
LIMIT, MEMORY = 60, 2**32
# How much likelier a test is to find a change of a function, per change of it that it has found.
LUCK = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Files: the mutants that are asked about, where verdicts are added, what is known of the tests."""
    for name in ("--mutants", "--verdicts", "--reached"):
        parser.addoption(name, type=Path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """In the place of running the tests: ask them about the mutants."""
    options = session.config.option
    known = learnt(session.items, options.reached)
    kills: Counter[tuple[str, str]] = Counter()
    for mutant, stamp in json.loads(options.mutants.read_text()):
        function = mangled_name_from_mutant_name(mutant)
        cost = {
            item: known[item.nodeid]["seconds"] / (1 + LUCK * kills[function, item.nodeid])
            for item in session.items
            if function in known[item.nodeid]["functions"] and known[item.nodeid]["seconds"] < SLOW
        }
        items = sorted(cost, key=cost.__getitem__)
        fate, killer, seconds = in_a_process(lambda: ask(mutant, items)) or ("timeout", "", LIMIT)  # noqa: B023
        kills[function, killer] += 1
        with options.verdicts.open("a") as verdicts:
            print(json.dumps([mutant, stamp, fate, killer, seconds]), file=verdicts)
        print(f"{seconds:6.2f} {fate} {mutant} {killer}", flush=True)
    return True


def ask(mutant: str, items: list[pytest.Item]) -> tuple[str, str, float]:
    """What becomes of a mutant, by whom, and the seconds that it took."""
    set_mutant_under_test(mutant)
    for item, following in pairwise((*items, None)):
        assert item
        if fails(item, following):
            return "killed", item.nodeid, process_time()
        if process_time() > PATIENCE:
            break
    return "survived" if items else "no tests", "", process_time()


def learnt(items: list[pytest.Item], kept: Path) -> dict[str, dict[str, Any]]:
    """Test -> the functions that it reaches, and its seconds; kept as long as its file does not change."""
    before = json.loads(kept.read_text()) if kept.exists() else {}
    found = {}
    for item in items:
        stamp = item.path.stat().st_mtime
        known = before.get(item.nodeid)
        if not known or known["stamp"] != stamp:
            known = in_a_process(lambda: learn(item))  # noqa: B023
            assert known, f"{item.nodeid} does not end"
            assert not known["failed"], f"{item.nodeid} fails without any change"
            known["stamp"] = stamp
        found[item.nodeid] = known
    kept.write_text(json.dumps(found))
    return found


def learn(item: pytest.Item) -> dict[str, Any]:
    """What a test reaches when nothing is changed."""
    set_mutant_under_test("stats")
    failed = fails(item, None)
    return {"functions": sorted(state()._stats), "seconds": process_time(), "failed": failed}


def fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether a test fails; what the following one builds upon stays."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def in_a_process(work: Callable[[], Any]) -> Any:
    """What the work answers in a process that has a folder of its own and ends with all that it started, or None."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        answer = Path(folder) / "answer"
        child = os.fork()
        if not child:
            os.setsid()
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            # The folders of tests begin here; pytest names them when the first test asks for one.
            os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
            resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            # For who waits, which takes nothing.
            signal.alarm(10 * LIMIT)
            answer.write_text(json.dumps(work()))
            os._exit(0)
        os.waitpid(child, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        return json.loads(answer.read_text()) if answer.exists() else None
