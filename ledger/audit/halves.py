"""Verification of a large ledger in two processes: one holds bytes and tables against each other, one asks the rules.

Each reads the whole log for itself. What the first finds right and the second proper is true of the same bytes where
both come to the same root, so a writer between the two is noticed. Where either finds something, or does not come to
its end, whoever asked reads again in one process, which says what it is.
"""

import os
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import NamedTuple

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from calculators.problems import Refused
from ledger.audit.proof import STRETCH, UNREADABLE, Asked, Proof
from ledger.audit.reading import read_again, read_stretch
from ledger.log.checkpoint import Checkpoint
from ledger.log.kinds import kind_of
from ledger.log.tree import Peaks, grow, leaf_hash, root_of
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold
from ledger.store.collector import paused
from ledger.store.engine import reading_engine

# Records from which on the second process is worth the half second in which it starts.
LARGE = 50_000
# What the other process ends in that cannot go on: this one meets it when it reads again, and says what it is.
_STOPPED = (*UNREADABLE, DatabaseError, Refused)


class Whole(NamedTuple):
    """A log in which nothing is wrong: its records and entries, and the root over it."""

    size: int
    entries: int
    root: bytes


def worth_two(size: int) -> bool:
    """Whether a log of so many records is verified in two processes here."""
    # Not every system says which cores a process may use.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return size >= LARGE and cores > 1


def verified_in_two(path: Path, connection: Connection, checkpoint: Checkpoint | None, log_key: str) -> Whole | None:
    """What the log in the file `path` comes to, which `connection` reads; None where something is wrong with it, or
    where the other process came to no end.
    """
    context = get_context("spawn")
    answer, far_end = context.Pipe(duplex=False)
    other = context.Process(target=_hold, args=(far_end, path, checkpoint, log_key), daemon=True)
    other.start()
    far_end.close()
    try:
        return _both(connection, answer)
    except Exception:
        # Bytes that are no records, a process that was killed: whoever reads again in one says what it is, or raises.
        return None
    finally:
        other.terminate()
        other.join()
        answer.close()


@paused()
def _hold(answer: Pipe, path: Path, checkpoint: Checkpoint | None, log_key: str) -> None:
    """The other process: whether bytes, tree and tables are right, and the checkpoint's root in the log."""
    # Who breaks off breaks off the first process, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with reading_engine(path).connect() as connection:
            proof = Proof(connection, checkpoint, log_key, asked=Asked.SHAPES)
            wrong = next(proof.damages(), None)
            projector = proof.projector
            held = None if wrong else Whole(projector.size, projector.entries, projector.root)
    except _STOPPED:
        held = None
    answer.send(held)


def _both(connection: Connection, answer: Pipe) -> Whole | None:
    """What both processes find right: this one asks the rules, and stops once the other one has found something."""
    source = LogOnly(read_again(connection))
    judge, peaks, size = Judge(Fold(source)), Peaks(), 0
    held: Whole | None = None
    after = None
    while rows := read_stretch(connection, after, STRETCH):
        if held is None and answer.poll():
            held = answer.recv()
            if held is None:
                return None
        texts = [text for _seq, _kind, text, _leaf in rows]
        bodies, leaves = list(map(orjson.loads, texts)), list(map(leaf_hash, texts))
        # Under the root stand the bytes alone, in their order: what the row says besides is the other's to compare.
        records = list(map(Logged, range(size, size + len(rows)), map(kind_of, bodies), bodies, leaves))
        if judge.take_all(records)[1]:
            return None
        nodes, peaks = grow(size, peaks, leaves)
        source.roots.grown(nodes)
        size += len(rows)
        after = rows[-1][0]
    if judge.end():
        return None
    held = held or answer.recv()
    return held if held and (held.size, held.root) == (size, root_of(peaks)) else None
