"""Lists for other desks and for publication: XLSX or CSV by the name of the file, every cell text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

import xlsxwriter

from calculators.problems import N_, Place, refuse
from ledger.sheets.files import Target
from ledger.sheets.practice import marked

_WIDTH = 18

# How a cell of a CSV file begins that a spreadsheet takes for a formula: some skip blanks and line ends before the
# sign, and a Chinese input method writes the signs at full width.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20].")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def check_list(target: Target) -> None:
    """Whether a list may be written there, before anything is recorded; refuses what `write_list` does."""
    _check_format(target)
    target.check()


def write_list(
    target: Target, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], made_on: date
) -> None:
    """Write a table to `target`; refuses `list_format` and what `Target.write` does.

    The same table made on the same day is the same file, byte for byte.
    """
    _check_format(target)
    cells = [list(headings), *(list(row) for row in rows), *marked(len(headings))]
    target.write(csv_bytes(cells) if target.path.suffix.lower() == ".csv" else _xlsx(title, cells, made_on))


def _check_format(target: Target) -> None:
    if target.path.suffix.lower() not in (".xlsx", ".csv"):
        raise refuse(
            "list_format",
            N_("a list is written as XLSX or CSV"),
            N_("give the file a name that ends with .xlsx or .csv"),
            Place(target.path.name),
        )


def csv_bytes(cells: Iterable[Sequence[str]]) -> bytes:
    """The one way to a CSV: UTF-8 with a byte order mark, so that a spreadsheet on a Chinese desk reads it.

    A cell that a spreadsheet would take for a formula has an apostrophe before it.
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_guarded(cell) for cell in row] for row in cells)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula; numbers stay numbers."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _xlsx(title: str, cells: Sequence[Sequence[str]], made_on: date) -> bytes:
    """Text in every cell: Excel would cut long identifiers, and take a name that begins with `=` for a formula."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": datetime.combine(made_on, time())})
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(cells[0]) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(cells):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell, text if line else bold)
    return target.getvalue()
