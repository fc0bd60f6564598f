"""The rows that close a table: sums and counts that the file states about itself, and notes below it.

They are no rows of the register, and what they state is held against what was read: a row that was lost, or a unit that
was taken for another, shows here.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem
from ledger.sheets.columns import guarded
from ledger.sheets.units import fen_of

# How the last row of an office's sheet begins: of everything above, or of what stands above since the last such row.
_ALL = frozenset({"合计", "总计", "共计", "总合计", "合计数", "total", "grandtotal"})
_PART = frozenset({"小计", "本页合计", "本页小计", "分行合计", "subtotal"})
_WORD = re.compile(r"[（(\[【].*|[:：].*|\d.*")
_COUNT = re.compile(r"(?:共计|总共|合计|总计|小计|共)[:：\s]*(\d{1,7})\s*(户|家|笔|条|行|项)")
# Who made a table, when, and what is to be known about it.
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|制表|填表|填报|编制|审核|复核|经办|负责|联系|打印|报送|截至|截止|日期|单位|金额单位)"
    r"[^:：]{0,8}[:：].*|(?:note|prepared by|checked by|printed)\b.*",
    re.IGNORECASE,
)
FIRMS = frozenset({"户", "家"})
_NUMERALS = "[一二三四五六七八九十]+"
_NUMERAL = re.compile(_NUMERALS)
_SECTION = re.compile(rf"(?:第?{_NUMERALS}(?:部分|类|组)?[、.．]|[（(]{_NUMERALS}[)）])\s*(.*)")


class Closing(NamedTuple):
    """A row that sums: its line, from which line on, its cells by column name, and what it counts.

    `since` are the lines from which it may sum: a 合计 sums everything, or a block where there are several. `counts`
    are (how many, of what): firms (`户`, `家`) or rows.
    """

    line: int
    since: tuple[int, ...]
    cells: Mapping[str, str]
    counts: tuple[tuple[int, str], ...]


# First letters of what such a row begins with in ASCII: total, grand total, subtotal, note, prepared, printed, checked.
_TELLING = "tgsnpcTGSNPC"


def is_plain(first: str) -> bool:
    """Whether a row that begins so is one of the table, whatever follows: nothing closes a table like that."""
    return first != "" and first.isascii() and first[0] not in _TELLING


def is_closing(first: str) -> bool:
    """Whether the first filled cell of a row says that it is a sum or a count: no row of a register begins so."""
    return _word(first) in _ALL | _PART or bool(_COUNT.match(first))


def sums_a_part(first: str) -> bool:
    """Whether a closing row that begins so sums only what stands above it since the last one."""
    return _word(first) in _PART


def counts(texts: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """What a closing row counts: `共4户` -> (4, 户)."""
    return tuple((int(match[1]), match[2]) for text in texts for match in _COUNT.finditer(text))


def is_note(texts: Sequence[str]) -> bool:
    """Whether the filled cells of a row say that it is a note about the table: `制表：`, a name, `复核：`, a name.

    A row that begins so and goes on with more cells than such labels explain is one of the table, with a remark in
    front of it: it is not to be lost.
    """
    if not texts or not _NOTE.fullmatch(texts[0]):
        return False
    return len(texts) <= 2 * sum(bool(_NOTE.fullmatch(text)) for text in texts) + 1


def is_section(texts: Sequence[str]) -> bool:
    """Whether the filled cells of a row begin as those of a row that heads a section of the table: `一、科技型企业`.

    A numeral alone may number the rows, and is then followed by more than a title.
    """
    if not texts:
        return False
    match = _SECTION.fullmatch(texts[0])
    if (match and not match[1]) or _NUMERAL.fullmatch(texts[0]):
        return len(texts) == 1 or (len(texts) == 2 and not any(sign.isdigit() for sign in texts[1]))
    return match is not None


def is_title(texts: Sequence[str]) -> bool:
    """Whether a row that heads a section says nothing beside its numeral and title."""
    match = _SECTION.fullmatch(texts[0])
    return len(texts) == 1 or not (match and match[1])


def sections_passed_over(places: Sequence[Place]) -> Problem:
    """The warning of rows that head sections."""
    return Problem(
        "section_ignored",
        N_("rows that head sections are no rows of the register and were not read: {lines}"),
        N_("what a heading says of the rows below it has to stand in those rows"),
        places[0],
        {"lines": ", ".join(str(place.line) for place in places)},
    )


def section_with_figures(title: str, place: Place) -> Problem:
    """The problem of a row that heads a section and has more cells than its title."""
    return Problem(
        "section_filled",
        N_("{title!r} heads a section, and the row has cells beside it"),
        N_("delete the row; a sum of the section is read where it stands below its rows, after 小计"),
        place,
        {"title": guarded(title)},
    )


def _word(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    return _WORD.sub("", plain)


class Summed(NamedTuple):
    """What was read of a table: its rows' lines, their firms by line, and per column of amounts fen by line.

    An amount that could not be read is absent, and `whole` says for which columns none is.
    """

    lines: Sequence[int]
    firms: Mapping[int, str]
    amounts: Mapping[str, Mapping[int, int]]
    unread: frozenset[str]


def differing(closing: Closing, read: Summed, units: Mapping[str, int], place: Mapping[str, Place]) -> list[Problem]:
    """The problems of sums and counts that are not those of the rows read; `units` and `place` are by column."""
    first, *others = [_differing(closing, since, read, units, place) for since in closing.since]
    return [] if [] in others else first


def _differing(
    closing: Closing, since: int, read: Summed, units: Mapping[str, int], place: Mapping[str, Place]
) -> list[Problem]:
    span = [line for line in read.lines if since <= line < closing.line]
    problems = []
    for column, text in closing.cells.items():
        if column in read.amounts and column not in read.unread and any(sign.isdigit() for sign in text):
            problems += _sum(column, text, [read.amounts[column].get(line, 0) for line in span], units, place[column])
    for count, of in closing.counts:
        found = len({read.firms[line] for line in span if line in read.firms}) if of in FIRMS else len(span)
        if found != count and not (of in FIRMS and not read.firms):
            problems.append(
                Problem(
                    "count_differs",
                    N_("the file counts {count}{of}, and {found}{of} were read"),
                    N_("look for a row that is missing, hidden or stands twice, or correct the count"),
                    place[""],
                    {"count": count, "of": of, "found": found},
                )
            )
    return problems


def _sum(column: str, text: str, amounts: Sequence[int], units: Mapping[str, int], place: Place) -> list[Problem]:
    total = sum(amounts)
    try:
        stated = fen_of(text, units.get(column))
    except ValueError:
        return [
            Problem(
                "total_unreadable",
                N_("{text!r} is not a sum in yuan"),
                N_("write the sum of the rows above, {total} yuan, or empty the cell"),
                place,
                {"text": guarded(text), "total": format_yuan(total)},
            )
        ]
    if stated == total:
        return []
    return [
        Problem(
            "total_differs",
            N_("the file states a sum of {stated} yuan, and the rows above come to {total} yuan"),
            N_("look for a row that is missing, hidden or stands twice, or correct the sum"),
            place,
            {"stated": format_yuan(stated), "total": format_yuan(total)},
        )
    ]
