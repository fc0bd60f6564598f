"""Read a register file: rows of text by column name out of a workbook or a text, with the place of every cell.

What stands above and below the table may state a unit, and sums and counts, which are kept for checking. What is wrong
with single cells is collected beside the rows; what is wrong with the file is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.around import (
    beside,
    foreign,
    hold_above,
    hold_amounts,
    hold_rates,
    surroundings,
    unit_beside,
    unit_of_heading,
    unit_untold,
    units_stated,
)
from ledger.sheets.closings import (
    Closing,
    counts,
    is_closing,
    is_note,
    is_plain,
    is_section,
    is_title,
    section_with_figures,
    sections_passed_over,
    sums_a_part,
)
from ledger.sheets.columns import AMOUNTS, DATES, IDENTIFIERS, Column, fold, guarded
from ledger.sheets.faults import day_from_number, rows_hidden
from ledger.sheets.files import read_file
from ledger.sheets.forms import Form, template_used, unit_differs
from ledger.sheets.grids import (
    Value,
    cell_text,
    check_formulas,
    clean,
    decode,
    first_text,
    has_sheets,
    sheets,
    taken_out,
    texts_of,
)
from ledger.sheets.headings import (
    Heading,
    Known,
    Template,
    is_ordinal,
    is_returned,
    passed_over,
    takes_unit,
    twice,
    unknown,
    with_missing,
)
from ledger.sheets.layout import Table, choose, split, spread
from ledger.sheets.others import another_list
from ledger.sheets.rates import PER_MILLE, PERCENT, RATE_UNITS, Unclear, yearly
from ledger.sheets.reported import day_reported
from ledger.sheets.units import (
    Foreign,
    Unit,
    heading_parts,
    is_foreign,
    is_scaled,
    unit_of,
)


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
    # Whether a lender's form was used, and the day up to which the file says that it speaks, where the form reads one.
    mapped: bool = False
    through: date | None = None

    def place(self, line: int, column: str = "") -> Place:
        """Where a cell stands; without a column, or with one the file does not have, the row."""
        number, heading = self.headings.get(column, (1, column))
        return Place(self.source, line, number, heading)


def read_sheet(
    path: Path, columns: Sequence[Column], name: str = "", form: Form | None = None, loose: Known | None = None
) -> Sheet:
    """The rows of a register file, of the sheet `name` where several could be meant, read under a lender's `form`.

    A list that is only looked at may be read `loose`ly: by more headings than the template's, others passed over with
    a warning. An empty file has neither headings nor rows. A file with the headings of the template needs no form.
    Refuses with every problem of the file as a whole: unreadable, no sheet or several, no headings, unknown, missing or
    repeated headings, those that are not the form's, units that contradict each other.
    """
    return sheet_of(*read_file(path), columns, name, form, loose)


def sheet_of(
    source: str,
    content: bytes,
    columns: Sequence[Column],
    name: str = "",
    form: Form | None = None,
    loose: Known | None = None,
) -> Sheet:
    """The same of a file's name and its bytes."""
    sheet = Sheet(source, sha256(content).hexdigest())
    if is_blank(content):
        return sheet
    template = Template(columns)
    if form is None:
        table = table_of(content, source, loose or template, name)
    else:
        table, sheet.mapped = _under(form, template, columns, content, source, name)
        if not sheet.mapped:
            form = None
            sheet.warnings.append(template_used(source))
    check_formulas(table.grid, source)
    _Reader(sheet, table, columns, template, form, loose).read()
    return sheet


def is_blank(content: bytes) -> bool:
    """Whether nothing stands in a file."""
    return not content.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")


def table_of(content: bytes, source: str, known: Known, name: str = "") -> Table:
    """The table of a file, by the headings that may stand in it; refuses what `choose` and `split` refuse."""
    if has_sheets(content):
        return choose(list(sheets(content, source)), known, source, name)
    return split(decode(content, source), known, source)


def _under(
    form: Form, template: Template, columns: Sequence[Column], content: bytes, source: str, name: str
) -> tuple[Table, bool]:
    """The table of a file and whether it is read under the form; not where it has the template's headings alone."""
    try:
        table = table_of(content, source, form, name or form.sheet)
        problems = form.misfits(source, table.line, table.cells)
    except Refused as refused:
        if refused.problems[0].code != "headings_missing":
            raise
        problems = [form.foreign_to(refused.problems[0].place)]
    if not problems:
        return table, True
    try:
        plain = table_of(content, source, template, name)
    except Refused:
        raise Refused(problems) from None
    found = {
        column for text in texts_of(plain.cells) for column in (_meant(text, template) or Heading(("",), "")).columns
    }
    if "" in found or any(column.required and column.name not in found for column in columns):
        raise Refused(problems)
    return plain, False


