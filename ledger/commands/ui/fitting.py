"""Tables that fit a narrow window: texts are folded, spare columns left out, and at the last rows become blocks.

Numbers, single words and commands are never broken: somebody copies them. A column of commands that finds no room is
printed below its rows, a line each.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

NARROW = 80
GAP = "  "
# Where a text may go on in the next line: after a blank, a Chinese sign or a slash.
_WIDE = r"\u2e80-\u9fff\uff00-\uffef"
_COMMAND = r"\(?`subsidy [^`]*`"
_PIECES = re.compile(
    rf"{_COMMAND}[^\s/{_WIDE}]*\s*|[^\s/{_WIDE}]*?(?:/+\s*|[{_WIDE}]|\s+|(?={_COMMAND})|$)",
)

# A name that would take a third of a line is broken between its parts.
_LONG, _PARTS = 24, re.compile(r"[^-@.:]*[-@.:]?")


class Head(NamedTuple):
    """A column: its title, whether its cells stand on the right, and how readily it is left out (0 never)."""

    title: str
    right: bool = False
    spare: int = 0


class Fitted(NamedTuple):
    """A table in lines: its heading, and those of each row; and the titles of the columns that were left out."""

    heading: list[str]
    rows: list[list[str]]
    left_out: list[str]

    @property
    def lines(self) -> list[str]:
        return [*self.heading, *(line for row in self.rows for line in row)]


def fitted(heads: Sequence[Head], cells: Sequence[Sequence[str]], room: int | None) -> Fitted:
    """A table in at most `room` cells of a line; as wide as it is without."""
    columns = [[head.title, *texts] for head, texts in zip(heads, _turned(heads, cells), strict=True)]
    natural = [max(map(cell_len, texts)) for texts in columns]
    if room is None or _total(natural) <= room:
        return _table(heads, columns, natural, [])
    commands = [place for place, texts in enumerate(columns) if _of_commands(texts[1:])]
    least = [
        natural[place] if place in commands else _least(head, texts)
        for place, (head, texts) in enumerate(zip(heads, columns, strict=True))
    ]
    kept = list(range(len(heads)))
    for place in sorted((p for p in kept if heads[p].spare), key=lambda p: -heads[p].spare):
        if _total([least[p] for p in kept]) <= room:
            break
        kept.remove(place)
    if _total([least[p] for p in kept]) > room and commands:
        return _with_commands_below(heads, cells, commands, room)
    if _total([least[p] for p in kept]) > room:
        return Fitted([], [list(_block(heads, row, room)) for row in cells], [])
    widths = _shared([natural[p] for p in kept], [least[p] for p in kept], room)
    left_out = [head.title for place, head in enumerate(heads) if place not in kept]
    return _table([heads[p] for p in kept], [columns[p] for p in kept], widths, left_out)


def _of_commands(texts: Sequence[str]) -> bool:
    return any(texts) and all(text.startswith("subsidy ") for text in texts if text)


def _with_commands_below(
    heads: Sequence[Head], cells: Sequence[Sequence[str]], commands: Sequence[int], room: int
) -> Fitted:
    """The table without its columns of commands, and those of each row under it."""
    beside = [place for place in range(len(heads)) if place not in commands]
    found = fitted([heads[place] for place in beside], [[row[place] for place in beside] for row in cells], room)
    rows = [
        [*lines, *(GAP + row[place] for place in commands if row[place])]
        for lines, row in zip(found.rows, cells, strict=True)
    ]
    return found._replace(rows=rows)


def _turned(heads: Sequence[Head], cells: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return list(zip(*cells, strict=True)) if cells else [()] * len(heads)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _least(head: Head, texts: list[str]) -> int:
    """How narrow a column can be: its longest word, of numbers the whole."""
    if head.right:
        return max(
            max((cell_len(piece.rstrip()) for piece in _pieces(head.title)), default=0), *map(cell_len, texts[1:]), 0
        )
    return max((cell_len(piece.rstrip()) for text in texts for piece in _pieces(text)), default=0)


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """The widths that fill the room: the widest columns give way first, none below what it needs."""
    widths = list(natural)
    while _total(widths) > room:
        place = max(range(len(widths)), key=lambda p: (widths[p] > least[p], widths[p]))
        widths[place] -= 1
    return widths


def _pieces(text: str) -> list[str]:
    pieces = [piece for piece in _PIECES.findall(text) if piece]
    return [
        part
        for piece in pieces
        for part in (_PARTS.findall(piece) if cell_len(piece) > _LONG and "`subsidy " not in piece else [piece])
        if part
    ]


def folded(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells; a word that is longer stands alone."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _table(
    heads: Sequence[Head], columns: Sequence[Sequence[str]], widths: Sequence[int], left_out: list[str]
) -> Fitted:
    titles, *rows = zip(*columns, strict=True)
    rule = GAP.join("-" * width for width in widths)
    return Fitted([*_row(heads, titles, widths), rule], [list(_row(heads, row, widths)) for row in rows], left_out)


def _row(heads: Sequence[Head], texts: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row: as many as its longest cell needs."""
    each = [
        folded(text, width) if cell_len(text) > width else [text] for text, width in zip(texts, widths, strict=True)
    ]
    for number in range(max(map(len, each))):
        line = []
        for head, cell, width in zip(heads, each, widths, strict=True):
            text = cell[number] if number < len(cell) else ""
            space = " " * (width - cell_len(text))
            line.append(space + text if head.right else text + space)
        yield GAP.join(line).rstrip()


def _block(heads: Sequence[Head], row: Sequence[str], room: int) -> Iterator[str]:
    """A row as lines of title and text, with a rule before it."""
    titles = max(cell_len(head.title) for head in heads)
    indent = " " * (titles + len(GAP))
    yield "-" * min(room, titles + len(GAP) + 12)
    for head, text in zip(heads, row, strict=True):
        first, *more = folded(text, room - len(indent))
        yield (head.title + " " * (titles - cell_len(head.title)) + GAP + first).rstrip()
        yield from (indent + line for line in more)
