"""`subsidy payee`: agree to a changed payee, and see one in clear text."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_, Place
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    force_option,
    pass_settings,
    reason_option,
)
from ledger.commands.ui.signing import opened
from ledger.office.approvals import refuse_maker
from ledger.office.signing import signer_for
from ledger.payouts import changes
from ledger.payouts.reveal import read_passphrase
from ledger.payouts.reveal import reveal as reveal_payee
from ledger.sheets.files import Target
from ledger.words import _


@group()
def payee() -> None:
    """Agree to changes of payees; see a payee's number and holder in clear text.

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

    Where keys are in use, sign it with --key.

    Example:
      subsidy payee approve ecny/C1010211000012/000001 --reason "called the firm on its known number" --actor 1002
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        change = changes.changes(writer).get(about)
        # Who may not agree is told so before a key is asked for, which would not help.
        if change and not change.approved_by:
            refuse_maker(writer.actor, change.actor, Place(about))
        new = changes.approve(writer, about, reason, signer_for(writer, ledger.signer))
    if new:
        click.echo(_("The change of {about} is approved. Next: subsidy pay prepare RUN").format(about=about))
    else:
        click.echo(_("The change of {about} has been approved; nothing was written.").format(about=about))


@payee.command()
@click.argument("reference", metavar="PAYEE")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help=N_("The file to write."))
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help=N_("A file of mode 600 whose first line opens the other one again; at least 12 letters."),
)
@reason_option(N_("Why the number has to be seen; it is recorded."))
@force_option
@actor_option
@pass_settings
def reveal(
    settings: Settings, reference: str, out: Path, passphrase_file: Path, reason: str, force: bool, actor: str
) -> None:
    """Write number and holder of a payee into one encrypted file, and record who looked and why.

    Only for the post 账户管理岗. Nothing is shown on the screen; `openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000`
    opens the file.

    Example:
      subsidy payee reveal ecny/C1010211000012/000001 --out one.enc --passphrase-file word --reason "letter 7"
    """
    passphrase = read_passphrase(passphrase_file)
    target = Target(out, force)
    target.check()
    target.write(reveal_payee(opened(settings), actor, reference, reason, passphrase), private=True)
    click.echo(
        _(
            "The look at {payee} is recorded, and {file} holds it encrypted. To open it: openssl enc -d -aes-256-cbc "
            "-pbkdf2 -iter 600000 -in {file} -pass file:{passphrase}"
        ).format(payee=reference, file=out.name, passphrase=passphrase_file.name)
    )
