"""`subsidy explain`: the worksheet behind a posting or a loan."""

import rich_click as click

from calculators.explain.worksheet import worksheet
from calculators.money import format_yuan
from calculators.problems import N_
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, money, pass_settings, print_json, table
from ledger.labels.payments import STATES as PAYOUT_STATES
from ledger.queries.forms import form
from ledger.queries.line import LineAnswer, line_answers
from ledger.runs.lines import UNREADY
from ledger.runs.occasion import Month
from ledger.runs.reports.explain import Explanation
from ledger.words import _


@command()
@click.argument("subject", metavar="POSTING|LOAN")
@click.option("--month", metavar="YYYY-MM", help=N_("As the last closed run of this month calculated it."))
@as_of_option
@answer_options
@pass_settings
def explain(settings: Settings, subject: str, month: str | None, as_of: str, as_json: bool) -> None:
    """Show how an amount came about: conditions, interest by segment, rules with clauses, caps, award.

    POSTING is an entry's number or key in the book; LOAN is a loan's contract number (with /slip where it has one) or
    a grant number. The worksheet is made again from the records the run had read and must equal what was posted.

    Example:
      subsidy explain HT-2025-001
      subsidy explain 42
      subsidy explain main/G-1/0
    """
    with asked_at(settings, as_of) as at:
        found = line_answers(at.view, subject, Month.parse(month) if month else None)
    if as_json:
        print_json([_json(answer) for answer in found])
        return
    for answer in found:
        _print(answer)


def _json(found: LineAnswer) -> dict[str, object]:
    return {
        "run": found.explanation.run.number,
        **found.explanation.run.occasion.named,
        "line": found.explanation.line,
        "digest": found.digest,
        "worksheet": _worksheet(found.explanation),
        "entries": form(found.entries),
    }


def _worksheet(explanation: Explanation) -> str:
    return worksheet(explanation.result, _) if explanation.result else ""


def _print(answer: LineAnswer) -> None:
    explanation = answer.explanation
    click.echo(
        _("As calculated by run {number} of {name} over {size} records:").format(
            number=explanation.run.number, name=explanation.run.occasion, size=explanation.run.proposal["log_size"]
        )
    )
    if explanation.result:
        click.echo(_worksheet(explanation))
    for refused in explanation.digest["refused"] if explanation.result is None else ():
        click.echo(f"{explanation.line}: {_(UNREADY[refused['code']])} [{refused['code']}]")
    table(
        [_("Posted"), _("Period ends"), money(_("Yuan")), _("Note"), _("Digest"), _("Replaces")],
        [
            (
                entry.key,
                entry.due,
                format_yuan(entry.amount_fen),
                {"true_up": _("true-up"), "reversal": _("reversal")}.get(entry.reason, ""),
                entry.digest[:12],
                (entry.replaced_digest or "")[:12],
            )
            for entry in answer.entries
        ],
    )
    paid = [(entry, payout) for entry in answer.entries for payout in entry.payouts]
    if paid:
        table(
            [_("Posted"), _("Item"), _("Batch"), money(_("Yuan")), _("State")],
            [
                (entry.key, payout.item, payout.batch, format_yuan(payout.amount_fen), _(PAYOUT_STATES[payout.state]))
                for entry, payout in paid
            ],
        )
