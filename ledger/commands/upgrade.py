"""`subsidy upgrade`: carry a ledger of an earlier release over to this one."""

import rich_click as click

from calculators.awards.all import CALCULATORS
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, pass_settings, who_option
from ledger.office.acts import ACTS, act_words
from ledger.office.duty import in_force
from ledger.words import _, listed


@command()
@who_option
@pass_settings
def upgrade(settings: Settings, actor: str) -> None:
    """Carry a ledger of an earlier release of the program over to this one.

    Records that stand stay as they are. A record says by which rules the ledger is kept from here on; indexes and
    guards of the file are made again, and the log's key signs for them. Nothing happens to a ledger of this release.

    Example:
      subsidy upgrade --actor 1001
    """
    ledger = Ledger.open(settings.db_url)
    done = ledger.upgrade(actor, CALCULATORS)
    if done.rules:
        click.echo(_("A record says that the ledger is kept by the rules of this release."))
    if done.schema:
        click.echo(_("Indexes and guards are those of this release, and the log's key has signed for them."))
    if done.vault:
        click.echo(_("The vault says whose it is."))
    if not any(done):
        click.echo(_("The ledger is of this release; nothing was written."))
    with ledger.read() as view:
        duties = in_force(view)
    unsaid = sorted(act_words(act) for act in ACTS - duties.acts.keys()) if duties else []
    if unsaid:
        text = _(
            "The duties in force say nothing of: {acts}. Anybody signs these, and anybody else where they take two. A "
            "set that says who: subsidy duties change three"
        )
        click.echo(text.format(acts=listed(unsaid)))
