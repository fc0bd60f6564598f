"""Read a register file: CSV or XLSX in, rows of text by column name out, with the place of every cell.

CSV is UTF-8 (with or without byte order mark) or GB18030, separated by comma, semicolon or tab. Of an XLSX workbook
the first sheet is read. The heading row is the first one with more than one filled cell, so that a title line above it
does no harm. What is wrong with single cells is collected beside the rows; what is wrong with the file is refused.
"""

import csv
import difflib
import io
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.registry.columns import IDENTIFIERS, Column

# What a spreadsheet cell may hold once calamine has read it.
Value = object
DELIMITERS = (",", ";", "\t")
EXCEL_DIGITS = 15


class SheetRow(NamedTuple):
    """A row: its line in the file and its filled cells by column name, as cleaned text."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A register file as read.

    `headings` gives for each column of the file its number and heading as written; `problems` are those of single
    cells, and `faulty` the (line, column name) they stand in, so that nobody reports such a cell twice.
    """

    source: str
    sha256: str
    rows: list[SheetRow] = field(default_factory=list)
    headings: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faulty: set[tuple[int, str]] = field(default_factory=set)

    def place(self, line: int, column: str = "") -> Place:
        """Where a cell stands; without a column, or with one the file does not have, the row."""
        number, heading = self.headings.get(column, (1, column))
        return Place(self.source, line, number, heading)


