"""The commands of `subsidy pay` for digital renminbi that a contract binds: bound, let go, lapsed, listed."""

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.pay.money import say, say_displaced, yuan
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, money, pass_settings, print_json, reason_option, table
from ledger.commands.ui.signing import opened
from ledger.labels.payments import CONTRACT_STATES
from ledger.office.signing import signer_for
from ledger.payouts import contracts
from ledger.sheets.columns import day_of
from ledger.store.ledger import local_day
from ledger.words import _

_document = click.option("--document", required=True, metavar="NO", help=N_("The document it rests on."))


@command()
@click.argument("name", metavar="CONTRACT")
@click.argument("payer", metavar="PAYER")
@click.argument("amount", metavar="YUAN")
@click.option("--purpose", required=True, metavar="TEXT", help=N_("What the money is for."))
@click.option("--condition", required=True, metavar="TEXT", help=N_("On what it is let go."))
@click.option("--until", "until_text", required=True, metavar="YYYY-MM-DD", help=N_("The contract's last day."))
@click.option("--on", "on_text", required=True, metavar="YYYY-MM-DD", help=N_("The day of it."))
@_document
@actor_option
@pass_settings
def bind(
    settings: Settings,
    name: str,
    payer: str,
    amount: str,
    purpose: str,
    condition: str,
    until_text: str,
    on_text: str,
    document: str,
    actor: str,
) -> None:
    """Bind money of a wallet by a smart contract: it is no free money from then on, and no order goes out on it.

    Example:
      subsidy pay bind H-7 WALLET 50,000 --purpose P --condition C --until 2025-12-31 --on 2025-07-01 --document HY-1
    """
    terms = (purpose, condition, day_of(until_text, "--until"))
    with opened(settings).write(actor, proved=True) as writer:
        posted = contracts.load(writer, name, payer, yuan(amount), terms, day_of(on_text, "--on"), document)
    say(posted)


@command()
@click.argument("name", metavar="CONTRACT")
@click.argument("amount", metavar="YUAN")
@click.option(
    "--as",
    "step",
    type=click.Choice(sorted(contracts.DECIDED)),
    required=True,
    help=N_("Whether its condition is met (released), or it comes back before its last day (returned)."),
)
@_document
@reason_option(N_("Why it is let go; it is recorded."))
@actor_option
@pass_settings
def unbind(settings: Settings, name: str, amount: str, step: str, document: str, reason: str, actor: str) -> None:
    """Let money of a contract go, in whole or in part: from then on it is free in the wallet, and can be paid.

    Two people say so: this asks, another officer agrees with `subsidy approve`, and the same command carries it out.

    Example:
      subsidy pay unbind ZNHY-2025-7 20,000.00 --as released --document YS-1 --reason "accepted" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        signer = signer_for(writer, ledger.signer)
        done = contracts.let_go(writer, name, step, yuan(amount), document, reason, signer)
    if isinstance(done, contracts.Asked):
        click.echo(
            _("Letting go of {contract} waits for somebody else: subsidy approve {number}").format(
                contract=name, number=done.number
            )
        )
        say_displaced(done.instead_of)
    else:
        say(done)


@command()
@click.argument("name", metavar="CONTRACT")
@_document
@actor_option
@pass_settings
def lapse(settings: Settings, name: str, document: str, actor: str) -> None:
    """Book that a contract is over: what it still binds came back to the wallet by itself after its last day.

    Example:
      subsidy pay lapse ZNHY-2025-7 --document HY-2 --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        posted = contracts.expire(writer, name, document)
    say(posted)


@command()
@answer_options
@pass_settings
def bound(settings: Settings, as_json: bool) -> None:
    """Show the contracts that bind money of the wallets: purpose, condition, last day, and what became of it.

    Example:
      subsidy pay bound
    """
    ledger = opened(settings)
    with ledger.read() as view:
        found = contracts.contracts(view, local_day(ledger.clock()))
    if as_json:
        print_json(
            [
                {
                    "contract": one.contract,
                    "payer": one.payer,
                    "purpose": one.purpose,
                    "condition": one.condition,
                    "until": one.expires_on,
                    "state": one.state,
                    "loaded": plain_yuan(one.loaded_fen),
                    "released": plain_yuan(one.released_fen),
                    "returned": plain_yuan(one.returned_fen),
                    "expired": plain_yuan(one.expired_fen),
                    "bound": plain_yuan(one.left_fen),
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo(_("No contract binds money."))
        return
    table(
        [
            *(_("Contract"), _("Purpose"), _("Condition"), _("Until"), _("State")),
            *(money(_(name)) for name in ("Loaded", "Released", "Returned", "Expired", "Bound")),
        ],
        [
            (
                *(one.contract, one.purpose, one.condition, one.expires_on, _(CONTRACT_STATES[one.state])),
                *map(format_yuan, (one.loaded_fen, one.released_fen, one.returned_fen, one.expired_fen, one.left_fen)),
            )
            for one in found
        ],
    )
    for one in found:
        if one.state == "over":
            click.echo(
                _("{contract} is over: subsidy pay lapse {contract} --document NO").format(contract=one.contract)
            )


COMMANDS = (bind, unbind, lapse, bound)
