"""The units that a file states for its amounts and rates: in a title, in a heading, in a cell.

A unit is yuan per unit, an integer. An amount without any unit is in yuan, as the registers say; where the file says
otherwise it is converted, and where it contradicts itself nobody guesses.
"""

import re
import unicodedata
from typing import NamedTuple

from calculators.money import parse_yuan
from calculators.problems import Place

PERCENT = "%"

# As people write them, without 人民币 and the like.
_UNITS = {
    "元": 1,
    "圆": 1,
    "yuan": 1,
    "千元": 1_000,
    "thousandyuan": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "万圆": 10_000,
    "10,000yuan": 10_000,
    "10000yuan": 10_000,
    "10,000元": 10_000,
    "10000元": 10_000,
    "十万元": 100_000,
    "百万": 1_000_000,
    "百万元": 1_000_000,
    "millionyuan": 1_000_000,
    "千万元": 10_000_000,
    "亿": 100_000_000,
    "亿元": 100_000_000,
}
_OURS = re.compile(r"人民币|rmb|cny|[¥￥]", re.IGNORECASE)
_FOREIGN = re.compile(r"美元|美金|欧元|港元|港币|日元|英镑|澳元|USD|EUR|HKD|JPY|GBP|US\$|[$€£]", re.IGNORECASE)
# What follows the word for a unit or a currency, up to a sign that ends it.
_LABELLED = re.compile(
    r"(?:单\s*位|币\s*种|\bunits?|\bamounts? in)\s*[:：=︰∶]?\s*"
    r"((?:人民币|rmb\b|cny\b)?\s*[^\s()（）;；。]+(?: yuan)?)",
    re.IGNORECASE,
)
# A sentence or a title that names the unit without the word for it: 金额均为万元, 以万元计, 贷款明细表-万元.
_NAMED = re.compile(
    r"(?:为|以|按|用|[-—_,，:：\s])((?:人民币)?(?:[千万亿]|百万|千万|十万)[元圆])"
    r"(?=为单位|为计|计|列|表示|填|[\s,，;；。]|$)"
)
_BRACKETED = re.compile(r"[（(【\[]\s*([^（()）【】\[\]]*?)\s*[)）】\]]")
_ENDING = re.compile(r"^(.+?)\s*(?:[/:：_,，-]\s*)?((?:人民币)?(?:[千万亿]|百万|千万|十万)?元|[%％])$")
_CELL = re.compile(r"([+-]?[\d,]*\d(?:\.\d+)?)(.*?)整?", re.ASCII)
_PARTS = re.compile(r"[、，/]|,(?!\d{3})")


class Unit(NamedTuple):
    """How many yuan one unit is, the word for it, and where the file says so."""

    yuan: int
    word: str
    place: Place


class Foreign(ValueError):
    """A text names another currency than the yuan."""


class Differs(ValueError):
    """A cell states another unit than its column."""


def unit_of(text: str) -> int | None:
    """Yuan per unit of a word such as `万元` or `人民币元`; None where it is no unit of money. Raises `Foreign`."""
    word = _OURS.sub("", "".join(unicodedata.normalize("NFKC", text).split())).casefold()
    if word in _UNITS:
        return _UNITS[word]
    if _FOREIGN.fullmatch(word):
        raise Foreign(text)
    return 1 if not word and _OURS.search(text) else None


def is_foreign(text: str) -> bool:
    """Whether a text is the word for another currency than the yuan."""
    return bool(_FOREIGN.fullmatch(text.strip()))


def stated(text: str) -> list[str]:
    """The words in a title or a note that name a unit of money: `报表（单位：万元）` -> [`万元`]. Raises `Foreign`."""
    found = []
    for match in (*_LABELLED.finditer(text), *_BRACKETED.finditer(text)):
        found += [part for part in _PARTS.split(match[1]) if unit_of(part) is not None]
    if all(_is_currency(word) for word in found):
        found += [match[1] for match in _NAMED.finditer(text)]
    if not found and unit_of(text) is not None:
        found.append(text)
    units = list(dict.fromkeys(found))
    # The currency says nothing of the unit where something else does: 币种：人民币 单位：万元.
    return [word for word in units if not _is_currency(word)] or units


def _is_currency(word: str) -> bool:
    """Whether a word for a unit names the yuan as the currency only."""
    return not _OURS.sub("", word).strip()


def heading_parts(heading: str) -> tuple[str, str]:
    """A heading and the unit at its end, or "": `贷款金额（万元）` -> `贷款金额`, `万元`. Raises `Foreign`."""
    text = heading.strip()
    brackets = list(_BRACKETED.finditer(text))
    for bracket in reversed(brackets):
        base = f"{text[: bracket.start()].strip()}{text[bracket.end() :].strip()}"
        unit = _unit_in(bracket[1])
        if base and unit:
            return base, unit
    if brackets and brackets[-1].end() == len(text):
        return text, ""
    ending = _ENDING.match(text)
    return (ending[1], unicodedata.normalize("NFKC", ending[2])) if ending else (text, "")


def _unit_in(bracket: str) -> str:
    """The unit that a bracket of a heading names, among other words such as the currency; "" where it names none."""
    labelled = _LABELLED.fullmatch(bracket)
    whole = unicodedata.normalize("NFKC", labelled[1] if labelled else bracket)
    if whole == PERCENT or unit_of(whole) is not None:
        return whole
    units = [part for part in re.split(r"[、，,/;；]", whole) if unit_of(part) is not None]
    return next((part for part in units if not _is_currency(part)), units[0] if units else "")


def cell_parts(text: str) -> tuple[str, int | None]:
    """The number of a cell and the yuan per unit that the cell itself states: `￥1,000.00`, `1000万元`, `1,000`.

    `ValueError` (or `Foreign`) for anything else.
    """
    plain = _OURS.sub("", unicodedata.normalize("NFKC", text)).strip()
    match = _CELL.fullmatch(plain)
    if match is None:
        if _FOREIGN.search(plain):
            raise Foreign(text)
        raise ValueError(text)
    number, word = match[1], match[2].strip()
    if not word:
        return number, None
    unit = unit_of(word)
    if unit is None:
        raise ValueError(text)
    return number, unit


def fen_of(text: str, unit: int | None) -> int:
    """Fen of a cell of a column whose unit is `unit` (None: the file states none).

    `ValueError` for what is no amount, `Foreign` for other money, `Differs` for a unit that is not the column's.
    """
    if text.isascii() and text[:1].isdigit() and text[-1:].isdigit():
        # Almost every cell: nothing but a number.
        return parse_yuan(text, unit or 1)
    number, own = cell_parts(text)
    if own is not None and unit is not None and own != unit:
        raise Differs(text)
    return parse_yuan(number, own or unit or 1)
