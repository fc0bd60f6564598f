"""A Dask cluster of two workers comes to the log of one process, though a worker is killed; and what it refuses."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from unittest import mock

import dask
import pytest
from distributed import LocalCluster
from distributed.scheduler import KilledWorker

from calculators.awards.apart import calculated_by
from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.engines import dask as of_dask
from ledger.engines.dask import connected
from ledger.engines.using import computing
from ledger.runs.interest import run_interest
from tests.benchmarks.register import ACTOR
from tests.engines.conftest import JUNE, root

pytestmark = [pytest.mark.usefixtures("in_pairs"), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    settings = {
        "distributed.worker.multiprocessing-method": "forkserver",
        "distributed.admin.system-monitor.disk": False,
    }
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as started,
    ):
        yield started


def test_the_log_is_that_of_one_process_though_a_worker_is_killed(
    cluster: LocalCluster, copied: Callable[[str], Ledger]
) -> None:
    alone, together = copied("alone"), copied("together")
    run_interest(alone, JUNE, ACTOR)
    address = cluster.scheduler_address.removeprefix("tcp://")
    killed = []
    with connected(f"dask://{address}", address, here=True) as answers:

        def killing(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
            for place, told in answers(tasks):
                if not killed:
                    killed.append(next(iter(cluster.workers.values())).pid)
                    os.kill(killed[0], signal.SIGKILL)
                yield place, told

        run_interest(together, JUNE, ACTOR, calculated_by(killing))
    assert killed
    assert root(together) == root(alone)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (KilledWorker("task", None, 3), "worker_lost"),
        (OSError(), "engine_lost"),
        (ModuleNotFoundError(name="ledger"), "worker_without"),
    ],
)
def test_what_ends_a_calculation_is_refused_and_nothing_is_written(
    cluster: LocalCluster, copied: Callable[[str], Ledger], raised: Exception, code: str
) -> None:
    """As Dask says it: a partition that ended three workers, a scheduler that went, a worker that lacks the program."""
    ledger = copied("ended")
    before = root(ledger)
    engine = cluster.scheduler_address.replace("tcp", "dask")
    with (
        mock.patch("distributed.Future.result", side_effect=raised),
        pytest.raises(Refused) as refused,
        computing(engine=engine) as calculate,
    ):
        run_interest(ledger, JUNE, ACTOR, calculate)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert root(ledger) == before


def refusal(engine: str) -> str:
    with pytest.raises(Refused) as refused, computing(engine=engine):
        pass
    [problem] = refused.value.problems
    return problem.code


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_dask, "PATIENCE", "0.1s")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refusal(f"dask://127.0.0.1:{port}") == "engine_unreachable"


def test_a_cluster_without_workers(cluster: LocalCluster) -> None:
    with mock.patch("distributed.Client.nthreads", return_value={}):
        assert refusal(cluster.scheduler_address.replace("tcp", "dask")) == "engine_idle"


def test_facts_do_not_go_to_another_machine_in_clear() -> None:
    assert refusal("dask://10.1.2.3:8786") == "engine_unprotected"


def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ledger.engines.dask")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert refusal("dask://127.0.0.1:8786") == "extra_missing"
