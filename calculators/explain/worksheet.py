"""The worksheet of a result, whatever type of support it is of."""

from calculators.awards.digests import AwardResult
from calculators.awards.item import ItemResult
from calculators.awards.loan import Result
from calculators.explain.item import render_item
from calculators.explain.loan import render
from calculators.problems import Say

__all__ = ["worksheet"]


def worksheet(result: AwardResult, say: Say = str) -> str:
    """How the award came about, in the language of `say`; `TypeError` for a result of no calculator here."""
    match result:
        case Result():
            return render(result, say)
        case ItemResult():
            return render_item(result, say)
    raise TypeError(f"no worksheet for {result!r}")
