"""`subsidy reconcile sign-off`: one person makes a month's reconciliation statement, another signs it off."""

from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.book.periods import MADE, last_month
from ledger.commands.reconcile.report import on_top_json, print_on_top
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    json_option,
    money,
    pass_settings,
    print_json,
    table,
)
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import agreeing, opened
from ledger.log import kinds
from ledger.reconcile.monthly import Account
from ledger.reconcile.signing_off import check, made_for, make, reopen
from ledger.runs.occasion import Month
from ledger.store.ledger import Row
from ledger.words import _


@command("sign-off")
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month."))
@click.option("--check", "checks", is_flag=True, help=N_("Sign off what somebody else has made."))
@click.option("--reopen", "reopens", is_flag=True, help=N_("Take the sign-off of the last month back."))
@click.option("--reason", default="", metavar="TEXT", help=N_("With --reopen: why; it is recorded."))
@actor_option
@json_option
@pass_settings
def sign_off(
    settings: Settings,
    month_text: str,
    checks: bool,
    reopens: bool,
    reason: str,
    actor: str,
    as_json: bool,
) -> None:
    """Sign a month's reconciliation statement off: one person makes it, another checks it with --check.

    Nothing may be unexplained. From then on no line and no entry of the month changes; what is heard of it later is
    booked in the open month. Where keys are in use both sign with --key.

    Example:
      subsidy reconcile sign-off --month 2025-06 --actor 1003
      subsidy reconcile sign-off --month 2025-06 --check --actor 1002
    """
    if checks and reopens:
        raise click.UsageError(_("--check or --reopen, not both"))
    if reopens != bool(reason.strip()):
        raise click.UsageError(_("--reopen and --reason go together"))
    month = str(Month.parse(month_text))
    ledger = opened(settings)
    accounts: list[Account] = []
    with ledger.write(actor, proved=True) as writer, progress(_("Matching")):
        row = writer.current(kinds.PERIOD, month) if checks else None
        signer = agreeing(writer, ledger.signer, row.seq if row else None)
        if reopens:
            row = reopen(writer, month, reason.strip(), signer)
        elif checks:
            row, accounts = check(writer, month, signer)
        else:
            row, accounts = make(writer, month, signer)
        found = made_for(writer, month)
        last = last_month(writer)
    made = found[0].body["accounts"] if found else []
    if as_json:
        print_json(_json(row, made, accounts))
        return
    if reopens:
        before = _("every month up to {last} is signed off").format(last=last) if last else _("no month is signed off")
        click.echo(_("{month} is open again; {before}.").format(month=month, before=before))
        return
    for account in accounts:
        print_on_top(account)
    _print(made)
    if row.body["state"] == MADE:
        click.echo(
            _(
                "The statement of {month} is made by {actor}. Next, by somebody else: subsidy reconcile sign-off "
                "--month {month} --check"
            ).format(month=month, actor=row.body["actor"])
        )
    else:
        click.echo(_("{month} is signed off; what it says stands.").format(month=month))


def _json(row: Row[kinds.PeriodBody], made: list[kinds.AccountBalances], accounts: list[Account]) -> dict[str, Any]:
    shown = {account.key: account for account in accounts}
    return {
        "month": row.key,
        "state": row.body["state"],
        "record": row.seq,
        "actor": row.body["actor"],
        "accounts": [
            {
                "account": account["account"],
                "through": account["through"],
                "bank": plain_yuan(account["bank_fen"]),
                "book": plain_yuan(account["book_fen"]),
                "explained": {part["class"]: plain_yuan(part["amount_fen"]) for part in account["explained"]},
                **(on_top_json(shown[account["account"]]) if account["account"] in shown else {}),
            }
            for account in made
        ],
    }


def _print(accounts: list[kinds.AccountBalances]) -> None:
    table(
        [
            _("Account"),
            _("Statements to"),
            money(_("Bank")),
            money(_("Book")),
            money(_("Difference")),
            money(_("Unexplained")),
        ],
        [
            (
                account["account"],
                account["through"],
                format_yuan(account["bank_fen"]),
                format_yuan(account["book_fen"]),
                format_yuan(account["bank_fen"] - account["book_fen"]),
                format_yuan(0),
            )
            for account in accounts
        ],
    )


COMMANDS = (sign_off,)
