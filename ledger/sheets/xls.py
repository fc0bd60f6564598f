"""What the bytes of an XLS workbook (of before 2007) say of cells beside their values: how they are shown.

The library that reads values gives 3.45% as 0.0345 and #N/A as an empty cell here too, and tells nothing of formats.
Only the records that say so are read: which format a style has, which style a cell has, which cells show an error,
which rows are hidden. Their layout is that of Microsoft's [MS-XLS] (BIFF8, and BIFF5 of Excel 95), that of the file
around them [MS-CFB].
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ledger.sheets.xlsx import Cell, Marks, Styles, unreadable

# Numbers of records.
_BOF, _EOF, _DATES, _SHEET = 0x0809, 0x000A, 0x0022, 0x0085
_FORMAT, _STYLE, _ROW = 0x041E, 0x00E0, 0x0208
_NUMBER, _RK, _MANY_RK, _FORMULA, _BOOL_OR_ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205

_BIFF8 = 0x0600
_FREE = 0xFFFF_FFFA  # From here on a number of a sector ends a chain.
_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_HIDDEN = 0x20
_ERROR, _NOTHING = 2, 3
_IN_HEADER = 109


class OldWorkbook(NamedTuple):
    """The marks of the sheets in the order in which the workbook lists them, and whether its days count from 1904."""

    sheets: tuple[Marks, ...]
    from_1904: bool


def examine_old(content: bytes, source: str) -> OldWorkbook:
    """The workbook's marks; refuses `workbook_unreadable`."""
    try:
        return _examined(_stream(content))
    except (struct.error, IndexError, LookupError, UnicodeDecodeError, ValueError) as error:
        raise unreadable(source) from error


def _stream(content: bytes) -> bytes:
    """The stream of the workbook; `LookupError` where the file has none, as one under a password has not."""
    big, small = (1 << shift for shift in struct.unpack_from("<HH", content, 30))
    (listed,) = struct.unpack_from("<I", content, 44)
    (first_entry,) = struct.unpack_from("<I", content, 48)
    least, first_small, _count, extra = struct.unpack_from("<4I", content, 56)

    def sector(number: int) -> bytes:
        return content[(number + 1) * big : (number + 2) * big]

    of_table = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    per_sector = big // 4
    while extra < _FREE and len(of_table) < listed:
        *more, extra = struct.unpack(f"<{per_sector}I", sector(extra))
        of_table += more
    table = [
        following
        for number in of_table[:listed]
        if number < _FREE
        for following in struct.unpack(f"<{per_sector}I", sector(number))
    ]
    entries = b"".join(sector(number) for number in _chain(first_entry, table))
    root = entries[:128]
    for place in range(0, len(entries), 128):
        entry = entries[place : place + 128]
        (length,) = struct.unpack_from("<H", entry, 64)
        if entry[: max(0, length - 2)] in _NAMES:
            start, size = struct.unpack_from("<II", entry, 116)
            if size >= least:
                return b"".join(sector(number) for number in _chain(start, table))[:size]
            smalls = b"".join(sector(number) for number in _chain(struct.unpack_from("<I", root, 116)[0], table))
            packed = b"".join(sector(number) for number in _chain(first_small, table))
            small_table = struct.unpack(f"<{len(packed) // 4}I", packed)
            parts = (smalls[number * small : (number + 1) * small] for number in _chain(start, small_table))
            return b"".join(parts)[:size]
    raise LookupError("no stream of a workbook")


def _chain(start: int, table: list[int] | tuple[int, ...]) -> Iterator[int]:
    """The sectors that follow each other; `ValueError` where they go round in a circle."""
    number, left = start, len(table)
    while number < _FREE:
        if not left:
            raise ValueError("a chain of sectors without end")
        yield number
        number, left = table[number], left - 1


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, from its first to its last; those of charts within it are left out."""
    place, depth = start, 0
    while True:
        kind, size = struct.unpack_from("<HH", stream, place)
        place += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, stream[place : place + size]
        if not depth:
            return
        place += size


def _examined(stream: bytes) -> OldWorkbook:
    formats: dict[int, str] = {}
    styles: list[int] = []
    starts = []
    from_1904 = wide = False
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            wide = struct.unpack_from("<H", body)[0] == _BIFF8
        elif kind == _DATES:
            from_1904 = struct.unpack("<H", body)[0] == 1
        elif kind == _SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body[2:], wide)
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    shown = Styles.of((number, formats.get(number, "")) for number in styles)
    return OldWorkbook(tuple(_marks(stream, start, shown) for start in starts), from_1904)


def _text(body: bytes, wide: bool) -> str:
    """A number format: signs of two bytes or one, with their count before them. Per cent is the same in every code."""
    if not wide:
        return body[1:].decode("gb18030", "replace")
    two = body[2] & 1
    return body[3:].decode("utf-16-le" if two else "latin-1")


def _marks(stream: bytes, start: int, shown: Styles) -> Marks:
    errors: set[Cell] = set()
    unvalued: set[Cell] = set()
    styled: dict[Cell, int] = {}
    hidden = 0
    for kind, body in _records(stream, start):
        if kind == _ROW:
            hidden += bool(struct.unpack_from("<H", body, 12)[0] & _HIDDEN)
        elif kind in (_NUMBER, _RK, _FORMULA, _BOOL_OR_ERROR):
            row, column, style = struct.unpack_from("<3H", body)
            cell = (row + 1, column + 1)
            # The result of a formula that is no number ends in FFFF and begins with what it is.
            result = body[6] if kind == _FORMULA and body[12:14] == b"\xff\xff" else None
            if result == _ERROR or (kind == _BOOL_OR_ERROR and body[7]):
                errors.add(cell)
            elif result == _NOTHING:
                unvalued.add(cell)
            elif result is None:
                styled[cell] = style
        elif kind == _MANY_RK:
            row, column = struct.unpack_from("<2H", body)
            for number in range((len(body) - 6) // 6):
                styled[row + 1, column + number + 1] = struct.unpack_from("<H", body, 4 + 6 * number)[0]
    return Marks(
        errors=frozenset(errors),
        unvalued=frozenset(unvalued),
        percents=frozenset(cell for cell, style in styled.items() if style in shown.percents),
        per_mille=frozenset(cell for cell, style in styled.items() if style in shown.per_mille),
        scaled=frozenset(cell for cell, style in styled.items() if style in shown.scaled),
        hidden_rows=hidden,
    )
