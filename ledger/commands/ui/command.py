"""Commands and groups as all families make them: click's, with errors that say in attributes what is wrong.

Click says of words too many, and of a value behind a flag, only in an English sentence.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import rich_click as click
from click import Parameter
from click.exceptions import Exit

from ledger.commands.ui.answers import check_printed, write_printed
from ledger.commands.ui.context import OF_A_LEDGER
from ledger.commands.ui.helptext import in_language

__all__ = ["AFTERWARDS", "Command", "Group", "MissingWords", "SurplusWords", "command", "group", "not_blank"]


# What a command has still to say once it has gone through, as a function without arguments.
AFTERWARDS = "ledger.afterwards"


class SurplusWords(click.UsageError):
    """Words of a command line that nothing is known to do with."""

    def __init__(self, words: list[str], ctx: click.Context) -> None:
        """Keep the words, and where its help is."""
        super().__init__(" ".join(words), ctx)
        self.words = words


class MissingWords(click.UsageError):
    """Options and arguments that a command needs and was not given: all of them, where click names the first."""

    def __init__(self, wanted: list[Parameter], ctx: click.Context) -> None:
        """Keep what is wanted, in the order of the help, and where its help is."""
        super().__init__(" ".join(str(param.name) for param in wanted), ctx)
        self.wanted = wanted


def not_blank(ctx: click.Context, param: Parameter, text: str) -> str:
    """The text without spaces around it: an option that says nothing is missing, since records hold no blank."""
    if not text.strip():
        raise MissingWords([param], ctx)
    return text.strip()


@contextmanager
def _told(ctx: click.Context) -> Iterator[None]:
    """Give errors about an option the command that has it, which click leaves out."""
    try:
        yield
    except click.BadOptionUsage as error:
        error.ctx = error.ctx or ctx
        raise


def _lacks(ctx: click.Context, param: Parameter, given: Mapping[str, Any]) -> bool:
    """Whether a parameter has no value, neither of the command line nor of the surroundings."""
    return param.value_is_missing(param.consume_value(ctx, given)[0])


class Command(click.RichCommand):
    """A command that refuses words too many, and those that are missing, by classes of their own."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words that are left, of which there are none; raises `SurplusWords` and `MissingWords`."""
        words = [*args]
        try:
            with _told(ctx):
                left = super().parse_args(ctx, args)
        except click.MissingParameter:
            given, _left, _order = self.make_parser(ctx).parse_args(words)
            wanted = [param for param in self.get_params(ctx) if param.required and _lacks(ctx, param, given)]
            raise MissingWords(wanted, ctx) from None
        if left and not ctx.resilient_parsing:
            raise SurplusWords(left, ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, then write the workbook that it was asked for, whatever exit code it gives."""
        check_printed(ctx)
        if getattr(self.callback, OF_A_LEDGER, False):
            # It loads what opens a ledger, which other commands do not wait for.
            from ledger.commands.ui.practice import say_practice

            say_practice(ctx)
        try:
            outcome = super().invoke(ctx)
        except Exit:
            write_printed(ctx)
            raise
        write_printed(ctx)
        if AFTERWARDS in ctx.meta:
            ctx.meta[AFTERWARDS]()
        return outcome


class Group(click.RichGroup):
    """A group of such commands."""

    command_class = Command

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of the group in the language in force."""
        found = super().get_command(ctx, cmd_name)
        return in_language(found) if found else None

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
