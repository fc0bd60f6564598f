"""A Dask cluster by the address of its scheduler. A worker that ends is made up for by the scheduler.

The way is TLS, by the files that Dask's own settings name, unless the scheduler is on this machine.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice

import distributed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker
from distributed.security import Security

from calculators.awards.apart import Answers
from calculators.problems import N_, refuse
from ledger.engines.refusals import engine_idle, engine_lost, engine_unreachable, worker_lost, worker_without
from ledger.engines.worker import work

__all__ = ["connected"]

# Tasks in hand for each thread of a worker: one that it does, and one that waits for it.
_EACH = 2
# How long the scheduler may take to answer.
PATIENCE = "10s"


@contextmanager
def connected(url: str, address: str, *, here: bool) -> Iterator[Answers]:
    """The workers behind a scheduler; refuses `engine_unprotected`, `engine_unreachable` and `engine_idle`."""
    security = Security(require_encryption=not here)
    if not here and security.get_connection_args("client")["ssl_context"] is None:
        raise refuse(
            "engine_unprotected",
            N_("{engine} is another machine, and Dask knows no certificates for the way there"),
            N_("name them in Dask's settings, under distributed.comm.tls; docs/scale.md says how"),
            engine=url,
        )
    try:
        client = distributed.Client(
            f"{'tcp' if here else 'tls'}://{address}", security=security, timeout=PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise engine_unreachable(url) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise engine_idle(url)

        def answers(tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
            yield from _answers(client, url, tasks, _EACH * threads)

        yield answers


def _answers(client: distributed.Client, url: str, tasks: Iterable[bytes], width: int) -> Iterator[tuple[int, bytes]]:
    left, done, places = enumerate(tasks), distributed.as_completed(loop=client.loop), {}

    def ask(more: int) -> None:
        for place, task in islice(left, more):
            future = client.submit(work, task, pure=False)
            places[future.key] = place
            done.add(future)

    try:
        ask(width)
        for future in done:
            told = future.result()
            yield places.pop(future.key), told
            ask(1)
    except (KilledWorker, MemoryError) as error:
        raise worker_lost(url) from error
    except (CancelledError, CommClosedError, OSError, TimeoutError) as error:
        raise engine_lost(url) from error
    except ImportError as error:
        raise worker_without(url, error) from error
