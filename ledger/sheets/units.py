"""The units that a file states for its amounts and rates: in a title, in a heading, in a cell.

A unit is yuan per unit, an integer. An amount without any unit is in yuan, as the registers say; where the file says
otherwise it is converted, and where it contradicts itself nobody guesses.
"""

import re
import unicodedata
from typing import NamedTuple

from calculators.money import parse_yuan
from calculators.problems import Place
from ledger.sheets.rates import of_month, rate_unit

# As people write them, without the word for the currency: 千, 千元, RMB'000, in thousands.
_SCALES = {
    "千": 1_000,
    "仟": 1_000,
    "thousand": 1_000,
    "thousands": 1_000,
    "'000": 1_000,
    "000s": 1_000,
    "万": 10_000,
    "萬": 10_000,
    "十千": 10_000,
    "tenthousand": 10_000,
    "10thousand": 10_000,
    "'0000": 10_000,
    "十万": 100_000,
    "拾万": 100_000,
    "百万": 1_000_000,
    "佰万": 1_000_000,
    "百萬": 1_000_000,
    "million": 1_000_000,
    "millions": 1_000_000,
    "千万": 10_000_000,
    "仟万": 10_000_000,
    "亿": 100_000_000,
    "億": 100_000_000,
    "hundredmillion": 100_000_000,
    "100million": 100_000_000,
    "billion": 1_000_000_000,
    "billions": 1_000_000_000,
}
# These are units only beside the word for the currency.
_SCALES_OF_MONEY = {
    "k": 1_000,
    "000": 1_000,
    "w": 10_000,
    "0000": 10_000,
    "10k": 10_000,
    "10,000": 10_000,
    "10000": 10_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "bn": 1_000_000_000,
}
_OURS = re.compile(r"人民币|rmb|cny|[¥￥]", re.IGNORECASE)
_YUAN = re.compile(r"元|圆|yuan")
_AROUND = re.compile(r"^in|^of|of$")
_FOREIGN = re.compile(r"美元|美金|欧元|港元|港币|日元|英镑|澳元|USD|EUR|HKD|JPY|GBP|US\$|[$€£]", re.IGNORECASE)
# What follows the word for a unit or a currency, up to a sign that ends it.
_LABELLED = re.compile(
    r"(?:单\s*位|币\s*种|\bunits?|\bamounts? in)\s*[:：=︰∶]?\s*(?:均?[为是]\s*)?[“\"']?"
    r"((?:人民币|rmb\b|cny\b)?\s*[^\s()（）;；。“”\"]+(?: (?:yuan|rmb|cny|thousands?|millions?)\b)*)",
    re.IGNORECASE,
)
# The unit of a label is one of money where nothing else stands before it: 编制单位 is who made the table.
_LABELLED_MONEY = re.compile(
    r"(?:^|[\s(（【\[,，;；。:：]|金额|货币|计量|计价|数额)单\s*位\s*[:：=︰∶]\s*([^\s()（）;；。,，]+)"
    r"|\bunits?\s*[:：=]\s*([^\s()（）;；。]+)",
    re.IGNORECASE,
)
_SCALE = r"(?:[十拾百佰千仟][万萬]|[千仟万萬亿億])"
# A sentence or a title that names the unit without the word for it: 金额均为万元, 以“万元”计, 贷款明细表-万元.
_NAMED = re.compile(
    rf"(?:为|以|按|用|[-—_,，:：\s])[“\"']?((?:人民币)?{_SCALE}[元圆])[”\"']?"
    r"(?=为单位|为计|计|列|表示|填|[\s,，;；。)）】\]]|$)"
)
# The word for a unit that is none of an amount (500万元, 伍佰万元) and no class of loans (千万元以上).
_LOOSE = re.compile(
    r"(?<![\d.,几数余多过满足达于一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾两百佰千仟])"
    rf"({_SCALE}[元圆])(?!以[上下内]|[级的])"
)
_CURRENCY = r"(?:RMB|CNY|yuan|USD|US\$|EUR|HKD|JPY|GBP|[¥￥$€£])"
# The same in English: RMB'000, in thousands of RMB. 5 million yuan is an amount.
_IN_ENGLISH = re.compile(
    rf"(?<![\d.,])(?<!\d\s)(?<![A-Za-z_])({_CURRENCY}\s*['’‘`]?\s*(?:0{{3,4}}s?|thousands?|millions?|billions?|mn|bn|k)"
    rf"|(?:in\s+)?(?:thousands?|millions?|billions?)\s+(?:of\s+)?{_CURRENCY}"
    r"|in\s+(?:thousands|millions|billions)|['’‘`]0{3,4}s?)(?!\w)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[（(【\[]\s*([^（()）【】\[\]]*?)\s*[)）】\]]")
