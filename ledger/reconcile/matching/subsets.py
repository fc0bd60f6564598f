"""Which payments may stand behind one total: all subsets with an exact sum, searched completely or not at all."""

from collections.abc import Iterable, Sequence
from math import gcd
from typing import NamedTuple

# Two halves of at most 2^15 sums each.
MOST = 30
# A sum is evidence only where an accident is unlikely: less than one in so many.
MARGIN = 1000


class Found(NamedTuple):
    """Places of the first two subsets found, each ascending; `complete` is False where nothing was searched."""

    subsets: tuple[tuple[int, ...], ...]
    complete: bool


def telling(tried: int, total: int, amounts: Iterable[int]) -> bool:
    """Whether a hit on `total` fen among so many subsets of `amounts` says more than chance would.

    All subsets have sums in steps of the greatest common divisor of amounts and total: sums of round amounts meet by
    chance far sooner than sums of fen.
    """
    return MARGIN * tried * gcd(total, *amounts) <= total


def exact(amounts: Sequence[int], total: int, smallest: int) -> Found:
    """Subsets of at least `smallest` of the positive `amounts` that sum to `total`: none, the only one, or two of many.

    Equal amounts stand for different payments, so each makes a subset of its own. More than 30 are not searched.
    """
    places = [place for place, amount in enumerate(amounts) if amount <= total]
    if sum(amounts[place] for place in places) < total:
        return Found((), complete=True)
    if len(places) > MOST:
        return Found((), complete=False)
    half = len(places) // 2
    left, right = places[:half], places[half:]
    # Sum -> masks of the left half with that sum, in ascending order of mask.
    masks: dict[int, list[int]] = {}
    for mask, reached in enumerate(_sums(amounts, left)):
        masks.setdefault(reached, []).append(mask)
    found: list[tuple[int, ...]] = []
    for mask, reached in enumerate(_sums(amounts, right)):
        for other in masks.get(total - reached, ()):
            chosen = (*_chosen(left, other), *_chosen(right, mask))
            if len(chosen) >= smallest:
                found.append(chosen)
                if len(found) == 2:
                    return Found(tuple(found), complete=True)
    return Found(tuple(found), complete=True)


def all_but_two(amounts: Sequence[int], total: int) -> tuple[tuple[int, ...], ...]:
    """Up to two subsets with the sum that lack one or two of the amounts, for more of them than `exact` may search."""
    missing = sum(amounts) - total
    found: list[tuple[int, ...]] = []
    places_of: dict[int, list[int]] = {}
    for place, amount in enumerate(amounts):
        lacks = [(place,)] if amount == missing else [(other, place) for other in places_of.get(missing - amount, ())]
        for lack in lacks:
            found.append(tuple(other for other in range(len(amounts)) if other not in lack))
            if len(found) == 2:
                return tuple(found)
        places_of.setdefault(amount, []).append(place)
    return tuple(found)


def _sums(amounts: Sequence[int], places: Sequence[int]) -> list[int]:
    """The sum of every subset of the places; the bits of its index say which."""
    sums = [0]
    for place in places:
        amount = amounts[place]
        sums += [reached + amount for reached in sums]
    return sums


def _chosen(places: Sequence[int], mask: int) -> tuple[int, ...]:
    return tuple(place for bit, place in enumerate(places) if mask >> bit & 1)
