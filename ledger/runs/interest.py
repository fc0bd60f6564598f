"""Runs, monthly ones over loans and batches of other items: proposal, closing transaction, withdrawal.

A run writes twice. The proposal states what was read (log size, roots, totals); the closing transaction appends
refusals, entries and `run_closed` together or not at all. Under the approval rule `none` both happen in one command.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from calculators.award_line import Line
from calculators.problems import N_, Problem, Refused, refuse
from ledger.book.posting import post, reverse
from ledger.registry.decisions import decisions
from ledger.registry.lenders import reported
from ledger.registry.notices import notices
from ledger.registry.openings import opened_notices
from ledger.runs.entries import entries
from ledger.runs.history import Run, last_closed
from ledger.runs.lines import LOAN_TYPE, AnyLine, granted_lines
from ledger.runs.month import Month
from ledger.runs.occasion import Occasion
from ledger.runs.plan import Plan, plan_of
from ledger.store.ledger import Ledger, View, Writer, local_day


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: its plan, and the numbers of proposal and closing record (0 where nothing was appended)."""

    plan: Plan
    proposal: int = 0
    closed: int = 0
    first: int = 0
    count: int = 0


def propose(view: View, month: Month, today: date) -> Plan:
    """The plan of a month if it may run now; refuses with every reason why not."""
    granted = granted_lines(view)
    lines = granted.loan_lines
    _refuse_any(
        [
            *_months_wrong(view, month, today),
            *_openings_missing(view, lines),
            *_lenders_silent(view, month, lines),
        ]
    )
    return plan_of(view, Occasion.of_month(month), granted)


def propose_batch(view: View, notice: str, today: date) -> Plan:
    """The plan of a notice's batch up to today if it may run; refuses with every reason why not."""
    versions = notices(view).get(notice)
    if versions is None:
        raise refuse(
            "notice_unknown",
            N_("no notice {name} is registered"),
            N_("see the registered ones with: subsidy notice list"),
            name=notice,
        )
    if versions[0].notice.type == LOAN_TYPE:
        raise refuse(
            "notice_other_run",
            N_("{name} is a notice for loans, which fall due by month"),
            N_("run a month with `subsidy run interest --month YYYY-MM`"),
            name=notice,
        )
    granted = granted_lines(view)
    occasion = Occasion.of_batch(notice, today)
    lines = [line for line in granted.lines if line.notices[0].id == notice]
    _refuse_any([*_days_wrong(view, occasion), *_openings_missing(view, lines)])
    return plan_of(view, occasion, granted)


def run_interest(ledger: Ledger, month: Month, actor: str) -> Outcome:
    """Run a month and close it, as `_run` does; refuses as `propose` does."""
    return _run(ledger, lambda view, today: propose(view, month, today), actor)


def run_batch(ledger: Ledger, notice: str, actor: str) -> Outcome:
    """Run a notice's batch up to today and close it, as `_run` does; refuses as `propose_batch` does."""
    return _run(ledger, lambda view, today: propose_batch(view, notice, today), actor)


def _run(ledger: Ledger, proposed: Callable[[View, date], Plan], actor: str) -> Outcome:
    """Propose and close; a repeat that changes nothing appends nothing.

    Refuses as `propose` does, and `stale_proposal` when the book or a budget moved between reading and closing; then
    `run_aborted` stands in the log and nothing was posted.
    """
    with ledger.read() as view:
        plan = proposed(view, local_day(ledger.clock()))
        if _repeats(view, plan):
            return Outcome(plan)
    with ledger.write(actor) as writer:
        proposal = writer.append("proposal", **proposal_fields(plan))
    try:
        with ledger.write(actor, closes=proposal) as writer:
            return _close(writer, plan, proposal)
    except Refused as refused:
        with ledger.write(actor, closes=proposal) as writer:
            writer.append("run_aborted", proposal=proposal, cause=refused.problems[0].code)
        raise


def proposal_fields(plan: Plan) -> dict[str, Any]:
    """The fields of a `proposal` record that a plan determines."""
    return {
        **plan.occasion.stated,
        "log_size": plan.log_size,
        "facts_root": plan.facts_root,
        "digest_root": plan.digest_root,
        "digests": len(plan.digests),
        **({"benchmark": plan.benchmark} if plan.benchmark else {}),
        "calculators": plan.calculators,
        "notices": plan.notices,
        "totals": totals(plan),
        "held": plan.held(),
        "refused": plan.refused(),
    }


def totals(plan: Plan) -> dict[str, int]:
    """Control totals of what a plan posts: lines, entries, and the debits and credits of the payable in fen."""
    moved = [step.award_fen for step in plan.steps]
    return {
        "lines": len({step.line for step in plan.steps}),
        "entries": len(moved),
        "debit_fen": sum(-fen for fen in moved if fen < 0),
        "credit_fen": sum(fen for fen in moved if fen > 0),
    }


