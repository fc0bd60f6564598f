"""Results as a workbook that prints on A4: text as text, amounts as numbers that a spreadsheet can add up."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from calculators.money import as_money
from ledger.sheets.files import Target
from ledger.sheets.practice import MARK

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its heading, its width in signs, and whether its cells are fen (shown in yuan)."""

    title: str
    width: int = 16
    fen: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title above, its columns, its rows, the row of totals and lines of notes below.

    Cells are texts (which never become formulas), None for an empty one, and whole numbers, which are fen in a column
    of fen.
    """

    title: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Cell]]
    total: Sequence[Cell] = ()
    notes: Iterable[str] = ()


def write_workbook(
    target: Target,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Cell]],
    total: Sequence[Cell] = (),
    notes: Iterable[str] = (),
) -> None:
    """A workbook of one sheet; refuses what `Target.write` does."""
    write_sheets(target, [Sheet(title, columns, rows, total, notes)])


def write_sheets(target: Target, sheets: Iterable[Sheet]) -> None:
    """A workbook of several sheets; refuses what `Target.write` does."""
    book, content = new_book()
    formats = {
        (bold, fen): book.add_format({"bold": bold, "border": 1, "num_format": "#,##0.00" if fen else "@"})
        for bold in (False, True)
        for fen in (False, True)
    }
    for sheet in sheets:
        _add(book, formats, sheet)
    save(book, content, target)


def _add(book: xlsxwriter.Workbook, formats: Mapping[tuple[bool, bool], Any], said: Sheet) -> None:
    sheet = book.add_worksheet()
    heading = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2"})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    if MARK.get():
        sheet.set_header(f"&C{MARK.get()}")
    sheet.freeze_panes(2, 0)
    sheet.write_string(0, 0, said.title, book.add_format({"bold": True, "font_size": 14}))
    for place, column in enumerate(said.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(1, place, column.title, heading)
    line = 1
    lines = [*((row, False) for row in said.rows), *([(said.total, True)] if said.total else [])]
    for line, (row, bold) in enumerate(lines, 2):
        for place, (column, cell) in enumerate(zip(said.columns, row, strict=True)):
            style = formats[bold, column.fen]
            if cell is None:
                sheet.write_blank(line, place, None, style)
            elif isinstance(cell, int):
                sheet.write_number(line, place, as_money(cell).amount if column.fen else cell, style)
            else:
                sheet.write_string(line, place, cell, style)
    for line_of_note, note in enumerate([*said.notes, *filter(None, [MARK.get()])], line + 2):
        sheet.write_string(line_of_note, 0, note)


def new_book() -> tuple[xlsxwriter.Workbook, io.BytesIO]:
    """A workbook in which texts stay texts (a name that begins with `=` is no formula), and where its bytes will be."""
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    # Not through files of its own: a disk that is full would be said by another library, and names would lie about.
    options["in_memory"] = True
    return xlsxwriter.Workbook(content, options), content


def save(book: xlsxwriter.Workbook, content: io.BytesIO, target: Target) -> None:
    """Write a workbook to its file; refuses what `Target.write` does."""
    book.close()
    target.write(content.getvalue())
