"""The register of payers: the unit's own wallets and bank accounts that subsidies are paid from.

Numbers and holders stand in the vault, as those of payees do. A payer is known again by channel, institution and
number.
"""

from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.payees import HOLDER, NUMBER, check_institution
from ledger.sheets.columns import mask
from ledger.store.ledger import Row, View


def drafts(task: Task) -> list[Draft]:
    """One draft per payer; a new one takes the next number of the ledger."""
    reading, view = task.reading, task.view
    numbers = task.vault.find(NUMBER, (row.cells["number"] for row in reading.rows))
    holders = task.vault.find(HOLDER, (row.cells["holder"] for row in reading.rows))
    recorded = {(row.body["channel"], row.body["institution"], row.body["number"]): row for row in view.rows("payer")}
    highest = max((int(row.key.rpartition("/")[2]) for row in view.records("payer")), default=0)
    lines: dict[tuple[str, ...], int] = {}
    made = []
    for row in reading.rows:
        check_institution(reading, row)
        cells = dict(row.cells)
        number, holder = cells.pop("number"), cells.pop("holder")
        first = lines.setdefault((cells["channel"], cells["institution"], number), row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("{number} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                "number",
                number=mask(number),
                first=first,
            )
        secrets = {"number": (NUMBER, number), "holder": (HOLDER, holder)}
        known = _known(recorded, cells, numbers.get(number, set()))
        if known is None:
            highest += 1
            key = f"payer/{cells['channel']}/{cells['institution']}/{highest:06d}"
        else:
            key, cells["number"] = known.key, known.body["number"]
            del secrets["number"]
            if known.body["holder"] in holders.get(holder, ()):
                cells["holder"] = known.body["holder"]
                del secrets["holder"]
        made.append(Draft(key, cells, row.line, secrets))
    return made


def _known(recorded: dict[tuple[str, str, str], Row], cells: dict[str, str], commitments: set[str]) -> Row | None:
    found = (recorded.get((cells["channel"], cells["institution"], one)) for one in sorted(commitments))
    return next((row for row in found if row is not None), None)


def _users(view: View) -> dict[str, str]:
    return {row.body["payer"]: "payment_batch" for row in view.rows("payment_batch")}


REGISTER = Register("payers", "payer", "payer", drafts, users=_users)
