"""Read the cells of a file as they stand, whatever it is about: text and numbers by row, with places.

A file is a workbook (XLSX, or XLS of before 2007), an HTML page under the name of one, a Parquet file, or text in
UTF-8, GB18030 or UTF-16 ("Unicode text"). A workbook has a grid per sheet, a page one per table, a Parquet file one,
text one per way of splitting it.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from calculators.money import format_percent, parse_exact
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.html import is_html, tables
from ledger.sheets.parquet import is_parquet, parquet_rows
from ledger.sheets.xls import examine_old
from ledger.sheets.xlsx import MAX_CELLS, Marks, examine, unreadable

# What a spreadsheet cell may hold once calamine has read it.
Value = object
EXCEL_DIGITS = 15

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
# Such a workbook is laid out by the library before anything can be measured: it has at most 65,536 rows anyway.
_MAX_OLE = 32 * 1024 * 1024

# (line from 1, cells) of the rows of a file.
Rows = Iterator[tuple[int, list[Value]]]


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands.

    `name` is that of the sheet, "" for text; `visible` says whether a reader of the workbook sees it; `merged` are
    cells that span several, each (first line, first column), (last line, last column).
    """

    name: str
    rows: list[tuple[int, list[Value]]]
    visible: bool = True
    marks: Marks = field(default_factory=Marks)
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    from_1904: bool = False


def clean(text: str) -> str:
    """Text as records hold it: composed (NFC), tabs, line breaks and runs of spaces made one space, trimmed."""
    if text.isascii():
        # Almost every cell: nothing to be trimmed. Of ASCII, all other blanks are signs that are not printed.
        return text if text.isprintable() and " " not in text else " ".join(text.split())
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


def first_text(values: Sequence[Value]) -> str:
    """The first filled cell of a row as text."""
    return next((clean(str(value)) for value in values if value != ""), "")


def taken_out(rows: list[tuple[int, list[Value]]], grid: list[tuple[int, list[Value]]], first: int) -> Rows:
    """The rows from `first` on, each given up by both lists as it is read: a file has hundreds of thousands."""
    left = rows[first:]
    del rows[first:], grid[first:]
    left.reverse()
    while left:
        yield left.pop()


def texts_of(values: Sequence[Value]) -> list[str]:
    """The filled cells of a row as text."""
    return [text for text in (clean(str(value)) for value in values) if text]


def decode(content: bytes, source: str) -> str:
    """The text of a file without its byte order mark; refuses `encoding_unknown`."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise refuse(
        "encoding_unknown",
        N_("the file is neither UTF-8, UTF-16 nor GB18030 text, nor an XLSX workbook"),
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
    """Whether the bytes are those of a workbook: XLSX (a ZIP archive), or XLS of before 2007."""
    return content.startswith((_ZIP, _OLE))


def has_sheets(content: bytes) -> bool:
    """Whether the file has sheets rather than text: a workbook, a Parquet file, or an HTML page with tables."""
    return is_workbook(content) or is_parquet(content) or is_html(content)


def sheets(content: bytes, source: str) -> Iterator[Grid]:
    """The filled sheets of a workbook, the table of a Parquet file, or the tables of a page, in their order.

    Refuses `workbook_unreadable`, `workbook_other`, `workbook_too_large` and `sheet_too_large`.
    """
    if is_workbook(content):
        yield from _workbook(content, source)
    elif is_parquet(content):
        yield Grid("", parquet_rows(content, source))
    else:
        for number, table in enumerate(tables(decode(content, source), source), start=1):
            yield Grid(f"table {number}", [*_numbered(table.rows)], merged=tuple(table.merged))


def check_formulas(grid: Grid, source: str) -> None:
    """Refuse `formula_error` and `formula_without_value`: such cells read as empty, and would vanish without a word."""
    problems = [
        Problem(
            "formula_error",
            N_("the cell holds a formula error such as #N/A"),
            N_("correct the formula, or paste values"),
            Place(source, line, number),
        )
        for line, number in grid.marks.errors
    ] + [
        Problem(
            "formula_without_value",
            N_("the cell holds a formula that was never calculated"),
            N_("open the file in the spreadsheet, let it calculate, and save it again"),
            Place(source, line, number),
        )
        for line, number in grid.marks.unvalued
    ]
    if problems:
        raise Refused(sorted(problems, key=lambda problem: (problem.place.line, problem.place.column)))


def _numbered(rows: list[list[str]]) -> Rows:
    return ((line, list(cells)) for line, cells in enumerate(rows, start=1))


def _workbook(content: bytes, source: str) -> Iterator[Grid]:
    known: Mapping[str, Marks] = {}
    old, from_1904 = None, False
    if content.startswith(_ZIP):
        book = examine(content, source)
        known, from_1904 = book.sheets, book.from_1904
    else:
        if len(content) > _MAX_OLE:
            raise refuse(
                "workbook_too_large",
                N_("the workbook has {size} bytes, and no register of this form has more than {most}"),
                N_("save it as XLSX"),
                Place(source),
                size=len(content),
                most=_MAX_OLE,
            )
        old = examine_old(content, source)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if old:
            known, from_1904 = dict(zip(workbook.sheet_names, old.sheets, strict=False)), old.from_1904
        for sheet_metadata in workbook.sheets_metadata:
            if sheet_metadata.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(sheet_metadata.name)
                if sheet.height:
                    marks = known.get(sheet_metadata.name)
                    if marks is None:
                        # The library found its sheets elsewhere than where a workbook has them.
                        raise unreadable(source)
                    merged = tuple(
                        ((top + 1, left + 1), (bottom + 1, right + 1))
                        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
                    )
                    visible = sheet_metadata.visible is SheetVisibleEnum.Visible
                    yield Grid(sheet_metadata.name, _rows(sheet, marks, source), visible, marks, merged, from_1904)
    except CalamineError as error:
        raise unreadable(source) from error
    except BaseException as error:
        # The library's own failure is no `Exception`; anything else goes its way.
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable(source) from error


def _rows(sheet: CalamineSheet, marks: Marks, source: str) -> list[tuple[int, list[Value]]]:
    """The rows of a sheet; a number shown in per cent or per mille becomes that text."""
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise refuse(
            "sheet_too_large",
            N_("the sheet reaches to row {lines} and column {columns}, more than {most} cells"),
            N_("delete all rows below the last one and all columns right of the last one, and save it again"),
            Place(source, sheet.total_height, sheet.total_width),
            lines=sheet.total_height,
            columns=sheet.total_width,
            most=MAX_CELLS,
        )
    rows: list[list[Value]] = [[*row] for row in sheet.to_python(skip_empty_area=False)]
    for line, number in marks.percents:
        if line <= len(rows) and number <= len(rows[line - 1]):
            rows[line - 1][number - 1] = _in_percent(rows[line - 1][number - 1])
    for line, number in marks.per_mille:
        if line <= len(rows) and number <= len(rows[line - 1]):
            rows[line - 1][number - 1] = _per_mille(rows[line - 1][number - 1])
    return list(enumerate(rows, start=1))


def _per_mille(value: Value) -> Value:
    shown = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{cell_text(value)}‰" if shown and cell_text(value) else value


def _in_percent(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return format_percent(parse_exact(cell_text(value) or ""))
    except ValueError:
        return value
