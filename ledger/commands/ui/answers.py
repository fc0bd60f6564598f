"""The options of a command that answers with tables: `--json` for programs, `--xlsx FILE` for a spreadsheet.

What is printed as a table is kept as it is printed, and stands in the workbook with a sheet for each: amounts are the
same texts, read back as numbers.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from calculators.money import parse_yuan
from calculators.problems import N_
from ledger.commands.ui.context import TABLES, Column, Printed, json_option
from ledger.sheets.files import Target
from ledger.sheets.workbook import Cell, Sheet, SheetColumn, write_sheets
from ledger.words import _

__all__ = ["answer_options", "check_printed", "write_printed"]

FC = TypeVar("FC", bound=Callable[..., object])

_TARGET = "ledger.commands.ui.answers.target"
# How `format_yuan` writes an amount, and how a count is printed.
_AMOUNT, _COUNT = re.compile(r"-?\d{1,3}(,\d{3})*\.\d{2}"), re.compile(r"-?\d{1,15}")
# As wide as a column of a workbook gets by itself.
_WIDEST = 60


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
    sheets = [_sheet(ctx.command_path, heads, rows) for heads, rows in printed]
    write_sheets(target, sheets or [Sheet(ctx.command_path, [SheetColumn(_("nothing"))], [])])
    click.echo(_("Written: {file}").format(file=target.path))


def _sheet(title: str, heads: Sequence[Column], rows: Sequence[Sequence[str]]) -> Sheet:
    columns, cells = [], []
    for head, texts in zip(heads, zip(*rows, strict=True) if rows else ((),) * len(heads), strict=True):
        fen = head.right and any(map(_AMOUNT.fullmatch, texts))
        width = min(_WIDEST, max(12, *(2 * len(text) for text in (head.title, *texts))))
        columns.append(SheetColumn(head.title, width, fen=fen))
        cells.append([_cell(text, head.right, fen) for text in texts])
    return Sheet(title, columns, list(zip(*cells, strict=True)) if rows else [])


def _cell(text: str, right: bool, fen: bool) -> Cell:
    if fen:
        return parse_yuan(text) if _AMOUNT.fullmatch(text) else text
    return int(text) if right and _COUNT.fullmatch(text) else text
