"""The registers of lenders: loans, events, receipts, how far each lender has reported, and how the runs read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from calculators.facts.loan import is_spell, loan_key, loan_of, spell_of
from calculators.facts.rules import (
    EVENT_COLUMNS,
    event_wrongs,
    is_floating,
    life_wrongs,
    loan_wrongs,
    rate_of,
    settlement_columns,
)
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import FixedRate, Loan
from calculators.interest.segments import spells_overlap
from calculators.money import format_percent, parse_percent
from calculators.problems import N_, refuse
from ledger.book.balances import awarded_lines
from ledger.log import kinds
from ledger.registry.agreements import in_effect
from ledger.registry.benchmarks import recorded as recorded_benchmark
from ledger.registry.drafts import Draft, Known, Register, Task, fact, known, refuse_moved, refuse_other_lender
from ledger.registry.ordinals import numbered
from ledger.registry.spelling import Spellings
from ledger.registry.successions import heir, successors
from ledger.registry.uscc import passes_check
from ledger.registry.wording import Wording, known_words
from ledger.sheets.columns import Allowed, columns
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View

# An assumption: what courts once enforced between private lenders at most; a bank's loan to a firm lies far below.
_HIGH = parse_percent("24%")


def _loan_drafts(task: Task) -> list[Draft]:
    """One draft per loan in the file."""
    reading = task.reading
    firms = task.view.keys(kinds.ENTITY)
    recorded = task.view.keys(kinds.LOAN)
    happened = _by_loan(task.view, kinds.EVENT)
    rates = _rates(task.view)
    purposes, wording = known_words(task.view).purposes, Wording(reading)
    numbers, lenders = _spellings(task)
    borrowers, after = _borrowers(task.view), successors(task.view)
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
        numbers.hold(row.line, "contract_no", key)
        lenders.hold(row.line, "lender", lender)
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
        if key in borrowers and heir(borrowers[key], after) != row.cells["uscc"]:
            refuse_moved(task, row.line, key, "uscc", borrowers[key], row.cells["uscc"])
        turned = f"{row.cells.get('slip_no')}/{row.cells['contract_no']}"
        if turned in recorded:
            reading.refuse(
                "numbers_reversed",
                N_("loan {turned} is registered, and here its contract and slip numbers have changed places"),
                N_("correct the headings of the two columns, or ask the lender"),
                row.line,
                "contract_no",
                turned=turned,
            )
        _check_terms(reading, row, rates, [event.body["data"] for event in happened.get(key, ())])
        _check_borrower(reading, row, firms)
        if "purpose" in row.cells:
            wording.word(row.line, "purpose", row.cells["purpose"], purposes)
        made.append(Draft(key, fact(kinds.LOAN, lender, row), row.line))
    return made


def _borrowers(view: View) -> dict[str, str]:
    """Loan on which something is posted -> its firm."""
    awarded = awarded_lines(view)
    of = {row.body["application"] for row in view.rows(kinds.GRANT) if row.key in awarded}
    items = {row.body["item"] for row in view.rows(kinds.APPLICATION) if row.key in of}
    return {row.key: row.body["data"]["uscc"] for row in view.rows(kinds.LOAN) if row.key in items} if items else {}


def _spellings(task: Task) -> tuple[Spellings, Spellings]:
    """The numbers of loans and the names of lenders, as far as the file does not say them again."""
    again = {loan_key(row.cells) for row in task.reading.rows}
    rows = task.view.rows(kinds.LOAN)
    others = [row for row in rows if row.lender != task.scope.lender or not task.falls(row.body["data"]["signed_on"])]
    return (
        Spellings(task.reading, (row.key for row in others), (row.key for row in rows)),
        Spellings(task.reading, (row.lender for row in others if row.key not in again), (row.lender for row in rows)),
    )


def _rates(view: View) -> Benchmark | None:
    found = recorded_benchmark(view)
    return found[1] if found else None


def _check_terms(reading: Reading, row: Values, rates: Benchmark | None, events: Sequence[Mapping[str, Any]]) -> None:
    every = row.cells["due_every"]
    needed, barred = settlement_columns(every)
    only_with(reading, row, needed, barred, "due_every")
    check_repricing(reading, row)
    _warn_of_rate(reading, row)
    for found in loan_wrongs(row.cells, rates):
        reading.refuse(found.code, found.what, found.remedy, row.line, found.column, **found.values)
    # What is registered already shows at the cell that it contradicts, the first of each kind.
    against = {
        life_wrong.against: life_wrong
        for life_wrong in reversed(list(life_wrongs(row.cells, events)))
        if life_wrong.against
    }
    for column, found in against.items():
        reading.refuse(found.code, found.what, found.remedy, row.line, column, **_worded(found.values))


def check_repricing(reading: Reading, row: Values) -> None:
    """A rate over LPR says when it is repriced, a fixed one does not."""
    floating = is_floating(row.cells["rate"])
    name = ["repriced"]
    only_with(reading, row, name if floating else [], [] if floating else name, "rate")


def _warn_of_rate(reading: Reading, row: Values) -> None:
    """Say where a rate is above what banks lend at: it may be one per mille, or ten times too much."""
    made = rate_of(row.cells["rate"], None, date.min)
    if (made.rate if isinstance(made, FixedRate) else made.spread) > _HIGH:
        reading.warn(
            "rate_high",
            N_("{rate} is more than {high}, and no bank lends to firms at it"),
            N_("compare it with the contract: is it per mille, or without its decimal point?"),
            row.line,
            "rate",
            rate=row.cells["rate"],
            high=format_percent(_HIGH),
        )


def _check_borrower(reading: Reading, row: Values, firms: Collection[str]) -> None:
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


def _event_drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    rates = _rates(task.view)
    for row in task.reading.rows:
        _check_event(task.reading, row, rates)
    made = numbered(task, kinds.EVENT, "amount_fen")
    if not task.reading.problems:
        _check_life(task, made)
    return made


def _check_event(reading: Reading, row: Values, rates: Benchmark | None) -> None:
    needed, barred = (_cells(names) for names in EVENT_COLUMNS[row.cells["kind"]])
    only_with(reading, row, needed, barred, "kind")
    if row.cells["kind"] == "rate" and "rate" in row.cells:
        check_repricing(reading, row)
        _warn_of_rate(reading, row)
    for found in event_wrongs(row.cells, rates):
        reading.refuse(found.code, found.what, found.remedy, row.line, found.column, **found.values)


def _cells(names: Iterable[str]) -> list[str]:
    return ["amount_fen" if name == "amount" else name for name in names]


def _worded(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a finding with the kind of its event in the words of whoever reads."""
    (words,) = (column.choices for column in columns("events") if column.name == "kind")
    said = str(values.get("kind", ""))
    return {**values, "kind": Allowed({said: words[said]})} if said in words else dict(values)


