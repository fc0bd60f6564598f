"""The register of premiums: what was paid for a policy, and what the insurer gave back."""

from collections import defaultdict
from typing import Any

from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.happenings import number_rows
from ledger.registry.keyed import registered
from ledger.registry.lending import fact
from ledger.registry.rows import Reading, Values

Data = dict[str, Any]


def drafts(task: Task) -> list[Draft]:
    """One draft per row, keyed `<policy>/<kind>/<date>/<ordinal>`."""
    policies = registered(task, "policy")
    wanted: dict[str, list[tuple[dict[str, Any], int]]] = defaultdict(list)
    for row in task.reading.rows:
        cells = row.cells
        _check_tax(task.reading, row)
        if cells["policy_no"] not in policies:
            task.reading.refuse(
                "policy_unknown",
                N_("policy {key} is not registered"),
                N_("import the register of policies first, or correct the number"),
                row.line,
                "policy_no",
                key=cells["policy_no"],
            )
            continue
        stem = "/".join([cells["policy_no"], cells["kind"], cells["date"]])
        wanted[stem].append((fact("premium", "", row), row.line))
    made = number_rows(task, "premium", wanted, "amount_fen")
    if not task.reading.problems:
        _check_returns(task, made)
    return made


def _check_tax(reading: Reading, row: Values) -> None:
    if row.cells.get("tax_fen", 0) >= row.cells["amount_fen"]:
        reading.refuse(
            "tax_above_amount",
            N_("the tax is not below the amount that it is a part of"),
            N_("correct one of the two; the amount includes its tax"),
            row.line,
            "tax",
        )


def _check_returns(task: Task, made: list[Draft]) -> None:
    """No insurer gives back more than it was paid: a row is missing, or a kind or amount is wrong."""
    wanted = {draft.key for draft in made}
    touched = {draft.fields["data"]["policy_no"]: draft.line for draft in reversed(made)}
    moves: dict[str, list[tuple[str, bool, int, int]]] = defaultdict(list)
    kept = [(row.body["data"], 0) for row in task.view.rows("premium") if row.key not in wanted and not task.scope.full]
    for data, line in (*kept, *((draft.fields["data"], draft.line) for draft in made)):
        moves[data["policy_no"]].append((data["date"], data["kind"] == "returned", data["amount_fen"], line))
    for key in sorted(touched):
        balance = 0
        for day, returned, amount_fen, line in sorted(moves[key]):
            balance += -amount_fen if returned else amount_fen
            if balance < 0:
                task.reading.refuse(
                    "premium_negative",
                    N_("by {day} more premium of policy {key} was returned than had been paid"),
                    N_("add the missing payment, or correct kind or amount"),
                    line or touched[key],
                    "amount",
                    day=day,
                    key=key,
                )
                break


REGISTER = Register("premiums", "premium", "fact", drafts, twins=True)
