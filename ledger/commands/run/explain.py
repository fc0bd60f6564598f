"""`subsidy explain`: the worksheet behind a posting or a loan."""

import rich_click as click

from calculators.explain.worksheet import worksheet
from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.book.balances import entry_record, last_entry, record_of_key
from ledger.book.digests import digest_hash
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, json_option, money, pass_settings, print_json, table
from ledger.runs.lines import UNREADY
from ledger.runs.occasion import Month
from ledger.runs.reports.explain import Explanation, explain_entry, explain_loan
from ledger.store.ledger import View
from ledger.words import _


@command()
@click.argument("subject", metavar="POSTING|LOAN")
@click.option("--month", metavar="YYYY-MM", help=N_("As the last closed run of this month calculated it."))
@json_option
@pass_settings
def explain(settings: Settings, subject: str, month: str | None, as_json: bool) -> None:
    """Show how an amount came about: conditions, interest by segment, rules with clauses, caps, award.

    POSTING is an entry's number or key in the book; LOAN is a loan's contract number (with /slip where it has one) or
    a grant number. The worksheet is made again from the records the run had read and must equal what was posted.

    Example:
      subsidy explain HT-2025-001
      subsidy explain 42
      subsidy explain main/G-1/0
    """
    with Ledger.open(settings.db_url).read() as view:
        record = _entry(view, subject)
        if record is not None:
            found = [explain_entry(view, record)]
        else:
            found = explain_loan(view, subject, Month.parse(month) if month else None)
    if as_json:
        print_json([_json(explanation) for explanation in found])
        return
    for explanation in found:
        _print(explanation)


def _entry(view: View, subject: str) -> int | None:
    """The log index of the entry that `subject` names by number or key, if it names one."""
    if subject.isdecimal() and 1 <= int(subject) <= last_entry(view):
        return entry_record(view, int(subject))
    return record_of_key(view, subject)


def _json(explanation: Explanation) -> dict[str, object]:
    return {
        "run": explanation.run.number,
        **explanation.run.occasion.named,
        "line": explanation.line,
        "digest": explanation.digest,
        "worksheet": _worksheet(explanation),
        "entries": [
            {
                "key": body["key"],
                "due": body["due"],
                "amount": plain_yuan(body["award_fen"]),
                "reason": body["reason"],
                "digest": digest_hash(body),
            }
            for body in explanation.entries
        ],
    }


def _worksheet(explanation: Explanation) -> str:
    return worksheet(explanation.result, _) if explanation.result else ""


def _print(explanation: Explanation) -> None:
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
                body["key"],
                body["due"],
                format_yuan(body["award_fen"]),
                {"true_up": _("true-up"), "reversal": _("reversal")}.get(body["reason"], ""),
                digest_hash(body)[:12],
                body.get("replaced_digest", "")[:12],
            )
            for body in explanation.entries
        ],
    )