def _check_life(task: Task, made: list[Draft]) -> None:
    """The events of each loan that the file touches, with those recorded, against its own row and each other."""
    wanted = {draft.key for draft in made}
    happened: dict[str, list[tuple[Mapping[str, Any], int]]] = defaultdict(list)
    for row in task.view.rows(kinds.EVENT, task.scope.lender or None):
        if row.key not in wanted and not task.falls(row.body["data"]["date"]):
            # Line 0 for what is recorded already.
            happened[loan_key(row.body["data"])].append((row.body["data"], 0))
    for draft in made:
        happened[loan_key(draft.fields["data"])].append((draft.fields["data"], draft.line))
    terms = {row.key: row.body["data"] for row in task.view.rows(kinds.LOAN)}
    for key in sorted({loan_key(draft.fields["data"]) for draft in made}):
        events = [event for event, _line in happened[key]]
        lines = [line for _event, line in happened[key]]
        for found in life_wrongs(terms[key], events):
            line = lines[found.place or 0]
            if line or not found.against:
                first = line or min(line for line in lines if line)
                task.reading.refuse(found.code, found.what, found.remedy, first, found.column, **_worded(found.values))
        for start, _end in spells_overlap([spell_of(event) for event in events if is_spell(event)]):
            task.reading.warn(
                "spells_overlap",
                N_("from {day} on principal of loan {key} is overdue and extended at once"),
                N_("it is left out once; if it is different principal, write both rows as one kind"),
                min(line for line in lines if line),
                "kind",
                day=start,
                key=key,
            )


