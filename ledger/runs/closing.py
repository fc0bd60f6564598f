"""The life cycle that runs of all types share: proposal, approvals, closing transaction, withdrawal.

A run writes at least twice. The proposal states what was read (log size, roots, totals) and who must approve it; the
closing transaction appends refusals, entries and `run_closed` together or not at all. Where nobody must approve, both
happen in one command; else the last approval closes the run, with the plan made again from what the proposal had read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from calculators.awards.all import Calculate, calculate_all
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.digests import entries_root
from ledger.book.posting import entry_fields, post, post_fields, reversal_of
from ledger.log import kinds
from ledger.office.approvals import APPROVE, REJECT, Approval, given, listed, sign, steps_of, subject
from ledger.office.signing import Signer
from ledger.registry.agreements import against
from ledger.runs.entries import entries
from ledger.runs.history import Run, State, last_closed, runs
from ledger.runs.occasion import Occasion
from ledger.runs.plan import Plan, plan_of
from ledger.store.collector import paused
from ledger.store.ledger import Ledger, View, Writer, local_day
from ledger.store.rules import named_calculators, upgrade_needed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: its plan, and the numbers of proposal and closing record (0 where nothing was appended).

    A proposal without a closing record waits for its approvals.
    """

    plan: Plan
    proposal: int = 0
    closed: int = 0
    first: int = 0
    count: int = 0


class Again(NamedTuple):
    """A proposal made again from what it had read: the plan, the fields of its entries, and those of the proposal."""

    plan: Plan
    entries: Sequence[kinds.EntryBody]
    fields: Mapping[str, Any]


class Signed(NamedTuple):
    """A signature under a run: the approval, the posts of all steps, and the run as it stands after it."""

    approval: Approval
    steps: tuple[str, ...]
    run: Run


@paused()
def start(ledger: Ledger, proposed: Callable[[View, date], Plan], actor: str) -> Outcome:
    """Propose what `proposed` plans on today's view, and close it unless somebody must approve it first.

    A repeat that changes nothing appends nothing. Refuses as `proposed` does; `proposal_waiting` while a proposal of
    the same series waits; `upgrade_needed` where the ledger's rules do not name the calculators; `granted_ahead`; and
    `stale_proposal` when the book or a budget moved between reading and closing: then `run_aborted` stands in the log
    and nothing was posted.
    """
    # Proved once, when it is read, unless somebody else writes meanwhile.
    with ledger.steps():
        return _start(ledger, proposed, actor)


def _start(ledger: Ledger, proposed: Callable[[View, date], Plan], actor: str) -> Outcome:
    with ledger.read(proved=True) as view:
        plan = proposed(view, local_day(ledger.clock()))
        if _repeats(view, plan):
            return Outcome(plan)
        _refuse_ahead(plan, local_day(ledger.clock()))
    with ledger.write(actor) as writer:
        if not named_calculators(writer).issuperset(plan.calculators):
            raise upgrade_needed(Place(str(ledger.path)))
        _make_room(writer, plan.occasion)
        promised = _entries(writer, plan, writer.size)
        proposal = writer.append(kinds.PROPOSAL, proposal_fields(plan, promised))
    if posts(plan):
        return Outcome(plan, proposal)
    try:
        with ledger.write(actor, closes=proposal, proved=True) as writer:
            return _close(writer, plan, promised, proposal, [])
    except Refused as refused:
        _abort(ledger, proposal, actor, refused)
        raise


@paused()
def approve(ledger: Ledger, number: int, actor: str, signer: Signer, text: str = "") -> Signed:
    """Have `signer` sign the next step of the run `number`; the last step closes the run.

    Refuses `nothing_to_approve`, `stale_proposal` (ended, or the book or a budget moved since it was calculated: then
    `run_aborted` stands in the log), and what `approvals.sign` refuses.
    """
    posting = False
    try:
        with ledger.write(actor, closes=number, proved=True) as writer:
            about = subject(writer, number)
            posting = True
            _refuse_if_moved(writer, writer.body(kinds.PROPOSAL, number))
            posting = False
            approval = sign(writer, signer, about, APPROVE, text)
            if approval.step == len(about.steps):
                posting = True
                plan, promised = _planned_again(writer, number)
                _close(writer, plan, promised, number, given(writer, number))
            return Signed(approval, about.steps, _run(writer, number))
    except Refused as refused:
        if posting:
            _abort(ledger, number, actor, refused)
        raise


