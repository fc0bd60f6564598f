"""A Ray cluster comes to the log of one process, though a worker is killed; only where `make ray` installed it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import ray

from calculators.awards.apart import calculated_by
from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.engines.using import computing
from ledger.runs.interest import run_interest
from tests.benchmarks.register import ACTOR
from tests.engines.conftest import JUNE, root

pytestmark = [pytest.mark.usefixtures("in_pairs"), pytest.mark.filterwarnings("ignore")]

# Ray's own port for clients, which its workers' ports lie above.
ENGINE = "ray://127.0.0.1:10001"
CHECKOUT = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A head of two processors, whose workers find the program where this process does."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    # A busy machine takes longer to start one than Ray waits.
    monkeypatch.setenv("RAY_raylet_start_wait_time_s", "180")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([CHECKOUT, os.environ.get("PYTHONPATH", "")]).strip(os.pathsep))
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--num-cpus=2"]
    options = ["--include-dashboard=false", "--disable-usage-stats", "--node-ip-address=127.0.0.1"]
    head = subprocess.Popen([*start, *options, "--ray-client-server-port=10001"], stdout=subprocess.DEVNULL)
    try:
        # Its client port answers some time after it was opened, and Ray gives up after half a minute.
        for _again in range(4):
            with suppress(ConnectionError), ray.init(ENGINE, allow_multiple=True):
                break
        yield
    finally:
        head.terminate()
        head.wait()
        monkeypatch.undo()


@pytest.mark.usefixtures("cluster")
def test_the_log_is_that_of_one_process_though_a_worker_is_killed(copied: Callable[[str], Ledger]) -> None:
    from ledger.engines.ray import connected

    alone, together = copied("alone"), copied("together")
    run_interest(alone, JUNE, ACTOR)
    killed = []
    with connected(ENGINE, here=True) as answers:

        def killing(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
            for place, told in answers(tasks):
                if not killed:
                    killed.append(ray.get(ray.remote(lambda: os.getpid()).remote()))
                    os.kill(killed[0], signal.SIGKILL)
                yield place, told

        run_interest(together, JUNE, ACTOR, calculated_by(killing))
    assert killed
    assert root(together) == root(alone)


def test_facts_do_not_go_to_another_machine_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_USE_TLS", raising=False)
    with pytest.raises(Refused) as refused, computing(engine="ray://10.1.2.3:10001"):
        pass
    assert [problem.code for problem in refused.value.problems] == ["engine_unprotected"]
