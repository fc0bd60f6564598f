"""Ask tests about mutants, each in a process of its own; a plugin of pytest that `tests/mutants.py` runs.

Tests are collected once and run once, unchanged, to learn which lines each reaches and how long it takes. Then of
every mutant those are run that reach the statement it changes, in a process forked from this one, until one fails;
those that reach most of its module in their time come first. Ledgers that tests begin with are there by then: the
changed program meets what the unchanged one has written, as it would in use.
"""

import gc
import json
import os
import resource
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.utils.format_utils import mangled_name_from_mutant_name

# Seconds of a processor. A test that takes longer alone is not asked; a mutant that lived so long has survived.
SLOW, PATIENCE = 3.0, 10.0
# Who takes this much goes round in a circle: so many times what the tests take unchanged, some seconds more; and bytes.
TIMES, START, MEMORY = 3, 5, 2**32
# How much likelier a test is to find a change of a function, per change of it that it has found.
LUCK = 20


# What became of a mutant, the test that found it, seconds.
Verdict = tuple[str, str, float]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Files: the mutants that are asked about, and where verdicts are added."""
    for name in ("--mutants", "--verdicts"):
        parser.addoption(name, type=Path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """In the place of running the tests: ask them about the mutants."""
    options = session.config.option
    asked = json.loads(options.mutants.read_text())
    known = learn(session.items, {module for _, _, module, _ in asked})
    kills: Counter[tuple[str, str]] = Counter()
    for mutant, stamp, module, lines in asked:
        function = mangled_name_from_mutant_name(mutant)
        cost = {
            item: test.seconds / len(test.lines[module]) / (1 + LUCK * kills[function, item.nodeid])
            for item, test in known.items()
            if test.seconds < SLOW and not test.lines[module].isdisjoint(lines)
        }
        items = sorted(cost, key=cost.__getitem__)
        limit = START + int(TIMES * min(PATIENCE, sum(known[item].seconds for item in items)))
        fate, killer, seconds = (
            in_a_process(partial(ask, mutant, items), limit, Path(options.basetemp)) if items else ("no tests", "", 0)
        )
        kills[function, killer] += 1
        with options.verdicts.open("a") as verdicts:
            print(json.dumps([mutant, stamp, fate, killer, seconds]), file=verdicts)
        print(f"{seconds:6.2f} {fate} {mutant} {killer}", flush=True)
    return True


class Learnt(NamedTuple):
    """What is known of a test: the lines that it reaches in each module, and its seconds."""

    lines: dict[str, frozenset[int]]
    seconds: float


def learn(items: list[pytest.Item], modules: set[str]) -> dict[pytest.Item, Learnt]:
    """Run every test when nothing is changed."""
    set_mutant_under_test("")
    watch = Coverage(data_file=None, include=sorted(modules), config_file=False)
    # What a test does not reach is no news.
    watch.set_option("run:disable_warnings", ["no-data-collected"])
    found = {}
    # After the last one as well, what all of them share stays.
    for item, following in pairwise((*items, items[0])):
        before = process_time()
        watch.start()
        failed = fails(item, following)
        watch.stop()
        assert not failed, f"{item.nodeid} fails without any change"
        data = watch.get_data()
        lines = {module: frozenset(data.lines(str(Path(module).absolute())) or ()) for module in modules}
        found[item] = Learnt(lines, process_time() - before)
        watch.erase()
    gc.freeze()
    return found


def ask(mutant: str, items: list[pytest.Item]) -> Verdict:
    """What becomes of a mutant, by whom, and the seconds that it took."""
    set_mutant_under_test(mutant)
    # What the last test had left for another than the one that comes first here.
    items[0].session._setupstate.teardown_exact(items[0])
    for item, following in pairwise((*items, items[0])):
        if fails(item, following):
            return "killed", item.nodeid, process_time()
        if process_time() > PATIENCE:
            break
    return "survived", "", process_time()


def fails(item: pytest.Item, following: pytest.Item) -> bool:
    """Whether a test fails; what the following one builds upon stays."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def in_a_process(work: Callable[[], Verdict], limit: int, folder: Path) -> Verdict:
    """What work answers in a process that ends with all that it started and leaves nothing in `folder`."""
    there = {*folder.glob("*"), *folder.glob("*/*")}
    answer = folder / "answer"
    child = os.fork()
    if not child:
        os.setsid()
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        # For who waits, which takes nothing.
        signal.alarm(10 * limit)
        answer.write_text(json.dumps(work()))
        os._exit(0)
    os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    verdict = json.loads(answer.read_text()) if answer.exists() else ("timeout", "", limit)
    for path in {*folder.glob("*"), *folder.glob("*/*")} - there:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return verdict
