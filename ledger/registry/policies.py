"""The register of policies: insurance for one year of cover each, with the premium that the policy asks for."""

from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.keyed import Keyed, registered, warn_unknown_firm
from ledger.registry.rows import Reading, Values

RATING = {"sum_insured": "sum_insured_fen", "rate": "rate", "units": "units"}


def drafts(task: Task) -> list[Draft]:
    """One draft per policy."""
    firms = registered(task, "entity")
    made = Keyed(task, "policy")
    for row in task.reading.rows:
        _check_rating(task.reading, row)
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["policy_no"], "policy_no")
    return made.drafts


def _check_rating(reading: Reading, row: Values) -> None:
    """A premium by the unit needs all three of its figures."""
    missing = [column for column, name in RATING.items() if name not in row.cells]
    if 0 < len(missing) < len(RATING):
        for column in missing:
            reading.refuse(
                "rating_incomplete",
                N_("the cell is empty, and a premium by the unit needs sum insured, rate and units"),
                N_("fill in all three, or empty all three"),
                row.line,
                column,
            )


REGISTER = Register("policies", "policy", "fact", drafts)
