"""The commands of `subsidy pay` for what moves outside a batch: reopened, given back, funded, earned and recovered."""

import rich_click as click

from calculators.money import format_yuan, parse_yuan, plain_yuan
from calculators.problems import N_, refuse
from ledger.book.posting import Posted
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, money, pass_settings, print_json, reason_option, table
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.office.signing import signer_for
from ledger.payouts.returns import corrections, debts, moves, netting, recoveries, write_offs
from ledger.sheets.columns import day_of
from ledger.store.ledger import Row
from ledger.words import _, ngettext

_document = click.option("--document", required=True, metavar="NO", help=N_("The document it rests on."))
_on = click.option("--on", "on_text", required=True, metavar="YYYY-MM-DD", help=N_("The day of it."))


@command()
@click.argument("name", metavar="ITEM")
@click.option("--envelope", required=True, metavar="PATH", help=N_("A budget path of the current year."))
@_document
@actor_option
@pass_settings
def reopen(settings: Settings, name: str, envelope: str, document: str, actor: str) -> None:
    """Owe again what came back after the year's end, from an envelope of the current year.

    Example:
      subsidy pay reopen S0123456789ABCDEF0123456 --envelope 2026/loan-interest --document BUD-2026-9 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = moves.reopen(writer, name, envelope, document)
    click.echo(
        ngettext(
            "{count} award is owed again. Next: subsidy pay prepare RUN",
            "{count} awards are owed again. Next: subsidy pay prepare RUN",
            len(posted),
        ).format(count=len(posted))
    )


@command()
@click.argument("name", metavar="ITEM")
@click.argument("amount", metavar="YUAN")
@_on
@_document
@actor_option
@pass_settings
def refund(settings: Settings, name: str, amount: str, on_text: str, document: str, actor: str) -> None:
    """Book money that a payee gave back of its own accord; it is never owed again by itself.

    Example:
      subsidy pay refund S0123456789ABCDEF0123456 5,000.00 --on 2025-09-02 --document TK-3 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = moves.refund(writer, name, yuan(amount), day_of(on_text, "--on"), document)
    say(posted)


@command()
@click.argument("name", metavar="PAYER")
@click.argument("amount", metavar="YUAN")
@_on
@_document
@actor_option
@pass_settings
def fund(settings: Settings, name: str, amount: str, on_text: str, document: str, actor: str) -> None:
    """Book money that was moved into a prefunded wallet or account of the unit.

    Example:
      subsidy pay fund payer/ecny/C1010211000012/000001 1,000,000.00 --on 2025-01-06 --document YK-1 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = moves.fund(writer, name, yuan(amount), day_of(on_text, "--on"), document)
    say(posted)


@command("wallet-interest")
@click.argument("name", metavar="PAYER")
@click.argument("amount", metavar="YUAN")
@_on
@_document
@actor_option
@pass_settings
def wallet_interest(settings: Settings, name: str, amount: str, on_text: str, document: str, actor: str) -> None:
    """Book interest that a prefunded wallet earned; it is owed to the treasury and pays nobody.

    Example:
      subsidy pay wallet-interest payer/ecny/C1010211000012/000001 12.34 --on 2026-03-21 --document LX-1 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = moves.wallet_interest(writer, name, yuan(amount), day_of(on_text, "--on"), document)
    say(posted)


@command()
@answer_options
@pass_settings
def owed(settings: Settings, as_json: bool) -> None:
    """Show who owes back what was reduced after it had been paid, and whether the notice lets it be netted.

    What was written off is listed below; it is owed no more.

    Example:
      subsidy pay owed
    """
    with opened(settings).read() as view:
        found = [(debt, netting.netted_on(view, debt.line)) for debt in debts.owed(view)]
        twice = debts.paid_twice(view)
        given_up = write_offs.written_off(view)
    if as_json:
        print_json(
            [
                {
                    "line": debt.line,
                    "uscc": debt.uscc,
                    "payee": debt.payee,
                    "owed": plain_yuan(debt.owed_fen),
                    "payable": plain_yuan(debt.payable_fen),
                    "netting": against or "none",
                    **({"successor": debt.successor} if debt.successor else {}),
                }
                for debt, against in found
            ]
            + [
                {
                    "payout": overpaid.item,
                    "uscc": overpaid.uscc,
                    "payee": overpaid.payee,
                    "owed": plain_yuan(overpaid.owed_fen),
                }
                for overpaid in twice
            ]
            + [
                {
                    "line": row.body["line"],
                    "written_off": plain_yuan(row.body["amount_fen"]),
                    "on": row.body["on"],
                    "document": row.body["document"],
                }
                for row in given_up
            ]
        )
        return
    if not found and not twice:
        click.echo(_("Nothing is owed."))
    if found:
        _print_owed(found)
    if twice:
        click.echo(_("Paid twice:"))
        table(
            [_("Payout"), _("Firm"), money(_("Owed"))],
            [(one.item, one.uscc, format_yuan(one.owed_fen)) for one in twice],
        )
        click.echo(_("When it comes back: subsidy pay resolve PAYOUT --state returned --amount YUAN --reason TEXT"))
    if given_up:
        click.echo(_("Written off:"))
        table(
            [_("Line"), _("Day"), _("Document"), money(_("Yuan"))],
            [
                (row.body["line"], row.body["on"], row.body["document"], format_yuan(row.body["amount_fen"]))
                for row in given_up
            ],
        )


