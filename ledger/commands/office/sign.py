"""`subsidy sign`: show a challenge and sign it; the same as `ledger/office/sign.py` does alone on another machine."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import command
from ledger.office import sign as signing


@command()
@click.argument("challenge", type=click.Path(path_type=Path))
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
@click.pass_context
def sign(ctx: click.Context, challenge: Path, key: Path, out: Path | None) -> None:
    """Show in words and figures what a challenge asks for, and sign it with your private key.

    It needs no ledger. The module ledger/office/sign.py does the same alone, on a machine with Python and cryptography.

    Example:
      subsidy sign run-64.challenge --key ~/1002.key
    """
    ctx.exit(signing.main([str(challenge), "--key", str(key), *(("--out", str(out)) if out else ())]))
