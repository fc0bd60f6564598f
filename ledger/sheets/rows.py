"""The rows of a register file as values: every cell checked by its kind, every problem collected with its place.

A problem refuses the file; a warning is printed and the file is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from calculators.problems import N_, Problem
from ledger.sheets.columns import Column, fault_of, mask, parse
from ledger.sheets.read import Sheet, SheetRow

AMOUNTS = frozenset({"amount", "amount_or_zero"})


class Values(NamedTuple):
    """A row whose cells are all readable: its line, and its values under the names that records use."""

    line: int
    cells: Mapping[str, Any]


@dataclass
class Reading:
    """A register file under examination: the rows found readable, and what was found wrong or strange."""

    sheet: Sheet
    rows: list[Values] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, what: str, remedy: str, line: int, column: str, /, **values: object) -> None:
        """Note a problem with a cell (or, without a column, with a row)."""
        self.problems.append(Problem(code, what, remedy, self.sheet.place(line, column), values))

    def warn(self, code: str, what: str, remedy: str, line: int, column: str, /, **values: object) -> None:
        """Note something that does not stop the import."""
        self.warnings.append(Problem(code, what, remedy, self.sheet.place(line, column), values))


def read_rows(sheet: Sheet, columns: Sequence[Column], twins: bool = False) -> Reading:
    """The rows of `sheet`; amounts become fen under `<column>_fen`. Equal rows are problems unless `twins`."""
    reading = Reading(sheet, problems=list(sheet.problems), warnings=list(sheet.warnings))
    # A file with numbers that nobody may see can have any of them in the wrong column.
    hide = any(column.secret for column in columns)
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    for row in sheet.rows:
        values = _values(reading, row, columns, hide)
        if values is None:
            continue
        reading.rows.append(Values(row.line, values))
        if twins:
            continue
        first = seen.setdefault(tuple(sorted(row.cells.items())), row.line)
        if first != row.line:
            reading.refuse(
                "row_twice", N_("the row repeats row {first}"), N_("remove one of the two"), row.line, "", first=first
            )
    return reading


def _values(reading: Reading, row: SheetRow, columns: Sequence[Column], hide: bool) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    sound = True
    for column in columns:
        text = row.cells.get(column.name)
        if text is None:
            if (row.line, column.name) in reading.sheet.faulty:
                sound = False
            elif column.required:
                sound = False
                reading.refuse("cell_missing", N_("the cell is empty"), N_("fill it in"), row.line, column.name)
            continue
        try:
            values[f"{column.name}_fen" if column.kind in AMOUNTS else column.name] = parse(column, text)
        except ValueError:
            sound = False
            fault = fault_of(column, text)
            reading.refuse(
                fault.code,
                fault.what,
                fault.remedy,
                row.line,
                column.name,
                text=mask(text) if hide else text,
                choices=", ".join(column.choices),
            )
    return values if sound else None


def only_with(reading: Reading, row: Values, needed: Sequence[str], barred: Sequence[str], case: str) -> None:
    """Hold a row to its case (`kind drawdown`, `outcome refused`): these cells filled, those empty.

    Names are those of the values (`amount_fen`); the place is that of the column.
    """
    for name in needed:
        if name not in row.cells:
            reading.refuse(
                "cell_missing",
                N_("the cell is empty, and {case} needs it"),
                N_("fill it in"),
                row.line,
                name.removesuffix("_fen"),
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
