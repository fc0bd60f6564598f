"""The commands of `subsidy pay` that speak with an operator's interface: send and ask."""

import rich_click as click

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, pass_settings
from ledger.payouts import results, steps
from ledger.payouts.batches import batch
from ledger.payouts.channels import ecny
from ledger.payouts.channels.client import Channel
from ledger.payouts.states import OPEN
from ledger.words import _

_url = click.option(
    "--url",
    envvar="SUBSIDY_CHANNEL",
    show_envvar=True,
    required=True,
    metavar="URL",
    help=N_("The operator's interface."),
)


@command()
@click.argument("name", metavar="BATCH")
@_url
@actor_option
@pass_settings
def send(settings: Settings, name: str, url: str, actor: str) -> None:
    """Record that an approved wallet batch goes out, then send it; sending again is safe, with the same numbers.

    Example:
      subsidy pay send B202507010001A1B2C3D4 --url https://operator.example/ecny --actor 1001
    """
    channel = Channel(url)
    ledger = Ledger.open(settings.db_url)
    with ledger.write(actor, proved=True) as writer:
        found, content = steps.export(writer, ledger.vault, name, "ecny")
    sent = channel.submit(found.key, content)
    click.echo(
        _("Batch {batch} was taken at try {tries}. Next: subsidy pay ask {batch} --url URL").format(
            batch=found.key, tries=sent.tries
        )
    )


@command()
@click.argument("name", metavar="BATCH")
@_url
@actor_option
@pass_settings
def ask(settings: Settings, name: str, url: str, actor: str) -> None:
    """Ask the operator what became of a batch, and take its answer in. Exit code 1 where it contradicts itself.

    Example:
      subsidy pay ask B202507010001A1B2C3D4 --url https://operator.example/ecny --actor 1001
    """
    content = Channel(url).ask(name).answer
    result = ecny.read(content, f"{name}.json")
    ledger = Ledger.open(settings.db_url)
    with ledger.write(actor, proved=True) as writer:
        key, settled = results.take_result(writer, ledger.vault, result, f"{name}.json", content)
        waiting = sum(item.state in OPEN for item in batch(writer, key).items)
    click.echo(
        _("Batch {batch}: {changed} changed, {disputed} disputed, {waiting} without a final answer.").format(
            batch=key, changed=settled.counts["changed"], disputed=settled.counts["disputed"], waiting=waiting
        )
    )
    if settled.counts["disputed"]:
        raise SystemExit(1)


COMMANDS = (send, ask)
