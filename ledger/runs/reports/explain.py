"""The worksheet behind a posting or a loan: the run's own calculation, made again and held against what was posted."""

from dataclasses import dataclass

from calculators.awards.digests import AwardResult
from calculators.digest import Digest, item_of
from calculators.problems import N_, Refused, refuse
from ledger.book.balances import award_records, last_entry
from ledger.book.digests import OF_A_RUN
from ledger.log import kinds
from ledger.runs.group import group_of, part_of_plan
from ledger.runs.history import Run, State, find_run, runs
from ledger.runs.occasion import Month, Occasion
from ledger.runs.plan import Plan
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line as a run calculated it.

    `result` renders the worksheet and is None for a line that could not be put together; `digest` is what stands in
    the log; `entries` are the line's entry records up to and with that run, oldest first.
    """

    run: Run
    line: str
    digest: Digest
    result: AwardResult | None
    entries: tuple[kinds.EntryBody, ...]


def explain_entry(view: View, record: int) -> Explanation:
    """The explanation of an award entry by its log index; refuses `not_an_award`."""
    body = view.body(kinds.ENTRY, record)
    if body["reason"] not in OF_A_RUN:
        raise refuse(
            "not_an_award",
            N_("entry {key} is not an award: it was posted under document {document}"),
            N_("look at it with `subsidy book entry`"),
            key=body["key"],
            document=body.get("document", "-"),
        )
    run = next(run for run in runs(view) if run.number == body["cause"])
    plan = part_of_plan(view.at(run.proposal["log_size"]), run.occasion, group_of(view, lines=[body["line"]]))
    return _explain(view, run, body["line"], plan)


def explain_loan(view: View, name: str, month: Month | None = None) -> list[Explanation]:
    """The explanations of every line of a loan or other item (its key) or of one line (its grant number), as last run.

    With `month`, as the last closed run of that month calculated them. Refuses `loan_unknown`, `run_unknown`, and
    `entry_unknown` for a bare number, which may have been meant as an entry's.
    """
    asked = [find_run(view, str(month))] if month else _latest(view)
    group = group_of(view, lines=[name], items=[name])
    for run in asked if group.applications else ():
        plan = part_of_plan(view.at(run.proposal["log_size"]), run.occasion, group)
        named = [digest["line"] for digest in plan.digests if name in (digest["line"], item_of(digest))]
        if named:
            return [_explain(view, run, line, plan) for line in named]
    raise _unknown(view, name, asked[0].occasion)


def _unknown(view: View, name: str, occasion: Occasion) -> Refused:
    if name.isdecimal():
        return refuse(
            "entry_unknown",
            N_(
                "{name} is neither an entry of the book, whose last one is {last}, nor a loan or grant in the run of "
                "{month}"
            ),
            N_("give the number of an entry from `subsidy book account`, or a contract or grant number as registered"),
            name=name,
            last=last_entry(view),
            month=occasion,
        )
    return refuse(
        "loan_unknown",
        N_("no granted line of {name} stands in the run of {month}"),
        N_("give a loan's contract number (with /slip), a grant number or a posting's number"),
        name=name,
        month=occasion,
    )


def _latest(view: View) -> list[Run]:
    """The last closed run of each series, the newest first."""
    found: list[Run] = []
    for run in reversed(runs(view)):
        if run.state is State.CLOSED and not any(run.occasion.follows(later.occasion) for later in found):
            found.append(run)
    if not found:
        raise refuse("run_unknown", N_("nothing was run yet"), N_("run a month with `subsidy run interest`"))
    return found


def _explain(view: View, run: Run, line: str, plan: Plan) -> Explanation:
    digest = next(digest for digest in plan.digests if digest["line"] == line)
    result = next((result for result in plan.results if result.line.id == line), None)
    at = view.at(max(run.closed, run.number))
    entries = tuple(at.bodies(kinds.ENTRY, award_records(at, line)).values())
    return Explanation(run, line, digest, result, entries)