def _meant(text: str, template: Template) -> Heading | None:
    try:
        return template.meaning(text)
    except Foreign:
        return None


class _Reader:
    """One sheet being read."""

    def __init__(
        self,
        sheet: Sheet,
        table: Table,
        columns: Sequence[Column],
        template: Template,
        form: Form | None,
        loose: Known | None,
    ) -> None:
        self._sheet = sheet
        self._table = table
        self._grid = table.grid
        self._rows, self._spread = spread(table.grid)
        self._columns = {column.name: column for column in columns}
        self._template = template
        self._form = form
        self._known: Known = form or loose or template
        self._loose = loose is not None
        # What stands in each column of the file, from 1: columns of the register, none where its cells are passed over.
        self._kinds: dict[int, tuple[Column, ...]] = {}
        self._ordinals: set[int] = set()
        # Columns of rates whose heading states a unit -> the unit.
        self._rates: dict[str, str] = {}
        self._days: dict[str, int] = {}
        # Column -> texts as they stand in the file -> what they are read as, of those that were read without a problem.
        self._texts: dict[str, dict[str, str]] = {column.name: {} for column in columns}
        # Whether equal texts of a column are read alike, wherever they stand.
        self._alike = not self._spread and not table.grid.marks.scaled
        self._returned: list[tuple[str, Place]] = []
        self._sections: list[Place] = []

    def read(self) -> None:
        """Fill the sheet."""
        self._read_headings()
        hold_above(self._sheet.source, self._table, self._kinds)
        self._pass_over()
        # Pages may repeat the headings.
        again = [texts_of(values) for _line, values in self._rows[self._table.top : self._table.heading + 1]]
        opening = {texts[0] for texts in again if texts}
        around = surroundings(self._table)
        # Lines after which sums begin again: of everything, and of blocks.
        since, block = 0, 0
        for line, values in taken_out(self._rows, self._grid.rows, self._table.first):
            first = first_text(values)
            if is_plain(first) and first not in opening:
                self._take(line, values)
                continue
            texts = texts_of(values)
            if is_closing(first):
                part = sums_a_part(first)
                self._close(line, values, (block,) if part else tuple(dict.fromkeys((0, since))))
                since, block = (since, line) if part else (line, line)
            elif is_section(texts):
                self._section(line, values)
            elif not is_note(texts) and texts not in again:
                self._take(line, values)
        self._read_units(units_stated(self._sheet.source, around))
        for place, text in around:
            self._hold_to(text, Place(self._sheet.source, place.line, place.column))
        for text in beside(self._sheet.source, self._table):
            self._hold_untold(text)
        if self._form and self._form.reads_day:
            self._sheet.through = day_reported([text for _place, text in around])
        self._warn()

    def _pass_over(self) -> None:
        """Empty what this program wrote into the file when it went back: sentences about units, sums and rows."""
        for _heading, place in self._returned:
            for line, values in (*self._rows, *self._grid.rows):
                if line != place.line and len(values) >= place.column:
                    values[place.column - 1] = ""

    def _read_headings(self) -> None:
        line, values = self._table.line, self._table.cells
        problems = []
        # Columns of a list that is only looked at, which nobody knows.
        strange: list[int] = []
        for number, value in enumerate(values, start=1):
            heading = clean(str(value))
            if not heading:
                continue
            place = Place(self._sheet.source, line, number)
            try:
                meant = self._known.meaning(heading)
            except Foreign:
                problems.append(foreign(heading, place))
                continue
            if is_returned(heading):
                self._returned.append((heading, place))
            if meant is None:
                unit = self._unit_under(number)
                if self._loose and unit is None:
                    strange.append(number)
                else:
                    problems.append(unit or unknown(heading, self._template, place))
            elif any(column in self._sheet.headings for column in meant.columns):
                problems.append(twice(heading, place))
            else:
                self._take_heading(number, heading, meant, place)
        given = self._form.given if self._form else {}
        lacking = [
            column
            for column in self._columns.values()
            if column.required and column.name not in self._sheet.headings and column.name not in given
        ]
        unread = [(clean(str(values[number - 1])), Place(self._sheet.source, line, number)) for number in strange]
        # What is missing may stand under one of them.
        maybe = [unknown(heading, self._template, place) for heading, place in unread]
        heading_row = Place(self._sheet.source, line, 1)
        problems = with_missing(maybe + problems, lacking, heading_row, self._template)
        if len(problems) > len(maybe) or lacking:
            other = () if self._form else another_list(self._table, [*self._columns.values()], self._sheet.source)
            # What another list has and lacks is no mistake of its own.
            raise Refused([*other] or problems)
        self._kinds |= dict.fromkeys(strange, ())
        self._sheet.warnings += [passed_over(heading, place) for heading, place in unread]

    def _unit_under(self, number: int) -> Problem | None:
        """The problem of a column that says in which unit the amounts are, and that the register does not have."""
        for line, values in self._rows[self._table.first :]:
            text = clean(str(values[number - 1])) if len(values) >= number else ""
            if is_scaled(text):
                return unit_beside(text, Place(self._sheet.source, line, number))
        return None

    def _take_heading(self, number: int, heading: str, meant: Heading, place: Place) -> None:
        self._kinds[number] = tuple(self._columns[name] for name in meant.columns)
        if is_ordinal(heading):
            self._ordinals.add(number)
        for column in self._kinds[number]:
            self._sheet.headings[column.name] = (number, heading)
            if not meant.unit or not takes_unit(column, meant.unit):
                continue
            if meant.unit in (*RATE_UNITS, PER_MILLE):
                self._rates[column.name] = meant.unit
                continue
            yuan = unit_of(meant.unit)
            assert yuan is not None, "a heading's unit is one of money or of rates"
            self._sheet.units[column.name] = Unit(yuan, meant.unit, place)

    def _read_units(self, found: Sequence[Unit]) -> None:
        """The unit stated above or below the table holds for every column of amounts whose heading states none."""
        for name, unit in self._sheet.units.items():
            if found and unit.yuan == 1 != found[0].yuan:
                self._sheet.warnings.append(unit_of_heading(found[0], self._sheet.headings[name][1]))
        if self._form:
            self._hold_units(found)
            return
        untold = [
            column.name
            for column in self._columns.values()
            if column.kind in AMOUNTS and column.name in self._sheet.headings and column.name not in self._sheet.units
        ]
        if untold and len({unit.yuan for unit in found}) > 1:
            raise refuse(
                "unit_ambiguous",
                N_("the file states several units: {units}"),
                N_("write the unit of each column into its heading, for example {heading}（万元）"),
                found[-1].place,
                heading=guarded(self._sheet.headings[untold[0]][1]),
                units=", ".join(dict.fromkeys(unit.word for unit in found)),
            )
        self._sheet.units |= {name: found[0] for name in untold if found}

    def _hold_units(self, found: Sequence[Unit]) -> None:
        """Hold what the file states around its table to the units of the form; a heading's own goes before both."""
        for name, (_number, heading) in self._sheet.headings.items():
            if self._columns[name].kind not in AMOUNTS or heading_parts(heading)[1]:
                continue
            mapped = self._sheet.units.get(name)
            if mapped and mapped.yuan == 1 and not found:
                self._sheet.warnings.append(unit_untold(mapped.word, heading, mapped.place))
            if found and all(unit.yuan != (mapped.yuan if mapped else 1) for unit in found):
                raise Refused(unit_differs(found[0].word, heading, mapped.word if mapped else "元", found[0].place))

    def _hold_to(self, text: str, place: Place) -> None:
        """Refuse a title or a note that names units which were not understood as those of the columns."""
        for name, (_number, heading) in self._sheet.headings.items():
            if heading_parts(heading)[1]:
                continue
            if self._columns[name].kind in AMOUNTS:
                hold_amounts(text, heading, self._sheet.units.get(name), place)
            elif self._columns[name].kind == "rate":
                hold_rates(text, heading, self._rates.get(name, PERCENT), place)

    def _hold_untold(self, text: str) -> None:
        """Refuse what is said beside the cells of a unit that nothing in the table states."""
        for name, (_number, heading) in self._sheet.headings.items():
            told = name in self._sheet.units or heading_parts(heading)[1]
            if self._columns[name].kind in AMOUNTS and not told:
                hold_amounts(text, heading, None, Place(self._sheet.source))

    def _take(self, line: int, values: Sequence[Value]) -> None:
        cells = {}
        passed_over = False
        for number, value in enumerate(values, start=1):
            columns = self._kinds.get(number)
            if value == "" or (columns is None and not str(value).strip()):
                continue
            if columns is None:
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
                continue
            for column in columns:
                known = self._texts[column.name]
                text = known.get(value, "") if type(value) is str else ""
                if not text:
                    text = self._cell(line, number, column, value)
                    if text and self._alike and len(known) < _KNOWN and type(value) is str:
                        known[value] = text
                if text:
                    cells[column.name] = text
            if not columns:
                passed_over |= self._is_said(line, number, value)
        # A row that says something where nothing is read is a row all the same: it lacks what is compulsory.
        if cells or passed_over:
            self._sheet.rows.append(SheetRow(line, {**self._form.given, **cells} if self._form else cells))

    def _is_said(self, line: int, number: int, value: Value) -> bool:
        """Whether a cell that is not read says something of its row: no ordinal, and not what is merged over it."""
        if isinstance(value, str):
            # A column of currencies or units that nobody reads still says what the amounts are.
            place = Place(self._sheet.source, line, number)
            if is_foreign(value):
                self._sheet.problems.append(foreign(value, place))
            elif is_scaled(value):
                self._sheet.problems.append(unit_beside(value, place))
        return number not in self._ordinals and (line, number) not in self._spread

    def _section(self, line: int, values: Sequence[Value]) -> None:
        """Pass the heading of a section over; one with figures or words in columns of the register is refused."""
        texts = texts_of(values)
        place = Place(self._sheet.source, line, 1)
        if is_title(texts):
            self._sections.append(place)
        else:
            self._sheet.problems.append(section_with_figures(texts[0], place))

    def _close(self, line: int, values: Sequence[Value], since: tuple[int, ...]) -> None:
        cells = {}
        for number, value in enumerate(values, start=1):
            for column in self._kinds.get(number, ()):
                if column.kind in AMOUNTS and not isinstance(value, bool):
                    # A sum of doubles may end in noise beyond the 15 digits that a spreadsheet shows.
                    cells[column.name] = f"{value:.15g}" if isinstance(value, int | float) else clean(str(value))
        self._sheet.closings.append(Closing(line, since, cells, counts(texts_of(values))))

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
                N_("the format of the cell shows thousands or units of 10,000, and its value may be yuan or not"),
                N_("format the column as a plain number, and write the unit into its heading"),
            )
        text = self._text(line, column, value)
        if self._form and self._form.words:
            text = self._form.words.get((column.name, fold(text)), text)
        if column.kind in DATES:
            return self._day(line, column, text)
        if column.name not in self._rates:
            return text
        try:
            return yearly(column.kind, text, self._rates[column.name])
        except Unclear as error:
            wrong = error.problem
            return self._spoilt(line, column, wrong.code, wrong.what, wrong.remedy, **wrong.values)

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
                {"name": guarded(name)},
            )
            for name in (sheet.name for sheet in self._table.aside)
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
        for name, of_rates in self._rates.items():
            if of_rates != PERCENT:
                sheet.warnings.append(
                    Problem(
                        "rate_converted",
                        N_("rates are in {unit} here, and were brought to per cent a year ({column})"),
                        N_("compare them with the contracts"),
                        sheet.place(self._table.line, name),
                        {"unit": of_rates, "column": sheet.headings[name][1]},
                    )
                )
        for name, line in self._days.items():
            sheet.warnings.append(day_from_number(sheet.place(line, name)))
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
        if self._sections:
            sheet.warnings.append(sections_passed_over(self._sections))
        if self._grid.marks.hidden_rows:
            sheet.warnings.append(rows_hidden(self._grid.marks.hidden_rows, Place(sheet.source)))


# So many texts of a column are remembered: most columns have few, and what number no two rows share is read again.
_KNOWN = 4096
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
# 1990 to 2099: a spreadsheet counts days from the end of 1899, the oldest ones for another machine from 1904.
_SERIAL = re.compile(r"3[3-9]\d{3}|[4-6]\d{4}|7[0-2]\d{3}", re.ASCII)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
