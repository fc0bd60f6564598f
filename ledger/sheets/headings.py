"""Find the heading row of a grid, and what each heading means: columns of the register, and the unit of its cells."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from calculators.problems import N_, Place, Problem
from ledger.sheets.columns import AMOUNTS, RATES, Column, guarded
from ledger.sheets.grids import Value, clean
from ledger.sheets.rates import PER_MILLE, PERCENT, RATE_UNITS, hints_at_rate
from ledger.sheets.units import Foreign, heading_parts, hints_at_scale

# Titles, notes and a unit stand above a table; a heading row further down is not looked for.
_WITHIN = 60
# Columns that number the rows of a sheet and say nothing of what stands in them.
_ORDINALS = frozenset({"序号", "行号", "no.", "no", "#"})
# The column that a returned file has from us, in both languages.
RETURNED = frozenset({"whattochange", "修改方法"})

Row = tuple[int, Sequence[Value]]


class Heading(NamedTuple):
    """What a heading means: the columns, none where its cells are passed over; and the unit it states, "" for none."""

    columns: tuple[str, ...]
    unit: str


class Known(Protocol):
    """What the headings of a file may be."""

    def meaning(self, text: str) -> Heading | None:
        """What a heading means; None where it is not known. Raises `Foreign` for another currency."""


def folded(heading: str) -> str:
    """A heading for comparing: without spaces, full-width and half-width signs and capitals alike."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def is_ordinal(heading: str) -> bool:
    """Whether a heading is that of a column which numbers the rows."""
    return folded(heading) in _ORDINALS


def is_returned(heading: str) -> bool:
    """Whether a column is one that this program added to a file that went back; what is wrong with headings follows."""
    return folded(heading.partition(":")[0]) in RETURNED


