"""Read a register file: CSV or XLSX in, rows of text by column name out, with the place of every cell.

CSV is UTF-8 (with or without byte order mark) or GB18030, separated by comma, semicolon or tab. Of an XLSX workbook
the first sheet is read. The heading row is the first one with more than one filled cell, so that a title line above it
does no harm. What is wrong with single cells is collected beside the rows; what is wrong with the file is refused.
"""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.columns import IDENTIFIERS, Column
from ledger.sheets.files import read_file
from ledger.sheets.grids import (
    Rows,
    Value,
    cell_text,
    clean,
    csv_rows,
    decode,
    filled_sheets,
    is_workbook,
    workbook_rows,
)

DELIMITERS = (",", ";", "\t")


class SheetRow(NamedTuple):
    """A row: its line in the file and its filled cells by column name, as cleaned text."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A register file as read.

    `headings` gives for each column of the file its number and heading as written; `problems` are those of single
    cells, and `faulty` the (line, column name) they stand in, so that nobody reports such a cell twice. `warnings`
    are of the file and do not refuse it.
    """

    source: str
    sha256: str
    rows: list[SheetRow] = field(default_factory=list)
    headings: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
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
    name, content = read_file(path)
    sheet = Sheet(name, sha256(content).hexdigest())
    if not content.strip():
        return sheet
    if is_workbook(content):
        grid = _from_heading(workbook_rows(content, name))
        sheet.warnings += [_sheet_ignored(name, other) for other in filled_sheets(content)]
    else:
        grid = _text_grid(content, name, columns)
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


def _sheet_ignored(source: str, name: str) -> Problem:
    return Problem(
        "sheet_ignored",
        N_("the sheet {name!r} was not read: the first sheet is the register"),
        N_("if rows of the register stand in it, move them into the first sheet and import again"),
        Place(source),
        {"name": name},
    )


def _is_total(values: list[Value]) -> bool:
    """Whether the first filled cell says that the row is a sum of those above: no row of a register begins so."""
    first = next((clean(str(value)) for value in values if str(value).strip()), "")
    return first.rstrip(":：").replace(" ", "").lower() in TOTALS


# How the last row of an office's sheet begins.
TOTALS = {"合计", "小计", "总计", "total", "subtotal"}

Grid = list[tuple[int, list[Value]]]


def _text_grid(content: bytes, source: str, columns: Sequence[Column]) -> Grid:
    """The rows from the heading row on, split at the delimiter that yields the most known headings."""
    text = decode(content, source)
    known = {_folded(heading) for column in columns for heading in column.headings}
    best: Grid = []
    most = 0
    for delimiter in DELIMITERS:
        grid = _from_heading(csv_rows(text, delimiter, source))
        found = sum(_folded(str(value)) in known for value in grid[0][1]) if grid else 0
        if found > most:
            best, most = grid, found
    return best


def _from_heading(rows: Rows) -> Grid:
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
            N_("format the column as text and enter the value again"),
        )
        return ""
    text = cell_text(value)
    if text is None:
        _spoilt(
            sheet,
            line,
            column,
            "number_inexact",
            N_("the number has more than 15 digits, which Excel does not keep"),
            N_("enter it as text; a formula wants ROUND(..., 2)"),
        )
    return text or ""


def _spoilt(sheet: Sheet, line: int, column: Column, code: str, what: str, remedy: str) -> None:
    sheet.faulty.add((line, column.name))
    sheet.problems.append(Problem(code, what, remedy, sheet.place(line, column.name)))
