"""The registers of lenders: loans, and how the runs read them with their events and receipts."""

from collections import defaultdict
from typing import Any

from calculators.facts.loan import loan_key, loan_of
from calculators.facts.model import Loan
from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.firms import passes_check
from ledger.registry.known import Known, known
from ledger.registry.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View


def fact(register: str, lender: str, values: Values) -> dict[str, Any]:
    """The fields of a `fact` record: the row's values, with the day it became known beside them; "" is no lender."""
    data = {name: value for name, value in values.cells.items() if name != "known_on"}
    fields: dict[str, Any] = {"register": register, "data": data}
    if lender:
        fields["lender"] = lender
    if "known_on" in values.cells:
        fields["known_on"] = values.cells["known_on"]
    return fields


def refuse_other_lender(task: Task, line: int, column: str, lender: str) -> None:
    """Hold a row to the lender whose file this is."""
    if task.scope.lender and lender != task.scope.lender:
        task.reading.refuse(
            "lender_differs",
            N_("the loan is of {lender}, and the file speaks for {wanted}"),
            N_("remove the row, or correct the lender"),
            line,
            column,
            lender=lender,
            wanted=task.scope.lender,
        )


def drafts(task: Task) -> list[Draft]:
    """One draft per loan in the file."""
    reading = task.reading
    firms = {row.key for row in task.view.rows("entity")}
    recorded = {row.key: row.lender for row in task.view.rows("loan")}
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        key, lender = loan_key(row.cells), row.cells["lender"]
        first = lines.setdefault(key, row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("loan {key} stands in row {first} too"),
                N_("remove one of the two rows, or give each its slip number"),
                row.line,
                "contract_no",
                key=key,
                first=first,
            )
        refuse_other_lender(task, row.line, "lender", lender)
        if recorded.get(key, lender) != lender:
            reading.refuse(
                "lender_changed",
                N_("loan {key} is registered for {lender}"),
                N_("write the lender's name as registered, or correct the contract number"),
                row.line,
                "lender",
                key=key,
                lender=recorded[key],
            )
        _check_terms(reading, row)
        _check_borrower(reading, row, firms)
        made.append(Draft(key, fact("loan", lender, row), row.line))
    return made


def _check_terms(reading: Reading, row: Values) -> None:
    cells = row.cells
    if cells["matures_on"] <= cells["signed_on"]:
        reading.refuse(
            "dates_reversed",
            N_("the loan matures on {end}, not after it was signed ({start})"),
            N_("correct one of the two days"),
            row.line,
            "matures_on",
            start=cells["signed_on"],
            end=cells["matures_on"],
        )
    every = cells["due_every"]
    custom = every == "custom"
    only_with(
        reading,
        row,
        ["due_dates"] if custom else [],
        ["due_day"] if custom else ["due_dates"],
        f"due_every {every}",
    )
    check_repricing(reading, row)


def check_repricing(reading: Reading, row: Values) -> None:
    """A rate over LPR says when it is set anew, a fixed one does not."""
    floating = row.cells["rate"].startswith("LPR")
    name = ["repriced"]
    only_with(reading, row, name if floating else [], [] if floating else name, f"rate {row.cells['rate']}")


def _check_borrower(reading: Reading, row: Values, firms: set[str]) -> None:
    code = row.cells["uscc"]
    if code in firms:
        return
    if not passes_check(code):
        reading.warn(
            "uscc_check_failed",
            N_("the last character of {code} is not its check digit"),
            N_("compare it with the contract"),
            row.line,
            "uscc",
            code=code,
        )
    reading.warn(
        "entity_unknown",
        N_("the borrower {code} is not in the register of entities"),
        N_("register it before it applies"),
        row.line,
        "uscc",
        code=code,
    )


REGISTER = Register("loans", "loan", "fact", drafts, by_lender=True, dated="signed_on")


def loans(view: View) -> dict[str, Known[Loan]]:
    """Every loan by its key, assembled from its own row, its events and its receipts."""
    parts: dict[str, dict[str, list[Row]]] = {"event": defaultdict(list), "receipt": defaultdict(list)}
    for register, by_loan in parts.items():
        for row in view.rows(register):
            by_loan[loan_key(row.body["data"])].append(row)
    made = {}
    for row in view.rows("loan"):
        events, receipts = parts["event"].get(row.key, []), parts["receipt"].get(row.key, [])
        loan = loan_of(
            row.body["data"],
            [event.body["data"] for event in events],
            [receipt.body["data"] for receipt in receipts],
        )
        made[row.key] = known(loan, (row, *events, *receipts))
    return made
