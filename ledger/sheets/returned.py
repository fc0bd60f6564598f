"""A file as it goes back to who sent it: what is wrong is coloured, and one added column says what to change.

In an XLSX workbook only that is altered: its other parts keep their bytes. A file of another form (text, XLS, a page)
comes back as a workbook with the same cells, rows in the lines in which they stood.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from lxml import etree

from calculators.problems import N_, Place, Problem, Refused, Say, refuse
from ledger.sheets.files import Target, read_file
from ledger.sheets.grids import Grid, clean, is_workbook
from ledger.sheets.headings import Known, is_returned
from ledger.sheets.layout import Table
from ledger.sheets.read import table_of
from ledger.sheets.workbook import new_book
from ledger.sheets.xlsx import column_letters, column_number, parse_part, sheet_parts

HEADING = N_("What to change")
_COLOUR = "FFFFC7CE"
_STYLES = "xl/styles.xml"

# Line -> column -> what is wrong there.
_Wrong = Mapping[int, Mapping[int, Sequence[Problem]]]


def check_returned(target: Target) -> None:
    """Whether a file may go back under this name; refuses `returned_format` and what `Target.check` does."""
    if target.path.suffix.lower() != ".xlsx":
        raise refuse(
            "returned_format",
            N_("a file goes back as a workbook"),
            N_("give it a name that ends with .xlsx"),
            Place(target.path.name),
        )
    target.check()


def returned(path: Path, known: Sequence[Known], name: str, problems: Iterable[Problem], say: Say) -> bytes:
    """The file at `path` with `problems` marked in the sheet that was read, in the reader's language.

    `known` are the ways of knowing its headings, tried in their order. Refuses what reading refuses as long as no table
    is found: then there is no row to mark.
    """
    source, content = read_file(path)
    table = _table(content, source, known, name)
    wrong: dict[int, dict[int, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        if problem.place.line:
            # What is wrong with a whole row, or with all headings, has the place of the first cell and no heading.
            of_cell = problem.place.key or problem.place.column > 1
            wrong[problem.place.line][problem.place.column if of_cell else 0].append(problem)
    heading, values = table.line, table.cells
    ours = [number for number, value in enumerate(values, start=1) if is_returned(clean(str(value)))]
    width = max(
        (number for _line, row in table.grid.rows for number, value in enumerate(row, start=1) if str(value).strip()),
        default=0,
    )
    texts = {line: _text(by_column, say) for line, by_column in wrong.items() if line != heading}
    at_heading = [say(HEADING), *([_text(wrong[heading], say)] if heading in wrong else [])]
    texts[heading] = ": ".join(at_heading)
    marks = _Marks(ours[0] if ours else width + 1, heading, texts, wrong)
    if content.startswith(b"PK") and is_workbook(content):
        return _patched(content, table.grid.name, marks)
    return _made(table.grid, marks)


def _table(content: bytes, source: str, known: Sequence[Known], name: str) -> Table:
    for thing in known[:-1]:
        with suppress(Refused):
            return table_of(content, source, thing, name)
    return table_of(content, source, known[-1], name)


class _Marks:
    """What is written into a sheet: the texts of the added column by line, and the cells to colour."""

    def __init__(self, column: int, heading: int, texts: Mapping[int, str], wrong: _Wrong) -> None:
        self.column, self.heading, self.texts = column, heading, texts
        self.coloured = {(line, number) for line, by_column in wrong.items() for number in by_column if number}


def _text(by_column: Mapping[int, Sequence[Problem]], say: Say) -> str:
    """What to change in a row, cell by cell."""
    told = []
    for _number, problems in sorted(by_column.items()):
        for problem in problems:
            both = say(N_("{what}; {remedy}")).format(what=say(problem.what), remedy=say(problem.remedy))
            text = both.format_map(dict(problem.values))
            told.append(f"{problem.place.key}: {text}" if problem.place.key else text)
    return "\n".join(dict.fromkeys(told))


# Of XLSX.


def _patched(content: bytes, sheet: str, marks: _Marks) -> bytes:
    """The workbook with two parts written again: the sheet, and the styles that its coloured cells need."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        parts = {part.filename: old.read(part) for part in old.infolist()}
        name = sheet_parts(parts)[sheet]
        styles = parse_part(parts[_STYLES]) if _STYLES in parts else None
        if styles is not None and (styles.find("{*}fills") is None or styles.find("{*}cellXfs/{*}xf") is None):
            # A workbook without styles of its own has nothing to colour with; the added column tells all the same.
            styles = None
        root = parse_part(parts[name])
        _Patch(root, styles, marks).apply()
        parts[name] = _bytes(root)
        if styles is not None:
            parts[_STYLES] = _bytes(styles)
        for part in old.infolist():
            new.writestr(part, parts[part.filename], compress_type=part.compress_type)
    return target.getvalue()


def _bytes(root: Any) -> bytes:
    said: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return said


