"""Lenders: who they are, and how far each has reported what happened to its loans."""

from datetime import date

from calculators.problems import N_, refuse
from ledger.store.ledger import View


def reported(view: View) -> dict[str, date]:
    """The last day each lender has reported events through; a report of nothing is a report."""
    through: dict[str, date] = {}
    for row in view.records("import"):
        body = row.body
        if body["register"] == "event" and "lender" in body and "through" in body:
            day = date.fromisoformat(body["through"])
            through[body["lender"]] = max(day, through.get(body["lender"], day))
    return through


def require_lender(view: View, lender: str) -> None:
    """Refuse `lender_unknown`, so that a misspelt name never counts as a report or an exception."""
    known = {row.lender for row in view.rows("loan")}
    if lender not in known:
        raise refuse(
            "lender_unknown",
            N_("no loan of lender {lender} is registered"),
            N_("write the lender as in the register of loans: {lenders}"),
            lender=lender,
            lenders=", ".join(sorted(known)) or "-",
        )
