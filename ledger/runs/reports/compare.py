"""A bank's list of subsidies per loan against a closed run: ours, the difference, and one reason per row.

Ours is what the run posted, so that the totals tie to the run; the reason comes from the run's own calculation, made
again. Of several reasons the first that holds is given, in the order of `REASONS`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from calculators.awards.loan import Result
from calculators.awards.loan_parts import DuePeriod, clip
from calculators.facts.loan import loan_key
from calculators.facts.rules import rate_of
from calculators.interest.loan import FixedRate, Loan
from calculators.interest.segments import Segment
from calculators.money import format_percent
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.digests import of_run
from ledger.runs.history import Run, State, runs
from ledger.runs.plan import Plan, plan_of
from ledger.sheets.columns import columns
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import Reading, Values, read_rows
from ledger.sheets.suggestions import Suggestions
from ledger.store.ledger import View

REGISTER = "bank-list"
REASONS = {
    "duplicate": N_("the loan and period stand in the list before"),
    "absent": N_("only one of the two sides has it"),
    "overdue": N_("overdue or extended principal bears no support"),
    "days": N_("the days differ"),
    "rate": N_("the rate differs"),
    "cap": N_("a cap or the grant's ceiling cuts it"),
    "amount": N_("neither of these explains it"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the list (`row` is its line in the file), or one that the list lacks (`row` 0); amounts in fen.

    `reason` is a key of `REASONS`, "" where the two agree; `note` has the figures, theirs first.
    """

    row: int
    loan: str
    due: str
    theirs_fen: int | None
    ours_fen: int | None
    reason: str = ""
    note: str = ""

    @property
    def difference_fen(self) -> int:
        """Theirs less ours; an amount that is not there counts as nothing."""
        return (self.theirs_fen or 0) - (self.ours_fen or 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows, and the sums: of the list, of ours beside it, of other lenders, and of the run, which the two make."""

    run: Run
    source: str
    warnings: tuple[Problem, ...]
    rows: tuple[Compared, ...]
    list_fen: int
    ours_fen: int
    others_fen: int
    run_fen: int


class _Ours(NamedTuple):
    """What a run posted on a loan and due period, and how it calculated that; no periods where nothing is owed."""

    amount_fen: int
    loan: Loan | None
    periods: tuple[DuePeriod, ...]


Key = tuple[str, str]


def run_to_compare(view: View, found: Run | None = None) -> Run:
    """The run named, or the last closed one of a month; refuses `run_missing` and `run_not_of_loans`."""
    if found is None:
        closed = (run for run in reversed(runs(view)) if run.state is State.CLOSED and run.occasion.run == "interest")
        found = next(closed, None)
    if found is None or found.state is not State.CLOSED:
        raise refuse(
            "run_missing",
            N_("there is no closed run to compare with"),
            N_("run the month first: subsidy run interest --month YYYY-MM"),
        )
    if found.occasion.run != "interest":
        raise refuse(
            "run_not_of_loans",
            N_("the run of {name} is not one of loans"),
            N_("name the run of a month with --run"),
            name=found.occasion.name,
        )
    return found


def compare(view: View, run: Run, path: Path, sheet: str = "") -> Comparison:
    """A bank's list against a closed run of loans; refuses every row that cannot be read."""
    reading = _read(path, sheet)
    rows = reading.rows
    plan = plan_of(view.at(run.proposal["log_size"]), run.occasion)
    ours = _posted(view, run, plan)
    loans = {key: item.loan for (key, _due), item in ours.items() if item.loan}
    loans |= {result.line.loan.key: result.line.loan for result in plan.results if isinstance(result, Result)}
    why_not = _why_not(plan)
    compared = list(_listed(rows, ours, loans, why_not))
    lenders = {loans[difference.loan].lender for difference in compared if difference.loan in loans}
    seen = {(difference.loan, due) for difference in compared for due in _dues(difference.loan, difference.due, ours)}
    missing = [
        Compared(0, loan, due, None, item.amount_fen, "absent")
        for (loan, due), item in sorted(ours.items())
        if (loan, due) not in seen and loan in loans and loans[loan].lender in lenders and item.amount_fen
    ]
    everything = sum(side.amount_fen for side in ours.values())
    all_rows = (*compared, *missing)
    beside = sum(row.ours_fen or 0 for row in all_rows)
    return Comparison(
        run=run,
        source=reading.sheet.source,
        warnings=tuple(reading.warnings),
        rows=all_rows,
        list_fen=sum(row.theirs_fen or 0 for row in all_rows),
        ours_fen=beside,
        others_fen=everything - beside,
        run_fen=everything,
    )


def _read(path: Path, sheet: str) -> Reading:
    register = columns(REGISTER)
    reading = read_rows(read_sheet(path, register, sheet, loose=Suggestions(REGISTER, {})), register, twins=True)
    if reading.problems:
        raise Refused(reading.problems)
    if not reading.rows:
        raise refuse(
            "list_empty",
            N_("the list has no rows"),
            N_("`subsidy template bank-list` makes an empty one to fill in"),
            Place(reading.sheet.source, 1, 1),
        )
    return reading


def _posted(view: View, run: Run, plan: Plan) -> dict[Key, _Ours]:
    """(loan, due) -> what the run posted; due is the exclusive end."""
    amounts: dict[Key, int] = defaultdict(int)
    for body, digest in of_run(view, run.first, run.count):
        dues = {period["due"] for period in digest["periods"]}
        if body["due"] in {taken["due"] for taken in digest.get("taken_back", ())} - dues:
            continue  # No bank knows of what the office claws back.
        amounts[digest["loan"], body["due"]] += body["award_fen"]
    calculated: dict[Key, list[DuePeriod]] = defaultdict(list)
    loans: dict[str, Loan] = {}
    for result in plan.results:
        if isinstance(result, Result):
            loans[result.line.loan.key] = result.line.loan
            for due in result.working.periods:
                calculated[result.line.loan.key, due.period.ends_before.isoformat()].append(due)
    return {key: _Ours(amount, loans.get(key[0]), tuple(calculated.get(key, ()))) for key, amount in amounts.items()}


def _why_not(plan: Plan) -> dict[str, str]:
    """Line's loan -> the code of what holds or refuses it."""
    loan_of = {digest["line"]: digest["loan"] for digest in plan.digests}
    found = {loan_of[held_period["line"]]: str(held_period["code"]) for held_period in plan.held()}
    return found | {
        loan_of[refused_line["line"]]: str(refused_line["codes"][0]["code"]) for refused_line in plan.refused()
    }


def _dues(loan: str, due: str, ours: Mapping[Key, _Ours]) -> list[str]:
    """The periods that a row speaks of: its own, or all of the loan that the run posted."""
    return [due] if due else sorted(of for key, of in ours if key == loan)


def _listed(
    rows: list[Values], ours: Mapping[Key, _Ours], loans: Mapping[str, Loan], why_not: Mapping[str, str]
) -> Iterator[Compared]:
    taken: set[Key] = set()
    for row in rows:
        loan = loan_key(row.cells)
        printed = row.cells.get("due", "")
        due = _ends_before(loans.get(loan), printed) if printed else ""
        keys = [(loan, its_due) for its_due in _dues(loan, due, ours)]
        theirs_fen = row.cells["subsidy_fen"]
        compared = Compared(row.line, loan, due, theirs_fen, None)
        if any(key in taken for key in keys):
            yield replace(compared, reason="duplicate")
            continue
        taken.update(keys)
        posted = [ours[key] for key in keys if key in ours]
        if not posted:
            yield replace(compared, reason="absent", note=why_not.get(loan, ""))
            continue
        compared = replace(compared, ours_fen=sum(each.amount_fen for each in posted))
        if compared.difference_fen:
            reason, note = _reason(row.cells, posted)
            compared = replace(compared, reason=reason, note=note)
        yield compared


def _ends_before(loan: Loan | None, printed: str) -> str:
    """The exclusive end of the period that the bank settles on a day."""
    if loan is None:
        return printed
    settled = date.fromisoformat(printed) + timedelta(days=loan.due.counted)
    return min(settled, loan.matures_on).isoformat()


def _reason(cells: Mapping[str, Any], posted: list[_Ours]) -> tuple[str, str]:
    """The first reason that holds, with its figures."""
    periods = [due for one in posted for due in one.periods]
    if any(_spelled(one) for one in posted):
        return "overdue", ""
    # A loan under two notices is calculated twice over the same days.
    days = sum({due.period.ends_before: _days(due) for due in periods}.values())
    if "days" in cells and periods and cells["days"] != days:
        return "days", f"{cells['days']} / {days}"
    rates = {segment.rate for due in periods for segment in _counted(due)}
    theirs = rate_of(cells["rate"], None, date.min) if "rate" in cells else None
    if isinstance(theirs, FixedRate) and rates and rates != {theirs.rate}:
        return "rate", f"{cells['rate']} / {', '.join(format_percent(rate) for rate in sorted(rates))}"
    if any(part.award_fen != part.combined_fen for due in periods for part in due.parts):
        return "cap", ""
    return "amount", ""


def _counted(due: DuePeriod) -> list[Segment]:
    """The days of a due period that count, as principal and rate stood on them."""
    return [segment for part in due.parts for segment in clip(part.timeline.segments, part.starts_on, part.ends_before)]


def _days(due: DuePeriod) -> int:
    return sum((segment.ends_before - segment.starts_on).days for segment in _counted(due))


def _spelled(ours: _Ours) -> bool:
    """Whether principal was overdue or extended on a day of the periods."""
    return ours.loan is not None and any(
        spell.starts_on < due.period.ends_before
        and (spell.ends_before is None or spell.ends_before > due.period.starts_on)
        for spell in ours.loan.spells
        for due in ours.periods
    )
