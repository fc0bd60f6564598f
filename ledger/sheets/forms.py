"""A lender's own form of file: what each of its headings means, and what it lacks.

A form is a mapping as the reader takes it. It says where a value stands and in which unit and words; what a cell may
hold is the register's, whatever the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from calculators.problems import N_, Place, Problem
from ledger.sheets.columns import guarded
from ledger.sheets.grids import Value, clean
from ledger.sheets.headings import Heading, folded, is_ordinal, is_returned


class FormHeading(NamedTuple):
    """A heading of the form: the number of its column in the file that it was made from, its columns and its unit.

    Without columns its cells are passed over.
    """

    at: int
    heading: str
    columns: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class Form:
    """How a lender's files for one register are read.

    `words` are (column, folded word) -> value, `given` column -> the text that every row has. `sheet` is the one that
    was chosen of several; `reads_day` says whether the day up to which the file speaks is looked for in it.
    """

    headings: tuple[FormHeading, ...]
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    reads_day: bool = False

    @cached_property
    def _by_heading(self) -> dict[str, FormHeading]:
        return {folded(heading.heading): heading for heading in self.headings}

    def meaning(self, text: str) -> Heading | None:
        """What a heading means under this form."""
        found = self._by_heading.get(folded(text))
        if found is None:
            return Heading((), "") if is_ordinal(text) or is_returned(text) else None
        return Heading(found.columns, found.unit)

    def foreign_to(self, place: Place) -> Problem:
        """The problem of a file in which no row has headings of the form."""
        return Problem(
            "mapping_headings_missing",
            N_("no row has the headings that the mapping of the lender reads: {headings}"),
            _AGAIN,
            place,
            {"headings": ", ".join(heading.heading for heading in self.headings if heading.columns), **UNTYPED},
        )

    def misfits(self, source: str, line: int, values: Sequence[Value]) -> list[Problem]:
        """The problems of a heading row (line, cells) that is not that of the form, each with its cell."""
        texts = {number: clean(str(value)) for number, value in enumerate(values, start=1)}
        there = {folded(text) for text in texts.values()}
        new = {number: text for number, text in texts.items() if text and self.meaning(text) is None}
        problems = []
        for heading in self.headings:
            if not heading.columns or folded(heading.heading) in there:
                continue
            place = Place(source, line, heading.at)
            now = new.pop(heading.at, "")
            if now:
                problems.append(
                    Problem(
                        "mapping_heading_changed",
                        N_("the mapping of the lender reads {before!r} here, and the file now has {now!r}"),
                        _AGAIN,
                        place,
                        {"before": heading.heading, "now": guarded(now), **UNTYPED},
                    )
                )
            else:
                problems.append(
                    Problem(
                        "mapping_heading_missing",
                        N_("the mapping of the lender reads {heading!r}, and the file no longer has it"),
                        _AGAIN,
                        place,
                        {"heading": heading.heading, **UNTYPED},
                    )
                )
        problems += [
            Problem(
                "mapping_heading_new",
                N_("the mapping of the lender does not know {heading!r}"),
                _AGAIN,
                Place(source, line, number),
                {"heading": guarded(text), **UNTYPED},
            )
            for number, text in new.items()
        ]
        return sorted(problems, key=lambda problem: problem.place.column)


# Whose file it is and where it lies, whoever was given the file fills in.
UNTYPED = {"lender": "LENDER", "file": "FILE"}


_AGAIN = N_(
    "ask the lender, or make the mapping again from this file with `subsidy import map {lender} {file} --preview`"
)


def unit_differs(word: str, heading: str, mapped: str, place: Place) -> Problem:
    """The problem of a file that states another unit than the one in which the mapping reads a heading."""
    return Problem(
        "mapping_unit_differs",
        N_("the file states {word}, and the mapping of the lender reads {heading!r} in {mapped}"),
        _AGAIN,
        place,
        {"word": word, "heading": heading, "mapped": mapped, **UNTYPED},
    )


def template_used(source: str) -> Problem:
    """What is said of a file with the headings of the template from a lender that has a form of its own."""
    return Problem(
        "mapping_not_used",
        N_("the file has the headings of the template, and was read without the mapping of the lender"),
        N_("compare the values with those of the file"),
        Place(source),
    )
