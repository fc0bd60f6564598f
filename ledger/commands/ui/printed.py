"""Tables that were printed, as the sheets of a workbook: loaded by a command that is asked for one."""

import re
from collections.abc import Sequence

from calculators.money import parse_yuan
from ledger.commands.ui.context import Column, Printed
from ledger.sheets.files import Target
from ledger.sheets.workbook import Cell, Sheet, SheetColumn, write_sheets
from ledger.words import _

# How `format_yuan` writes an amount, and how a count is printed.
_AMOUNT, _COUNT = re.compile(r"-?\d{1,3}(,\d{3})*\.\d{2}"), re.compile(r"-?\d{1,15}")
# As wide as a column of a workbook gets by itself.
_WIDEST = 60


def write_workbook(target: Target, title: str, printed: Sequence[Printed]) -> None:
    """Write a sheet for each table; one that says so where nothing was printed."""
    sheets = [_sheet(title, heads, rows) for heads, rows in printed]
    write_sheets(target, sheets or [Sheet(title, [SheetColumn(_("nothing"))], [])])


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
