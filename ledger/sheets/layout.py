"""Find the table in a file: which sheet, which way of splitting a text, which row has the headings, what is merged.

Of several sheets the one with a heading row of the register and rows below it is the register; sheets of instructions
or lists have none. The heading row is the one with the most headings that the register knows.
"""

import re
from typing import NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.sheets.grids import Grid, Value, csv_rows
from ledger.sheets.headings import Known, find, first_filled, folded

_DELIMITERS = (",", ";", "\t")
# How an exporting program keeps a spreadsheet from taking text for a number.
_GUARDED = re.compile(r'\s*="(.*)"\s*', re.DOTALL)
# Such sheets stand beside the register and may repeat its headings with examples as rows; banks may be called so too.
_BESIDE = re.compile(
    r"说明|示例(?!\w*行)|样例|样表|范例|字典|下拉|选项|参数|instruction|example|sample|list|choice", re.IGNORECASE
)


class Table(NamedTuple):
    """A table: its sheet, the place of the heading row among its rows, and the visible sheets that were left aside."""

    grid: Grid
    heading: int
    aside: tuple[str, ...] = ()


def split(text: str, known: Known, source: str) -> Table:
    """The table of a text, split at the delimiter that yields the most known headings; refuses `headings_missing`."""
    best: tuple[int, Grid, int] | None = None
    for delimiter in _DELIMITERS:
        rows = csv_rows(text, delimiter, source)
        grid = Grid("", [(line, [_unguarded(value) for value in row]) for line, row in rows])
        heading, count = find(grid.rows, known)
        if count and (best is None or count > best[0]):
            best = count, grid, heading
    if best is None:
        # Without one known heading this may be a row of data, which must not be repeated in a message.
        raise _no_headings(Place(source, 1, 1))
    return Table(*best[1:])


def choose(grids: list[Grid], known: Known, source: str, name: str = "") -> Table:
    """The table of a workbook: of the sheet called `name`, or of the only one that can be the register.

    Refuses `sheet_unknown`, `headings_missing`, `sheet_beside` and `sheet_ambiguous`.
    """
    visible = [grid for grid in grids if grid.visible]
    chosen = _named(grids, source, name) if name else _registers(visible, known, source)
    if len(chosen) > 1:
        raise refuse(
            "sheet_ambiguous",
            N_("several sheets could be the register: {names}"),
            N_("choose one with --sheet, or bring a file with one of them alone"),
            Place(source),
            names=", ".join(grid.name for grid in chosen),
        )
    if not chosen:
        raise _no_headings(Place(source, first_filled(visible[0].rows) if visible else 1, 1))
    grid = chosen[0]
    heading, count = find(grid.rows, known)
    if not count:
        raise _no_headings(Place(source, first_filled(grid.rows), 1))
    return Table(grid, heading, tuple(sheet.name for sheet in visible if sheet is not grid))


def _named(grids: list[Grid], source: str, name: str) -> list[Grid]:
    chosen = [grid for grid in grids if folded(grid.name) == folded(name)]
    if not chosen:
        raise refuse(
            "sheet_unknown",
            N_("the file has no filled sheet {name!r}"),
            N_("write the name of one of its sheets: {names}"),
            Place(source),
            name=name,
            names=", ".join(grid.name for grid in grids),
        )
    return chosen


def _registers(visible: list[Grid], known: Known, source: str) -> list[Grid]:
    """The sheets that can be the register: with headings, no examples or lists, rather with rows than without.

    A sheet that stands alone is what the user brought, whatever its name. Refuses `sheet_beside`.
    """
    least = min(2, len(visible))
    headed = [(grid, *find(grid.rows, known)) for grid in visible]
    found = [(grid, heading) for grid, heading, count in headed if count >= least]
    data = [(grid, heading) for grid, heading in found if len(visible) == 1 or not _BESIDE.search(grid.name)]
    if found and not data:
        raise refuse(
            "sheet_beside",
            N_("only sheets of instructions, examples or lists have the headings: {names}"),
            N_("bring the sheet with the data; if it is one of these, choose it with --sheet"),
            Place(source),
            names=", ".join(grid.name for grid, _heading in found),
        )
    filled = [grid for grid, heading in data if any(any(values) for _line, values in grid.rows[heading + 1 :])]
    return filled or [grid for grid, _heading in data]


def _no_headings(place: Place) -> Refused:
    return refuse(
        "headings_missing",
        N_("the file has no heading row"),
        N_("write the headings of the register into the first row; `subsidy template` makes an empty one"),
        place,
    )


def _unguarded(value: Value) -> Value:
    match = _GUARDED.fullmatch(str(value))
    return match[1].replace('""', '"') if match else value


def spread(grid: Grid) -> tuple[list[tuple[int, list[Value]]], set[tuple[int, int]]]:
    """The rows with each cell that is merged downwards repeated in the rows that it spans, and where that was done."""
    down = [merged for merged in grid.merged if merged[1][0] > merged[0][0]]
    if not down:
        return grid.rows, set()
    rows = {line: [*values] for line, values in grid.rows}
    done = set()
    for (top, left), (bottom, _right) in down:
        values = rows.get(top, [])
        value = values[left - 1] if left <= len(values) else ""
        if value != "":
            for line in range(top, min(bottom, max(rows)) + 1):
                row = rows.setdefault(line, [])
                row += [""] * (left - len(row))
                row[left - 1] = value
                done.add((line, left))
    return sorted(rows.items()), done
