"""Read the cells of a CSV or XLSX file as they stand, whatever the file is about: text and numbers by row, with places.

CSV is UTF-8 (with or without byte order mark) or GB18030. Of a workbook the first sheet is read.
"""

import csv
import io
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from calculators.problems import N_, Place, Problem, Refused, refuse

# What a spreadsheet cell may hold once calamine has read it.
Value = object
EXCEL_DIGITS = 15

# (line from 1, cells) of the rows of a file.
Rows = Iterator[tuple[int, list[Value]]]


def read_file(path: Path) -> tuple[str, bytes]:
    """The name of a file as records hold it, and its bytes; refuses `file_unreadable`."""
    name = composed(path.name)
    try:
        return name, path.read_bytes()
    except OSError as error:
        raise refuse(
            "file_unreadable",
            N_("the file cannot be read ({error})"),
            N_("check its name and place"),
            Place(name),
            error=error.strerror,
        ) from error


def composed(name: str) -> str:
    """The name of a file as records hold it: composed (NFC), and readable even where the system's own name is not."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def clean(text: str) -> str:
    """Text as records hold it: composed (NFC), tabs, line breaks and runs of spaces made one space, trimmed."""
    if text.isascii() and text.isalnum():
        return text
    return " ".join(unicodedata.normalize("NFC", text).split())


def cell_text(value: Value) -> str | None:
    """A cell as text: ISO days, `yes` and `no`, plain digits; None for a number of more digits than Excel keeps."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        # A cell is a double. Its shortest text (`repr`) is the one decimal of at most 15 digits that reads back as this
        # double, so it is what was typed, and parsing it as a decimal adds no error.
        text = repr(value).removesuffix(".0")
        return None if len(text.replace(".", "").strip("-0")) > EXCEL_DIGITS else text
    return str(value)


def decode(content: bytes, source: str) -> str:
    """The text of a file without its byte order mark; refuses `encoding_unknown`."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise refuse(
        "encoding_unknown",
        N_("the file is neither UTF-8 nor GB18030 text, nor an XLSX workbook"),
        N_("save it as XLSX or as CSV UTF-8"),
        Place(source),
    )


def csv_rows(text: str, delimiter: str, source: str) -> Rows:
    """The rows of delimited text; refuses `cell_too_long`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            yield line, list(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise refuse(
            "cell_too_long",
            N_("a cell that begins in this row does not end within {limit} characters"),
            N_("look for a quotation mark that is opened and never closed, or shorten the text"),
            Place(source, line, 1),
            limit=csv.field_size_limit(),
        ) from error


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are those of an XLSX workbook (a ZIP archive)."""
    return content.startswith(b"PK")


def filled_sheets(content: bytes) -> list[str]:
    """The names of the filled sheets after the first that somebody sees, of a workbook that can be read."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        sheet.name
        for sheet in book.sheets_metadata[1:]
        if (sheet.typ, sheet.visible) == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
        and book.get_sheet_by_name(sheet.name).height
    ]


def workbook_rows(content: bytes, source: str) -> Rows:
    """The rows of a workbook's first sheet; refuses `workbook_unreadable` and `formula_error`."""
    try:
        values = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = values.to_python(skip_empty_area=False)
        broken = _formula_errors(content)
    except (CalamineError, zipfile.BadZipFile) as error:
        raise refuse(
            "workbook_unreadable",
            N_("the workbook cannot be read"),
            N_("save it again as XLSX without a password"),
            Place(source),
        ) from error
    if broken:
        # Such a cell reads as empty, and an optional one would vanish without a word.
        what = N_("the cell holds a formula error such as #N/A")
        remedy = N_("correct the formula, or paste values")
        raise Refused([Problem("formula_error", what, remedy, Place(source, line, number)) for line, number in broken])
    return ((line, list(row)) for line, row in enumerate(rows, start=1))


_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"')


def _formula_errors(content: bytes) -> list[tuple[int, int]]:
    """Line and column of every cell with an error in the first sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [match.groups() for name in _first_sheet(archive) for match in _ERROR_CELL.finditer(archive.read(name))]
    return sorted((int(line), _column_number(letters)) for letters, line in found)


_BOOK, _PARTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = re.compile(rb'<(?:\w+:)?sheet [^>]*?r:id="([^"]+)"')
_PART = re.compile(rb'<(?:\w+:)?Relationship (?=[^>]*?Id="([^"]+)")[^>]*?Target="/?(?:xl/)?([^"]+)"')


def _first_sheet(archive: zipfile.ZipFile) -> list[str]:
    """The part of the archive that holds the first sheet, which need not be stored first; all where it is not told."""
    there = archive.namelist()
    if _BOOK in there and _PARTS in there:
        targets = {match[1]: f"xl/{match[2].decode()}" for match in _PART.finditer(archive.read(_PARTS))}
        shown = [targets.get(match[1], "") for match in _SHEET.finditer(archive.read(_BOOK))]
        if shown and shown[0] in there:
            return shown[:1]
    return [name for name in there if name.startswith("xl/worksheets/sheet")]


def _column_number(letters: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
