"""The commands of `subsidy pay` that speak with an operator's interface: channel, send and ask."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, pass_settings, reason_option
from ledger.commands.ui.signing import opened
from ledger.office.signing import signer_for
from ledger.payouts import operators, results, steps
from ledger.payouts.batches import batch
from ledger.payouts.channels import ecny
from ledger.payouts.channels.client import Channel, checked
from ledger.payouts.states import OPEN
from ledger.sheets.files import read_file
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
@click.argument("institution", metavar="INSTITUTION")
@click.argument("url", metavar="URL")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The certificate that the operator has handed over, PEM; not needed for this machine."),
)
@click.option("--end", is_flag=True, help=N_("Send nothing there any more; one person says so."))
@reason_option(N_("By what you know that it is the operator's."))
@actor_option
@pass_settings
def channel(
    settings: Settings,
    institution: str,
    url: str,
    certificate: Path | None,
    end: bool,
    reason: str,
    actor: str,
) -> None:
    """Register an operator's interface: orders are sent to no other host, and to none that shows another certificate.

    One person registers it or ends it; it counts once another has agreed. INSTITUTION is the operator's code.

    Example:
      subsidy pay channel C1010211000012 https://operator.example/ecny --certificate operator.pem --reason "contract 7"
    """
    ledger = opened(settings)
    shown = read_file(certificate)[1] if certificate else b""
    with ledger.write(actor, proved=True) as writer:
        signer = signer_for(writer, ledger.signer)
        if end:
            ended = operators.end(writer, institution, url, reason, signer)
        else:
            number = operators.register(writer, ledger.vault, institution, url, shown, reason, signer)
    if end:
        click.echo(_("Nothing is sent there any more.") if ended else _("Nothing stands there; nothing was written."))
    elif number is None:
        click.echo(_("This stands already or waits; nothing was written."))
    else:
        click.echo(_("It counts once somebody else has agreed: subsidy approve {number}").format(number=number))


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
    ledger = opened(settings)
    checked(url)
    with ledger.write(actor, proved=True) as writer:
        context = operators.verified_by(writer, ledger.vault, batch(writer, name), url)
        found, content = steps.export(writer, ledger.vault, name, "ecny")
    sent = Channel(url, context).submit(found.key, content)
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
    ledger = opened(settings)
    checked(url)
    with ledger.read() as view:
        context = operators.verified_by(view, ledger.vault, batch(view, name), url)
    content = Channel(url, context).ask(name).answer
    result = ecny.read(content, f"{name}.json")
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


COMMANDS = (channel, send, ask)
