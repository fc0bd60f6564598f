"""Titles and notes around a table that name units in words which were not understood as those of its columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.closings import is_closing, is_note, is_plain
from ledger.sheets.columns import AMOUNTS, Column, guarded, parse
from ledger.sheets.faults import FOREIGN
from ledger.sheets.grids import clean, first_text, texts_of
from ledger.sheets.layout import Table, is_beside
from ledger.sheets.rates import speaks_against
from ledger.sheets.units import Foreign, Unit, loose, stated, unit_of, unknown_unit

# A day as the number that a spreadsheet keeps for it.
_SERIAL = re.compile(r"\d{5}", re.ASCII)


def surroundings(table: Table) -> list[tuple[Place, str]]:
    """What is said above and below a table and in the name of its sheet: titles, notes, each with its cell."""
    rows = table.grid.rows
    around = list(rows[: table.top])
    for line, values in rows[table.first :]:
        first = first_text(values)
        if not is_plain(first) and is_note(texts_of(values)) and not is_closing(first):
            around.append((line, values))
    cells = [
        (Place("", line, number), clean(str(value)))
        for line, values in around
        for number, value in enumerate(values, start=1)
    ]
    return [*cells, (Place("", table.line, 1), table.grid.name)]


def beside(source: str, table: Table) -> Iterator[str]:
    """What is said of a table outside of its sheet's cells.

    By the file's name, by what is printed around it or stands in comments and boxes, and by sheets of instructions.
    """
    yield Path(source).stem
    yield from table.grid.marks.beside
    for sheet in table.aside:
        if is_beside(sheet.name):
            yield from (text for _line, values in sheet.rows for text in texts_of(values) if _states(text))


def _states(text: str) -> bool:
    try:
        return bool(stated(text))
    except Foreign:
        return False


def units_stated(source: str, around: Sequence[tuple[Place, str]]) -> list[Unit]:
    """The units of money that titles and notes name; refuses `currency_other` and `unit_unknown`."""
    found: list[Unit] = []
    for place, text in around:
        here = Place(source, place.line, place.column)
        try:
            found += [Unit(unit_of(word) or 1, word, here) for word in stated(text)]
        except Foreign:
            raise Refused(foreign(text, here)) from None
        if word := unknown_unit(text):
            raise refuse(
                "unit_unknown",
                N_("the file states the unit {word!r}, which is not known"),
                N_("write it in Chinese: 单位：元, 千元, 万元 or 亿元; if it is no unit of money, leave it out"),
                here,
                word=guarded(word),
            )
    return found


def hold_amounts(text: str, heading: str, unit: Unit | None, place: Place) -> None:
    """Refuse a text that names another unit than the one in which the amounts under a heading are read; None: yuan."""
    word = next((one for one in loose(text) if unit_of(one) != (unit.yuan if unit else 1)), "")
    if word:
        raise refuse(
            "unit_unclear",
            N_("{text!r} names {word}, and {heading!r} would be read in {unit}"),
            N_(
                "write the unit into the heading of the amounts, for example {heading}（万元）, "
                "for a mapping say it with --unit; if the text means other amounts, leave it out"
            ),
            place,
            text=guarded(text),
            word=word,
            heading=heading,
            unit=unit.word if unit else "元",
        )


def hold_rates(text: str, heading: str, unit: str, place: Place) -> None:
    """Refuse a text that says other rates than those in which the ones under a heading are read."""
    if speaks_against(text, unit):
        raise refuse(
            "rate_unit_unclear",
            N_("{text!r} speaks of rates by the month, by the day or per mille, and {heading!r} does not"),
            N_(
                "write the unit into the heading of the rates, for example 年利率（%）, for a mapping say "
                "it with --unit; if the text means other rates, leave it out"
            ),
            place,
            text=guarded(text),
            heading=heading,
        )


def foreign(text: str, place: Place) -> Problem:
    """The problem of a text that names another currency."""
    return Problem(FOREIGN.code, FOREIGN.what, FOREIGN.remedy, place, {"text": guarded(text)})


def unit_beside(text: str, place: Place) -> Problem:
    """The problem of a unit of amounts that stands in a column which is not read."""
    return Problem(
        "unit_beside",
        N_("{text!r} is a unit of amounts, in a column that is not read"),
        N_("write the unit into the heading of the amounts, in brackets as in （万元）, and remove this column"),
        place,
        {"text": guarded(text)},
    )


def unit_untold(word: str, heading: str, place: Place) -> Problem:
    """What is said of amounts whose unit the mapping tells and the file does not, where nothing was multiplied."""
    return Problem(
        "unit_untold",
        N_("nothing in the file states the unit of {heading!r}; it is read in {word}, as the lender's mapping says"),
        N_("compare the sums with those of the file"),
        place,
        {"heading": heading, "word": word},
    )


def unit_of_heading(other: Unit, heading: str) -> Problem:
    """What is said of amounts in yuan by their own heading, where a title or a note names another unit."""
    return Problem(
        "unit_of_heading",
        N_("the file states {word} here, and {heading!r} is in yuan by itself; the heading was followed"),
        N_("compare the sums with those of the file"),
        other.place,
        {"word": other.word, "heading": heading},
    )


def hold_above(source: str, table: Table, kinds: Mapping[int, Sequence[Column]]) -> None:
    """Refuse a row above the headings that looks as those below: it would be passed over as a title.

    Whatever is compulsory stands in it, and its codes, days and amounts are such; `kinds` are the columns by number.
    """
    wanted = {number: column for number, columns in kinds.items() for column in columns if column.required}
    told = [column.kind for column in wanted.values()]
    for line, values in table.grid.rows[: table.top] if "uscc" in told or "date" in told else ():
        texts = {number: clean(str(value)) for number, value in enumerate(values, start=1) if number in wanted}
        if len([text for text in texts.values() if text]) == len(wanted) and all(
            _fits(column, texts[number]) for number, column in wanted.items()
        ):
            raise refuse(
                "row_above_headings",
                N_("a row of the register stands above the headings, where nothing is read"),
                N_("move it below the headings; if it is an example, remove it"),
                Place(source, line, 1),
            )


def _fits(column: Column, text: str) -> bool:
    """Whether a text may be a value of a column, as far as codes, days and amounts tell."""
    if column.kind not in ("uscc", "date", *AMOUNTS) or (column.kind == "date" and _SERIAL.fullmatch(text)):
        return True
    try:
        parse(column, text, None)
    except ValueError:
        return False
    return True
