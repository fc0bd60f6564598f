"""Find the table in a file: which sheet, which way of splitting a text, which row has the headings, what is merged.

Of several sheets the one with a heading row of the register and rows below it is the register; sheets of instructions
or lists have none. The heading row is the one with the most headings that the register knows.
"""

import re
from typing import NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.sheets.columns import guarded
from ledger.sheets.grids import Grid, Value, clean, csv_rows
from ledger.sheets.headings import Known, Template, find, first_filled, folded
from ledger.sheets.units import Foreign, heading_parts, unit_of

_DELIMITERS = (",", ";", "\t")
# By which tables of statistics count their columns of words.
_STEMS = "甲乙丙丁戊己庚辛壬癸"
# How an exporting program keeps a spreadsheet from taking text for a number.
_GUARDED = re.compile(r'\s*="(.*)"\s*', re.DOTALL)
# Such sheets stand beside the register and may repeat its headings with examples as rows; banks may be called so too.
_BESIDE = re.compile(
    r"说明|示例(?!\w*行)|样例|样表|范例|字典|下拉|选项|参数|instruction|example|sample|list|choice", re.IGNORECASE
)


def is_beside(name: str) -> bool:
    """Whether a sheet is one of instructions, examples or lists, by its name."""
    return _BESIDE.search(name) is not None


class Table(NamedTuple):
    """A table: its sheet, the places of its first and last heading row, the headings, and the sheets left aside.

    `top` is before `heading` where a row of groups or one of units belongs to the headings.
    """

    grid: Grid
    top: int
    heading: int
    cells: list[Value]
    aside: tuple[Grid, ...] = ()

    @property
    def line(self) -> int:
        """The line of the file in which the headings stand, of two the lower one."""
        return self.grid.rows[self.heading][0]

    @property
    def first(self) -> int:
        """The place of the first row below the headings, and below a row that numbers the columns."""
        below = self.grid.rows[self.heading + 1 : self.heading + 2]
        return self.heading + 1 + any(_numbers_columns(_by_number(values)) for _line, values in below)


def split(text: str, known: Known, source: str) -> Table:
    """The table of a text, split at the delimiter that yields the most known headings; refuses `headings_missing`."""
    best: tuple[int, Grid, int] | None = None
    for delimiter in _DELIMITERS:
        if best and delimiter not in text:
            # Rows of one cell yield no more headings than there are already.
            continue
        rows = csv_rows(text, delimiter, source)
        if '="' in text:
            rows = ((line, [_unguarded(value) for value in row]) for line, row in rows)
        grid = Grid("", [*rows])
        heading, count = find(grid.rows, known)
        if count and (best is None or count > best[0]):
            best = count, grid, heading
    if best is None:
        # Without one known heading this may be a row of data, which must not be repeated in a message.
        raise _no_headings(Place(source, 1, 1), known)
    return _table(best[1], best[2], known)


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
            names=", ".join(guarded(grid.name) for grid in chosen),
        )
    if not chosen:
        raise _no_headings(Place(source, first_filled(visible[0].rows) if visible else 1, 1), known)
    grid = chosen[0]
    heading, count = find(grid.rows, known)
    if not count:
        raise _no_headings(Place(source, first_filled(grid.rows), 1), known)
    return _table(grid, heading, known, tuple(sheet for sheet in visible if sheet is not grid))


def _table(grid: Grid, found: int, known: Known, aside: tuple[Grid, ...] = ()) -> Table:
    """The table whose headings stand in the row that was found, or in that one and the next or the one before."""
    rows = grid.rows
    for top in (found, found - 1):
        if 0 <= top < len(rows) - 1:
            cells = _joined(rows[top][1], rows[top + 1][1], known)
            if cells:
                return Table(grid, top, top + 1, cells, aside)
    return Table(grid, found, found, rows[found][1], aside)


