"""Time two ways of doing the same, turn about, and compare them pair by pair."""

from collections.abc import Callable
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import NamedTuple

ROUNDS = 5


class Spent(NamedTuple):
    """Seconds by the clock on the wall, and those of a processor that this process and those that it started had."""

    wall: float
    cpu: float


def spent(do: Callable[[], object]) -> Spent:
    wall, cpu = perf_counter(), _processor()
    do()
    return Spent(perf_counter() - wall, _processor() - cpu)


def _processor() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    used = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def seconds(do: Callable[[], object]) -> float:
    return spent(do).wall


def in_turns(ours: Callable[[], Spent], bare: Callable[[], Spent]) -> list[tuple[Spent, Spent]]:
    """Both, turn about: the machine's moods fall on both alike."""
    return [(ours(), bare()) for _round in range(ROUNDS)]


def compared(pairs: list[tuple[Spent, Spent]], count: int, what: str, unit: str = "entry") -> str:
    """Medians per `unit`, and the median of the ratios of the pairs; processor time stands beside, for a machine that
    others use as well.
    """

    def times(of: Callable[[Spent], float]) -> str:
        ours, bare = (median(of(pair[side]) for pair in pairs) / count * 1e6 for side in (0, 1))
        ratio = median(of(bare) / of(ours) for ours, bare in pairs)
        return f"{ours:.1f} us per {unit}, {what} {bare:.1f} us, ratio {ratio:.2f}"

    return f"{times(lambda one: one.wall)}; processor time {times(lambda one: one.cpu)}"