def read_sheet(path: Path, columns: Sequence[Column]) -> Sheet:
    """The rows of a register file.

    An empty file has neither headings nor rows. Refuses with every problem of the file as a whole: unreadable, no
    headings, unknown, missing or repeated headings.
    """
    # Names of files stand in records: composed, and readable even where the system's own name is not.
    name = unicodedata.normalize("NFC", os.fsencode(path.name).decode("utf-8", "replace"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(
            "file_unreadable",
            N_("the file cannot be read ({error})"),
            N_("check its name and place"),
            Place(name),
            error=error.strerror,
        ) from error
    sheet = Sheet(name, sha256(content).hexdigest())
    if not content.strip():
        return sheet
    grid = _workbook(content, name) if content.startswith(b"PK") else _text_grid(content, name, columns)
    if not grid:
        raise refuse(
            "headings_missing",
            N_("the file has no heading row"),
            N_("write the headings of the register into the first row; `subsidy template` makes an empty one"),
            Place(name, 1, 1),
        )
    _read_headings(sheet, grid[0], columns)
    kinds = dict(_numbered(sheet, columns))
    for line, values in grid[1:]:
        if _is_total(values):
            continue
        cells = {}
        for number, value in enumerate(values, start=1):
            if value == "" or (number not in kinds and not str(value).strip()):
                continue
            if number not in kinds:
                sheet.problems.append(_beyond_headings(sheet, line, number))
                continue
            text = _cell(sheet, line, kinds[number], value)
            if text:
                cells[kinds[number].name] = text
        if cells:
            sheet.rows.append(SheetRow(line, cells))
    return sheet


def _is_total(values: list[Value]) -> bool:
    """Whether the first filled cell says that the row is a sum of those above: no row of a register begins so."""
    first = next((clean(str(value)) for value in values if str(value).strip()), "")
    return first.rstrip(":：").replace(" ", "").lower() in TOTALS


def clean(text: str) -> str:
    """Text as records hold it: composed (NFC), tabs, line breaks and runs of spaces made one space, trimmed."""
    if text.isascii() and text.isalnum():
        return text
    return " ".join(unicodedata.normalize("NFC", text).split())


# How the last row of an office's sheet begins.
TOTALS = {"合计", "小计", "总计", "total", "subtotal"}

Grid = list[tuple[int, list[Value]]]


def _text_grid(content: bytes, source: str, columns: Sequence[Column]) -> Grid:
    """The rows from the heading row on, split at the delimiter that yields the most known headings."""
    text = _decode(content, source)
    known = {_folded(heading) for column in columns for heading in column.headings}
    best: Grid = []
    most = 0
    for delimiter in DELIMITERS:
        grid = _from_heading(_csv_rows(text, delimiter, source))
        found = sum(_folded(str(value)) in known for value in grid[0][1]) if grid else 0
        if found > most:
            best, most = grid, found
    return best


def _decode(content: bytes, source: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(
        "encoding_unknown",
        N_("the file is neither UTF-8 nor GB18030 text, nor an XLSX workbook"),
        N_("save it as XLSX or as CSV UTF-8"),
        Place(source),
    )


def _csv_rows(text: str, delimiter: str, source: str) -> Iterator[tuple[int, list[Value]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            yield line, list(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise refuse(
            "cell_too_long",
            N_("a cell that begins in this row does not end within {limit} signs"),
            N_("look for a quotation mark that is opened and never closed, or shorten the text"),
            Place(source, line, 1),
            limit=csv.field_size_limit(),
        ) from error


def _workbook(content: bytes, source: str) -> Grid:
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
        mend = N_("mend the formula, or paste values")
        raise Refused([Problem("formula_error", what, mend, Place(source, line, number)) for line, number in broken])
    return _from_heading((line, list(row)) for line, row in enumerate(rows, start=1))


_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"')


def _formula_errors(content: bytes) -> list[tuple[int, int]]:
    """Line and column of every cell with an error, of whichever sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        found = [match.groups() for name in sheets for match in _ERROR_CELL.finditer(archive.read(name))]
    return sorted((int(line), _column_number(letters)) for letters, line in found)


def _column_number(letters: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _from_heading(rows: Iterator[tuple[int, list[Value]]]) -> Grid:
    """The rows from the first one with more than one filled cell: what stands above is a title."""
    grid: Grid = []
    for line, values in rows:
        if grid or sum(str(value).strip() != "" for value in values) > 1:
            grid.append((line, values))
    return grid


def _folded(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def _read_headings(sheet: Sheet, heading_row: tuple[int, list[Value]], columns: Sequence[Column]) -> None:
    line, values = heading_row
    by_heading = {_folded(heading): column for column in columns for heading in column.headings}
    problems = []
    for number, value in enumerate(values, start=1):
        heading = clean(str(value))
        if not heading:
            continue
        column = by_heading.get(_folded(heading))
        place = Place(sheet.source, line, number)
        if column is None:
            problems.append(_unknown_heading(heading, by_heading, place))
        elif column.name in sheet.headings:
            problems.append(
                Problem(
                    "heading_twice",
                    N_("the heading {heading!r} stands there twice"),
                    N_("remove one of the two columns"),
                    place,
                    {"heading": heading},
                )
            )
        else:
            sheet.headings[column.name] = (number, heading)
    if not sheet.headings:
        # Without one known heading this may be a row of data, which must not be repeated in a message.
        problems = [
            Problem(
                "headings_missing",
                N_("the file has no heading row"),
                N_("write the headings of the register into the first row; `subsidy template` makes an empty one"),
                Place(sheet.source, line, 1),
            )
        ]
    else:
        missing = [column for column in columns if column.required and column.name not in sheet.headings]
        problems += [
            Problem(
                "column_missing",
                N_("the column {column} is missing"),
                N_("add it with the heading {english!r} or {chinese!r}"),
                Place(sheet.source, line, 1),
                {"column": column.name, "english": column.english, "chinese": column.chinese},
            )
            for column in missing
        ]
    if problems:
        raise Refused(problems)


def _unknown_heading(heading: str, by_heading: dict[str, Column], place: Place) -> Problem:
    near = difflib.get_close_matches(_folded(heading), by_heading, n=1)
    if near:
        return Problem(
            "heading_unknown",
            N_("the register has no column {heading!r}"),
            N_("did you mean {near!r}? Otherwise remove the column"),
            place,
            {"heading": heading, "near": by_heading[near[0]].name},
        )
    return Problem(
        "heading_unknown",
        N_("the register has no column {heading!r}"),
        N_("remove the column, or use a heading of the template"),
        place,
        {"heading": heading},
    )


def _numbered(sheet: Sheet, columns: Sequence[Column]) -> Iterator[tuple[int, Column]]:
    by_name = {column.name: column for column in columns}
    for name, (number, _heading) in sheet.headings.items():
        yield number, by_name[name]


def _beyond_headings(sheet: Sheet, line: int, number: int) -> Problem:
    return Problem(
        "cell_without_heading",
        N_("a cell stands in a column without heading"),
        N_("give the column a heading of the template, or empty it; in CSV put quotes around text with the separator"),
        Place(sheet.source, line, number),
    )


def _cell(sheet: Sheet, line: int, column: Column, value: Value) -> str:
    """The text of a cell; a number or date that a spreadsheet may have damaged becomes a problem."""
    if isinstance(value, str):
        return clean(value)
    if column.kind in IDENTIFIERS:
        _spoilt(
            sheet,
            line,
            column,
            "identifier_is_number",
            N_("the cell holds a number, and Excel keeps 15 digits and no leading zeros"),
            N_("format the column as text and enter the value anew"),
        )
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        text = repr(value).removesuffix(".0")
        if len(text.replace(".", "").strip("-0")) > EXCEL_DIGITS:
            _spoilt(
                sheet,
                line,
                column,
                "number_inexact",
                N_("the number has more than 15 digits, which Excel does not keep"),
                N_("enter it as text; a formula wants ROUND(..., 2)"),
            )
            return ""
        # A cell is a double. Its shortest text (`repr`) is the one decimal of at most 15 digits that reads back as this
        # double, so it is what was typed, and parsing it as a decimal adds no error.
        return text
    return str(value)


def _spoilt(sheet: Sheet, line: int, column: Column, code: str, what: str, mend: str) -> None:
    sheet.faulty.add((line, column.name))
    sheet.problems.append(Problem(code, what, mend, sheet.place(line, column.name)))
