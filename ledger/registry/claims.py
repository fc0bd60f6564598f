"""The register of incentive claims: something achieved on a day, with the figure it is measured by."""

from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.keyed import Keyed, registered, warn_unknown_firm


def drafts(task: Task) -> list[Draft]:
    """One draft per claim."""
    firms = registered(task, "entity")
    made = Keyed(task, "claim")
    for row in task.reading.rows:
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["claim_no"], "claim_no")
    return made.drafts


REGISTER = Register("claims", "claim", "fact", drafts)