def reject(ledger: Ledger, number: int, actor: str, signer: Signer, reason: str) -> Signed:
    """Sign against the run `number` as the next step's post, which ends it; refuses as `approve` does to sign."""
    with ledger.write(actor, closes=number) as writer:
        about = subject(writer, number)
        approval = sign(writer, signer, about, REJECT, reason)
        writer.append(kinds.RUN_ABORTED, kinds.RunAbortedBody(proposal=number, cause="rejected"))
        return Signed(approval, about.steps, _run(writer, number))


def waiting(view: View) -> list[Run]:
    """The runs that wait for approvals, in log order."""
    return [run for run in runs(view) if run.state is State.PROPOSED and run.steps]


def posts(plan: Plan) -> list[str]:
    """The posts that must approve what a plan posts, in order; empty where nobody must."""
    of_notices = steps_of(notice for line in plan.lines for notice in line.notices)
    return [*plan.signed_by, *(post for post in of_notices if post not in plan.signed_by)]


def proposal_fields(plan: Plan, promised: Sequence[kinds.EntryBody]) -> kinds.ProposalBody:
    """The fields of a `proposal` record that a plan and its entries determine."""
    steps = posts(plan)
    stated = plan.occasion.stated
    body: kinds.ProposalBody = {
        "run": stated["run"],
        "log_size": plan.log_size,
        "facts_root": plan.facts_root,
        "digest_root": plan.digest_root,
        "entries_root": entries_root(promised),
        "digests": len(plan.digests),
        "calculators": plan.calculators,
        "notices": plan.notices,
        "totals": totals(plan),
        "held": plan.held(),
        "refused": plan.refused(),
    }
    if "through" in stated:
        body["through"] = stated["through"]
    if plan.cap_over:
        body["cap_over"] = list(plan.cap_over)
    if plan.moved:
        body["moved"] = list(plan.moved)
    if plan.benchmark:
        body["benchmark"] = plan.benchmark
    if steps:
        body["steps"] = steps
    return plan.occasion.name_in(body)


def made_again(view: View, number: int, proposal: kinds.ProposalBody, calculate: Calculate = calculate_all) -> Again:
    """What the facts that a proposal had read give today, for the proposal in record `number`."""
    plan = plan_of(view.at(proposal["log_size"]), Occasion.of_proposal(proposal), calculate=calculate)
    promised = _entries(view, plan, number)
    said = proposal_fields(plan, promised)
    # Those of earlier releases promise no entries.
    fields = {name: value for name, value in said.items() if name != "entries_root" or name in proposal}
    return Again(plan, promised, fields)


def totals(plan: Plan) -> kinds.Totals:
    """Control totals of what a plan posts: lines, entries, and the debits and credits of the payable in fen."""
    moved = [step.award_fen for step in plan.steps]
    return {
        "lines": len({step.line for step in plan.steps}),
        "entries": len(moved),
        "debit_fen": sum(-fen for fen in moved if fen < 0),
        "credit_fen": sum(fen for fen in moved if fen > 0),
    }


@paused()
def withdraw(ledger: Ledger, run: Run, reason: str, actor: str) -> int:
    """Undo the latest closed run by counter-entries; answers how many.

    Refuses `run_not_latest`: a later run was calculated from what this one posted.
    """
    with ledger.write(actor, proved=True) as writer:
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
        posted = writer.at(run.first + run.count).records(kinds.ENTRY, since=run.first) if run.count else ()
        undone = post(writer, (reversal_of(row.body, row.seq, today) for row in posted))
        body = kinds.WithdrawalBody(
            run=run.closed,
            first=undone[0].record if undone else writer.size,
            count=len(undone),
            reason=reason,
        )
        writer.append(kinds.WITHDRAWAL, run.occasion.name_in(body))
    return len(undone)


def _repeats(view: View, plan: Plan) -> bool:
    """Whether the same was run last and this plan says nothing that run did not say."""
    latest = last_closed(view, plan.occasion)
    return (
        latest is not None
        and latest.occasion.name == plan.occasion.name
        and not plan.steps
        and latest.proposal["held"] == plan.held()
        and latest.proposal["refused"] == plan.refused()
        and latest.proposal.get("cap_over", []) == list(plan.cap_over)
        and not plan.moved
    )


