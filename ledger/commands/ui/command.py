"""Commands and groups as all families make them: click's, with errors that say in attributes what is wrong.

Click says of words too many, and of a value behind a flag, only in an English sentence.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rich_click as click
from click.exceptions import Exit

from ledger.commands.ui.answers import check_printed, write_printed

__all__ = ["Command", "Group", "SurplusWords", "command", "group"]


class SurplusWords(click.UsageError):
    """Words of a command line that nothing is known to do with."""

    def __init__(self, words: list[str], ctx: click.Context) -> None:
        """Keep the words, and where its help is."""
        super().__init__(" ".join(words), ctx)
        self.words = words


@contextmanager
def _told(ctx: click.Context) -> Iterator[None]:
    """Give errors about an option the command that has it, which click leaves out."""
    try:
        yield
    except click.BadOptionUsage as error:
        error.ctx = error.ctx or ctx
        raise


class Command(click.RichCommand):
    """A command that refuses words too many by a class of their own."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words that are left, of which there are none; raises `SurplusWords`."""
        with _told(ctx):
            left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise SurplusWords(left, ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, then write the workbook that it was asked for, whatever exit code it gives."""
        check_printed(ctx)
        try:
            outcome = super().invoke(ctx)
        except Exit:
            write_printed(ctx)
            raise
        write_printed(ctx)
        return outcome


class Group(click.RichGroup):
    """A group of such commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words for the command that is named."""
        with _told(ctx):
            return super().parse_args(ctx, args)


def command(name: str | None = None, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function, as `click.command` does."""
    return click.command(name, cls=Command, **settings)


def group(name: str | None = None) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of a function, as `click.group` does."""
    return click.group(name, cls=Group)
