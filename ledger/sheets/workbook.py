"""Results as a workbook that prints on A4: text as text, amounts as numbers that a spreadsheet can add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from calculators.money import as_money
from calculators.problems import N_, Place, refuse

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its heading, its width in signs, and whether its cells are fen (shown in yuan)."""

    title: str
    width: int = 16
    fen: bool = False


def write_workbook(
    path: Path,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Cell]],
    total: Sequence[Cell] = (),
    notes: Iterable[str] = (),
) -> None:
    """One sheet: the title, the headings, the rows, the row of totals and lines of notes. Refuses `file_not_written`.

    Cells are texts (which never become formulas), None for an empty one, and whole numbers, which are fen in a column
    of fen.
    """
    book = new_book(path)
    sheet = book.add_worksheet()
    formats = {
        (bold, fen): book.add_format({"bold": bold, "border": 1, "num_format": "#,##0.00" if fen else "@"})
        for bold in (False, True)
        for fen in (False, True)
    }
    heading = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2"})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.freeze_panes(2, 0)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(1, place, column.title, heading)
    line = 1
    for line, (row, bold) in enumerate([*((row, False) for row in rows), *([(total, True)] if total else [])], 2):
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            style = formats[bold, column.fen]
            if cell is None:
                sheet.write_blank(line, place, None, style)
            elif isinstance(cell, int):
                sheet.write_number(line, place, as_money(cell).amount if column.fen else cell, style)
            else:
                sheet.write_string(line, place, cell, style)
    for line_of_note, note in enumerate(notes, line + 2):
        sheet.write_string(line_of_note, 0, note)
    save(book, path)


def new_book(path: Path) -> xlsxwriter.Workbook:
    """A workbook in which texts stay texts: a name that begins with `=` is no formula."""
    return xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )


def save(book: xlsxwriter.Workbook, path: Path) -> None:
    """Write a workbook to its file; refuses `file_not_written`."""
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise refuse(
            "file_not_written",
            N_("the file cannot be written"),
            N_("name a file in a folder that you may write to, and close it in the spreadsheet"),
            Place(str(path)),
        ) from error
