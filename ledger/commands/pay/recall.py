"""`subsidy pay recall`: an order that never left, called back by two people."""

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, pass_settings, reason_option
from ledger.commands.ui.signing import opened
from ledger.office.signing import signer_for
from ledger.payouts import recall as recalling
from ledger.words import _, ngettext


@command()
@click.argument("name", metavar="BATCH")
@reason_option(N_("Why the order never reached the channel; it is recorded."))
@actor_option
@pass_settings
def recall(settings: Settings, name: str, reason: str, actor: str) -> None:
    """Recall a batch that was exported and never reached its channel: what it holds is free again.

    Two people say so: this asks, another officer agrees with `subsidy approve`, and the same command carries it out.
    It is too late once an answer or a line of a statement names the batch or one of its payouts.

    Example:
      subsidy pay recall B202507010001A1B2C3D4 --reason "the stick was lost before it left the office" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        done = recalling.recall(writer, ledger.vault, name, reason, signer_for(writer, ledger.signer))
    if done.payouts:
        click.echo(
            ngettext(
                "{count} payout of {batch} is free again and can be prepared under another number.",
                "{count} payouts of {batch} are free again and can be prepared under other numbers.",
                done.payouts,
            ).format(count=done.payouts, batch=name)
        )
    else:
        click.echo(
            _("The recall of {batch} waits for somebody else: subsidy approve {number}").format(
                batch=name, number=done.number
            )
        )
