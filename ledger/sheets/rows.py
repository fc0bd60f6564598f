"""The rows of a register file as values: every cell checked by its kind, every problem collected with its place.

A problem refuses the file; a warning is printed and the file is taken.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from calculators.problems import N_, Problem
from ledger.sheets.closings import Summed, differing
from ledger.sheets.columns import AMOUNTS, Column, Said, guarded, mask, parse
from ledger.sheets.faults import fault_of
from ledger.sheets.read import Sheet, SheetRow
from ledger.sheets.units import cell_parts

# Of a register that needs so many cells in a row, one alone is no row.
_SEVERAL = 3


class Values(NamedTuple):
    """A row whose cells are all readable: its line, and its values under the names that records use."""

    line: int
    cells: Mapping[str, Any]


@dataclass
class Reading:
    """A register file under examination: the rows found readable, and what was found wrong or strange."""

    sheet: Sheet
    columns: Mapping[str, Column] = field(default_factory=dict)
    rows: list[Values] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, what: str, remedy: str, line: int, column: str, /, **values: object) -> None:
        """Note a problem with a cell (or, without a column, with a row)."""
        place = self.sheet.place(line, column)
        if column in self.columns and column not in self.sheet.headings:
            place = replace(place, key=self.columns[column].heading)
        self.problems.append(Problem(code, what, remedy, place, values))

    def warn(self, code: str, what: str, remedy: str, line: int, column: str, /, **values: object) -> None:
        """Note something that does not stop the import."""
        self.warnings.append(Problem(code, what, remedy, self.sheet.place(line, column), values))


def read_rows(sheet: Sheet, columns: Sequence[Column], twins: bool = False) -> Reading:
    """The rows of `sheet`; amounts become fen under `<column>_fen`. Equal rows are problems unless `twins`."""
    reading = Reading(
        sheet, {column.name: column for column in columns}, problems=list(sheet.problems), warnings=list(sheet.warnings)
    )
    amounts: dict[str, dict[int, int]] = {column.name: {} for column in columns if column.kind in AMOUNTS}
    # A file with numbers that nobody may see can have any of them in the wrong column.
    hide = any(column.secret for column in columns)
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    ways = [_Way.of(column, sheet) for column in columns]
    for row in sheet.rows:
        values, sound = _values(reading, row, ways, hide)
        for name in amounts:
            if f"{name}_fen" in values:
                amounts[name][row.line] = values[f"{name}_fen"]
        if not sound:
            continue
        reading.rows.append(Values(row.line, values))
        if twins:
            continue
        first = seen.setdefault(tuple(sorted(row.cells.items())), row.line)
        if first != row.line:
            reading.refuse(
                "row_twice", N_("the row repeats row {first}"), N_("remove one of the two"), row.line, "", first=first
            )
    _check_units(reading, columns)
    _check_closings(reading, amounts)
    return reading


def _check_units(reading: Reading, columns: Sequence[Column]) -> None:
    """Where some cells of a column state a unit other than yuan, and nothing above them does, each has to state one."""
    sheet = reading.sheet
    for column in columns:
        if column.kind not in AMOUNTS or column.name in sheet.units:
            continue
        texts = [(row.line, row.cells[column.name]) for row in sheet.rows if column.name in row.cells]
        units = {line: own for line, text in texts if not text.isascii() and (own := _own_unit(text)) is not None}
        if all(unit == 1 for unit in units.values()):
            continue
        for line, text in texts:
            if line not in units:
                reading.refuse(
                    "unit_missing",
                    N_("{text!r} has no unit, and other cells of the column have"),
                    N_("write the unit into each cell, or once into the heading: {heading}（万元）"),
                    line,
                    column.name,
                    text=guarded(text),
                    heading=sheet.headings[column.name][1],
                )
        first = min(line for line, unit in units.items() if unit != 1)
        reading.warn(
            "unit_converted",
            N_("amounts are in {word} here, and were multiplied by {yuan} ({columns})"),
            N_("compare the sums with those of the file"),
            first,
            column.name,
            word=dict(texts)[first].lstrip("+-0123456789,.￥¥ "),
            yuan=f"{units[first]:,}",
            columns=sheet.headings[column.name][1],
        )


# So many digits in a row may be a number that nobody may see.
_DIGITS = re.compile(r"\d{6}", re.ASCII)


def hidden(column: Column, text: str) -> str:
    """A cell as a refusal may repeat it: what may be a wallet or account number is masked, an ordinary word is not."""
    compact = "".join(sign for sign in text if sign.isalnum())
    return mask(text) if column.secret or _DIGITS.search(compact) else text


def _own_unit(text: str) -> int | None:
    try:
        return cell_parts(text)[1]
    except ValueError:
        return None


def _check_closings(reading: Reading, amounts: dict[str, dict[int, int]]) -> None:
    """Hold the sums and counts that the file states against its rows; not of a column with cells that are none."""
    sheet = reading.sheet
    if not sheet.closings:
        return
    unread = {
        name
        for name in amounts
        for row in sheet.rows
        if (name in row.cells and row.line not in amounts[name]) or (row.line, name) in sheet.faulty
    }
    firms = {row.line: row.cells["uscc"] for row in sheet.rows if "uscc" in row.cells}
    read = Summed([row.line for row in sheet.rows], firms, amounts, frozenset(unread))
    units = {name: unit.yuan for name, unit in sheet.units.items()}
    for closing in sheet.closings:
        places = {name: sheet.place(closing.line, name) for name in ("", *closing.cells)}
        reading.problems += differing(closing, read, units, places)


def _alone(sheet: Sheet, row: SheetRow, columns: Sequence[Column]) -> Column | None:
    """The column of the only filled cell of a row that needs several: mostly a note, or the title of a section."""
    if sum(column.required for column in columns) < _SEVERAL or any(line == row.line for line, _column in sheet.faulty):
        return None
    return next((column for column in columns if column.name in row.cells), None)


# Kinds of cells whose values are lists: no two records share one.
_LISTS = frozenset({"dates", "attributes", "figures", "hashes"})
# So many values of a column are remembered: most columns have few.
_KNOWN = 4096


class _Way(NamedTuple):
    """How cells of a column become values: the name of the value, the unit of the file, and what is known of texts."""

    column: Column
    name: str
    unit: int | None
    known: dict[str, Any]
    kept: bool

    @classmethod
    def of(cls, column: Column, sheet: Sheet) -> "_Way":
        unit = sheet.units.get(column.name)
        name = f"{column.name}_fen" if column.kind in AMOUNTS else column.name
        return cls(column, name, unit.yuan if unit else None, {}, column.kind not in _LISTS and not column.secret)

    def value(self, text: str) -> Any:
        """The value of a cell; `ValueError` where it is none."""
        found = self.known.get(text)
        if found is None:
            found = parse(self.column, text, self.unit)
            if self.kept and len(self.known) < _KNOWN:
                self.known[text] = found
        return found


def _values(reading: Reading, row: SheetRow, ways: Sequence[_Way], hide: bool) -> tuple[dict[str, Any], bool]:
    """The values of a row, and whether all its cells could be read."""
    values: dict[str, Any] = {}
    sound = True
    alone = _alone(reading.sheet, row, [way.column for way in ways]) if len(row.cells) == 1 else None
    if alone:
        only = row.cells[alone.name]
        reading.refuse(
            "row_of_one_cell",
            N_("nothing stands in this row but {text!r}"),
            N_("begin a note with 注：, or write it above the headings; of a row fill in the other cells"),
            row.line,
            alone.name,
            text=hidden(alone, only) if hide else guarded(only),
        )
        sound = False
    for way in ways:
        column = way.column
        text = row.cells.get(column.name)
        if text is None:
            if (row.line, column.name) in reading.sheet.faulty:
                sound = False
            elif column.required and not alone:
                sound = False
                reading.refuse("cell_missing", N_("the cell is empty"), N_("fill it in"), row.line, column.name)
            continue
        try:
            values[way.name] = way.value(text)
        except ValueError as error:
            sound = False
            if alone:
                continue
            fault = fault_of(column.kind, text, error)
            reading.refuse(
                fault.code,
                fault.what,
                fault.remedy,
                row.line,
                column.name,
                text=hidden(column, text) if hide else guarded(text),
                choices=column.allowed,
            )
    return values, sound


def readable(sheet: Sheet, row: SheetRow, columns: Sequence[Column]) -> dict[str, Any]:
    """The values of the cells of a row that can be read, others left out: their problems stand in its reading."""
    found: dict[str, Any] = {}
    for column in columns:
        text, unit = row.cells.get(column.name), sheet.units.get(column.name)
        name = f"{column.name}_fen" if column.kind in AMOUNTS else column.name
        with suppress(ValueError):
            if text is not None:
                found[name] = parse(column, text, unit.yuan if unit else None)
    return found


def only_with(reading: Reading, row: Values, needed: Sequence[str], barred: Sequence[str], decides: str) -> None:
    """Hold a row to what its column `decides` says (kind drawdown, outcome refused): these cells filled, those empty.

    Names are those of the values (`amount_fen`); the place is that of the column.
    """
    case = Said(reading.columns[decides], row.cells.get(decides, ""))
    for name in needed:
        column = name.removesuffix("_fen")
        if name not in row.cells:
            reading.refuse(
                "cell_missing",
                N_("the cell is empty, and {case} needs it"),
                N_("fill it in") if column in reading.sheet.headings else N_("add the column, and fill it in"),
                row.line,
                column,
                case=case,
            )
    for name in barred:
        if name in row.cells:
            reading.refuse(
                "cell_not_used",
                N_("the cell is filled, and {case} has no use for it"),
                N_("empty it, or correct the row"),
                row.line,
                name.removesuffix("_fen"),
                case=case,
            )