def _refuse_ahead(plan: Plan, today: date) -> None:
    """Refuse awards on grants of days to come, every one at once: a day that is wrong, or a decision not made yet."""
    awarded = {step.line for step in plan.steps if step.award_fen > 0}
    ahead = [
        result.line for result in plan.results if result.line.id in awarded and result.line.grant.granted_on > today
    ]
    problems = [
        Problem(
            "granted_ahead",
            N_("{line} is granted on {found}, a day that has not come"),
            N_("run again on that day, or correct the day in the register of grants"),
            values={"line": line.id, "found": line.grant.granted_on},
        )
        for line in ahead
    ]
    if problems:
        raise Refused(problems)


def _make_room(writer: Writer, occasion: Occasion) -> None:
    """End what waits in the same series but can never be closed any more; refuse where it still can."""
    for run in waiting(writer):
        if not occasion.follows(run.occasion):
            continue
        if not _moved(writer, run.proposal):
            raise refuse(
                "proposal_waiting",
                N_("run {number} of {name} waits for approval"),
                N_("have it approved or rejected first; `subsidy approvals {number}` shows by whom"),
                number=run.number,
                name=run.occasion,
            )
        writer.append(kinds.RUN_ABORTED, kinds.RunAbortedBody(proposal=run.number, cause="stale_proposal"))


def _moved(view: View, proposal: kinds.ProposalBody) -> bool:
    """Whether the book or a budget moved since what a proposal had read."""
    since = proposal["log_size"]
    # A payout posts nothing before it is exported, and takes what a reduction might have been set against.
    moving: tuple[kinds.Kind[Any], ...] = (kinds.ENTRY, kinds.BUDGET, kinds.PAYOUT)
    if any(next(view.records(kind, since=since), None) is not None for kind in moving):
        return True
    # What it may have read is without effect now.
    return any(seq >= since for seq in against(view))


def _refuse_if_moved(view: View, proposal: kinds.ProposalBody) -> None:
    if _moved(view, proposal):
        raise refuse(
            "stale_proposal",
            N_("the book moved after {name} was calculated"),
            N_("run it again"),
            name=Occasion.of_proposal(proposal),
        )


def _planned_again(view: View, number: int) -> tuple[Plan, Sequence[kinds.EntryBody]]:
    """The plan of a proposal and its entries, from what it had read; they must come out as they were."""
    proposal = view.body(kinds.PROPOSAL, number)
    plan, promised, fields = made_again(view, number, proposal)
    if any(kinds.own(proposal).get(name) != value for name, value in fields.items()):
        raise refuse(
            "proposal_differs",
            N_("the same facts no longer give what proposal {number} says"),
            N_("the program has changed since; run it again"),
            number=number,
        )
    return plan, promised


def _entries(view: View, plan: Plan, number: int) -> list[kinds.EntryBody]:
    """The entries of a plan whose proposal is record `number`, as what it had read makes them: once for all steps."""
    return [entry_fields(entry) for entry in entries(view.at(plan.log_size), plan, number)]


def _close(
    writer: Writer, plan: Plan, promised: Sequence[kinds.EntryBody], proposal: int, approvals: list[Approval]
) -> Outcome:
    _refuse_if_moved(writer, writer.body(kinds.PROPOSAL, proposal))
    for refused in plan.refused():
        key = f"{plan.occasion}/{refused['line']}"
        known = writer.current(kinds.REFUSAL, key)
        if known is None or known.body["codes"] != refused["codes"]:
            body = kinds.RefusalBody(key=key, about=refused["line"], codes=refused["codes"])
            writer.append(kinds.REFUSAL, plan.occasion.name_in(body))
    posted = post_fields(writer, promised)
    first = posted[0].record if posted else writer.size
    closing = kinds.RunClosedBody(
        proposal=proposal,
        proposal_leaf=writer.leaf(proposal).hex(),
        first=first,
        count=len(posted),
        approvals=listed(approvals),
    )
    closed = writer.append(kinds.RUN_CLOSED, plan.occasion.name_in(closing))
    return Outcome(plan, proposal, closed, first, len(posted))


def _abort(ledger: Ledger, proposal: int, actor: str, refused: Refused) -> None:
    """Record why a proposal came to nothing; nothing is recorded of one that somebody else has ended."""
    try:
        with ledger.write(actor, closes=proposal) as writer:
            writer.append(kinds.RUN_ABORTED, kinds.RunAbortedBody(proposal=proposal, cause=refused.problems[0].code))
    except Refused as ended:
        if ended.problems[0].code != "stale_proposal":
            raise


def _run(view: View, number: int) -> Run:
    return next(run for run in runs(view) if run.number == number)
