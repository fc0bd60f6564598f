"""A pool of processes comes to the log of one process, whatever of it is killed; if it cannot, nothing is written."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from unittest import mock

import pytest

from calculators.awards.all import calculate_all
from calculators.awards.apart import calculated_by
from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.audit.replay import replay
from ledger.engines import pool as of_pool
from ledger.engines.pool import pool
from ledger.engines.using import computing
from ledger.runs.interest import run_interest
from tests.benchmarks.register import ACTOR
from tests.engines.conftest import JUNE, LOANS, root

pytestmark = pytest.mark.usefixtures("in_pairs")


def test_the_log_is_that_of_one_process_though_processes_are_killed(copied: Callable[[str], Ledger]) -> None:
    alone, together = copied("alone"), copied("together")
    assert run_interest(alone, JUNE, ACTOR, calculate_all).count == 2 * LOANS
    killed = []
    with pool(2) as answers:

        def killing(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
            for place, told in answers(tasks):
                if not killed:
                    running = answers.__self__._running
                    killed.extend(running._processes)
                    for process in killed:
                        os.kill(process, signal.SIGKILL)
                yield place, told

        run_interest(together, JUNE, ACTOR, calculated_by(killing))
    assert killed
    assert root(together) == root(alone)
    with computing(jobs=2) as calculate, together.read() as view:
        assert [run.difference for run in replay(view, calculate)] == [None]


def test_processes_that_end_before_any_answer_are_refused_and_nothing_is_written(
    copied: Callable[[str], Ledger],
) -> None:
    ledger = copied("lost")
    before = root(ledger)
    with mock.patch.object(of_pool, "_begin", os.abort), pytest.raises(Refused) as refused, computing(jobs=2) as others:
        run_interest(ledger, JUNE, ACTOR, others)
    [problem] = refused.value.problems
    assert (problem.code, problem.values["times"]) == ("worker_lost", of_pool.LOSSES)
    assert root(ledger) == before


def test_one_of_two_ways_is_asked_for() -> None:
    for engine, jobs, code in (
        ("dask://127.0.0.1:8786", 2, "engine_and_jobs"),
        ("spark://somewhere", 1, "engine_unknown"),
    ):
        with pytest.raises(Refused) as refused, computing(jobs, engine):
            pass
        assert [problem.code for problem in refused.value.problems] == [code]


def test_one_process_is_this_one() -> None:
    with computing() as calculate:
        assert calculate is calculate_all
