"""Short budgets: approved amounts and a budget that does not reach -> what each line is allotted.

Three ways, as the notice's envelope says: in proportion, by a ranking, first come first served. All of them sum to the
budget exactly (where amounts are in a unit such as 100 yuan, to the whole units in it), none allots more than was
approved, and the order in which the lines are given is of no matter. Lines of
one rank, or of one day, that the rest of the budget does not cover share that rest in proportion: nobody loses to an
equal by more than one fen of rounding.

An allotment is a decision. It is recorded once and binds its lines as a `Limit` from then on; it is never calculated
again when facts change, and what one line does not use goes to no other by itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

from calculators.money import share_out

__all__ = ["Approved", "first_come", "pro_rata", "ranking"]

# Line id -> fen.
Allotted: TypeAlias = dict[str, int]


class Approved(NamedTuple):
    """What was approved for a line, in fen, and the day of its application."""

    line: str
    amount_fen: int
    applied_on: date


def pro_rata(approved: Iterable[Approved], budget_fen: int, unit_fen: int = 1) -> Allotted:
    """Every line the same share of what was approved, by largest remainder; ties go to the lower line id."""
    return _allot([approved], budget_fen, unit_fen)


def ranking(approved: Iterable[Approved], budget_fen: int, ranks: Mapping[str, int], unit_fen: int = 1) -> Allotted:
    """The best ranks in full while the budget lasts; `ranks` gives each line's rank, 1 the best, equals allowed."""
    return _allot(_places(approved, lambda one: ranks[one.line]), budget_fen, unit_fen)


def first_come(approved: Iterable[Approved], budget_fen: int, unit_fen: int = 1) -> Allotted:
    """The earliest applications in full while the budget lasts."""
    return _allot(_places(approved, lambda one: one.applied_on.toordinal()), budget_fen, unit_fen)


def _places(approved: Iterable[Approved], place: Callable[[Approved], int]) -> Iterator[Iterable[Approved]]:
    """Those of each place, the first place first."""
    for _, tied in groupby(sorted(approved, key=place), key=place):
        yield tied


def _allot(places: Iterable[Iterable[Approved]], budget_fen: int, unit_fen: int) -> Allotted:
    """Place by place in full; at the place where the budget ends what is left, in proportion; after it nothing.

    What is in proportion is in whole units; a rest of the budget that fits nowhere stays in it.
    """
    if budget_fen < 0:
        raise ValueError(f"a budget below zero: {budget_fen}")
    left_fen = budget_fen
    allotted: Allotted = {}
    for tied in places:
        # By line id, which comes first in it.
        equals = sorted(tied)
        wanted = [equal.amount_fen for equal in equals]
        given = share_out(left_fen, wanted, unit_fen)
        for one, fen in zip(equals, given, strict=True):
            if one.line in allotted:
                raise ValueError("a line is approved twice")
            allotted[one.line] = fen
        # Whoever comes after a place that was cut gets nothing, not even the rest that fitted nowhere.
        left_fen = left_fen - sum(given) if given == wanted else 0
    return allotted
