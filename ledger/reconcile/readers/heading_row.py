"""Where the table of a statement begins: the row of headings that the shapes know, or the one that comes nearest."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.reconcile.readers.shapes import SEVERAL, SHIPPED, Shape, fold, shipped
from ledger.reconcile.readers.sheets import Row, Sheet, ways
from ledger.reconcile.source import Source
from ledger.sheets.columns import guarded

# Preambles are short; a heading row further down is not looked for.
_HEADING_WITHIN = 60


class Header(NamedTuple):
    """Where the table begins: the place of its row, its shape, and the columns (from 0) of each field."""

    row: int
    shape: Shape
    columns: dict[str, tuple[int, ...]]

    @property
    def known(self) -> int:
        """How many of its headings the shape knows."""
        return sum(len(columns) for columns in self.columns.values())


def find(source: Source, shapes: Iterable[Shape] | None = None) -> list[tuple[Sheet, Header | None]]:
    """The sheets of the file with their heading rows, by the shape that knows most headings; [] where none does."""
    wanted = _wanted(shapes)
    best: list[tuple[Sheet, Header | None]] = []
    most = 0
    for way in ways(source):
        found = [(sheet, _best_header(sheet.rows, wanted)) for sheet in way]
        known = max((header.known for _sheet, header in found if header), default=0)
        if known > most:
            best, most = found, known
    return best


def _wanted(shapes: Iterable[Shape] | None) -> list[Shape]:
    return list(shapes) if shapes is not None else [shipped(name) for name in SHIPPED]


def no_headings(source: Source, shapes: Iterable[Shape] | None) -> Refused:
    """Of a file without a heading row: the row that comes nearest to one, and what it lacks."""
    remedy = N_("name the bank with --format, or give your own column mapping there")
    near = [
        (len(known), -line, sheet, cells, known)
        for way in ways(source)
        for sheet in way
        for line, cells in sheet.rows[:_HEADING_WITHIN]
        for shape in _wanted(shapes)
        if len(known := _columns(shape, cells)) > 1
    ]
    if not near:
        return refuse(
            "statement_headings",
            N_("no row of the file has the headings of a statement: a day, and amounts"),
            remedy,
            Place(source.name, 1, 1),
        )
    _count, line, sheet, cells, known = max(near, key=lambda one: one[:2])
    read = set(chain.from_iterable(known.values()))
    strange = ", ".join(guarded(cell) for place, cell in enumerate(cells) if cell.strip() and place not in read)
    return refuse(
        "statement_headings",
        N_("these are headings of a statement, and none says that it is the day; not known are: {headings}")
        if "date" not in known
        else N_("these are headings of a statement, and none says that it is the amount; not known are: {headings}"),
        remedy,
        Place(f"{source.name}/{sheet.name}" if sheet.name else source.name, -line, 1),
        headings=strange or "-",
    )


def _columns(shape: Shape, cells: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The fields that a row of headings names, each with the places of its columns: one, or of some fields several."""
    folded = [fold(cell) for cell in cells]
    columns = {}
    for field in shape.fields:
        places = [folded.index(heading) for heading in shape.of(field) if heading in folded]
        if places and "." not in field:
            columns[field] = tuple(dict.fromkeys(places)) if field in SEVERAL else (places[0],)
    return columns


def _best_header(rows: Sequence[Row], shapes: Sequence[Shape]) -> Header | None:
    headers = [header for shape in shapes if (header := _header(rows, shape)) is not None]
    return max(headers, key=lambda header: header.known, default=None)


def _header(rows: Sequence[Row], shape: Shape) -> Header | None:
    for index, (_line, cells) in enumerate(rows[:_HEADING_WITHIN]):
        columns = _columns(shape, cells)
        if "date" in columns and ("amount" in columns or ("in" in columns and "out" in columns)):
            return Header(index, shape, columns)
    return None
