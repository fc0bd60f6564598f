"""What the bytes of an XLSX workbook say before its values are read: may it be unpacked, and which cells mislead.

The library that reads values lays a sheet out as a full rectangle and repeats a shared text in every cell, so that a
file of two kilobytes can ask for more memory than the machine has. Everything is measured here first. It also gives a
cell with an error or without a calculated value as an empty one, and 3.45% as 0.0345: those cells are named here.
"""

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from lxml import etree

from calculators.problems import N_, Place, Refused, refuse

# Of all parts together, unpacked; of a sheet laid out as a rectangle; of the texts of a sheet with every repetition.
MAX_UNPACKED = 256 * 1024 * 1024
MAX_CELLS = 5_000_000
MAX_TEXT = 256 * 1024 * 1024

# (line, column), both from 1.
Cell = tuple[int, int]

_BOOK, _PARTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})[0-9]{1,7}["']""")
_ROW_OF_REFERENCE = re.compile(rb"""\sr=["'][A-Z]{1,3}([0-9]{1,7})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*\shidden=["'](?:1|true)["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b[^>]*\st=["']e["'][^>]*>""")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?f\b.*?</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>[^<]")
_SHARED = re.compile(rb"""<(?:\w+:)?c\b[^>]*\st=["']s["'][^>]*>\s*<(?:\w+:)?v>([0-9]{1,9})<""")
_ITEM = re.compile(rb"<(?:\w+:)?si[\s>/]")
# What is printed around a sheet, and what is shown to who fills in a cell.
_AROUND = re.compile(
    rb"<(?:\w+:)?(headerFooter|dataValidations)\b.*?</(?:\w+:)?\1>",
    re.DOTALL,
)
_PROMPT = re.compile(rb"""\s(?:promptTitle|prompt)=["']([^"']*)["']""")
# Parts that say something beside a sheet, and the pieces of them that are read as one text.
_SAYING = re.compile(r"/(?:comments|threadedComment|drawing)$")
_PARAGRAPHS = re.compile(rb"<(?:\w+:)?(comment|threadedComment|txBody)\b.*?</(?:\w+:)?\1>", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
# The place, font and size that a text above or below a page begins with.
_PRINTED = re.compile(r'&(?:[LCR]|"[^"]*"|\d+)')
_PROPERTIES = "docProps/core.xml"
# A unit that a format writes behind a number: 0"万元", 0"K".
_UNIT_SHOWN = re.compile(r'[万萬亿億千]|"\s*[kKwWmM]\s*"')
# A part of a number format that is shown as it stands: quoted, escaped, or a colour or condition in brackets.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
# A comma behind the last digit divides what is shown by a thousand.
_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")
_BUILT_IN_PERCENT = frozenset({9, 10})


@dataclass(frozen=True)
class Marks:
    """Cells of a sheet that do not say what they seem to say.

    `errors` show #N/A and the like, `unvalued` hold a formula that nobody has calculated, `percents` are shown in per
    cent, `per_mille` with that sign behind their value, `scaled` in units of thousands; `hidden_rows` says how many
    rows nobody sees. `beside` are the texts that go with the sheet and stand in no cell of it.
    """

    errors: frozenset[Cell] = frozenset()
    unvalued: frozenset[Cell] = frozenset()
    percents: frozenset[Cell] = frozenset()
    per_mille: frozenset[Cell] = frozenset()
    scaled: frozenset[Cell] = frozenset()
    hidden_rows: int = 0
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workbook:
    """A workbook that may be unpacked: the marks of its sheets by name, and whether its days count from 1904."""

    sheets: dict[str, Marks] = field(default_factory=dict)
    from_1904: bool = False


def examine(content: bytes, source: str) -> Workbook:
    """The workbook's marks, after everything that unpacking it would ask for has been measured.

    Refuses `workbook_unreadable`, `workbook_other` (another kind of spreadsheet in a ZIP archive), `workbook_too_large`
    and `sheet_too_large`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise refuse(
                    "workbook_too_large",
                    N_("unpacked, the workbook has {size} bytes, and no register has more than {most}"),
                    N_("copy the table alone into a new workbook and save it as XLSX"),
                    Place(source),
                    size=unpacked,
                    most=MAX_UNPACKED,
                )
            # Reading to the end holds every part to the size and sum that the archive states for it.
            parts = {part.filename: archive.read(part) for part in archive.infolist()}
        if _BOOK not in parts or _PARTS not in parts:
            raise refuse(
                "workbook_other",
                N_("this is no XLSX workbook"),
                N_("save it as XLSX"),
                Place(source),
            )
        return _examined(parts, source)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError) as error:
        raise unreadable(source) from error


def unreadable(source: str) -> Refused:
    """The refusal of a workbook whose bytes make no sense, or that wants a password."""
    return refuse(
        "workbook_unreadable",
        N_("the workbook cannot be read"),
        N_("save it again as XLSX without a password"),
        Place(source),
    )


def _examined(parts: dict[str, bytes], source: str) -> Workbook:
    texts = _text_sizes(parts)
    for part in parts.values():
        # Whatever is laid out as a sheet counts, under whichever name and whether or not the workbook lists it.
        if b"sheetData" in part:
            _measure(part, texts, source)
    book = parse_part(parts[_BOOK])
    styles = _styles(parts)
    properties = book.find("{*}workbookPr")
    return Workbook(
        {
            name: replace(_marks(parts.get(part, b""), styles), beside=tuple(_beside(part, parts)))
            for name, part in sheet_parts(parts).items()
        },
        properties is not None and properties.get("date1904") in ("1", "true"),
    )


def sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The sheets of a workbook by name, in order, each with the name of its part."""
    targets = {
        str(relation.get("Id")): f"xl/{str(relation.get('Target')).removeprefix('/').removeprefix('xl/')}"
        for relation in parse_part(parts[_PARTS])
    }
    return {
        str(sheet.get("name")): targets.get(_identity(sheet), "")
        for sheet in parse_part(parts[_BOOK]).iterfind("{*}sheets/{*}sheet")
    }


def parse_part(part: bytes) -> Any:
    """The XML of a part, without anything that it would fetch from elsewhere."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _identity(sheet: Any) -> str:
    """The name under which the list of parts has a sheet, whatever the namespace of the attribute is called."""
    return next((str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")


def _beside(name: str, parts: Mapping[str, bytes]) -> Iterator[str]:
    """What is printed around a sheet, what its cells prompt, what its comments and boxes and the file's title say."""
    yield from (_text_in(match[0]) for match in _AROUND.finditer(parts.get(name, b"")))
    yield _text_in(parts.get(_PROPERTIES, b""))
    folder, _, file = name.rpartition("/")
    listed = parts.get(f"{folder}/_rels/{file}.rels")
    for relation in parse_part(listed) if listed else ():
        target = posixpath.normpath(posixpath.join(folder, str(relation.get("Target")))).removeprefix("/")
        if _SAYING.search(str(relation.get("Type"))):
            yield from (_text_in(match[0]) for match in _PARAGRAPHS.finditer(parts.get(target, b"")))


def _text_in(part: bytes) -> str:
    """The text of a piece of XML, and of the prompts in it."""
    told = b" ".join((_TAG.sub(b"", part), *_PROMPT.findall(part)))
    return _PRINTED.sub(" ", html.unescape(told.decode(errors="replace"))).strip()


def _text_sizes(parts: dict[str, bytes]) -> list[int]:
    """The bytes of every shared text, in the order by which cells name them."""
    for part in parts.values():
        if re.search(rb"<(?:\w+:)?sst\b", part[:1024]):
            starts = [match.start() for match in _ITEM.finditer(part)]
            return [end - start for start, end in zip(starts, [*starts[1:], len(part)], strict=True)]
    return []


def _measure(part: bytes, texts: list[int], source: str) -> None:
    letters = _REFERENCE.findall(part)
    if len(letters) < sum(1 for _cell in _CELL.finditer(part)) or b"\0" in part[:64]:
        # Cells may leave their place out, and a part may be UTF-16: no spreadsheet writes either.
        raise unreadable(source)
    columns = max((column_number(letter) for letter in set(letters)), default=0)
    lines = max(map(int, set(_ROW_OF_REFERENCE.findall(part))), default=0)
    if lines * columns > MAX_CELLS:
        raise refuse(
            "sheet_too_large",
            N_("the sheet reaches to row {lines} and column {columns}, more than {most} cells"),
            N_("delete all rows below the last one and all columns right of the last one, and save it again"),
            Place(source, lines, columns),
            lines=lines,
            columns=columns,
            most=MAX_CELLS,
        )
    if len(letters) * max(texts, default=0) > MAX_TEXT:
        told = sum(texts[place] for place in map(int, _SHARED.findall(part)) if place < len(texts))
        if told > MAX_TEXT:
            raise refuse(
                "sheet_too_large",
                N_("the texts of the sheet have {size} bytes, more than {most}"),
                N_("shorten the texts, or split the file"),
                Place(source),
                size=told,
                most=MAX_TEXT,
            )


class Styles(NamedTuple):
    """The styles of cells that are shown in per cent, with the sign of per mille, and in units of thousands."""

    percents: set[int]
    per_mille: set[int]
    scaled: set[int]

    @classmethod
    def of(cls, formats: Iterable[tuple[int, str]]) -> "Styles":
        """The styles by their place, of the number of each one's format and its text, "" for one that is built in."""
        found = cls(set(), set(), set())
        for place, (number, shown) in enumerate(formats):
            if number in _BUILT_IN_PERCENT or "%" in _LITERAL.sub("", shown):
                found.percents.add(place)
            if "‰" in shown:
                found.per_mille.add(place)
            if _UNIT_SHOWN.search(shown) or "!." in shown or _THOUSANDS.search(_LITERAL.sub("", shown)):
                found.scaled.add(place)
        return found


def _styles(parts: dict[str, bytes]) -> Styles:
    if "xl/styles.xml" not in parts:
        return Styles.of(())
    styles = parse_part(parts["xl/styles.xml"])
    formats = {
        int(style.get("numFmtId")): str(style.get("formatCode")) for style in styles.iterfind("{*}numFmts/{*}numFmt")
    }
    numbers = [int(style.get("numFmtId", 0)) for style in styles.iterfind("{*}cellXfs/{*}xf")]
    return Styles.of((number, formats.get(number, "")) for number in numbers)


def _marks(part: bytes, styles: Styles) -> Marks:
    return Marks(
        errors=frozenset(_places(match[0] for match in _ERROR.finditer(part))),
        unvalued=frozenset(_unvalued(part)),
        percents=frozenset(_styled(part, styles.percents)),
        per_mille=frozenset(_styled(part, styles.per_mille)),
        scaled=frozenset(_styled(part, styles.scaled)),
        hidden_rows=sum(1 for _row in _HIDDEN_ROW.finditer(part)),
    )


def _unvalued(part: bytes) -> Iterator[Cell]:
    if b"<f" in part or b":f" in part:
        yield from _places(match[1] for match in _FORMULA.finditer(part) if not _VALUE.search(match[0]))


def _styled(part: bytes, styles: set[int]) -> Iterator[Cell]:
    if styles:
        wanted = b"|".join(b"%d" % style for style in sorted(styles))
        pattern = re.compile(rb"""<(?:\w+:)?c\b[^>]*\ss=["'](?:""" + wanted + rb""")["'][^>]*>""")
        yield from _places(match[0] for match in pattern.finditer(part))


_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")


def _places(cells: Iterator[bytes]) -> Iterator[Cell]:
    for cell in cells:
        place = _PLACE.search(cell)
        assert place is not None, "every cell was held to its place"
        yield int(place[2]), column_number(place[1])


def column_number(letters: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 = A, 26 = Z, 27 = AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
