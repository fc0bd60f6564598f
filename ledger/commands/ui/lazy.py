"""Mount commands by name and import one only when it is called.

`subsidy --help` and `subsidy notice check` must not wait for the modules of a month's run to load, so the root group
knows its commands as `module:attribute` with one line of help each. The help lists the words of every day, so that
they can be found; `subsidy commands` lists all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import click

from ledger.commands.ui.command import Command, Group
from ledger.commands.ui.helptext import HelpContext, in_language
from ledger.store.collector import paused
from ledger.words import _


@dataclass(frozen=True)
class Mount:
    """Where a command lives (`ledger.commands.registry.notice:notice`) and its line in the list of commands."""

    target: str
    summary: str


class LazyGroup(Group):
    """A group whose commands are imported when they run; its own help lists `everyday` without importing any."""

    context_class = HelpContext

    def __init__(self, *args: Any, mounts: Mapping[str, Mount], everyday: Sequence[str], **kwargs: Any) -> None:
        """Take the commands by name, in the order in which they are listed, and those that the help shows."""
        super().__init__(*args, **kwargs)
        self.mounts = mounts
        self.everyday = everyday

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order given."""
        return list(self.mounts)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """A stand-in that carries the summary: all that a list of commands needs."""
        mount = self.mounts.get(cmd_name)
        return Command(name=cmd_name, help=_(mount.summary)) if mount else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The real command, for a call."""
        try:
            name, stand_in, rest = super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            # Click suggests from the commands it holds, and this group holds none.
            raise click.NoSuchCommand(error.command_name, possibilities=self.mounts, ctx=ctx) from None
        return name, in_language(self.load(name)) if stand_in and name else None, rest

    def load(self, name: str) -> click.Command:
        """Import the command `name`, as it was written."""
        module, attribute = self.mounts[name].target.split(":")
        with paused():
            return cast(click.Command, getattr(import_module(module), attribute))

    def get_help(self, ctx: click.Context) -> str:
        """The help of the group itself, translated, with the words of every day."""
        shown = in_language(self)
        shown.mounts = {name: self.mounts[name] for name in self.everyday}
        shown.epilog = _("All {count} commands: subsidy commands").format(count=len(self.mounts))
        return super(LazyGroup, shown).get_help(ctx)
