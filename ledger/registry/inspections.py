"""The register of inspections (跟踪检查): what was found at a supported firm, and by when it is to be put right.

A finding is open until the day on which it was settled stands in the register. A claw-back may rest on one.
"""

from datetime import date
from typing import NamedTuple

from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Register, Task, refuse_twice
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View

PASSED, RECTIFY, CLAW_BACK = "passed", "rectify", "claw_back"
OPEN, SETTLED = "open", "settled"
# finding -> (cells it needs, cells it has no use for)
CASES: dict[str, tuple[list[str], list[str]]] = {
    PASSED: ([], ["due_on", "settled_on"]),
    RECTIFY: (["detail", "due_on"], []),
    CLAW_BACK: (["detail", "due_on"], []),
}


class Inspection(NamedTuple):
    """An inspection of a grant; `due_on` is the last day for putting right what was found, None where it passed.

    `state` is `passed`, `open` or `settled`.
    """

    number: str
    grant: str
    uscc: str
    inspected_on: date
    finding: str
    detail: str
    due_on: date | None
    settled_on: date | None

    @property
    def state(self) -> str:
        """Whether something is still to be done."""
        if self.finding == PASSED:
            return PASSED
        return SETTLED if self.settled_on else OPEN


def inspections(view: View) -> list[Inspection]:
    """Every inspection, those due first standing first."""
    rows = list(view.rows(kinds.INSPECTION))
    decided = view.current_of(kinds.GRANT, (row.body["grant"] for row in rows))
    grants = {key: grant.body["application"] for key, grant in decided.items()}
    asked = view.current_of(kinds.APPLICATION, grants.values())
    firms = {key: application.body["uscc"] for key, application in asked.items()}
    found = [_inspection(row, firms.get(grants.get(row.body["grant"], ""), "")) for row in rows]
    return sorted(
        found, key=lambda inspection: (inspection.due_on or date.max, inspection.inspected_on, inspection.number)
    )


def due(view: View, by: date | None) -> list[Inspection]:
    """The findings that are open and due by a day (inclusive), or all open ones."""
    return [
        inspection
        for inspection in inspections(view)
        if inspection.state == OPEN and (by is None or (inspection.due_on or date.max) <= by)
    ]


def _inspection_drafts(task: Task) -> list[Draft]:
    """One draft per inspection."""
    reading = task.reading
    granted = {row.key for row in task.view.rows(kinds.GRANT) if row.body["outcome"] == "granted"}
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        cells = dict(row.cells)
        number, grant = cells.pop("inspection_no"), cells.pop("grant_no")
        refuse_twice(reading, lines, row.line, "inspection_no", number)
        if grant not in granted:
            reading.refuse(
                "grant_unknown",
                N_("there is no grant {grant}"),
                N_("import the register of grants first, or correct the number"),
                row.line,
                "grant_no",
                grant=grant,
            )
        needed, barred = CASES[cells["finding"]]
        only_with(reading, row, needed, barred, "finding")
        _check_days(reading, row)
        made.append(Draft(number, {"grant": grant, **cells}, row.line))
    return made


def _check_days(reading: Reading, row: Values) -> None:
    """Nothing is due or settled before it was found."""
    inspected_on = row.cells["inspected_on"]
    for column in ("due_on", "settled_on"):
        day = row.cells.get(column, inspected_on)
        if day < inspected_on:
            reading.refuse(
                "dates_reversed",
                N_("{day} lies before the day of the inspection, {inspected_on}"),
                N_("correct one of the two days"),
                row.line,
                column,
                day=day,
                inspected_on=inspected_on,
            )


def _users(view: View) -> dict[str, str]:
    return {row.body["inspection"]: "clawback" for row in view.rows(kinds.CLAWBACK) if "inspection" in row.body}


INSPECTIONS = Register("inspections", kinds.INSPECTION, _inspection_drafts, users=_users)


def _inspection(row: Row[kinds.InspectionBody], uscc: str) -> Inspection:
    body = row.body
    due_on, settled_on = (date.fromisoformat(body[name]) if name in body else None for name in ("due_on", "settled_on"))
    inspected_on = date.fromisoformat(body["inspected_on"])
    return Inspection(
        row.key, body["grant"], uscc, inspected_on, body["finding"], body.get("detail", ""), due_on, settled_on
    )
