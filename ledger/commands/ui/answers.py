"""The options of a command that answers with tables: `--json` for programs, `--xlsx FILE` for a spreadsheet.

What is printed as a table is kept as it is printed, and stands in the workbook with a sheet for each: amounts are the
same texts, read back as numbers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from calculators.problems import N_
from ledger.commands.ui.context import TABLES, Printed, json_option
from ledger.words import _

if TYPE_CHECKING:
    from ledger.sheets.files import Target

__all__ = ["answer_options", "check_printed", "write_printed"]

FC = TypeVar("FC", bound=Callable[..., object])

_TARGET = "ledger.commands.ui.answers.target"


def answer_options(command: FC) -> FC:
    """`--json`, and `--xlsx FILE` with `--force`, of which the command itself hears nothing."""
    for option in (
        click.option("--force", is_flag=True, expose_value=False, is_eager=True, callback=_keep_force, help=_FORCE),
        click.option(
            "--xlsx",
            type=click.Path(path_type=Path),
            metavar="FILE",
            expose_value=False,
            callback=_keep_target,
            help=N_("Write the tables as a workbook too."),
        ),
        json_option,
    ):
        command = option(command)
    return command


_FORCE = N_("Write over a file that is there; a ledger or a key is never written over.")


def _keep_force(ctx: click.Context, _param: click.Parameter, force: bool) -> None:
    ctx.meta[f"{_TARGET}.force"] = force


def _keep_target(ctx: click.Context, _param: click.Parameter, path: Path | None) -> None:
    if path is None:
        return
    from ledger.sheets.files import Target

    target = Target(path, bool(ctx.meta.get(f"{_TARGET}.force")))
    target.check()
    ctx.meta[_TARGET], ctx.meta[TABLES] = target, []


def check_printed(ctx: click.Context) -> None:
    """Refuse to print JSON where tables are to be kept."""
    if _TARGET in ctx.meta and ctx.params.get("as_json"):
        raise click.UsageError(_("--json or --xlsx, not both"), ctx)


def write_printed(ctx: click.Context) -> None:
    """Write what the command has printed as tables, where somebody asked for that."""
    target: Target | None = ctx.meta.get(_TARGET)
    if target is None:
        return
    printed: list[Printed] = ctx.meta[TABLES]
    from ledger.commands.ui.printed import write_workbook

    write_workbook(target, ctx.command_path, printed)
    click.echo(_("Written: {file}").format(file=target.path))
