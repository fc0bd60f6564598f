"""Find the heading row of a grid, and what each heading means: a column of the register, and the unit of its cells."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from calculators.problems import N_, Place, Problem
from ledger.sheets.columns import AMOUNTS, RATES, Column
from ledger.sheets.grids import Value, clean
from ledger.sheets.units import PERCENT, Foreign, heading_parts

# Titles, notes and a unit stand above a table; a heading row further down is not looked for.
_WITHIN = 60
# Columns that number the rows of a sheet and say nothing of what stands in them.
_ORDINALS = frozenset({"序号", "行号", "no.", "no", "#"})
# The column that a returned file has from us, in both languages.
RETURNED = frozenset({"whattochange", "修改方法"})

Row = tuple[int, Sequence[Value]]


class Heading(NamedTuple):
    """What a heading means: the column, "" where its cells are passed over; and the unit it states, "" for none."""

    column: str
    unit: str


def folded(heading: str) -> str:
    """A heading for comparing: without spaces, full-width and half-width signs and capitals alike."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def known_headings(columns: Sequence[Column]) -> dict[str, Column]:
    """Every heading that the register knows, folded; where two columns would share one, their own comes first."""
    others = {folded(heading): column for column in columns for heading in column.headings}
    own = {folded(one): column for column in columns for one in (column.name, column.english, column.chinese)}
    return others | own


def meaning(text: str, known: Mapping[str, Column]) -> Heading | None:
    """What a heading means; None where the register does not know it. Raises `Foreign` for another currency."""
    name = folded(text)
    if name in known:
        return Heading(known[name].name, "")
    if name in _ORDINALS or is_returned(text):
        return Heading("", "")
    base, unit = heading_parts(text)
    column = known.get(folded(base)) if unit else None
    if column is None or column.kind not in (RATES if unit == PERCENT else AMOUNTS):
        return None
    return Heading(column.name, unit)


def is_returned(text: str) -> bool:
    """Whether a column is one that this program added to a file that went back; what is wrong with headings follows."""
    return folded(text.partition(":")[0]) in RETURNED


def find(rows: Sequence[Row], known: Mapping[str, Column]) -> tuple[int, int]:
    """The place in `rows` of the row with the most headings that the register knows, the first of equals, and how many.

    (0, 0) where no row has any; a single one counts only in the first row that is more than a title.
    """
    counts = [sum(_is_known(value, known) for value in values) for _line, values in rows[:_WITHIN]]
    most = max(counts, default=0)
    place = counts.index(most) if most else 0
    if not most or (most == 1 and rows[place][0] != first_filled(rows)):
        return 0, 0
    return place, most


def _is_known(value: Value, known: Mapping[str, Column]) -> bool:
    text = clean(str(value))
    try:
        passed_over = folded(text) in _ORDINALS or is_returned(text)
        return bool(text) and not passed_over and meaning(text, known) is not None
    except Foreign:
        return False


def first_filled(rows: Sequence[Row]) -> int:
    """The line of the first row with more than one filled cell, where a heading row would be looked for; else 1."""
    return next((line for line, values in rows if sum(str(value).strip() != "" for value in values) > 1), 1)


def unknown(heading: str, known: Mapping[str, Column], place: Place) -> Problem:
    """The problem of a heading that the register does not know."""
    near = difflib.get_close_matches(folded(heading), known, n=1)
    if near:
        return Problem(
            "heading_unknown",
            N_("the register has no column {heading!r}"),
            N_("did you mean {near!r}? Otherwise remove the column"),
            place,
            {"heading": heading, "near": next(one for one in known[near[0]].headings if folded(one) == near[0])},
        )
    return Problem(
        "heading_unknown",
        N_("the register has no column {heading!r}"),
        N_("remove the column, or use a heading of the template"),
        place,
        {"heading": heading},
    )


def missing(column: Column, place: Place) -> Problem:
    """The problem of a compulsory column that the file lacks."""
    return Problem(
        "column_missing",
        N_("the column {column} is missing"),
        N_("add it with the heading {english!r} or {chinese!r}"),
        place,
        {"column": column.name, "english": column.english, "chinese": column.chinese},
    )
