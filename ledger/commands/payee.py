"""`subsidy payee`: agree to a changed payee."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.context import Settings, actor_option, key_option, pass_settings, reason_option
from ledger.payouts import changes
from ledger.registry.signing import key_for
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
@key_option(required=False)
@actor_option
@pass_settings
def approve(settings: Settings, about: str, reason: str, key: Path | None, actor: str) -> None:
    """Agree to a payee that was changed, or to a grant that names another payee; never by who changed it.

    Where keys are in use, sign it with --key.

    Example:
      subsidy payee approve ecny/C1010211000012/000001 --reason "called the firm on its known number" --actor 1002
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.write(actor) as writer:
        new = changes.approve(writer, about, reason, key_for(writer, ledger.path, key))
    if new:
        click.echo(_("The change of {about} is approved. Next: subsidy pay prepare RUN").format(about=about))
    else:
        click.echo(_("The change of {about} has been approved; nothing was written.").format(about=about))
