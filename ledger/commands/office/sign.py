"""`subsidy sign`: show a challenge and sign it; the same as `ledger/office/sign.py` does alone on another machine."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import command
from ledger.office import sign as signing
from ledger.words import _


@command()
@click.argument("challenge", type=click.Path(path_type=Path), required=False)
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="SUBSIDY_KEY",
    show_envvar=True,
    help=N_("File of your private key, outside the ledger's folder, for nobody else to read."),
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=N_("Where the signature goes."))
@click.option(
    "--new-key",
    metavar="STAFFNO@LEDGER",
    help=N_(
        "Make a private key in the new file --key and show its public half. Write the staff number, @ and the name of "
        "the ledger, which `subsidy people list` shows: 1004@subsidy-0123456789abcdef."
    ),
)
@click.pass_context
def sign(ctx: click.Context, challenge: Path | None, key: Path, out: Path | None, new_key: str | None) -> None:
    """Show in words and figures what a challenge asks for, and sign it with your private key.

    It asks before it signs: type yes or 是. With --new-key it makes the key that `subsidy people enrol` enters.

    It needs no ledger. The module ledger/office/sign.py does the same alone, on a machine with Python and cryptography.

    Example:
      subsidy sign run-64.challenge --key ~/1002.key
      subsidy sign --new-key 1004@subsidy-0123456789abcdef --key ~/1004.key
    """
    if (challenge is None) == (new_key is None):
        raise click.UsageError(_("name the challenge that is to be signed, or the key to be made with --new-key"))
    given = [str(challenge)] if challenge else ["--new-key", str(new_key)]
    ctx.exit(signing.main([*given, "--key", str(key), *(("--out", str(out)) if out else ())]))
