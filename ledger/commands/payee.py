"""`subsidy payee`: agree to a changed payee."""

import rich_click as click

from calculators.problems import N_
from ledger.commands.context import Settings, actor_option, pass_settings, reason_option
from ledger.payouts import changes
from ledger.store.ledger import Ledger
from ledger.words import _


@click.group()
def payee() -> None:
    """Agree to changes of payees.

    Example:
      subsidy payee approve ecny/C1010211000012/000001 --reason "called the firm on its known number" --actor 1002
    """


@payee.command()
@click.argument("about", metavar="PAYEE|GRANT")
@reason_option(N_("How the change was checked; it is recorded."))
@actor_option
@pass_settings
def approve(settings: Settings, about: str, reason: str, actor: str) -> None:
    """Agree to a payee that was changed, or to a grant that names another payee; never by who changed it.

    Example:
      subsidy payee approve ecny/C1010211000012/000001 --reason "called the firm on its known number" --actor 1002
    """
    with Ledger.open(settings.db_url).write(actor) as writer:
        new = changes.approve(writer, about, reason)
    if new:
        click.echo(_("The change of {about} is approved. Next: subsidy pay prepare RUN").format(about=about))
    else:
        click.echo(_("The change of {about} has been approved; nothing was written.").format(about=about))
