"""The rows of a file that may hold a table, and what of them cannot be trusted as it stands.

Text is split in each of the usual ways, a workbook has its sheets. A quotation mark that is never closed hides the rows
after it in one cell, and a spreadsheet keeps 15 digits of a number: both are named here with their places.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.reconcile.source import Source
from ledger.sheets.columns import iso_date
from ledger.sheets.grids import Value, cell_text, check_formulas, csv_rows, sheets

DELIMITERS = (",", "\t", ";", "|")
_FILLER = re.compile(r"[-—]+|/")
# A text that a CSV file writes as a formula, so that a spreadsheet leaves its digits alone.
_QUOTED = re.compile(r'="(.*)"')
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?", re.ASCII)
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
# A cell over several lines holds rows where a line of it has at least so many columns.
_COLUMNS_OF_A_ROW = 3

Row = tuple[int, list[str]]


class Spot(NamedTuple):
    """A cell that says something else than it seems to: its line and column from 1, and what it shows."""

    line: int
    column: int
    text: str


class Sheet(NamedTuple):
    """A sheet or a text: rows of cleaned cells, `damaged` numbers, cells that `swallow` rows.

    `name` is that of one of several sheets, else "".
    """

    name: str
    rows: list[Row]
    damaged: tuple[Spot, ...] = ()
    swallow: tuple[Spot, ...] = ()


def ways(source: Source) -> Iterator[list[Sheet]]:
    """The sheets of the file, once per way of splitting it; refuses what reading a workbook does."""
    if source.is_workbook:
        found = []
        for grid in sheets(source.content, source.name):
            check_formulas(grid, source.name)
            damaged = tuple(
                Spot(line, column, f"{value}")
                for line, cells in grid.rows
                for column, value in enumerate(cells, start=1)
                if cell_text(value) is None
            )
            found.append(Sheet(grid.name, _cleaned(grid.rows), damaged=damaged))
        yield found if len(found) > 1 else [sheet._replace(name="") for sheet in found]
        return
    for delimiter in DELIMITERS:
        if delimiter in source.text:
            rows = list(csv_rows(source.text, delimiter, source.name))
            over_lines = tuple(_over_lines(rows, delimiter))
            swallow = over_lines or tuple(_unclosed(source.text, rows, delimiter))
            yield [Sheet("", _cleaned(rows), swallow=swallow)]


def day_of(text: str) -> str:
    """The ISO day of a cell that holds a day, with or without a time of day; "" where it does not.

    A time may follow after a space, a `T`, or at once (`20250107093000`). The day itself exists.
    """
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, *time = compact.groups()
        if any(int(part or 0) >= limit for part, limit in zip(time, (24, 60, 60), strict=True)):
            return ""
        text = f"{year}-{month}-{day}"
    day_text, _, time_text = text.replace("T", " ", 1).partition(" ")
    if time_text and not _TIME.fullmatch(time_text.strip()):
        return ""
    try:
        return iso_date(day_text)
    except ValueError:
        return ""


def _cleaned(rows: Sequence[tuple[int, list[Value]]]) -> list[Row]:
    return [(line, [_text(value) for value in cells]) for line, cells in rows]


def _text(value: Value) -> str:
    """A cell as text, fillers and padding removed; what a spreadsheet has damaged is shown as it is."""
    text = cell_text(value)
    if text is None:
        return f"{value}"
    quoted = _QUOTED.fullmatch(text)
    text = quoted[1].strip() if quoted else text
    return "" if _FILLER.fullmatch(text) else text


def _over_lines(rows: Sequence[tuple[int, list[Value]]], delimiter: str) -> Iterator[Spot]:
    """The cells over several lines in which a further line looks like a row."""
    for line, cells in rows:
        for column, value in enumerate(cells, start=1):
            if isinstance(value, str) and "\n" in value.replace("\r", "\n"):
                for part in value.splitlines()[1:]:
                    inside = part.split(delimiter)
                    if len(inside) >= _COLUMNS_OF_A_ROW or day_of(_text(inside[0])):
                        yield Spot(line, column, _text(part))
                        break


def _unclosed(text: str, rows: Sequence[tuple[int, list[Value]]], delimiter: str) -> Iterator[Spot]:
    """The last row, where a quotation mark that is opened in it is never closed."""
    if not rows:
        return
    line, cells = rows[-1]
    lines = list(io.StringIO(text, newline=""))
    # A row of its own after the last line becomes a part of its cell where that cell is still open.
    probe = "".join(lines[line - 1 :]).rstrip("\r\n") + "\n."
    if len(list(csv.reader(io.StringIO(probe, newline=""), delimiter=delimiter))) == 1:
        yield Spot(line, len(cells), _text(cells[-1]))