EVENTS = Register("events", kinds.EVENT, _event_drafts, twins=True, by_lender=True, dated="date")


def _receipt_drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    return numbered(task, kinds.RECEIPT, "interest_fen")


RECEIPTS = Register("receipts", kinds.RECEIPT, _receipt_drafts, twins=True, by_lender=True, dated="paid_on")


class Heard(NamedTuple):
    """What the imports in force report of a lender's events.

    `through`: the last day before which nothing is missing, None where the first days are; `missing`: the last day of
    the first gap, where a later report stands whose days join on to one that was taken back.
    """

    through: date | None
    missing: date | None


NEVER_HEARD = Heard(None, None)


class _Covered(NamedTuple):
    """The days of one import: after `after` (None = from the first) through `through`, and what file said so."""

    after: date | None
    through: date
    file: str


def heard(view: View) -> dict[str, Heard]:
    """How far each lender has reported its events; a report of nothing is a report, one taken back is not."""
    return {lender: _joined(reports) for lender, reports in _reports(view).items()}


def reports_more(view: View, lender: str, *, full: bool, through: date, file: str) -> bool:
    """Whether with an import of events (`file`: its hash) a lender would have reported further."""
    stood = _reports(view).get(lender, [])
    before, then = _joined(stood).through, _joined([*stood, *_covered(full, through, file, stood)]).through
    return then is not None and (before is None or then > before)


def _reports(view: View) -> dict[str, list[_Covered]]:
    """The days of every import in force, by lender."""
    reports: dict[str, list[tuple[int, _Covered]]] = defaultdict(list)
    taken_back = {row.body["import"]: row.seq for row in in_effect(view, kinds.IMPORT_WITHDRAWAL)}
    for row in in_effect(view, kinds.IMPORT):
        body = row.body
        if body["register"] == kinds.EVENT.register and "lender" in body and "through" in body:
            own = reports[body["lender"]]
            stood = [report for seq, report in own if taken_back.get(seq, row.seq) >= row.seq]
            through = date.fromisoformat(body["through"])
            own += [(row.seq, report) for report in _covered(body["mode"] == "full", through, body["sha256"], stood)]
    return {lender: [report for seq, report in own if seq not in taken_back] for lender, own in reports.items()}


def _covered(full: bool, through: date, file: str, stood: Sequence[_Covered]) -> Iterator[_Covered]:
    """The days that an import speaks for, where those of `stood` are spoken for.

    A full file speaks for all days up to its own; another one for those after what was reported when it was imported.
    The same file for the same day, once more, speaks for the days that it spoke for.
    """
    again = next((report for report in stood if (report.through, report.file) == (through, file)), None)
    after = None if full else again.after if again else _joined(stood).through
    if after is None or after < through:
        yield _Covered(after, through, file)


def _joined(covered: Iterable[_Covered]) -> Heard:
    """How far reports reach without a gap, and where the first gap ends."""
    through: date | None = None
    for report in sorted(covered, key=lambda report: (report.after or date.min, report.through)):
        if report.after is not None and (through is None or report.after > through):
            return Heard(through, report.after)
        through = max(through or report.through, report.through)
    return Heard(through, None)


def require_lender(view: View, lender: str) -> None:
    """Refuse `lender_unknown`, so that a misspelt name never counts as a report or an exception."""
    known = set(view.keys(kinds.LOAN).values())
    if lender not in known:
        raise refuse(
            "lender_unknown",
            N_("no loan of lender {lender} is registered"),
            N_(
                "import its loans first with `subsidy import loans FILE`; if the name is misspelt, write it as in the "
                "register of loans: {lenders}"
            ),
            lender=lender,
            lenders=", ".join(sorted(known)) or "-",
        )
