"""The register of milestones: stages that a project reached, audits of its investment, its acceptance.

A project reaches a stage once and is accepted once, and a day has one audit: another row is a correction.
"""

from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.keyed import Keyed, registered
from ledger.registry.rows import Values, only_with

# kind -> (cells it needs, cells it has no use for)
CASES = {
    "stage": (["stage"], ["amount_fen", "done"]),
    "audit": (["amount_fen"], ["stage", "done"]),
    "acceptance": (["done"], ["stage", "amount_fen"]),
}


def drafts(task: Task) -> list[Draft]:
    """One draft per row, keyed `<project>/stage/<name>`, `<project>/audit/<date>` or `<project>/acceptance`."""
    projects = registered(task, "project")
    made = Keyed(task, "milestone")
    for row in task.reading.rows:
        cells = row.cells
        needed, barred = CASES[cells["kind"]]
        only_with(task.reading, row, needed, barred, f"kind {cells['kind']}")
        project = projects.get(cells["project_no"])
        if project is None:
            task.reading.refuse(
                "project_unknown",
                N_("project {key} is not registered"),
                N_("import the register of projects first, or correct the number"),
                row.line,
                "project_no",
                key=cells["project_no"],
            )
        made.add(row, _key(row), "kind")
    return made.drafts


def _key(row: Values) -> str:
    cells = row.cells
    name = {"stage": cells.get("stage", ""), "audit": cells["date"], "acceptance": ""}[cells["kind"]]
    return "/".join([cells["project_no"], cells["kind"], *([name] if name else [])])


REGISTER = Register("milestones", "milestone", "fact", drafts)