def withdraw(ledger: Ledger, run: Run, reason: str, actor: str) -> int:
    """Undo the latest closed run by counter-entries; answers how many.

    Refuses `run_not_latest`: a later run was reckoned from what this one posted.
    """
    with ledger.write(actor) as writer:
        latest = last_closed(writer, run.occasion)
        if latest is None or latest.number != run.number:
            raise refuse(
                "run_not_latest",
                N_("run {number} of {name} is not the latest closed run"),
                N_("withdraw later runs first; `subsidy run list` shows them"),
                number=run.number,
                name=run.occasion,
            )
        today = local_day(writer.now)
        undone = [reverse(writer, record, today) for record in range(run.first, run.first + run.count)]
        writer.append(
            "withdrawal",
            run=run.closed,
            **run.occasion.named,
            first=undone[0].record if undone else writer.size,
            count=len(undone),
            reason=reason,
        )
    return len(undone)


def _refuse_any(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _months_wrong(view: View, month: Month, today: date) -> Iterator[Problem]:
    if today < month.ends_before:
        yield Problem(
            "month_not_over",
            N_("{month} is not over"),
            N_("run it from {day} on"),
            values={"month": month, "day": month.ends_before},
        )
    latest = last_closed(view, Occasion.of_month(month))
    if latest is not None and month.ends_before < latest.occasion.ends_before:
        yield Problem(
            "month_behind",
            N_("{month} lies before {latest}, the last month that was run"),
            N_("run {latest} again or a later month; a late fact of {month} shows there as a true-up"),
            values={"month": month, "latest": latest.occasion},
        )


def _days_wrong(view: View, occasion: Occasion) -> Iterator[Problem]:
    """A clock set back would take parts back that have fallen due."""
    latest = last_closed(view, occasion)
    if latest is not None and occasion.ends_before < latest.occasion.ends_before:
        yield Problem(
            "day_behind",
            N_("today, {day}, lies before {latest}, the day of the last run of {notice}"),
            N_("set the clock of this machine right, then run it again"),
            values={"day": occasion.last_day, "latest": latest.occasion.last_day, "notice": occasion},
        )


def _openings_missing(view: View, lines: Iterable[AnyLine]) -> Iterator[Problem]:
    """A notice that paid before this ledger began needs to know what was paid elsewhere."""
    begun = local_day(datetime.fromisoformat(view.record(0)["recorded_at"]))
    known = opened_notices(view)
    governing = {notice.id: notice for line in lines for notice in line.notices}
    for notice, rules in sorted(governing.items()):
        accrual = [window.starts_on for window in rules.windows if window.on == "accrual_day"]
        starts_on = min(accrual, default=rules.effective.starts_on)
        if starts_on < begun and notice not in known:
            yield Problem(
                "opening_missing",
                N_("{notice} began on {start}, before this ledger ({begun})"),
                N_(
                    "enter what was paid outside with `subsidy opening import`, or `subsidy opening none {notice}` "
                    "if nothing was"
                ),
                values={"notice": notice, "start": starts_on, "begun": begun},
            )


def _lenders_silent(view: View, month: Month, lines: Iterable[Line]) -> Iterator[Problem]:
    """No data is never nought: every lender with granted loans must have spoken for the whole month."""
    heard = reported(view)
    excepted = {decision.about for decision in decisions(view) if decision.type == "lender-exception"}
    for lender in sorted({line.loan.lender for line in lines}):
        if heard.get(lender, date.min) >= month.last_day or f"{lender}/{month}" in excepted:
            continue
        yield Problem(
            "lender_not_reported",
            N_("{lender} has not reported its events through {day}"),
            N_(
                "import its file with `subsidy import events FILE --lender {lender} --through {day}` (an empty file "
                "reports nothing), or record `subsidy decide lender-exception --about {lender}/{month}`"
            ),
            values={"lender": lender, "day": month.last_day, "month": month},
        )


def _repeats(view: View, plan: Plan) -> bool:
    """Whether the same was run last and this plan says nothing that run did not say."""
    latest = last_closed(view, plan.occasion)
    return (
        latest is not None
        and latest.occasion.name == plan.occasion.name
        and not plan.steps
        and latest.proposal["held"] == plan.held()
        and latest.proposal["refused"] == plan.refused()
    )


def _close(writer: Writer, plan: Plan, proposal: int) -> Outcome:
    moved = (row for kind in ("entry", "budget") for row in writer.records(kind, since=plan.log_size))
    if next(moved, None) is not None:
        raise refuse(
            "stale_proposal",
            N_("the book moved after {name} was reckoned"),
            N_("run it again"),
            name=plan.occasion,
        )
    for refused in plan.refused():
        key = f"{plan.occasion}/{refused['line']}"
        known = writer.current("refusal", key)
        if known is None or known.body["codes"] != refused["codes"]:
            writer.append("refusal", key=key, about=refused["line"], **plan.occasion.named, codes=refused["codes"])
    posted = post(writer, list(entries(writer, plan)))
    first = posted[0].record if posted else writer.size
    closed = writer.append(
        "run_closed",
        proposal=proposal,
        proposal_leaf=writer.leaf(proposal).hex(),
        **plan.occasion.named,
        first=first,
        count=len(posted),
        approvals=[],
    )
    return Outcome(plan, proposal, closed, first, len(posted))