class _Patch:
    """The XML of one sheet, and that of the workbook's styles, being altered."""

    def __init__(self, root: Any, styles: Any, marks: _Marks) -> None:
        self._root, self._styles, self._marks = root, styles, marks
        self._data = root.find("{*}sheetData")
        self._space = f"{{{etree.QName(self._data).namespace}}}"
        self._rows = {line: row for row in self._data.iterfind("{*}row") if (line := _line(row))}
        # Style of a cell -> the same style on a coloured ground.
        self._coloured: dict[int, int] = {}
        self._fill = self._add_fill() if styles is not None else 0

    def apply(self) -> None:
        """Colour cells, and write the added column over what an earlier one said."""
        for line, number in sorted(self._marks.coloured):
            cell = self._cell(line, number)
            if self._styles is not None:
                cell.set("s", str(self._style(int(cell.get("s", 0)))))
        for line, row in self._rows.items():
            if line > self._marks.heading and line not in self._marks.texts:
                for cell in row.iterfind("{*}c"):
                    if _number(cell) == self._marks.column:
                        row.remove(cell)
        for line, text in self._marks.texts.items():
            self._write(self._cell(line, self._marks.column), text)
        self._widen()

    def _add_fill(self) -> int:
        fills = self._styles.find("{*}fills")
        space = f"{{{etree.QName(fills).namespace}}}"
        pattern = etree.SubElement(etree.SubElement(fills, f"{space}fill"), f"{space}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{space}fgColor", rgb=_COLOUR)
        etree.SubElement(pattern, f"{space}bgColor", indexed="64")
        fills.set("count", str(len(fills)))
        return len(fills) - 1

    def _style(self, style: int) -> int:
        if style not in self._coloured:
            formats = self._styles.find("{*}cellXfs")
            new = deepcopy(formats[style if style < len(formats) else 0])
            new.set("fillId", str(self._fill))
            new.set("applyFill", "1")
            formats.append(new)
            formats.set("count", str(len(formats)))
            self._coloured[style] = len(formats) - 1
        return self._coloured[style]

    def _cell(self, line: int, number: int) -> Any:
        """The cell at a place, made where there is none."""
        row = self._rows.get(line)
        if row is None:
            row = etree.Element(f"{self._space}row", r=str(line))
            before = sum(1 for other in self._rows if other < line)
            self._data.insert(before, row)
            self._rows[line] = row
        place = 0
        for cell in row.iterfind("{*}c"):
            if _number(cell) == number:
                return cell
            place += _number(cell) < number
        made = etree.Element(f"{self._space}c", r=f"{column_letters(number)}{line}")
        row.insert(place, made)
        row.attrib.pop("spans", None)
        return made

    def _write(self, cell: Any, text: str) -> None:
        for inner in list(cell):
            cell.remove(inner)
        cell.set("t", "inlineStr")
        said = etree.SubElement(etree.SubElement(cell, f"{self._space}is"), f"{self._space}t")
        said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        said.text = "".join(sign for sign in text if sign.isprintable() or sign == "\n")

    def _widen(self) -> None:
        """What the sheet says of its own size reaches to the added column."""
        size = self._root.find("{*}dimension")
        if size is not None:
            first = str(size.get("ref")).partition(":")[0]
            last = max(self._rows, default=1)
            widest = max((_number(cell) for cell in self._data.iterfind("{*}row/{*}c")), default=1)
            size.set("ref", f"{first}:{column_letters(widest)}{last}")


def _line(row: Any) -> int:
    """The line of a row, which may leave it to its cells; 0 for an empty one that says none."""
    cell = row.find("{*}c")
    said = row.get("r") or ("" if cell is None else "".join(sign for sign in cell.get("r") if sign.isdigit()))
    return int(said or 0)


def _number(cell: Any) -> int:
    return column_number("".join(sign for sign in cell.get("r") if sign.isalpha()).encode())


# Of everything else.


def _made(grid: Grid, marks: _Marks) -> bytes:
    """A workbook with the cells of a grid in their lines, texts as texts."""
    book, content = new_book()
    sheet = book.add_worksheet((grid.name or "1")[:31])
    plain, coloured = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
    numbers = {False: None, True: book.add_format({"bg_color": "#FFC7CE"})}
    days = {False: book.add_format({"num_format": "yyyy-mm-dd"})}
    days[True] = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FFC7CE"})
    cells = {(line, number): value for line, row in grid.rows for number, value in enumerate(row, start=1)}
    cells = {place: value for place, value in cells.items() if place[1] != marks.column or place[0] < marks.heading}
    for line, number in sorted(cells.keys() | marks.coloured):
        value, wrong = cells.get((line, number), ""), (line, number) in marks.coloured
        style = coloured if wrong else plain
        if isinstance(value, bool):
            sheet.write_boolean(line - 1, number - 1, value, style)
        elif isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time()):
            sheet.write_datetime(line - 1, number - 1, value, days[wrong])
        elif isinstance(value, int | float):
            sheet.write_number(line - 1, number - 1, value, numbers[wrong])
        elif value != "" or wrong:
            sheet.write_string(line - 1, number - 1, str(value), style)
    for line, text in marks.texts.items():
        sheet.write_string(line - 1, marks.column - 1, text, plain)
    book.close()
    return content.getvalue()
