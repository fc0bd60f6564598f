"""The registers of lenders: loans, events, receipts, how far each lender has reported, and how the runs read them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from calculators.facts.loan import loan_key, loan_of
from calculators.interest.loan import Loan
from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.registry.drafts import Draft, Known, Register, Task, fact, known, refuse_other_lender
from ledger.registry.ordinals import numbered
from ledger.registry.uscc import passes_check
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View


def _loan_drafts(task: Task) -> list[Draft]:
    """One draft per loan in the file."""
    reading = task.reading
    firms = {row.key for row in task.view.rows(kinds.ENTITY)}
    recorded = {row.key: row.lender for row in task.view.rows(kinds.LOAN)}
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
        made.append(Draft(key, fact(kinds.LOAN, lender, row), row.line))
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
    """A rate over LPR says when it is repriced, a fixed one does not."""
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


LoanPartT = TypeVar("LoanPartT", kinds.EventData, kinds.ReceiptData)

LOANS = Register("loans", kinds.LOAN, _loan_drafts, by_lender=True, dated="signed_on")


def loans(view: View) -> dict[str, Known[Loan]]:
    """Every loan by its key, assembled from its own row, its events and its receipts."""
    events_of, receipts_of = _by_loan(view, kinds.EVENT), _by_loan(view, kinds.RECEIPT)
    made = {}
    for row in view.rows(kinds.LOAN):
        events, receipts = events_of.get(row.key, []), receipts_of.get(row.key, [])
        loan = loan_of(
            row.body["data"],
            [event.body["data"] for event in events],
            [receipt.body["data"] for receipt in receipts],
        )
        made[row.key] = known(loan, (row, *events, *receipts))
    return made


def _by_loan(
    view: View, register: kinds.Kind[kinds.FactBody[LoanPartT]]
) -> dict[str, list[Row[kinds.FactBody[LoanPartT]]]]:
    """The rows of a register by the key of their loan."""
    found = defaultdict(list)
    for row in view.rows(register):
        found[loan_key(row.body["data"])].append(row)
    return found


# kind -> (cells it needs, cells it has no use for)
EVENT_CELLS = {
    "drawdown": (["amount_fen"], ["end_date", "rate", "repriced"]),
    "repayment": (["amount_fen"], ["end_date", "rate", "repriced"]),
    "rate": (["rate"], ["end_date", "amount_fen"]),
    "overdue": ([], ["rate", "repriced"]),
    "extension": ([], ["rate", "repriced"]),
    "other_subsidy": (["rate"], ["amount_fen", "repriced"]),
}


def _event_drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    for row in task.reading.rows:
        _check_kind(task.reading, row)
    made = numbered(task, kinds.EVENT, ("kind", "date"), "amount_fen")
    if not task.reading.problems:
        _check_principal(task, made)
    return made


def _check_kind(reading: Reading, row: Values) -> None:
    needed, barred = EVENT_CELLS[row.cells["kind"]]
    only_with(reading, row, needed, barred, f"kind {row.cells['kind']}")
    if row.cells["kind"] == "rate" and "rate" in row.cells:
        check_repricing(reading, row)
    if row.cells["kind"] == "other_subsidy" and row.cells.get("rate", "").startswith("LPR"):
        reading.refuse(
            "subsidy_rate_floating",
            N_("another subsidy's rate is written in per cent per year"),
            N_("write what it pays, such as 1.5%, and a new event from the day on which that changes"),
            row.line,
            "rate",
        )
    end = row.cells.get("end_date")
    if end is not None and end < row.cells["date"]:
        reading.refuse(
            "dates_reversed",
            N_("the last day {end} lies before the first, {start}"),
            N_("correct one of the two days"),
            row.line,
            "end_date",
            start=row.cells["date"],
            end=end,
        )


def _check_principal(task: Task, made: list[Draft]) -> None:
    """Nobody repays what was not drawn: a row is missing, or a kind or amount is wrong."""
    wanted = {draft.key: draft for draft in made}
    touched = {loan_key(draft.fields["data"]) for draft in made}
    # Date, repayments last; the line of the file, 0 for what is recorded already.
    moves: dict[str, list[tuple[str, bool, int, int]]] = defaultdict(list)
    for row in task.view.rows(kinds.EVENT, task.scope.lender or None):
        if row.key not in wanted and not task.falls(row.body["data"]["date"]):
            _move(moves, row.body["data"], 0)
    for draft in made:
        _move(moves, draft.fields["data"], draft.line)
    for key in sorted(touched & moves.keys()):
        balance = 0
        for day, repaid, amount_fen, line in sorted(moves[key]):
            balance += -amount_fen if repaid else amount_fen
            if balance < 0:
                task.reading.refuse(
                    "principal_negative",
                    N_("by {day} loan {key} has repaid more than was drawn"),
                    N_("add the missing drawdown, or correct kind or amount"),
                    line or min(draft.line for draft in made if loan_key(draft.fields["data"]) == key),
                    "amount",
                    day=day,
                    key=key,
                )
                break


def _move(moves: dict[str, list[tuple[str, bool, int, int]]], data: Mapping[str, object], line: int) -> None:
    if data["kind"] in ("drawdown", "repayment"):
        amount_fen = data["amount_fen"]
        assert isinstance(amount_fen, int)
        moves[loan_key(data)].append((str(data["date"]), data["kind"] == "repayment", amount_fen, line))


EVENTS = Register("events", kinds.EVENT, _event_drafts, twins=True, by_lender=True, dated="date")


def _receipt_drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    return numbered(task, kinds.RECEIPT, ("due",), "interest_fen")


RECEIPTS = Register("receipts", kinds.RECEIPT, _receipt_drafts, twins=True, by_lender=True, dated="paid_on")


def reported(view: View) -> dict[str, date]:
    """The last day each lender has reported events through; a report of nothing is a report."""
    through: dict[str, date] = {}
    for row in view.records(kinds.IMPORT):
        body = row.body
        if body["register"] == "event" and "lender" in body and "through" in body:
            day = date.fromisoformat(body["through"])
            through[body["lender"]] = max(day, through.get(body["lender"], day))
    return through


def require_lender(view: View, lender: str) -> None:
    """Refuse `lender_unknown`, so that a misspelt name never counts as a report or an exception."""
    known = {row.lender for row in view.rows(kinds.LOAN)}
    if lender not in known:
        raise refuse(
            "lender_unknown",
            N_("no loan of lender {lender} is registered"),
            N_("write the lender as in the register of loans: {lenders}"),
            lender=lender,
            lenders=", ".join(sorted(known)) or "-",
        )
