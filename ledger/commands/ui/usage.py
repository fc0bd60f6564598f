"""Say what is wrong with a command line, in the reader's language.

Click words its errors through gettext's global domain, which a library user cannot set without a compiled catalogue;
the errors an officer meets are worded here instead, and the rare rest is passed on as click says it.
"""

import click

from ledger.commands.ui.command import MissingWords, SurplusWords
from ledger.words import _, listed, ngettext


def usage_lines(error: click.ClickException) -> list[str]:
    """The lines for standard error: what is wrong and, for a command line, where its help is."""
    lines = [_("Error: {message}").format(message=_message(error))]
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is not None:
        lines.append(_("Try '{command} --help' for help.").format(command=ctx.command_path))
    return lines


def _message(error: click.ClickException) -> str:
    match error:
        case MissingWords(wanted=wanted):
            text = ngettext("{name} is missing", "{name} are missing", len(wanted))
            return text.format(name=listed(map(_wanted, wanted)))
        case click.MissingParameter(param_hint=str() as name):
            return _("{name} is missing").format(name=name)
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices)) as param):
            return _("{name}: choose one of {choices}").format(name=_name(param), choices=listed(choices))
        case click.BadParameter(param=click.Parameter(type=click.IntRange()) as param):
            return _("{name}: write a whole number from 1 on").format(name=_name(param))
        case click.BadParameter(param=click.Parameter(type=click.Path(file_okay=False)) as param):
            # Where the command wants one that is there, that is what lacks mostly; the text suits a file as well.
            return _("{name}: there is no folder of this name").format(name=_name(param))
        case click.BadParameter(param=click.Parameter(type=click.Path()) as param):
            return _("{name}: there is no file of this name to read").format(name=_name(param))
        case click.BadParameter(param=click.Parameter() as param):
            return _("{name}: {what}").format(name=_name(param), what=error.message)
        case click.NoSuchOption(option_name=name, ctx=click.Context() as ctx) if _has(ctx.find_root().command, name):
            return _("{name} stands before the command: subsidy {name} ... {words}").format(
                name=name, words=" ".join(ctx.command_path.split()[1:])
            )
        case click.NoSuchOption(option_name=name, ctx=click.Context() as ctx) if argument := _argument(
            ctx.command, name
        ):
            return _("{name} is written without its name: {command} {argument}").format(
                name=name, command=ctx.command_path, argument=argument
            )
        case click.NoSuchOption():
            return _with_suggestions(_("there is no option {name}").format(name=error.option_name), error.possibilities)
        case click.NoSuchCommand():
            return _with_suggestions(
                _("there is no command {name}").format(name=error.command_name), error.possibilities
            )
        case click.BadOptionUsage(option_name=name, ctx=click.Context() as ctx) if _is_flag(ctx.command, name):
            return _("{name} takes no value").format(name=name)
        case click.BadOptionUsage(option_name=name):
            return _("{name} needs a value behind it").format(name=name)
        case SurplusWords(words=words):
            return _("nothing is known to do with: {words}").format(words=" ".join(words))
    return error.format_message()


def _has(command: click.Command, name: str) -> bool:
    return any(name in param.opts for param in command.params)


def _argument(command: click.Command, name: str) -> str:
    """How the help shows the argument that an option was taken for, "" for none."""
    asked = name.removeprefix("--")
    found = (param for param in command.params if isinstance(param, click.Argument) and param.name)
    return next((param.human_readable_name for param in found if str(param.name).split("_")[0] == asked), "")


def _is_flag(command: click.Command, name: str) -> bool:
    return any(name in param.opts and isinstance(param, click.Option) and param.is_flag for param in command.params)


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    shown = param.human_readable_name
    # Where the help shows the words to choose from in place of a name, the message lists them already.
    return (param.name or shown).upper() if "|" in shown else shown


def _wanted(param: click.Parameter) -> str:
    """What is missing, as the help shows it."""
    return _name(param) if isinstance(param, click.Option) else param.human_readable_name


def _with_suggestions(message: str, possibilities: list[str] | None) -> str:
    if not possibilities:
        return message
    return _("{message}; did you mean {names}?").format(message=message, names=listed(possibilities))
