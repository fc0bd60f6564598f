"""Tables that fit a narrow window: texts are folded, spare columns left out, and at the last rows become blocks.

Numbers and single words are never broken: somebody copies them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

NARROW = 80
GAP = "  "
# Where a text may go on in the next line: after a blank, a Chinese sign or a slash.
_PIECES = re.compile(r"[^\s/\u2e80-\u9fff\uff00-\uffef]*(?:/+\s*|[\u2e80-\u9fff\uff00-\uffef]|\s+|$)")


# A name that would take a third of a line is broken between its parts.
_LONG, _PARTS = 24, re.compile(r"[^-@.:]*[-@.:]?")


class Head(NamedTuple):
    """A column: its title, whether its cells stand on the right, and how readily it is left out (0 never)."""

    title: str
    right: bool = False
    spare: int = 0


class Fitted(NamedTuple):
    """The lines of a table, and the titles of the columns that were left out."""

    lines: list[str]
    left_out: list[str]


def fitted(heads: Sequence[Head], cells: Sequence[Sequence[str]], room: int | None) -> Fitted:
    """A table in at most `room` cells of a line; as wide as it is without."""
    columns = [[head.title, *texts] for head, texts in zip(heads, _turned(heads, cells), strict=True)]
    natural = [max(map(cell_len, texts)) for texts in columns]
    if room is None or _total(natural) <= room:
        return Fitted(_table(heads, columns, natural), [])
    least = [_least(head, texts) for head, texts in zip(heads, columns, strict=True)]
    kept = list(range(len(heads)))
    for place in sorted((p for p in kept if heads[p].spare), key=lambda p: -heads[p].spare):
        if _total([least[p] for p in kept]) <= room:
            break
        kept.remove(place)
    if _total([least[p] for p in kept]) > room:
        return Fitted(list(_blocks(heads, cells, room)), [])
    widths = _shared([natural[p] for p in kept], [least[p] for p in kept], room)
    lines = _table([heads[p] for p in kept], [columns[p] for p in kept], widths)
    return Fitted(lines, [head.title for place, head in enumerate(heads) if place not in kept])


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
        part for piece in pieces for part in (_PARTS.findall(piece) if cell_len(piece) > _LONG else [piece]) if part
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


def _table(heads: Sequence[Head], columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    rows = list(zip(*columns, strict=True))
    lines = [*_row(heads, rows[0], widths), GAP.join("-" * width for width in widths)]
    for row in rows[1:]:
        lines += _row(heads, row, widths)
    return lines


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


def _blocks(heads: Sequence[Head], cells: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """Each row as lines of title and text, with a rule before it."""
    titles = max(cell_len(head.title) for head in heads)
    indent = " " * (titles + len(GAP))
    for row in cells:
        yield "-" * min(room, titles + len(GAP) + 12)
        for head, text in zip(heads, row, strict=True):
            first, *more = folded(text, room - len(indent))
            yield (head.title + " " * (titles - cell_len(head.title)) + GAP + first).rstrip()
            yield from (indent + line for line in more)
