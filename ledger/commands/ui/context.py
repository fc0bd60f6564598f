"""What every command shares: its settings, the common options, and how results are printed.

Output is plain text or JSON, never boxes or colours, so that it survives a pipe, a log and a GBK console. Nothing here
knows the ledger.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click
import orjson

from calculators.problems import N_, Problem
from ledger.commands.ui.fitting import NARROW, Head, fitted, folded
from ledger.words import _, listed

# Where a command that is asked for a workbook keeps the tables that it prints.
TABLES = "ledger.commands.ui.context.tables"
FC = TypeVar("FC", bound=Callable[..., object])


@dataclass(frozen=True)
class Settings:
    """What the root command was told: the ledger's URL, the language (`en` or `zh_CN`), whether tables may be wide."""

    db_url: str
    lang: str
    wide: bool = False


# Where whoever types commands says once who it is.
ACTOR_SAID = "SUBSIDY_ACTOR"

# A column of a printed table; numbers stand on the right edge of theirs.
Column = Head

# A table as it was printed: its columns, and the texts of its cells.
Printed = tuple[Sequence[Column], Sequence[Sequence[str]]]

# The mark of a function that asks a ledger: it was given the settings that name one.
OF_A_LEDGER = "of_a_ledger"


def pass_settings(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command the settings, which name its ledger."""
    asking = click.make_pass_decorator(Settings)(function)
    setattr(asking, OF_A_LEDGER, True)
    return asking


who_option = click.option(
    "--actor",
    envvar=ACTOR_SAID,
    show_envvar=True,
    required=True,
    metavar="STAFFNO",
    help=N_("Staff number of the officer who does this; it stands in every record."),
)


# Where a command keeps how its officer signs: the files named by --key, --challenge and --signature.
WAY = "ledger.commands.ui.context.way"


# Names of their own: a command may have a `key` of another sort.
WAY_OF = {"--key": "signed_by_key", "--challenge": "signed_elsewhere", "--signature": "signed_already"}


def _kept(ctx: click.Context, param: click.Parameter, path: Path | None) -> None:
    ctx.meta.setdefault(WAY, {})[param.opts[0]] = path


def key_named() -> Path | None:
    """The file that the command at hand was given with `--key`."""
    ctx = click.get_current_context(silent=True)
    found: Path | None = ctx.meta.get(WAY, {}).get("--key") if ctx else None
    return found


def signing_options(command: FC) -> FC:
    """How an officer signs what a command writes: `--key FILE`, or `--challenge FILE` and then `--signature FILE`."""
    file = click.Path(path_type=Path)
    for name, text in (
        ("--signature", N_("The signature that `subsidy sign` wrote for the challenge of this command.")),
        (
            "--challenge",
            N_("Write what is to be signed into this new file, for a key on another machine; nothing is recorded."),
        ),
    ):
        command = click.option(
            name, WAY_OF[name], type=file, metavar="FILE", help=text, expose_value=False, callback=_kept
        )(command)
    return click.option(
        "--key",
        WAY_OF["--key"],
        envvar="SUBSIDY_KEY",
        show_envvar=True,
        type=file,
        metavar="FILE",
        help=N_("File of your private key, outside the ledger's folder, for nobody else to read."),
        expose_value=False,
        callback=_kept,
    )(command)


def actor_option(command: FC) -> FC:
    """`--actor STAFFNO`, and how that officer signs."""
    return signing_options(who_option(command))


def actor_if_written(text: str) -> Callable[[FC], FC]:
    """The same of a command that does not always write; `text` is the help of `--actor`."""
    who = click.option("--actor", envvar=ACTOR_SAID, metavar="STAFFNO", help=text)

    def decorate(command: FC) -> FC:
        return signing_options(who(command))

    return decorate


def _say_something(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    if not text.strip():
        raise click.BadParameter(_("nothing is said; write why in a few words"))
    return text.strip()


def reason_option(purpose: str) -> Callable[[FC], FC]:
    """`--reason TEXT`, compulsory and never blank: it stands in a record for ever. `purpose` is its help."""
    return click.option("--reason", required=True, metavar="TEXT", callback=_say_something, help=purpose)


force_option = click.option(
    "--force", is_flag=True, help=N_("Write over a file that is there; a ledger or a key is never written over.")
)

sheet_option = click.option(
    "--sheet", default="", metavar="NAME", help=N_("The sheet of a workbook, where several could be the register.")
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help=N_("Print JSON for programs instead of text for people.")
)


def warn(warnings: Iterable[Problem]) -> None:
    """Say what is strange in a file that is taken all the same."""
    for warning in warnings:
        click.echo(_("Warning: {text}").format(text=warning.render(_)), err=True)


def money(title: str) -> Column:
    """A right-aligned column, for amounts and counts."""
    return Column(title, right=True)


def spare(title: str, rank: int = 1, *, right: bool = False) -> Column:
    """A column that is left out where there is no room, the higher `rank` first; `--wide` shows it."""
    return Column(title, right, rank)


def table_text(columns: Sequence[str | Column], rows: Iterable[Sequence[object]], room: int | None = None) -> str:
    """An aligned table: a heading, a rule of hyphens, a line per row; Chinese signs count two cells.

    A row must have a cell for every column; cells are printed with `str`. In at most `room` cells of a line, or as wide
    as it is.
    """
    found = fitted(_heads(columns), [[str(cell) for cell in row] for row in rows], room)
    lines = found.lines
    if not found.rows:
        lines.append(_("(none)"))
    if found.left_out and room is not None:
        lines += folded(_("Left out, --wide shows it: {columns}").format(columns=listed(found.left_out)), room)
    return "\n".join(lines)


def table(columns: Sequence[str | Column], rows: Iterable[Sequence[object]]) -> None:
    """Print `table_text`; kept, too, where the command is asked for a workbook."""
    heads, cells = _heads(columns), [[str(cell) for cell in row] for row in rows]
    ctx = click.get_current_context(silent=True)
    if ctx and TABLES in ctx.meta:
        ctx.meta[TABLES].append((heads, cells))
    click.echo(table_text(heads, cells, _room(ctx)))


def _heads(columns: Sequence[str | Column]) -> list[Column]:
    return [column if isinstance(column, Head) else Column(column) for column in columns]


def _room(ctx: click.Context | None) -> int | None:
    """How wide a table may be: 80 cells, more in a wider window, no limit with --wide."""
    settings = ctx.find_object(Settings) if ctx else None
    if settings is not None and settings.wide:
        return None
    return max(NARROW, shutil.get_terminal_size().columns) if sys.stdout.isatty() else NARROW


def print_json(value: object) -> None:
    """Print `value` as JSON with sorted keys and two spaces of indent."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # The console's character set lacks a sign of a name; JSON's own escapes keep the value exact.
        text = json.dumps(orjson.loads(text), indent=2, sort_keys=True)
    click.echo(text)
