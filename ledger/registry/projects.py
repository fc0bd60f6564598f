"""The register of projects: investment or research projects with the investment that is claimed."""

from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.keyed import Keyed, registered, warn_unknown_firm


def drafts(task: Task) -> list[Draft]:
    """One draft per project."""
    firms = registered(task, "entity")
    made = Keyed(task, "project")
    for row in task.reading.rows:
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["project_no"], "project_no")
    return made.drafts


REGISTER = Register("projects", "project", "fact", drafts)
