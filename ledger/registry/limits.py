"""Decisions below what was computed: what a meeting granted, and what a short budget allotted, per application."""

from typing import Any

from calculators.awards.lines import Limit
from ledger.store.ledger import Row, View

MEETING, SHORTAGE = "meeting", "shortage"


def limits(view: View) -> dict[str, tuple[Limit, ...]]:
    """Application -> the decisions that bind its line, in the order of recording.

    Of one kind the last decision that names an application binds it.
    """
    found: dict[str, dict[str, Limit]] = {}
    for row in sorted(view.rows("decision"), key=lambda row: row.seq):
        for application, limit in _stated(row):
            bound = found.setdefault(application, {})
            bound.pop(limit.code, None)
            bound[limit.code] = limit
    return {application: tuple(bound.values()) for application, bound in found.items()}


def allotted(view: View, notice: str) -> set[str]:
    """The applications that shortages of a notice have allotted something to already."""
    return {row["application"] for decision in shortages(view, notice) for row in decision.body["rows"]}


def shortages(view: View, notice: str) -> list[Row]:
    """The decisions on a short budget of a notice."""
    return [
        row
        for row in view.rows("decision")
        if row.body["type"] == SHORTAGE and row.body["about"].startswith(f"{notice}/")
    ]


def _stated(row: Row) -> list[tuple[str, Limit]]:
    body: dict[str, Any] = row.body
    if body["type"] == MEETING:
        return [(body["about"], Limit("meeting", body["amount_fen"], body["document"]))]
    if body["type"] == SHORTAGE:
        return [(one["application"], Limit("shortage", one["allotted_fen"], body["document"])) for one in body["rows"]]
    return []
