"""Time two ways of doing the same, turn about, and compare their medians."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

ROUNDS = 5


def seconds(do: Callable[[], object]) -> float:
    begin = perf_counter()
    do()
    return perf_counter() - begin


def in_turns(ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float]:
    """The medians of seconds of both; the machine's moods fall on both alike."""
    pairs = [(ours(), bare()) for _round in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
