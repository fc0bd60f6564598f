"""The register of events: what happened to the principal and the rate of a loan, as its lender reports it."""

from collections import defaultdict

from calculators.facts.loan import loan_key
from calculators.problems import N_
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.happenings import numbered
from ledger.registry.lending import check_repricing
from ledger.registry.rows import Reading, Values, only_with

# kind -> (cells it needs, cells it has no use for)
CASES = {
    "drawdown": (["amount_fen"], ["end_date", "rate", "repriced"]),
    "repayment": (["amount_fen"], ["end_date", "rate", "repriced"]),
    "rate": (["rate"], ["end_date", "amount_fen"]),
    "overdue": ([], ["rate", "repriced"]),
    "extension": ([], ["rate", "repriced"]),
    "other_subsidy": (["rate"], ["amount_fen", "repriced"]),
}


def drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    for row in task.reading.rows:
        _check_kind(task.reading, row)
    made = numbered(task, "event", ("kind", "date"), "amount_fen")
    if not task.reading.problems:
        _check_principal(task, made)
    return made


def _check_kind(reading: Reading, row: Values) -> None:
    needed, barred = CASES[row.cells["kind"]]
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
    for row in task.view.rows("event", task.scope.lender or None):
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


def _move(moves: dict[str, list[tuple[str, bool, int, int]]], data: dict[str, object], line: int) -> None:
    if data["kind"] in ("drawdown", "repayment"):
        amount_fen = data["amount_fen"]
        assert isinstance(amount_fen, int)
        moves[loan_key(data)].append((str(data["date"]), data["kind"] == "repayment", amount_fen, line))


REGISTER = Register("events", "event", "fact", drafts, twins=True, by_lender=True, dated="date")
