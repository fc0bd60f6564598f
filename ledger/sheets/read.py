"""Read a register file: rows of text by column name out of a workbook or a text, with the place of every cell.

What stands above and below the table may state a unit, and sums and counts, which are kept for checking. What is wrong
with single cells is collected beside the rows; what is wrong with the file is refused.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.closings import Closing, counts, is_closing, is_note, sums_a_part
from ledger.sheets.columns import AMOUNTS, DATES, FOREIGN, IDENTIFIERS, Column
from ledger.sheets.files import read_file
from ledger.sheets.grids import Value, cell_text, check_formulas, clean, decode, has_sheets, sheets
from ledger.sheets.headings import Heading, is_returned, known_headings, meaning, missing, unknown
from ledger.sheets.layout import Table, choose, split, spread
from ledger.sheets.units import PERCENT, Foreign, Unit, stated, unit_of


class SheetRow(NamedTuple):
    """A row: its line in the file and its filled cells by column name, as cleaned text."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A register file as read.

    `headings` gives for each column of the file its number and heading as written; `units` the unit that the file
    states for a column of amounts; `closings` the sums that it states. `problems` are those of single cells, and
    `faulty` the (line, column name) they stand in, so that nobody reports such a cell twice. `warnings` are of the file
    and do not refuse it.
    """

    source: str
    sha256: str
    rows: list[SheetRow] = field(default_factory=list)
    headings: dict[str, tuple[int, str]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    closings: list[Closing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    faulty: set[tuple[int, str]] = field(default_factory=set)

    def place(self, line: int, column: str = "") -> Place:
        """Where a cell stands; without a column, or with one the file does not have, the row."""
        number, heading = self.headings.get(column, (1, column))
        return Place(self.source, line, number, heading)


def read_sheet(path: Path, columns: Sequence[Column], name: str = "") -> Sheet:
    """The rows of a register file, of the sheet `name` where several could be meant.

    An empty file has neither headings nor rows. Refuses with every problem of the file as a whole: unreadable, no
    sheet or several, no headings, unknown, missing or repeated headings, units that contradict each other.
    """
    source, content = read_file(path)
    sheet = Sheet(source, sha256(content).hexdigest())
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        return sheet
    known = known_headings(columns)
    if has_sheets(content):
        table = choose(list(sheets(content, source)), known, source, name)
        check_formulas(table.grid, source)
    else:
        table = split(decode(content, source), known, source)
    _Reader(sheet, table, columns, known).read()
    return sheet


class _Reader:
    """One sheet being read."""

    def __init__(self, sheet: Sheet, table: Table, columns: Sequence[Column], known: dict[str, Column]) -> None:
        self._sheet = sheet
        self._grid = table.grid
        self._rows, self._spread = spread(table.grid)
        self._heading = table.heading
        self._aside = table.aside
        self._columns = {column.name: column for column in columns}
        self._known = known
        # What stands in each column of the file, from 1: a column, None where its cells are passed over.
        self._kinds: dict[int, Column | None] = {}
        self._percent: set[str] = set()
        self._days: dict[str, int] = {}
        self._returned: list[tuple[str, Place]] = []

    def read(self) -> None:
        """Fill the sheet."""
        self._read_headings()
        self._pass_over()
        around = list(self._rows[: self._heading])
        heading = next(iter(_texts(self._rows[self._heading][1])))
        # Lines after which sums begin anew: of everything, and of blocks.
        since, block = 0, 0
        for line, values in self._rows[self._heading + 1 :]:
            first = next((clean(str(value)) for value in values if value != ""), "")
            if is_closing(first):
                part = sums_a_part(first)
                self._close(line, values, (block,) if part else tuple(dict.fromkeys((0, since))))
                since, block = (since, line) if part else (line, line)
            elif is_note(first):
                around.append((line, values))
            elif first != heading or _texts(values) != _texts(self._rows[self._heading][1]):
                self._take(line, values)
        self._read_units(around)
        self._warn()

    def _pass_over(self) -> None:
        """Empty what this program wrote into the file when it went back: sentences about units, sums and rows."""
        for _heading, place in self._returned:
            for line, values in self._rows:
                if line != place.line and len(values) >= place.column:
                    values[place.column - 1] = ""

    def _read_headings(self) -> None:
        line, values = self._rows[self._heading]
        problems = []
        for number, value in enumerate(values, start=1):
            heading = clean(str(value))
            if not heading:
                continue
            place = Place(self._sheet.source, line, number)
            try:
                meant = meaning(heading, self._known)
            except Foreign:
                problems.append(_foreign(heading, place))
                continue
            if is_returned(heading):
                self._returned.append((heading, place))
            if meant is None:
                problems.append(unknown(heading, self._known, place))
            elif meant.column in self._sheet.headings:
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
                self._take_heading(number, heading, meant, place)
        problems += [
            missing(column, Place(self._sheet.source, line, 1))
            for column in self._columns.values()
            if column.required and column.name not in self._sheet.headings
        ]
        if problems:
            raise Refused(problems)

    def _take_heading(self, number: int, heading: str, meant: Heading, place: Place) -> None:
        self._kinds[number] = self._columns[meant.column] if meant.column else None
        if not meant.column:
            return
        self._sheet.headings[meant.column] = (number, heading)
        if meant.unit == PERCENT:
            self._percent.add(meant.column)
        elif meant.unit:
            yuan = unit_of(meant.unit)
            assert yuan is not None, "a heading's unit is one of money or per cent"
            self._sheet.units[meant.column] = Unit(yuan, meant.unit, place)

    def _read_units(self, around: Sequence[tuple[int, list[Value]]]) -> None:
        """The unit stated above or below the table holds for every column of amounts whose heading states none."""
        found: list[Unit] = []
        for line, values in around:
            for number, value in enumerate(values, start=1):
                found += self._stated(clean(str(value)), Place(self._sheet.source, line, number))
        found += self._stated(self._grid.name, Place(self._sheet.source, self._rows[self._heading][0], 1))
        if len({unit.yuan for unit in found}) > 1:
            raise refuse(
                "unit_ambiguous",
                N_("the file states several units: {units}"),
                N_("write the unit of each column into its heading, for example 合同金额（万元）"),
                found[-1].place,
                units=", ".join(dict.fromkeys(unit.word for unit in found)),
            )
        for column in self._columns.values():
            if found and column.kind in AMOUNTS and column.name in self._sheet.headings:
                self._sheet.units.setdefault(column.name, found[0])

    def _stated(self, text: str, place: Place) -> list[Unit]:
        try:
            return [Unit(unit_of(word) or 1, word, place) for word in stated(text)]
        except Foreign:
            raise Refused(_foreign(text, place)) from None

    def _take(self, line: int, values: Sequence[Value]) -> None:
        cells = {}
        for number, value in enumerate(values, start=1):
            if value == "" or (number not in self._kinds and not str(value).strip()):
                continue
            column = self._kinds.get(number)
            if column is not None:
                text = self._cell(line, number, column, value)
                if text:
                    cells[column.name] = text
            elif number not in self._kinds:
                self._sheet.problems.append(
                    Problem(
                        "cell_without_heading",
                        N_("a cell stands in a column without heading"),
                        N_(
                            "give the column a heading of the template, or empty it; in CSV put quotes around text "
                            "with the separator"
                        ),
                        Place(self._sheet.source, line, number),
                    )
                )
        if cells:
            self._sheet.rows.append(SheetRow(line, cells))

    def _close(self, line: int, values: Sequence[Value], since: tuple[int, ...]) -> None:
        cells = {}
        for number, value in enumerate(values, start=1):
            column = self._kinds.get(number)
            if column is not None and column.kind in AMOUNTS and not isinstance(value, bool):
                # A sum of doubles may end in noise beyond the 15 digits that a spreadsheet shows.
                cells[column.name] = f"{value:.15g}" if isinstance(value, int | float) else clean(str(value))
        self._sheet.closings.append(Closing(line, since, cells, counts(_texts(values))))

    def _cell(self, line: int, number: int, column: Column, value: Value) -> str:
        """The text of a cell; a number or date that a spreadsheet may have damaged becomes a problem."""
        if (line, number) in self._spread and column.kind in AMOUNTS | {"count", "number"}:
            return self._spoilt(
                line,
                column,
                "amount_merged",
                N_("the cell is merged over several rows, and an amount belongs to one"),
                N_("unmerge it, and write into each row what is its own"),
            )
        if (line, number) in self._grid.marks.scaled:
            return self._spoilt(
                line,
                column,
                "format_scaled",
                N_("the format of the cell shows units of 10,000, and its value may be yuan or not"),
                N_("format the column as a plain number, and write the unit into its heading"),
            )
        text = self._text(line, column, value)
        if column.kind in DATES:
            return self._day(line, column, text)
        if column.name in self._percent and _BARE.fullmatch(text := unicodedata.normalize("NFKC", text)):
            if _TINY.fullmatch(text):
                return self._spoilt(
                    line,
                    column,
                    "rate_tiny",
                    N_("{text} under a heading in per cent may be {text}% or a hundred times as much"),
                    N_("write it with its sign, for example 3.45%"),
                    text=text,
                )
            return f"{text}%"
        return text

    def _text(self, line: int, column: Column, value: Value) -> str:
        if isinstance(value, str):
            text = clean(value)
            if column.kind in IDENTIFIERS and _SCIENTIFIC.fullmatch(text):
                return self._spoilt(
                    line,
                    column,
                    "digits_lost",
                    N_("{text} is a number that lost its digits in a spreadsheet"),
                    N_("format the column as text and enter the value again"),
                    text=text,
                )
            return text
        if column.kind in IDENTIFIERS:
            return self._spoilt(
                line,
                column,
                "identifier_is_number",
                N_("the cell holds a number, and Excel keeps 15 digits and no leading zeros"),
                N_("format the column as text and enter the value again"),
            )
        written = cell_text(value)
        if written is None:
            return self._spoilt(
                line,
                column,
                "number_inexact",
                N_("the number has more than 15 digits, which Excel does not keep"),
                N_("enter it as text; a formula wants ROUND(..., 2)"),
            )
        return written

    def _day(self, line: int, column: Column, text: str) -> str:
        """A day that stands there as the number a spreadsheet keeps for it, as a day."""
        if not _SERIAL.fullmatch(text):
            return text
        self._days.setdefault(column.name, line)
        epoch = _EPOCH_1904 if self._grid.from_1904 else _EPOCH
        return (epoch + timedelta(days=int(text))).isoformat()

    def _spoilt(self, line: int, column: Column, code: str, what: str, remedy: str, /, **values: object) -> str:
        self._sheet.faulty.add((line, column.name))
        self._sheet.problems.append(Problem(code, what, remedy, self._sheet.place(line, column.name), values))
        return ""

    def _warn(self) -> None:
        sheet = self._sheet
        sheet.warnings += [
            Problem(
                "sheet_ignored",
                N_("the sheet {name!r} was not read"),
                N_("if rows of the register stand in it, choose it with --sheet, or move them into the other one"),
                Place(sheet.source),
                {"name": name},
            )
            for name in self._aside
        ]
        units: dict[Place, tuple[Unit, list[str]]] = {}
        for column, unit in sheet.units.items():
            if unit.yuan != 1:
                units.setdefault(unit.place, (unit, []))[1].append(sheet.headings[column][1])
        for place, (unit, columns) in units.items():
            sheet.warnings.append(
                Problem(
                    "unit_converted",
                    N_("amounts are in {word} here, and were multiplied by {yuan} ({columns})"),
                    N_("compare the sums with those of the file"),
                    place,
                    {"word": unit.word, "yuan": f"{unit.yuan:,}", "columns": ", ".join(columns)},
                )
            )
        for name, line in self._days.items():
            sheet.warnings.append(
                Problem(
                    "day_from_number",
                    N_("days stand here as numbers, as a spreadsheet keeps them"),
                    N_("compare the days with those of the file"),
                    sheet.place(line, name),
                )
            )
        sheet.warnings += [
            Problem(
                "column_returned",
                N_("the column {heading!r} was added by this program when the file went back, and was not read"),
                N_("nothing is to be done"),
                place,
                {"heading": heading.partition(":")[0]},
            )
            for heading, place in self._returned
        ]
        if self._grid.marks.hidden_rows:
            sheet.warnings.append(
                Problem(
                    "rows_hidden",
                    N_("rows of the sheet are hidden ({count}), and were read like the others"),
                    N_("show all rows and compare"),
                    Place(sheet.source),
                    {"count": self._grid.marks.hidden_rows},
                )
            )


def _foreign(text: str, place: Place) -> Problem:
    return Problem(FOREIGN.code, FOREIGN.what, FOREIGN.remedy, place, {"text": text})


def _texts(values: Sequence[Value]) -> list[str]:
    """The filled cells of a row as text."""
    return [text for text in (clean(str(value)) for value in values) if text]


_BARE = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_TINY = re.compile(r"0+\.(?=\d*[1-9])[0-4]\d*", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
# 1990 to 2099: a spreadsheet counts days from the end of 1899, the oldest ones for another machine from 1904.
_SERIAL = re.compile(r"3[3-9]\d{3}|[4-6]\d{4}|7[0-2]\d{3}", re.ASCII)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
