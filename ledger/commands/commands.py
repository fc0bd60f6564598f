"""`subsidy commands`: list every command; `subsidy --help` shows those of every day."""

import click as plain_click
import rich_click as click

from ledger.commands.ui.command import command
from ledger.commands.ui.context import table
from ledger.commands.ui.lazy import LazyGroup
from ledger.words import _


@command()
@click.pass_context
def commands(ctx: plain_click.Context) -> None:
    """List every command with what it is for; `--help` behind one says more.

    Example:
      subsidy commands
    """
    root = ctx.find_root().command
    assert isinstance(root, LazyGroup)
    table([_("Command"), _("What for")], [(name, _(mount.summary)) for name, mount in root.mounts.items()])