def _joined(upper: list[Value], lower: list[Value], known: Known) -> list[Value]:
    """The headings of two rows that make them together; empty where they do not.

    The lower row has units only, or the names of what stands under groups; what it leaves empty the upper one names
    for both. So no row of data looks: it would stand in columns without a heading.
    """
    above, below = _by_number(upper), _by_number(lower)
    if not above or not below or not all(isinstance(value, str) for value in (*upper, *lower)):
        return []
    width = max(*above, *below) + 1
    if below.keys() <= above.keys():
        if all(_is_unit(text) for text in below.values()):
            return [
                f"{above[number]}（{below[number].strip('()（）')}）" if number in below else above.get(number, "")
                for number in range(width)
            ]
        return []
    groups = {number: max((left for left in above if left <= number), default=-1) for number in below}
    whole = above.keys() - below.keys()
    if any(group not in below for group in groups.values()) or not any(_knows(known, above[one]) for one in whole):
        return []
    return [
        _of_group(above[groups[number]], below[number], [*below.values()], known)
        if number in below
        else above.get(number, "")
        for number in range(width)
    ]


def _by_number(values: list[Value]) -> dict[int, str]:
    return {number: text for number, value in enumerate(values) if (text := clean(str(value)))}


def _of_group(group: str, name: str, names: list[str], known: Known) -> str:
    """The heading of a column under a group: 日期 under 放款 is 放款日期, 签订 under 日期 is 签订日期.

    A unit of the group holds for it.
    """
    for both in (f"{group}{name}", f"{name}{group}"):
        if _knows(known, both):
            return both
    if names.count(name) == 1:
        unit = "" if heading_parts(name)[1] else heading_parts(group)[1]
        for text in ([f"{name}（{unit}）"] if unit else []) + [name]:
            if _knows(known, text):
                return text
    return f"{group}{name}"


def _knows(known: Known, text: str) -> bool:
    try:
        return known.meaning(text) is not None
    except Foreign:
        return False


def _is_unit(text: str) -> bool:
    word = text.strip("()（）[]【】")
    try:
        return unit_of(word) is not None or word in ("%", "％", "‰", "天", "日")
    except Foreign:
        return True


def _numbers_columns(texts: dict[int, str]) -> bool:
    """Whether a row below the headings numbers the columns: 1 2 3, or 甲 乙 1 2."""
    plain = [re.sub(r"[()（）\s]|\.0$|栏次?", "", text) for text in texts.values()]
    letters = [text for text in plain if text in _STEMS]
    numbers = [text for text in plain if text and text not in _STEMS]
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return len(plain) > 2 and letters == [*_STEMS[: len(letters)]] and numbers == counted


def _named(grids: list[Grid], source: str, name: str) -> list[Grid]:
    chosen = [grid for grid in grids if folded(grid.name) == folded(name)]
    if not chosen:
        raise refuse(
            "sheet_unknown",
            N_("the file has no filled sheet {name!r}"),
            N_("write the name of one of its sheets: {names}"),
            Place(source),
            name=guarded(name),
            names=", ".join(guarded(grid.name) for grid in grids),
        )
    return chosen


def _registers(visible: list[Grid], known: Known, source: str) -> list[Grid]:
    """The sheets that can be the register: with headings, no examples or lists, rather with rows than without.

    A sheet that stands alone is what the user brought, whatever its name. Refuses `sheet_beside`.
    """
    least = min(2, len(visible))
    headed = [(grid, *find(grid.rows, known)) for grid in visible]
    found = [(grid, heading) for grid, heading, count in headed if count >= least]
    data = [(grid, heading) for grid, heading in found if len(visible) == 1 or not is_beside(grid.name)]
    if found and not data:
        raise refuse(
            "sheet_beside",
            N_("only sheets of instructions, examples or lists have the headings: {names}"),
            N_("bring the sheet with the data; if it is one of these, choose it with --sheet"),
            Place(source),
            names=", ".join(guarded(grid.name) for grid, _heading in found),
        )
    filled = [grid for grid, heading in data if any(any(values) for _line, values in grid.rows[heading + 1 :])]
    return filled or [grid for grid, _heading in data]


def _no_headings(place: Place, known: Known) -> Refused:
    return refuse(
        "headings_missing",
        N_("the file has no heading row"),
        N_("write the headings of the register into one row, at least {needed}; `subsidy template` makes an empty one")
        if isinstance(known, Template)
        else N_("bring the list itself, with its headings in one row"),
        place,
        needed=known.needed if isinstance(known, Template) else "",
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
