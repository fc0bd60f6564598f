"""A Ray cluster by the address of its client port. A worker that ends is made up for by the cluster.

The way is TLS, by the files that Ray's own settings name, unless the cluster is on this machine.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError

from calculators.awards.apart import Answers
from calculators.problems import N_, refuse
from ledger.engines.refusals import engine_idle, engine_lost, engine_unreachable, worker_lost, worker_without
from ledger.engines.worker import work

__all__ = ["connected"]

# Tasks in hand for each processor: one that it does, and one that waits for it.
_EACH = 2
# How often a partition is begun again whose worker ended: as often as Dask does it.
_AGAIN = 3


@contextmanager
def connected(url: str, *, here: bool) -> Iterator[Answers]:
    """The workers of a cluster; refuses `engine_unprotected`, `engine_unreachable` and `engine_idle`."""
    if not here and os.environ.get("RAY_USE_TLS") != "1":
        raise refuse(
            "engine_unprotected",
            N_("{engine} is another machine, and Ray knows no certificates for the way there"),
            N_("set RAY_USE_TLS=1 and name them in Ray's settings; docs/scale.md says how"),
            engine=url,
        )
    try:
        client = ray.init(url, allow_multiple=True, log_to_driver=False)
    except (ConnectionError, RuntimeError, OSError, ValueError) as error:
        raise engine_unreachable(url) from error
    with client:
        processors = int(ray.cluster_resources().get("CPU", 0))
        if not processors:
            raise engine_idle(url)

        def answers(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
            yield from _answers(url, tasks, _EACH * processors)

        yield answers


def _answers(url: str, tasks: Iterable[bytes], width: int) -> Iterator[tuple[int, bytes]]:
    ask = ray.remote(num_cpus=1, max_retries=_AGAIN)(work).remote
    places: dict[ray.ObjectRef, int] = {}
    try:
        for place, task in enumerate(tasks):
            while len(places) >= width:
                yield from _done(places)
            places[ask(task)] = place
        while places:
            yield from _done(places)
    except RayTaskError as error:
        lacking = error.cause
        if not isinstance(lacking, ImportError):
            raise
        raise worker_without(url, lacking) from error
    except (WorkerCrashedError, OutOfMemoryError) as error:
        raise worker_lost(url) from error
    except (RayError, ConnectionError) as error:
        raise engine_lost(url) from error


def _done(places: "dict[ray.ObjectRef, int]") -> Iterator[tuple[int, bytes]]:
    [ready], _waiting = ray.wait(list(places), num_returns=1)
    yield places.pop(ready), ray.get(ready)