_ENDING = re.compile(rf"^(.+?)\s*(?:[/:：_,，-]\s*)?((?:人民币)?{_SCALE}?[元圆]|(?:人民币)?{_SCALE}|[%％‰])$")
_CELL = re.compile(r"([+-]?[\d,]*\d(?:\.\d+)?)(.*?)整?", re.ASCII)
_PARTS = re.compile(r"[、，/]|,(?!\d{3})")
# What a word is made of that is some unit of money, known or not.
_SOME_UNIT = re.compile(r"(?:人民币)?[\d,个十拾百佰千仟万萬亿億元圆角分/、]+(?:人民币)?|[\x21-\x7e’‘]+")
# Signs by which a heading may say how its cells are to be multiplied.
_SCALED = re.compile(
    r"[千仟万萬亿億佰]|百万|[(（【\[]\s*[角分kwm百]\s*[)）】\]]|'?000|thousand|million|billion", re.IGNORECASE
)


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
    """Yuan per unit of a word such as `万元` or `RMB'000`; None where it is no unit of money. Raises `Foreign`."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    plain = plain.replace("’", "'").replace("‘", "'").replace("`", "'")
    word = _OURS.sub("", plain)
    of_money = word != plain or bool(_YUAN.search(word))
    if _FOREIGN.search(word):
        other = _AROUND.sub("", _FOREIGN.sub("", word))
        if not other or other in _SCALES or other in _SCALES_OF_MONEY:
            raise Foreign(text)
        return None
    word = _AROUND.sub("", _YUAN.sub("", word, count=1))
    if not word:
        return 1 if of_money else None
    return _SCALES.get(word) or (_SCALES_OF_MONEY.get(word) if of_money else None)


def is_foreign(text: str) -> bool:
    """Whether a text is the word for another currency than the yuan."""
    return bool(_FOREIGN.fullmatch(text.strip()))


def is_scaled(text: str) -> bool:
    """Whether a text is the word for a unit of money other than the yuan, or other money in such units."""
    try:
        # 10000元 in a cell is an amount.
        return not text[:1].isdigit() and unit_of(text) not in (None, 1)
    except Foreign:
        return True


def stated(text: str) -> list[str]:
    """The words in a title or a note that name a unit of money: `报表（单位：万元）` -> [`万元`]. Raises `Foreign`."""
    found = []
    for match in (*_LABELLED.finditer(text), *_BRACKETED.finditer(text)):
        words = [match[1], *_PARTS.split(match[1])] if _PARTS.search(match[1]) else [match[1]]
        found += [word for word in words if unit_of(word) is not None]
    if all(_is_currency(word) for word in found):
        found += [match[1] for match in _NAMED.finditer(text)]
        found += [match[1] for match in _IN_ENGLISH.finditer(text) if unit_of(match[1]) is not None]
    if not found and unit_of(text) is not None:
        found.append(text)
    units = list(dict.fromkeys(found))
    # The currency says nothing of the unit where something else does: 币种：人民币 单位：万元.
    return [word for word in units if not _is_currency(word)] or units


def unknown_unit(text: str) -> str:
    """What a title or a note calls the unit of its amounts that nobody knows (`单位：分`); "" where there is none."""
    for match in _LABELLED_MONEY.finditer(text):
        word = match[1] or match[2]
        parts = [word, *_PARTS.split(word)]
        if _SOME_UNIT.fullmatch(word) and not stated(text) and not any(rate_unit(part) for part in parts):
            return word
    return ""


def loose(text: str) -> list[str]:
    """Every word in a title or a note that is a unit of money other than the yuan, however it stands there."""
    return [match[1] for match in _LOOSE.finditer(text)]


def _is_currency(word: str) -> bool:
    """Whether a word for a unit names the yuan as the currency only."""
    return not _OURS.sub("", word).strip()


def heading_parts(heading: str) -> tuple[str, str]:
    """A heading and the unit that it states, or "": `贷款金额（万元）` -> `贷款金额`, `万元`. Raises `Foreign`.

    A rate by the month is the rate of the same name: `执行月利率（‰）` -> `执行利率`, `月‰`.
    """
    base, unit = _split(heading.strip())
    return of_month(base, unit)


def _split(text: str) -> tuple[str, str]:
    brackets = [(bracket, _unit_in(bracket[1])) for bracket in _BRACKETED.finditer(text)]
    units = [unit for _bracket, unit in brackets if unit]
    base = text
    for bracket, unit in reversed(brackets):
        if unit:
            base = f"{base[: bracket.start()].strip()}{base[bracket.end() :].strip()}"
    if units and base:
        return base, next((unit for unit in units if not _is_currency(unit)), units[0])
    if brackets and brackets[-1][0].end() == len(text):
        return text, ""
    ending = _ENDING.match(text)
    if ending:
        return ending[1], unicodedata.normalize("NFKC", ending[2])
    english = next((match for match in _IN_ENGLISH.finditer(text) if match.end() == len(text)), None)
    if english and text[: english.start()].strip() and unit_of(english[1]) is not None:
        return text[: english.start()].strip(), english[1]
    return text, ""


def _unit_in(bracket: str) -> str:
    """The unit that a bracket of a heading names, among other words such as the currency; "" where it names none."""
    labelled = _LABELLED.fullmatch(bracket)
    whole = unicodedata.normalize("NFKC", labelled[1] if labelled else bracket)
    rate = rate_unit(whole)
    if rate:
        return rate
    if unit_of(whole) is not None:
        return whole
    units = [part for part in re.split(r"[、，,/;；:：]", whole) if unit_of(part) is not None]
    return next((part for part in units if not _is_currency(part)), units[0] if units else "")


def hints_at_scale(heading: str) -> bool:
    """Whether a heading may state a unit of money, other than the one that was found in it."""
    return bool(_SCALED.search(unicodedata.normalize("NFKC", heading)))


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
