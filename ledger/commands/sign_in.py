"""`subsidy --server URL sign-in` and `sign-out`: an officer's own token, for the officer's own key."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.remote import Server
from ledger.commands.ui.command import command
from ledger.office.sign import Unsignable
from ledger.words import _


@command("sign-in")
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="SUBSIDY_KEY",
    show_envvar=True,
    help=N_("File of your private key, outside the ledger's folder, for nobody else to read."),
)
@click.pass_context
def sign_in(ctx: click.Context, key: Path) -> None:
    """Sign in to a server with your private key: it shows what it signs, asks, and keeps your token in a file.

    The token stands in the file named by --token, for nobody else to read, and is good for 12 hours at most; it ends
    with `sign-out`, and when your key is replaced or your term of office ends.

    Example:
      subsidy --server https://books.example --token 1002.token sign-in --key 1002.key
    """
    try:
        actor = _server(ctx).enter(key)
    except (Unsignable, OSError) as error:
        click.echo(str(error), err=True)
        ctx.exit(2)
    if actor is None:
        ctx.exit(1)
    click.echo(_("{actor} is signed in.").format(actor=actor))


@command("sign-out")
@click.pass_context
def sign_out(ctx: click.Context) -> None:
    """Sign out of a server: the token in the file named by --token is good no more, and the file goes.

    Example:
      subsidy --server https://books.example --token 1002.token sign-out
    """
    _server(ctx).leave()
    click.echo(_("Signed out."))


def _server(ctx: click.Context) -> Server:
    """The server that the command line names."""
    given = ctx.find_root().params
    for name in ("server", "token"):
        if given[name] is None:
            raise click.MissingParameter(ctx=ctx.find_root(), param_hint=f"--{name}", param_type="option")
    return Server(given["server"], given["token"])
