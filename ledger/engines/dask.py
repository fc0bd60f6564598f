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
        raise refuse(
            "engine_unreachable",
            N_("nobody answers at {engine}"),
            N_("see that the scheduler runs and that this machine may reach its port, then run it again"),
            engine=url,
        ) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise refuse(
                "engine_idle",
                N_("the scheduler at {engine} has no worker"),
                N_("start workers there, then run it again"),
                engine=url,
            )

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
        raise refuse(
            "worker_lost",
            N_("workers of {engine} were ended again and again before they had an answer"),
            N_("give each worker more memory, or start fewer of them, then run it again"),
            engine=url,
        ) from error
    except (CancelledError, CommClosedError, OSError, TimeoutError) as error:
        raise refuse(
            "engine_lost",
            N_("the scheduler at {engine} went away before all was calculated"),
            N_("start it again, then run it again"),
            engine=url,
        ) from error
    except ImportError as error:
        raise refuse(
            "worker_without",
            N_("a worker of {engine} lacks what it is to load ({name})"),
            N_("install the same release on this machine and on every worker, then run it again"),
            engine=url,
            name=error.name,
        ) from error