@command()
@click.argument("line", metavar="LINE")
@click.argument("amount", metavar="YUAN")
@_on
@_document
@actor_option
@pass_settings
def recover(settings: Settings, line: str, amount: str, on_text: str, document: str, actor: str) -> None:
    """Book money that came in for what was reduced after payment, in whole or in part; oldest reduction first.

    Example:
      subsidy pay recover G2024-001 1,873.61 --on 2024-05-08 --document SH-1 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = recoveries.recover(writer, line, yuan(amount), day_of(on_text, "--on"), document)
    for entry in posted:
        say(entry)


@command("write-off")
@click.argument("line", metavar="LINE|ITEM")
@click.argument("amount", metavar="YUAN")
@_document
@reason_option(N_("Why it will not come back; it is recorded."))
@actor_option
@pass_settings
def write_off(settings: Settings, line: str, amount: str, document: str, reason: str, actor: str) -> None:
    """Write off what a line owes, or what a payout has paid twice, in whole or in part: it will not come back.

    Two people say so: this asks, another officer agrees with `subsidy approve`, and the same command carries it out.

    Example:
      subsidy pay write-off G2024-001 1,873.61 --document HX-1 --reason "struck off, nothing left" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        signer = signer_for(writer, ledger.signer)
        done = write_offs.write_off(writer, line, yuan(amount), document, reason, signer)
    if done.done:
        click.echo(_("{amount} yuan of {line} are written off.").format(amount=format_yuan(yuan(amount)), line=line))
    else:
        click.echo(
            _("The write-off of {line} waits for somebody else: subsidy approve {number}").format(
                line=line, number=done.number
            )
        )
        say_displaced(done.instead_of)


@command()
@click.argument("name", metavar="ITEM")
@click.option("--function", default="", metavar="CODE", help=N_("The function code that it is moved to."))
@click.option("--economic", default="", metavar="CODE", help=N_("The economic code that it is moved to."))
@click.option("--economic-unit", default="", metavar="CODE", help=N_("The unit's own economic code for it."))
@click.option("--envelope", default="", metavar="PATH", help=N_("The budget path whose indicator it is moved to."))
@_on
@_document
@click.option("--reason", required=True, metavar="TEXT", help=N_("Why it is corrected."))
@actor_option
@pass_settings
def correct(
    settings: Settings,
    name: str,
    function: str,
    economic: str,
    economic_unit: str,
    envelope: str,
    on_text: str,
    document: str,
    reason: str,
    actor: str,
) -> None:
    """Move what a payout paid to another code or indicator; no money moves, and no batch knows of it.

    All awards of the payout are moved, with what belongs to them. It is done in the year of the payment.

    Example:
      subsidy pay correct S0123456789ABCDEF0123456 --economic 50799 --on 2025-09-02 --document GZ-1 --reason code
    """
    new = corrections.Correction(function, economic, economic_unit, envelope)
    with opened(settings).write(actor, proved=True) as writer:
        posted = corrections.correct(writer, name, new, day_of(on_text, "--on"), document, reason)
    say(posted)


COMMANDS = (reopen, refund, fund, wallet_interest, owed, recover, write_off, correct)


def say_displaced(before: Row[kinds.DecisionBody] | None) -> None:
    """Say that what two people had agreed to is not carried out any more."""
    if before is not None:
        click.echo(
            _(
                "It takes the place of record {number}, agreed to and not carried out: {amount} under {document}."
            ).format(number=before.seq, amount=format_yuan(before.body["amount_fen"]), document=before.body["document"])
        )


def _print_owed(found: list[tuple[debts.Owed, str]]) -> None:
    names = {
        "line": _("later awards of the line"),
        "firm": _("later awards of the firm"),
        "": _("no, it has to come in"),
    }
    table(
        [_("Line"), _("Firm"), money(_("Owed")), money(_("Still payable")), _("Netted")],
        [
            (
                debt.line,
                debt.successor or debt.uscc,
                format_yuan(debt.owed_fen),
                format_yuan(debt.payable_fen),
                names[against],
            )
            for debt, against in found
        ],
    )
    click.echo(_("When money comes in: subsidy pay recover LINE YUAN --on DAY --document NO"))


def yuan(text: str) -> int:
    """Fen of an amount above 0 as the command line gives it; refuses `amount_malformed`."""
    try:
        fen = parse_yuan(text)
    except ValueError:
        fen = 0
    if fen <= 0:
        raise refuse(
            "amount_malformed",
            N_("{text!r} is not an amount above 0 in yuan"),
            N_("write digits with at most two decimals, for example 1,234,567.89"),
            text=text,
        )
    return fen


def say(posted: Posted) -> None:
    """Say which entry it became, or was before."""
    if posted.same:
        click.echo(
            _("This document was booked before, in entry {number}; nothing was written.").format(number=posted.seq)
        )
    else:
        click.echo(_("Booked as entry {number}.").format(number=posted.seq))
