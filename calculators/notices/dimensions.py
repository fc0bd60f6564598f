"""What caps tell lines apart by: the words of `per`, what readers call them, where a line of each kind has its value.

A new one is a row of `DIMENSIONS` and a word of the caps that may use it. A value stands at a path of attributes, as
`loan.lender` from a line: the rooms that hold lines lie above this one, so a test follows each path on each kind.
"""

from operator import attrgetter
from typing import Literal, NamedTuple

from calculators.problems import N_

__all__ = ["LABELS", "ItemDimension", "LoanDimension", "value_of"]

# `year` is told from the day of a part and its cap's `year_of`.
LoanDimension = Literal["entity", "lender", "loan", "year"]
ItemDimension = Literal["entity", "item", "year"]

Holder = Literal["loan", "item", "outside"]


class Dimension(NamedTuple):
    """What readers call it, and its value's path on a loan's line, an item's and an award paid outside; "" for none."""

    label: str
    loan: str = ""
    item: str = ""
    outside: str = ""


DIMENSIONS = {
    "entity": Dimension(N_("firm"), loan="entity.uscc", item="entity.uscc", outside="uscc"),
    "lender": Dimension(N_("lender"), loan="loan.lender", outside="lender"),
    "loan": Dimension(N_("loan"), loan="loan.key", outside="loan"),
    "item": Dimension(N_("item"), loan="loan.key", item="item.subject", outside="loan"),
    "year": Dimension(N_("year")),
}

LABELS = {word: dimension.label for word, dimension in DIMENSIONS.items()}

_PATHS = {
    (word, holder): attrgetter(path)
    for word, dimension in DIMENSIONS.items()
    for holder in ("loan", "item", "outside")
    if (path := getattr(dimension, holder))
}


def value_of(line: object, holder: Holder, word: str) -> str:
    """A line's value of one dimension, "" where its kind has none: credit code, lender's name, key of loan or item."""
    path = _PATHS.get((word, holder))
    return path(line) if path else ""
