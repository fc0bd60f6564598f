"""`subsidy run`: the monthly interest-subsidy run, its list, and its withdrawal."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.awards.failed import CAUSES
from calculators.digest import item_of
from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.computing import computing_options
from ledger.commands.office.public_notice import print_to_publish
from ledger.commands.run.award_list import BOUNDS, applications_json, print_applications, write_award_list
from ledger.commands.run.compare import compare_list
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_if_written,
    actor_option,
    force_option,
    json_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    spare,
    table,
)
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.engines.using import computing
from ledger.labels.moments import beijing_time
from ledger.labels.runs import STATES
from ledger.log import kinds
from ledger.queries.forms import form
from ledger.queries.runs import all_runs, cap_over, held_line, run_answer, run_lines
from ledger.runs.closing import Outcome, posts, totals, withdraw
from ledger.runs.history import State, find_run
from ledger.runs.interest import propose, propose_batch, run_batch, run_interest
from ledger.runs.occasion import Month
from ledger.runs.plan import Plan, WithheldOfLine, cap_label
from ledger.runs.reports.assessment import assess
from ledger.runs.reports.reasons import CLAUSES, HOLDS, REFUSALS
from ledger.sheets.files import Target
from ledger.sheets.lists import check_list
from ledger.store.ledger import local_day
from ledger.words import _, listed, ngettext


@group()
def run() -> None:
    """Run a month or a batch: calculate, explain and post what is due; list, show and withdraw runs.

    Example:
      subsidy run interest --month 2025-06 --actor 1001
    """


run.add_command(compare_list)


@run.command()
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month to run."))
@click.option("--dry-run", is_flag=True, help=N_("Show what would be posted and write nothing."))
@computing_options
@actor_if_written(N_("Staff number; not needed with --dry-run."))
@json_option
@pass_settings
def interest(
    settings: Settings, month_text: str, dry_run: bool, jobs: int, engine: str, actor: str | None, as_json: bool
) -> None:
    """Post what each granted loan is due by the end of a month: due minus posted, line by line.

    Running a month twice posts nothing. A fact that came late shows as a true-up.

    Example:
      subsidy run interest --month 2025-06 --dry-run
      subsidy run interest --month 2025-06 --actor 1001
    """
    month = Month.parse(month_text)
    ledger = opened(settings)
    with progress(_("Calculating")), computing(jobs, engine) as calculate:
        if dry_run:
            with ledger.read() as view:
                outcome = Outcome(propose(view, month, local_day(ledger.clock()), calculate))
        elif actor is None:
            raise click.MissingParameter(param_hint="--actor", param_type="option")
        else:
            outcome = run_interest(ledger, month, actor, calculate)
    if as_json:
        print_json(outcome_json(outcome, dry_run))
        return
    _print_outcome(outcome, dry_run)
    if outcome.closed:
        print_to_publish(ledger, outcome.proposal)


@run.command()
@click.argument("notice")
@click.option("--dry-run", is_flag=True, help=N_("Show what would be posted and write nothing."))
@actor_if_written(N_("Staff number; not needed with --dry-run."))
@click.option(
    "--list",
    "list_to",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write the list for publication too, in Chinese: an .xlsx or a .csv."),
)
@force_option
@computing_options
@json_option
@pass_settings
def batch(
    settings: Settings,
    notice: str,
    dry_run: bool,
    actor: str | None,
    list_to: Path | None,
    force: bool,
    jobs: int,
    engine: str,
    as_json: bool,
) -> None:
    """Post what the granted policies, claims or projects of a notice are due by today: due minus posted, line by line.

    Every application of the notice is shown, granted or not: what it comes to, which caps and decisions cut it, who is
    refused and why. Running it twice posts nothing. What a later payment, return, audit or acceptance moves shows as a
    true-up or a claw-back.

    Example:
      subsidy run batch example-incentive --dry-run --list list.xlsx
      subsidy run batch example-incentive --actor 1001
    """
    target = Target(list_to, force) if list_to is not None else None
    if target is not None:
        check_list(target)
    ledger = opened(settings)
    with progress(_("Calculating")), computing(jobs, engine) as calculate:
        if dry_run:
            with ledger.read() as view:
                outcome = Outcome(propose_batch(view, notice, local_day(ledger.clock()), calculate))
        elif actor is None:
            raise click.MissingParameter(param_hint="--actor", param_type="option")
        else:
            outcome = run_batch(ledger, notice, actor, calculate)
        with ledger.read() as view:
            # What the run saw, not what came in while it was closing.
            found = assess(view.at(outcome.plan.log_size), notice, outcome.plan.occasion.last_day, calculate)
    if target is not None:
        write_award_list(target, found, local_day(ledger.clock()))
    if as_json:
        print_json({**outcome_json(outcome, dry_run), "applications": applications_json(found)})
        return
    print_applications(found)
    _print_outcome(outcome, dry_run)
    if outcome.closed:
        print_to_publish(ledger, outcome.proposal)
    if list_to is not None:
        click.echo(_("The list for publication is in {file}.").format(file=list_to))


def outcome_json(outcome: Outcome, dry_run: bool) -> dict[str, Any]:
    """A run as `--json` prints it; amounts are yuan with two decimals."""
    plan = outcome.plan
    figures = totals(plan)
    return {
        **plan.occasion.named,
        "dry_run": dry_run,
        "proposal": outcome.proposal,
        "closed": outcome.closed,
        "lines": figures["lines"],
        "entries": figures["entries"],
        "due": plain_yuan(figures["credit_fen"]),
        "reduced": plain_yuan(figures["debit_fen"]),
        "posted": [
            {
                "line": step.line,
                "due": step.due.isoformat(),
                "amount": plain_yuan(step.award_fen),
                "true_up": step.replaces is not None,
            }
            for step in plan.steps
        ],
        "held": form([held_line(held) for held in plan.held()]),
        "cap_over": form([cap_over(over) for over in plan.cap_over]),
        "withheld": form(plan.withheld()),
        "refused": plan.refused(),
        "digest_root": plan.digest_root,
    }


def _print_outcome(outcome: Outcome, dry_run: bool) -> None:
    plan = outcome.plan
    figures = totals(plan)
    click.echo(
        _("{name}: {lines}, {entries}, {due} yuan, reduced by {reduced} yuan").format(
            name=plan.occasion,
            lines=ngettext("{count} line due", "{count} lines due", figures["lines"]).format(count=figures["lines"]),
            entries=counts.entries(figures["entries"]),
            due=format_yuan(figures["credit_fen"]),
            reduced=format_yuan(figures["debit_fen"]),
        )
    )
    _print_steps(plan)
    _print_held(plan.held())
    _print_cap_over(plan.cap_over)
    _print_withheld(plan.withheld())
    _print_refused(plan.refused())
    if dry_run:
        click.echo(_("Nothing was written. Leave out --dry-run to post."))
    elif outcome.closed:
        click.echo(
            _(
                "Posted as run {number}. Next: subsidy pay prepare {number} --dry-run, subsidy run show {number}."
            ).format(number=outcome.proposal)
        )
    elif outcome.proposal:
        text = _("Proposed as run {number}; {posts} must sign before it is posted. Next: subsidy approve {number}")
        click.echo(text.format(number=outcome.proposal, posts=listed(posts(plan))))
    else:
        click.echo(
            _("Nothing has changed since the last run of this month; nothing was written.")
            if plan.occasion.run == "interest"
            else _("Nothing has changed since the last run of this notice; nothing was written.")
        )


def _print_steps(plan: Plan) -> None:
    names = {line.id: line for line in plan.lines}
    item = _("Loan") if plan.occasion.run == "interest" else _("Item")
    rows = []
    for step in plan.steps:
        line = names.get(step.line)
        rows.append(
            (
                step.line,
                # A line that cannot be put together has no firm but the code in its digest.
                line.entity.name if line else step.digest["entity"],
                line.application.item if line else item_of(step.digest),
                step.due,
                format_yuan(step.award_fen),
                _("true-up") if step.replaces is not None else "",
            )
        )
    if rows:
        table([_("Line"), _("Firm"), item, _("Period ends"), money(_("Yuan")), _("Note")], rows)


def _print_held(held: list[kinds.HeldPeriod]) -> None:
    if not held:
        return
    click.echo(_("Held, not posted until a new receipt, a fact or `subsidy decide release-hold`:"))
    table(
        [_("Line"), _("Period ends"), money(_("Ours")), money(_("Receipt")), _("Reason")],
        [
            (
                held_period["line"],
                held_period.get("due", "-"),
                format_yuan(held_period["ours_fen"]) if "ours_fen" in held_period else "-",
                format_yuan(held_period["receipt_fen"]) if "receipt_fen" in held_period else "-",
                _why_held(held_period),
            )
            for held_period in held
        ],
    )


def _print_cap_over(over: Iterable[kinds.CapOver]) -> None:
    rows = [
        (cap_label(cap_over["key"]), format_yuan(cap_over["limit_fen"]), format_yuan(cap_over["over_fen"]))
        for cap_over in over
    ]
    if rows:
        click.echo(_("Above their limit; nothing is added, and only a decision recovers anything:"))
        table([_("Cap"), money(_("Limit of the cap")), money(_("Above it"))], rows)


def _why_held(held: kinds.HeldPeriod) -> str:
    """Why in words; of a line that is held whole also the fact to correct."""
    reason = _(HOLDS[held["code"]])
    if held["code"] == "row_held":
        where = _("{fact}: row {row} of {file} [{cause}]; `subsidy import holds` says what to do")
        return f"{reason}: {where.format(fact=held['fact'], cause=held['cause'], **held['values'])}"
    if held["code"] == "lender_not_reported":
        which = _("{lender}, days through {day}")
        return f"{reason}: {which.format(**held['values'])}"
    if held["code"] != "line_failed":
        return reason
    return f"{reason}: {held['fact']}: {_(CAUSES[held['cause']]).format(**held['values'])}"


def _print_withheld(withheld: list[WithheldOfLine]) -> None:
    if not withheld:
        return
    click.echo(_("Withheld by decision, never paid by a run:"))
    table(
        [_("Line"), _("Decision"), money(_("At most")), money(_("Withheld")), _("Document")],
        [
            (
                withheld_of_line["line"],
                _(BOUNDS[withheld_of_line["code"]]),
                format_yuan(withheld_of_line["limit_fen"]),
                format_yuan(withheld_of_line["amount_fen"]),
                withheld_of_line.get("document", ""),
            )
            for withheld_of_line in withheld
        ],
    )


def _print_refused(refused: list[kinds.RefusedLine]) -> None:
    if not refused:
        return
    click.echo(_("Refused:"))
    table(
        [_("Line"), _("Rule"), _("Clause"), _("Why")],
        [
            (
                refused_line["line"],
                code["code"],
                _(CLAUSES.get(code["clause"], code["clause"])),
                _(REFUSALS[code["code"]]),
            )
            for refused_line in refused
            for code in refused_line["codes"]
        ],
    )


@run.command("list")
@as_of_option
@answer_options
@pass_settings
def list_runs(settings: Settings, as_of: str, as_json: bool) -> None:
    """List the runs of the ledger with their states and totals.

    Example:
      subsidy run list
    """
    with asked_at(settings, as_of) as at:
        found = all_runs(at.view)
    if as_json:
        print_json(form(found))
        return
    table(
        [
            money(_("Run")),
            _("Month or notice"),
            _("State"),
            money(_("Entries")),
            money(_("Due")),
            spare(_("Reduced"), 1, right=True),
            spare(_("Actor"), 2),
        ],
        [
            (
                each.run,
                each.month or each.notice,
                _(STATES[each.state]),
                each.count,
                format_yuan(each.due_fen),
                format_yuan(each.reduced_fen),
                each.actor,
            )
            for each in found
        ],
    )


@run.command()
@click.argument("name", metavar="RUN|YYYY-MM|NOTICE")
@as_of_option
@answer_options
@pass_settings
def show(settings: Settings, name: str, as_of: str, as_json: bool) -> None:
    """Show one run: what it read, what it posted or would post, held and refused.

    Example:
      subsidy run show 2025-06
    """
    with asked_at(settings, as_of) as at:
        found = find_run(at.view, name)
        answer, lines = run_answer(at.view, str(found.number)), run_lines(at.view, str(found.number))
    if as_json:
        # A run that waits has posted nothing.
        where = "planned" if answer.state is State.PROPOSED else "posted"
        print_json({**form(answer), "posted": [], where: form(lines)})
        return
    click.echo(
        _("Run {number} of {name} by {actor} at {time}, over {size} records").format(
            number=found.number,
            name=found.occasion,
            actor=found.actor,
            time=beijing_time(found.recorded_at),
            size=found.proposal["log_size"],
        )
    )
    table(
        [_("Line"), _("Period ends"), money(_("Yuan")), _("Note")],
        [
            (
                line.line,
                line.due,
                format_yuan(line.amount_fen),
                _("true-up") if line.reason == "true_up" else "",
            )
            for line in lines
        ],
    )
    _print_held(found.proposal["held"])
    _print_cap_over(found.proposal.get("cap_over", []))
    _print_refused(found.proposal["refused"])


@run.command("withdraw")
@click.argument("name", metavar="RUN|YYYY-MM|NOTICE")
@reason_option(N_("Why the run is taken back; it is recorded."))
@actor_option
@pass_settings
def withdraw_run(settings: Settings, name: str, reason: str, actor: str) -> None:
    """Take the latest closed run back by counter-entries; it can then be run again.

    Example:
      subsidy run withdraw 2025-06 --reason "ICBC file of May was the wrong one" --actor 1001
    """
    ledger = opened(settings)
    with ledger.read() as view:
        found_run = find_run(view, name)
    count = withdraw(ledger, found_run, reason, actor)
    click.echo(
        ngettext(
            "Run {number} of {name} is withdrawn: {count} counter-entry. Run it again when ready.",
            "Run {number} of {name} is withdrawn: {count} counter-entries. Run it again when ready.",
            count,
        ).format(number=found_run.number, name=found_run.occasion, count=count)
    )
