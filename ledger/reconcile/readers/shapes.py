"""How a bank lays out its table: which heading holds what, as data in a CSV file of two columns, `field` and `heading`.

The shipped ones stand in `fixtures/statements`; an office writes its own for any other bank (docs/reconciling.md says
how). A field may have several headings: of `text` and `reference` all that are there are used, of others the first.
Words that the file leaves out (labels, totals, directions) are those of `other.csv`.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calculators.problems import N_, Place, Problem, Refused
from ledger.reconcile.source import Source
from ledger.resources import fixture

SHIPPED = ("boc", "icbc", "bocom", "alipay", "ecny-flow", "other")
COLUMNS = (
    "serial",
    "date",
    "time",
    "in",
    "out",
    "amount",
    "direction",
    "state",
    "balance",
    "currency",
    "account",
    "counterparty",
    "number",
    "reference",
    "text",
)
# Fields of which every heading that is there counts.
SEVERAL = ("reference", "text")
LABELS = (
    "label.account",
    "label.currency",
    "label.opening",
    "label.closing",
    "label.count",
    "label.in_count",
    "label.in_sum",
    "label.out_count",
    "label.out_sum",
)
WORDS = ("direction.in", "direction.out", "direction.none", "state.none", "total")
ABOUT = ("name", "source", "verified")
# What a minus beside the word for out, or in the column for out, means: an entry taken back, or out said again.
MINUS, REVERSAL, DIRECTION = "minus", "reversal", "direction"
FIELDS = (*COLUMNS, *LABELS, *WORDS, *ABOUT, MINUS)


@dataclass(frozen=True)
class Shape:
    """A layout: folded headings and words by field, in the order of preference."""

    name: str
    fields: Mapping[str, tuple[str, ...]]

    def of(self, field: str) -> tuple[str, ...]:
        """The headings, labels or words of a field; those of `other.csv` where the shape has none of its own."""
        own = self.fields.get(field, ())
        if own or field in (*COLUMNS, MINUS) or self.name == "other":
            return own
        return shipped("other").of(field)

    @property
    def minus(self) -> str:
        """`reversal`, `direction`, or "" where the layout does not say what a minus on an outgoing amount means."""
        return next(iter(self.of(MINUS)), "")


def fold(heading: str) -> str:
    """A heading for comparing: half width, small, without spaces, quotation marks and the unit."""
    text = "".join(unicodedata.normalize("NFKC", heading).split()).casefold().strip("\"'`")
    for unit in ("(元)", "(人民币)", "(人民币元)", "(cny)"):
        text = text.removesuffix(unit)
    return text


@cache
def shipped(name: str) -> Shape:
    """One of the shapes that come with the product."""
    return _shape(name, fixture(f"statements/{name}.csv").read_text(encoding="utf-8"), f"{name}.csv")


def mapping(path: Path) -> Shape:
    """An office's own shape; refuses every line of it that cannot be used."""
    source = Source.of(path)
    return _shape(source.name, source.text, source.name)


def _shape(name: str, text: str, source: str) -> Shape:
    fields: dict[str, list[str]] = {}
    problems = []
    rows = csv.reader(io.StringIO(text, newline=""))
    for line, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row) or (line == 1 and [cell.strip() for cell in row[:1]] == ["field"]):
            continue
        field, heading = row[0].strip(), ",".join(row[1:]).strip()
        if field not in FIELDS:
            problems.append(_problem(source, line, field))
        elif field == MINUS and heading not in (REVERSAL, DIRECTION):
            problems.append(
                Problem(
                    "mapping_minus",
                    N_("{text!r} does not say what a minus on an outgoing amount means"),
                    N_("write reversal (it takes an entry back) or direction (it says out once more)"),
                    Place(source, line, 2),
                    {"text": heading},
                )
            )
        elif heading:
            fields.setdefault(field, []).append(fold(heading))
    if not problems and not _complete(fields):
        problems.append(
            Problem(
                "mapping_incomplete",
                N_("the mapping names no column for the day, or none for amounts"),
                N_("add a line for date, and lines for in and out, or one for amount"),
                Place(source, 1, 1),
            )
        )
    if problems:
        raise Refused(problems)
    return Shape(name, {field: tuple(headings) for field, headings in fields.items()})


def _complete(fields: Mapping[str, list[str]]) -> bool:
    return "date" in fields and ("amount" in fields or ("in" in fields and "out" in fields))


def _problem(source: str, line: int, field: str) -> Problem:
    return Problem(
        "mapping_field",
        N_("a mapping has no field {field!r}"),
        N_("write one of: {fields}"),
        Place(source, line, 1),
        {"field": field, "fields": ", ".join(FIELDS)},
    )
