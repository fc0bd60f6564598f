"""Read the tables of an HTML page: online banks give such a page the name of a workbook (`.xls`).

Every cell is text as it is shown. A cell that spans rows or columns stands in its first place; `merged` says how far.
"""

from typing import Any, NamedTuple

from lxml import etree

from calculators.problems import N_, Place, refuse
from ledger.sheets.xlsx import MAX_CELLS

# As browsers do: a wider or higher cell is cut.
_MOST_COLUMNS, _MOST_ROWS = 1000, 65534


class Table(NamedTuple):
    """A table: its rows of texts, and the cells that span several, each (first line, first column), (last, last)."""

    rows: list[list[str]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]


def is_html(content: bytes) -> bool:
    """Whether a file is an HTML page with a table in it."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # UTF-16: what counts here are the signs of ASCII.
        content = content[2:].replace(b"\0", b"")
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") and (b"<html" in start or b"<table" in start) and b"<table" in content.lower()


def tables(text: str, source: str) -> list[Table]:
    """The innermost tables of a page, in its order; refuses `sheet_too_large`."""
    # A declared encoding no longer holds: the text is decoded already.
    page = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False))
    if page is None:
        return []
    return [_table(table, source) for table in page.iter("table") if table.find(".//table") is None]


def _table(table: Any, source: str) -> Table:
    made = Table([], [])
    # Column -> lines that a cell from above still covers.
    covered: dict[int, int] = {}
    count = 0
    for line, row in enumerate(table.iter("tr"), start=1):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while covered.get(len(cells) + 1, 0) >= line:
                cells.append("")
            wide, high = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", _MOST_ROWS)
            first = len(cells) + 1
            cells += [_text(cell), *[""] * (wide - 1)]
            if high > 1:
                covered |= dict.fromkeys(range(first, first + wide), line + high - 1)
            if high > 1 or wide > 1:
                made.merged.append(((line, first), (line + high - 1, first + wide - 1)))
        made.rows.append(cells)
        count += len(cells)
        if count > MAX_CELLS:
            raise refuse(
                "sheet_too_large",
                N_("the table has more than {most} cells"),
                N_("save it as XLSX without what lies around the table"),
                Place(source, line, 1),
                most=MAX_CELLS,
            )
    return made


def _text(cell: Any) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    return "".join(cell.itertext())


def _span(cell: Any, name: str, most: int) -> int:
    text = str(cell.get(name, "1")).strip()
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else 1
