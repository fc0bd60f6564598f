"""Processes on this machine. Where one ends before its answer, all are replaced and what was under way begins again."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Thread

from calculators.awards.apart import Answers
from calculators.problems import N_, refuse
from ledger.engines.worker import work

__all__ = ["pool"]

# How often in a row processes may be lost before anybody has answered.
LOSSES = 3
# Tasks in hand for each process: one that it does, and one that waits for it.
_EACH = 2


@contextmanager
def pool(jobs: int) -> Iterator[Answers]:
    """So many processes, from when they are first needed until the block ends."""
    processes = _Processes(jobs)
    try:
        yield processes.answers
    finally:
        processes.end()


class _Processes:
    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._running: ProcessPoolExecutor | None = None

    def answers(self, tasks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """The answer to each task, by its place; refuses `worker_lost`."""
        left, waiting, losses = enumerate(tasks), deque[tuple[int, bytes]](), 0
        in_hand: dict[Future[bytes], tuple[int, bytes]] = {}
        while True:
            waiting.extend(islice(left, max(0, self.jobs * _EACH - len(in_hand) - len(waiting))))
            if not waiting and not in_hand:
                return
            try:
                while waiting:
                    in_hand[self._started().submit(work, waiting[0][1])] = waiting[0]
                    waiting.popleft()
                for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                    told = future.result()
                    losses = 0
                    yield in_hand.pop(future)[0], told
            except BrokenProcessPool as error:
                losses += 1
                if losses == LOSSES:
                    raise refuse(
                        "worker_lost",
                        N_("a process that calculated was ended {times} times before it had an answer"),
                        N_("it may have been too little memory: give fewer --jobs, or more memory, then run it again"),
                        times=losses,
                    ) from error
                self.end()
                waiting.extendleft(in_hand.values())
                in_hand.clear()

    def end(self) -> None:
        """End the processes, once they have done what they are at; later tasks start new ones."""
        if self._running:
            self._running.shutdown(cancel_futures=True)
            self._running = None

    def _started(self) -> ProcessPoolExecutor:
        if self._running is None:
            # A fork of this process would share what it has open; the server of forks has nothing open, and loads the
            # calculators once for all.
            context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
            context.set_forkserver_preload([work.__module__])
            self._running = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin)
        return self._running


def _begin() -> None:
    # Who breaks off breaks off the process that asked, which ends this one; so does its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    asking = parent_process()
    if asking is not None:
        asking.join()
        os._exit(1)
