"""The register of decisions of serious dishonesty (严重失信), with the day on which a record was repaired."""

from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.keyed import Keyed, registered, warn_unknown_firm


def drafts(task: Task) -> list[Draft]:
    """One draft per decision, keyed `<uscc>/<decided on>/<document>`."""
    firms = registered(task, "entity")
    made = Keyed(task, "dishonesty")
    for row in task.reading.rows:
        cells = row.cells
        repaired_on = cells.get("repaired_on")
        if repaired_on is not None and repaired_on < cells["decided_on"]:
            task.reading.refuse(
                "dates_reversed",
                N_("the record was repaired on {end}, before it was decided on {start}"),
                N_("correct one of the two days"),
                row.line,
                "repaired_on",
                start=cells["decided_on"],
                end=repaired_on,
            )
        warn_unknown_firm(task, row, firms)
        made.add(row, "/".join([cells["uscc"], cells["decided_on"], cells["document"]]), "document")
    return made.drafts


REGISTER = Register("dishonesty", "dishonesty", "fact", drafts)