class Template:
    """The headings of a register, as its template and its records have them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        others = {folded(heading): column for column in columns for heading in column.headings}
        # Where two columns would share one, their own comes first.
        own = {folded(one): column for column in columns for one in (column.name, column.english, column.chinese)}
        self._known = others | own
        self._needed = [column for column in columns if column.required]

    @property
    def needed(self) -> str:
        """The compulsory headings, in the language of whoever reads."""
        return ", ".join(column.title for column in self._needed)

    def column(self, text: str) -> Column | None:
        """The column that a heading without a unit names."""
        return self._known.get(folded(text))

    def meaning(self, text: str) -> Heading | None:
        """What a heading means; None where the register does not know it. Raises `Foreign` for another currency."""
        column = self.column(text)
        if column is not None:
            return Heading((column.name,), "")
        if is_ordinal(text) or is_returned(text):
            return Heading((), "")
        base, unit = heading_parts(text)
        column = self.column(base) if unit else None
        if column is None or not takes_unit(column, unit):
            return None
        return Heading((column.name,), unit)

    def has(self, kinds: frozenset[str]) -> bool:
        """Whether a column of these kinds is among them."""
        return any(column.kind in kinds for column in self._known.values())

    def near(self, text: str) -> str:
        """The heading of the register that is nearest to one it does not know; "" where none is."""
        near = difflib.get_close_matches(folded(text), self._known, n=1)
        return next(heading for heading in self._known[near[0]].headings if folded(heading) == near[0]) if near else ""


def takes_unit(column: Column, unit: str) -> bool:
    """Whether the cells of a column can be in this unit: money for amounts, per cent for rates and parts.

    Of the rate of a loan per mille is by the month or by the year, and a heading has to say which.
    """
    if column.kind == "rate":
        return unit in RATE_UNITS
    if column.kind in RATES:
        return unit == PERCENT or (unit == PER_MILLE and column.kind == "share")
    return column.kind in AMOUNTS and unit not in (*RATE_UNITS, PER_MILLE)


def unsaid(heading: str, columns: Sequence[Column], unit: str) -> bool:
    """Whether a heading that is read as these columns may say of their unit what nobody has understood."""
    if unit:
        return False
    return any(
        (column.kind in AMOUNTS and hints_at_scale(heading)) or (column.kind in RATES and hints_at_rate(heading))
        for column in columns
    )


def find(rows: Sequence[Row], known: Known) -> tuple[int, int]:
    """The place in `rows` of the row with the most headings that are known, the first of equals, and how many.

    (0, 0) where no row has any; a single one counts only in the first row that is more than a title.
    """
    counts = [sum(_is_known(value, known) for value in values) for _line, values in rows[:_WITHIN]]
    most = max(counts, default=0)
    place = counts.index(most) if most else 0
    if not most or (most == 1 and rows[place][0] != first_filled(rows)):
        return 0, 0
    return place, most


def _is_known(value: Value, known: Known) -> bool:
    text = clean(str(value))
    try:
        passed_over = is_ordinal(text) or is_returned(text)
        return bool(text) and not passed_over and known.meaning(text) is not None
    except Foreign:
        return False


def first_filled(rows: Sequence[Row]) -> int:
    """The line of the first row with more than one filled cell, where a heading row would be looked for; else 1."""
    return next((line for line, values in rows if sum(str(value).strip() != "" for value in values) > 1), 1)


def unknown(heading: str, known: Template, place: Place) -> Problem:
    """The problem of a heading that the register does not know."""
    near = known.near(heading)
    if hints_at_rate(heading) and known.has(RATES):
        return Problem(
            "heading_other_rate",
            N_("{heading!r} gives a rate by the month, by the day or per mille, and the register takes one a year"),
            N_(
                "write the yearly rate in per cent; per mille a month times 12 and divided by 10 is per cent a year: "
                "3.625‰ a month is 4.35%"
            ),
            place,
            {"heading": guarded(heading)},
        )
    if near and hints_at_scale(heading) and known.has(AMOUNTS):
        return Problem(
            "heading_other_unit",
            N_("{heading!r} may state a unit of money, and it is not known which"),
            N_("write the unit in Chinese, for example {near}（万元）, with 元, 千元, 万元 or 亿元"),
            place,
            {"heading": guarded(heading), "near": near},
        )
    if near:
        return Problem(
            "heading_unknown",
            N_("the register has no column {heading!r}"),
            N_("did you mean {near!r}? Otherwise remove the column"),
            place,
            {"heading": guarded(heading), "near": near},
        )
    return Problem(
        "heading_unknown",
        N_("the register has no column {heading!r}"),
        N_("remove the column, or use a heading of the template"),
        place,
        {"heading": guarded(heading)},
    )


def with_missing(wrong: Sequence[Problem], lacking: Sequence[Column], place: Place, known: Template) -> list[Problem]:
    """The problems of headings, and those of compulsory columns that none of these headings was told to be instead."""
    told = {id(problem): known.column(str(problem.values.get("near", ""))) for problem in wrong}
    # A heading of another rate is told what a yearly one is.
    rates = any(problem.code == "heading_other_rate" for problem in wrong)
    besides = [one for one in lacking if one not in told.values() and not (rates and one.kind in RATES)]
    needed = N_("did you mean {near!r}, which the register needs? Otherwise remove the column and add that one")
    return [
        replace(problem, remedy=needed)
        if problem.code == "heading_unknown" and told[id(problem)] in lacking
        else problem
        for problem in wrong
    ] + [missing(column, place) for column in besides]


def passed_over(heading: str, place: Place) -> Problem:
    """The warning of a heading that nobody knows in a list that is only looked at."""
    return Problem(
        "column_not_read",
        N_("the column {heading!r} is not known, and was not read"),
        N_("if it is needed, give it a heading of the template"),
        place,
        {"heading": guarded(heading)},
    )


def twice(heading: str, place: Place) -> Problem:
    """The problem of a heading whose column another heading of the file has already."""
    return Problem(
        "heading_twice",
        N_("the heading {heading!r} stands there twice"),
        N_("remove one of the two columns"),
        place,
        {"heading": guarded(heading)},
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
