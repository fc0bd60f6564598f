"""The readers of statements, one module per format, each with `detect(source)` and `read(source)`.

`read` is the front door: it finds out which format a file has, or takes the name of one, or an office's own column
mapping for a bank that no shipped one fits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from calculators.problems import N_, Place, refuse
from ledger.reconcile.readers import bkrs, camt, ecny_result, heading_row, mt940, ofd, shapes, tables
from ledger.reconcile.readers.xml import is_xml
from ledger.reconcile.source import Source
from ledger.reconcile.statements import Statement

Reader = Callable[[Source], list[Statement]]


@dataclass(frozen=True)
class Document:
    """A file as read: its format and its statements in the file's order."""

    source: Source
    format: str
    statements: list[Statement]


def _table(shape: str) -> Reader:
    return lambda source: tables.read(source, [shapes.shipped(shape)])


READERS: Mapping[str, Reader] = {
    "camt.053": camt.read,
    "camt.054": camt.read,
    "mt940": mt940.read,
    "mt942": mt940.read,
    "bkrs": bkrs.read,
    "ofd": ofd.read,
    "ecny-result": ecny_result.read,
    **{shape: _table(shape) for shape in shapes.SHIPPED},
}


def read(path: Path, wanted: str | None = None) -> Document:
    """The statements of a file. `wanted` is a name of `READERS`, or the path of a column mapping.

    Refuses a file that is none of these with its place; a file that is well formed and contradicts itself is read.
    """
    source = Source.of(path)
    name, reader = _named(wanted) if wanted else _detected(source)
    if name.startswith("camt") and not camt.detect(source):
        raise _no_camt(source)
    if name.startswith(("camt", "mt94")):
        # What the file is, whatever it was called: a notification or interim report is no statement.
        name = detect(source) or name
    return Document(source, name, reader(source))


def detect(source: Source) -> str:
    """The name of the file's format; "" where it is none that is known."""
    if camt.detect(source):
        return f"camt.{camt.message(source)}"
    if mt940.detect(source):
        return mt940.message(source)
    for name, module in (("ofd", ofd), ("bkrs", bkrs), ("ecny-result", ecny_result)):
        if module.detect(source):
            return name
    if is_xml(source):
        return ""
    return next((header.shape.name for _sheet, header in heading_row.find(source) if header), "")


def _detected(source: Source) -> tuple[str, Reader]:
    name = detect(source)
    if name:
        return name, READERS[name]
    if camt.message(source):
        raise _no_camt(source)
    if is_xml(source):
        raise refuse(
            "format_unknown",
            N_("this XML is not a statement of a known kind: camt.053, camt.054 or bkrs"),
            N_("ask the bank for one of these"),
            Place(source.name, 1, 1),
        )
    # The tables' own refusal says what a table needs.
    return "other", tables.read


def _no_camt(source: Source) -> Exception:
    number = camt.message(source)
    return refuse(
        "camt_other_message",
        N_("this is camt.{number}, which is not a list of booked entries")
        if number
        else N_("this is neither camt.053 nor camt.054"),
        N_("ask the bank for camt.053, the end-of-day statement"),
        Place(source.name, 1, 1),
        number=number,
    )


def _named(wanted: str) -> tuple[str, Reader]:
    for name, reader in READERS.items():
        if _letters(name) == _letters(wanted):
            return name, reader
    path = Path(wanted)
    if path.suffix.lower() == ".csv" and path.is_file():
        shape = shapes.mapping(path)
        return path.name, lambda source: tables.read(source, [shape])
    raise refuse(
        "format_name",
        N_("there is no format {wanted!r}"),
        N_("write one of {formats}, or the name of a column mapping in CSV"),
        Place("--format"),
        wanted=wanted,
        formats=", ".join(READERS),
    )


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
