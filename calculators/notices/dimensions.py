"""What caps tell lines apart by: the words of `per`, what readers call them, and a line's place among the others.

A new one is a field of `Member` with its label, a word of the caps that may use it, and in `awards.lines` where each
kind of line has it from.
"""

from typing import Literal, NamedTuple

from calculators.problems import N_

__all__ = ["LABELS", "ItemDimension", "LoanDimension", "Member"]

# `year` is told from the day of a part and its cap's `year_of`.
LoanDimension = Literal["entity", "lender", "loan", "year"]
ItemDimension = Literal["entity", "item", "year"]

LABELS = {
    "entity": N_("firm"),
    "lender": N_("lender"),
    "loan": N_("loan"),
    "item": N_("item"),
    "year": N_("year"),
}


class Member(NamedTuple):
    """Whose award it is: credit code of the firm, the lender's name, keys of loan and item; "" where there is none."""

    entity: str
    lender: str = ""
    loan: str = ""
    item: str = ""

    def own(self, dimension: str) -> str:
        """Its value of one dimension, `year` excepted; `AttributeError` for a word that is none."""
        value: str = getattr(self, dimension)
        return value
