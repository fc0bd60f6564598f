"""`subsidy restore`: put the ledger back from a backup, and say what was lost."""

import os
from pathlib import Path

import rich_click as click

from calculators.awards.all import CALCULATORS
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.audit.restore import Ask, put_back
from ledger.commands.ui import counts
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, pass_settings, reason_option
from ledger.commands.ui.signing import sign_for
from ledger.office.losses import REST
from ledger.store.engine import ledger_path
from ledger.store.ledger import utc_now
from ledger.words import _


@command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--orders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=N_("The folder in which your payment orders lie: those that the backup does not know are named."),
)
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def restore(settings: Settings, folder: Path, orders: Path | None, reason: str, actor: str) -> None:
    """Put the ledger back from a backup, where its own files are lost: into an empty place, named by --db.

    The backup is proved and held against the signed head in the anchor; a record names what was lost. Nothing is paid
    before somebody else has agreed to it, and then nothing that may have been paid in the time that was lost, before
    two people have decided on it. A ledger that lives is not put back: it could not be written from then on. To try a
    backup, verify it where it lies.

    Example:
      subsidy restore /media/safe/2025-06-30 --reason "disk lost" --actor 1001
    """
    ledger = Ledger(ledger_path(settings.db_url), utc_now, os.urandom)
    ask = Ask(actor, reason, lambda copy: sign_for(copy, ledger.path), orders)
    done = put_back(ledger, folder, ask, CALCULATORS)
    lost = done.lost
    first, last = lost.head.size, lost.known.size - 1
    click.echo(_("Put back: {records}, as of {made_at}.").format(records=counts.records(first), made_at=lost.made_at))
    if last < first:
        click.echo(_("Nothing that was signed for is lost."))
    else:
        click.echo(
            _("Lost: records {first} to {last}. The last signed head, over {size} records, was {root}.").format(
                first=first, last=last, size=lost.known.size, root=lost.known.root.hex()
            )
        )
    for order in lost.orders:
        click.echo(_("An order, or another file, that the backup does not know: {file}").format(file=order["file"]))
    click.echo(_("Next, by somebody else: subsidy approve {number}").format(number=done.record))
    if last >= first:
        click.echo(
            _(
                "Then two people say of everything that is to be paid whether it went out: subsidy decide "
                "restored-sent --about GRANT/YYYY-MM-DD --document NO --reason TEXT; "
                "restored-unpaid --about GRANT; and of all the rest restored-unpaid --about {rest}"
            ).format(rest=f"{REST}{done.record}")
        )
