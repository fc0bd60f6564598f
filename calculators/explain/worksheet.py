"""The worksheet of a result, whatever type of support it is of: as text, or step by step."""

from calculators.awards.digests import AwardResult
from calculators.awards.item import ItemResult
from calculators.awards.loan import Result
from calculators.explain.item import ItemSheet
from calculators.explain.loan import LoanSheet
from calculators.explain.sheet import Section, Sheet, Step
from calculators.problems import Say

__all__ = ["Section", "Step", "steps", "worksheet"]


def worksheet(result: AwardResult, say: Say = str) -> str:
    """How the award came about, in the language of `say`; `TypeError` for a result of no calculator here."""
    return "\n".join(_sheet(result, say).lines())


def steps(result: AwardResult, say: Say = str) -> list[Step]:
    """The same step by step, for whoever lays it out."""
    return list(_sheet(result, say).steps())


def _sheet(result: AwardResult, say: Say) -> Sheet:
    match result:
        case Result():
            return LoanSheet(result, say)
        case ItemResult():
            return ItemSheet(result, say)
    raise TypeError(f"no worksheet for {result!r}")
