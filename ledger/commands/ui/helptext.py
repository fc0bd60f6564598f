"""Show the help of every command in the reader's language.

A command's help is its docstring, an option's help is its `help`; both are message ids of the catalogues and are
translated on a copy of the command when it is loaded, because the language is known only after the root's options.
A paragraph that begins with `Example:` keeps its lines as they are written.
"""

import copy
import inspect
import re
from dataclasses import replace
from typing import TypeVar

import click
from rich_click import RichCommand, RichContext, RichHelpFormatter

from calculators.problems import N_
from ledger.words import _

CommandT = TypeVar("CommandT", bound=click.Command)

# Theme without frames or colours: help is read in logs and on GBK consoles too.
THEME = {"theme": "plain-nu"}
SHOW_HELP = N_("Show this help and stop.")

# Click's own sign for "do not wrap this paragraph" is a control character that a translator should not meet.
_EXAMPLES = re.compile(r"(?m)^(?=(?:Example:|示例：))")
_UNWRAPPED = "\b\n"


class HelpFormatter(RichHelpFormatter):
    """Writes help with a translated word for usage."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how a command is called."""
        super().write_usage(prog, args, prefix or _("Usage:"))


class HelpContext(RichContext):
    """Gives a formatter whose headings and remarks are translated."""

    formatter_class = HelpFormatter

    def make_formatter(self, error_mode: bool = False) -> RichHelpFormatter:
        """The formatter for this command's help."""
        self.help_config = replace(
            self.help_config,
            arguments_panel_title=_("Arguments"),
            options_panel_title=_("Options"),
            commands_panel_title=_("Commands"),
            default_string=_("(default: {})"),
            envvar_string=_("(variable: {})"),
            required_long_string=_("(required)"),
        )
        return super().make_formatter(error_mode)


def in_language(command: CommandT) -> CommandT:
    """A copy of `command` whose help and options' help read in the language in force.

    The sub-commands of a group follow when they are looked up: of most nobody hears.
    """
    translated = copy.copy(command)
    translated.help = _EXAMPLES.sub(_UNWRAPPED, _(help_message(command)))
    translated.params = [_parameter(param) for param in command.params]
    translated.options_metavar = _("[OPTIONS]")
    if command.add_help_option:
        translated.add_help_option = False
        translated.params.append(_help_option())
    if isinstance(translated, RichCommand):
        translated.context_class = HelpContext
    if isinstance(translated, click.Group):
        translated.subcommand_metavar = _("COMMAND [ARGS]...")
    return translated


def help_message(command: click.Command) -> str:
    """The message id of the help of `command`: its docstring without the indentation."""
    return inspect.cleandoc(command.help or "")


def _parameter(param: click.Parameter) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help:
        return param
    translated = copy.copy(param)
    translated.help = _(param.help)
    return translated


def _help_option() -> click.Option:
    """`--help` as click makes it, but with a text from our catalogues."""
    return click.Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_show_help, help=_(SHOW_HELP)
    )


def _show_help(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()
