"""`subsidy month`: where the month stands, step by step, who can bring it on, and with which command."""

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, json_option, pass_settings, print_json
from ledger.payouts.checks import HOLDS
from ledger.queries.month import MonthAtHand, Point, Stand, Step, month_at_hand, steps_of_month
from ledger.runs.occasion import Month
from ledger.words import _

STEPS = {
    "reports": N_("reports of the lenders"),
    "rows": N_("rows to put right"),
    "run": N_("run"),
    "public_notice": N_("public notice"),
    "payment": N_("payment"),
    "results": N_("answers of banks and operators"),
    "statements": N_("statements"),
    "sign_off": N_("sign-off"),
}
STANDS = {
    Stand.DONE: N_("done"),
    Stand.OPEN: N_("to do"),
    Stand.WAITS: N_("waits"),
    Stand.BLOCKED: N_("after: {step}"),
    Stand.NOTHING: N_("nothing to do"),
}
POINTS = {
    "all_heard": N_("every lender had reported"),
    "lender_heard": N_("{lender} has reported through {day}"),
    "lender_excepted": N_("{lender} is excepted by decision"),
    "lender_missing": N_("{lender} has reported through {day} only"),
    "lender_never_heard": N_("{lender} has reported nothing yet"),
    "rows_held": N_("rows of registers that are held: {rows}; they stop {lines} of their loans or items"),
    "month_not_over": N_("the month can be run from {day} on"),
    "opening_missing": N_("{notice} began on {day}, before this ledger: say what was paid elsewhere"),
    "run_missing": N_("not run yet"),
    "month_behind": N_("{latest} was run after it; a late fact of this month shows there"),
    "run_waits": N_("run {number}: entries {entries}, {amount} yuan; step {step} of {steps} is for {post}"),
    "run_waits_for_nobody": N_(
        "run {number}: entries {entries}, {amount} yuan; nobody who may sign step {step} of {steps} holds {post}"
    ),
    "run_posted": N_("run {number}: entries {entries}, {amount} yuan, posted"),
    "lines_to_publish": N_("lines to put on public notice: {lines}"),
    "lines_published": N_("lines on public notice: {lines}, to {day}"),
    "lines_objected": N_("lines with an objection or withdrawal: {lines}"),
    "to_prepare": N_("payouts to prepare: {payouts}, {amount} yuan"),
    "payment_held": N_("held: {payouts}, {amount} yuan; {reason}"),
    "payment_held_besides": N_("held besides: {payouts}, {amount} yuan"),
    "batch_waits": N_("batch {batch}: payouts {payouts}, {amount} yuan, waits for a second officer"),
    "batch_approved": N_("batch {batch}: payouts {payouts}, {amount} yuan, approved"),
    "batch_out": N_("batch {batch}: payouts {payouts}, {amount} yuan, handed over"),
    "answers_missing": N_("batch {batch}: payouts without an answer {payouts}"),
    "answers_contradict": N_("batch {batch}: payouts whose answers contradict each other {payouts}"),
    "answered": N_("batch {batch}: answered, {amount} yuan paid"),
    "statement_missing": N_("{account}: the last statement closes on {day}"),
    "statement_never": N_("{account}: no statement yet"),
    "unexplained": N_("{account}: open lines {lines}, {amount} yuan unexplained"),
    "statement_explained": N_("{account}: statements through {day}, everything explained"),
    "signed_off": N_("signed off"),
    "sign_off_waits": N_("made, and waits for a second officer"),
    "sign_off_open": N_("everything is explained"),
}


@command()
@click.argument("month_text", metavar="[YYYY-MM]", required=False)
@as_of_option
@json_option
@pass_settings
def month(settings: Settings, month_text: str | None, as_of: str, as_json: bool) -> None:
    """Show where a month stands: every step from the lenders' reports to the sign-off, and what to do next.

    Without a month: the one after the last that is signed off, else the last that was run.

    Example:
      subsidy month
      subsidy month 2025-06
    """
    with asked_at(settings, as_of) as at:
        asked = Month.parse(month_text) if month_text else month_at_hand(at.view, at.today)
        found = steps_of_month(at.view, at.vault, asked, at.today)
    if as_json:
        print_json(_json(found))
        return
    click.echo(_("{month}, seen on {day}").format(month=found.month, day=at.today))
    for number, step in enumerate(found.steps, 1):
        _print_step(number, step)
    for number, text in enumerate(found.next):
        click.echo((_("Next: ") if number == 0 else _("  or: ")) + text)


def _print_step(number: int, step: Step) -> None:
    stand = _(STANDS[step.stand]).format(step=_(STEPS[step.blocked_by]) if step.blocked_by else "")
    click.echo(f"{number} {_(STEPS[step.name])}: {stand}")
    for point in step.points if not step.blocked_by else ():
        click.echo(f"    {_in_words(point)}")


def _in_words(point: Point) -> str:
    values = dict(point.values)
    if "amount_fen" in values:
        values["amount"] = format_yuan(int(str(values["amount_fen"])))
    if "reason" in values:
        values["reason"] = _(HOLDS[str(values["reason"])][0]).format_map(values)
    text = _(POINTS[point.code]).format_map(values)
    if point.by:
        text += "; " + _("can sign: {staff}").format(staff=", ".join(point.by))
    if point.since and point.stand is not Stand.DONE:
        text += "; " + _("since {day}").format(day=point.since)
    return text


def _json(found: MonthAtHand) -> dict[str, object]:
    return {
        "month": str(found.month),
        "steps": [
            {
                "step": step.name,
                "state": step.stand.value,
                **({"after": step.blocked_by} if step.blocked_by else {}),
                "points": [_point_json(point) for point in step.points],
            }
            for step in found.steps
        ],
        "next": list(found.next),
    }


def _point_json(point: Point) -> dict[str, object]:
    values = {name: value for name, value in point.values.items() if name != "amount_fen"}
    if "amount_fen" in point.values:
        values["amount"] = plain_yuan(int(str(point.values["amount_fen"])))
    return {
        "code": point.code,
        "state": point.stand.value,
        **values,
        **({"by": list(point.by)} if point.by else {}),
        **({"since": point.since} if point.since else {}),
        **({"next": list(point.next)} if point.next else {}),
    }
