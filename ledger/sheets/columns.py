"""The columns of the registers: their headings in both languages, and what may stand in a cell of each kind.

The columns themselves are data (`fixtures/registers.csv`); this module knows the kinds. A cell comes in as text and
leaves as what a record holds: fen, ISO dates, flags, texts.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from calculators.clear import unclear
from calculators.facts.rules import contract_number, loan_rate, rate_of
from calculators.money import parse_exact, parse_percent
from calculators.notices.figures import BUILT_IN
from calculators.notices.quantities import parse_quantity
from calculators.notices.values import LABEL, LABEL_WIDTH, width
from calculators.problems import Place, refuse
from ledger.resources import fixture
from ledger.sheets.faults import FAULTS
from ledger.sheets.rates import over_lpr
from ledger.sheets.units import fen_of
from ledger.words import CHINESE, language

AMOUNTS = frozenset({"amount", "amount_or_zero"})
DATES = frozenset({"date", "dates"})
RATES = frozenset({"rate", "share", "part"})

# Cells in which a Chinese keyboard's full-width digits and signs (２０２６－６－２０) mean the same as the others.
_WIDTH_FREE = frozenset({*DATES, "day"})

# Cells that Excel must not read as numbers or dates: it keeps 15 digits and drops leading zeros.
IDENTIFIERS = frozenset({"identifier", "contract", "uscc", "secret", "hashes"})


@dataclass(frozen=True)
class Column:
    """A column of a register: `name` is that of the records, `choices` gives each value its Chinese word, or ""."""

    name: str
    english: str
    chinese: str
    kind: str
    required: bool
    choices: Mapping[str, str]
    example: str
    note_en: str
    note_zh: str

    @property
    def heading(self) -> str:
        """The heading of our own templates, in both languages."""
        return f"{self.chinese} {self.english}"

    @property
    def title(self) -> str:
        """The heading in the language of whoever reads."""
        return self.chinese if language() == CHINESE else self.english

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading a file may use: the record's name, ours, and for codes and numbers those of any register."""
        own = (self.name, self.english, self.chinese, self.heading)
        return own + _headings_elsewhere(self.name) if self.name in _SHARED or self.name.endswith("_no") else own

    @property
    def offered(self) -> list[str]:
        """What a template offers for a cell with choices: the values, then their Chinese words."""
        return [*self.choices, *(word for word in self.choices.values() if word)]

    @property
    def allowed(self) -> "Allowed":
        """The choices as a refusal shows them."""
        return Allowed(self.choices)

    def worded(self, value: str) -> str:
        """A value of the column as whoever reads says it: a choice by its word in the reader's language."""
        return (self.choices.get(value) if language() == CHINESE else None) or value

    @property
    def secret(self) -> bool:
        """Whether the cell must never be shown in full."""
        return self.kind == "secret"


@cache
def columns(register: str) -> tuple[Column, ...]:
    """The columns of `register` (`entities`, `loans`, ...) in the order of the templates."""
    return tuple(
        Column(
            name=row["column"],
            english=row["english"],
            chinese=row["chinese"],
            kind=row["kind"],
            required=row["required"] == "yes",
            choices=_choices(row["choices"]),
            example=row["example"],
            note_en=row["note_en"],
            note_zh=row["note_zh"],
        )
        for row in _rows()
        if row["register"] == register
    )


# Columns that mean the same thing in every register, beside those of numbers (`contract_no`, `grant_no`, ...).
_SHARED = frozenset({"uscc", "lender"})


@cache
def _rows() -> list[dict[str, str]]:
    with fixture("registers.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))


@cache
def _headings_elsewhere(name: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(row[lang] for row in _rows() if row["column"] == name for lang in ("english", "chinese"))
    )


def _choices(text: str) -> dict[str, str]:
    """`yes=是|no=否` -> each value with its Chinese word."""
    return dict(choice.partition("=")[::2] for choice in text.split("|") if choice)


@cache
def vocabulary() -> Mapping[str, tuple[str, ...]]:
    """Every word for each value of a choice: itself, its Chinese words in all registers, and those of words.csv.

    So a word that one register takes, every register takes that has the value.
    """
    words: dict[str, dict[str, None]] = {}
    for row in _rows():
        for value, chinese in _choices(row["choices"]).items():
            words.setdefault(value, {value: None}).update({chinese: None} if chinese else {})
    with fixture("words.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            words[row["value"]][row["word"]] = None
    return {value: tuple(known) for value, known in words.items()}


@cache
def _meanings(values: tuple[str, ...]) -> Mapping[str, str]:
    """Folded word -> which of these values it says."""
    return {fold(word): value for value in values for word in vocabulary()[value]}


class Allowed:
    """The words for the values of a choice, in the language of whoever reads them."""

    def __init__(self, choices: Mapping[str, str]) -> None:
        self._choices = choices

    @property
    def plain(self) -> str:
        """The values themselves, as records name them."""
        return ", ".join(self._choices)

    def __str__(self) -> str:
        if language() == CHINESE:
            return "、".join(word or value for value, word in self._choices.items())
        return self.plain

    def __format__(self, _spec: str) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says, as part of a sentence: column and value in the language of whoever reads; no value, none."""

    column: Column
    value: str = ""

    @property
    def plain(self) -> str:
        """As a record keeps it, in no language."""
        return f"{self.column.name} {self.value}".rstrip()

    def __str__(self) -> str:
        if language() == CHINESE:
            return f"{self.column.chinese}为{self.column.worded(self.value)}" if self.value else self.column.chinese
        return self.plain

    def __format__(self, _spec: str) -> str:
        return str(self)


def mask(number: str) -> str:
    """A wallet or account number as it may be shown: the last four only, nothing of a number that short."""
    return f"****{number[-4:]}" if len(number) > 4 else "****"


# An account, a wallet, an identity card, also as a spreadsheet shows one that lost its digits; no amount is so long.
_LONG = re.compile(
    r"(?<![0-9A-Z])(?:\d(?:[ \u3000-]?\d){14,}X?(?![0-9A-Z])|\d\.\d{11,}e\+?\d+)", re.IGNORECASE | re.ASCII
)


def guarded(text: str) -> str:
    """A text as a message may quote it: a number of 15 digits and more is masked wherever it stands in it."""
    return _LONG.sub(lambda match: "****" if "." in match[0] else mask(match[0]), text)


def fold(name: str) -> str:
    """A name for comparing: full-width and half-width signs alike, without spaces, capitals made small."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def parse(column: Column, text: str, unit: int | None = None) -> Any:
    """The value of a cell that is not empty; `ValueError` when it is none of the column's kind.

    `unit` is what the file states for the column's amounts, in yuan; None where it states nothing, which means yuan.
    """
    if column.kind in AMOUNTS:
        return _AMOUNT_PARSERS[column.kind](text, unit)
    if column.kind in _WIDTH_FREE and not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _PARSERS[column.kind](column, text)


def value_of(column: Column, recorded: Any) -> Any:
    """What a value of a record is worth, for comparing: a rate or number that may be written in several ways."""
    if column.kind == "rate":
        return rate_of(recorded, None, date.min)
    if column.kind in RATES:
        return parse_percent(recorded)
    return parse_exact(recorded) if column.kind in ("number", "score") else recorded


# A spreadsheet that saves a date cell as text adds midnight, and a bank's system the time at which it booked.
_DATE = re.compile(
    r"((?:19|20)\d\d)"
    r"(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"| ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]|(\d\d)(\d\d))"
    r"(?:[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?",
    re.ASCII,
)
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_NUMBER = re.compile(r"[0-9A-Za-z]{1,68}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_LABEL = re.compile(LABEL)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _text(_column: Column, text: str) -> str:
    if unclear(text):
        raise ValueError(text)
    return text


def _contract(_column: Column, text: str) -> str:
    return contract_number(text)


def _secret(_column: Column, text: str) -> str:
    number = "".join(unicodedata.normalize("NFKC", text).split())
    if not _NUMBER.fullmatch(number):
        raise ValueError(number)
    return number


def _uscc(_column: Column, text: str) -> str:
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not _USCC.fullmatch(code):
        raise ValueError(code)
    return code


def _amount(text: str, unit: int | None) -> int:
    fen = fen_of(text, unit)
    if fen <= 0:
        raise ValueError(text)
    return fen


def _amount_or_zero(text: str, unit: int | None) -> int:
    fen = fen_of(text, unit)
    if fen < 0:
        raise ValueError(text)
    return fen


@lru_cache(maxsize=4096)
def iso_date(text: str) -> str:
    """`YYYY-MM-DD` from `YYYY-M-D`, `YYYY/M/D`, `YYYY.M.D`, `YYYY年M月D日` or `YYYYMMDD`; else `ValueError`."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in match.groups() if part)
    return date(year, month, day).isoformat()


def day_of(text: str, option: str) -> date:
    """The day that an option of a command names; refuses `date_malformed`."""
    try:
        return date.fromisoformat(iso_date(text))
    except ValueError:
        fault = FAULTS["date"]
        raise refuse(fault.code, fault.what, fault.remedy, Place(option), text=text) from None


def _date(_column: Column, text: str) -> str:
    return iso_date(text)


def _dates(_column: Column, text: str) -> list[str]:
    days = [iso_date(part.strip()) for part in text.replace("；", ";").split(";") if part.strip()]
    if not days or days != sorted(set(days)):
        raise ValueError(text)
    return days


# 20, 20日, 20号, 每月20日; the last day of a month is its 31st, as the registers say.
_DAY = re.compile(r"(?:每月|每季度?末月)?(?:(\d{1,2})[日号]?|(月末|月底|最后一[日天]))", re.ASCII)


def _day(_column: Column, text: str) -> int:
    match = _DAY.fullmatch(text)
    day = 0 if match is None else 31 if match[2] else int(match[1])
    if not 1 <= day <= 31:
        raise ValueError(text)
    return day


def _choice(column: Column, text: str) -> str:
    if text in column.choices:
        return text
    value = _meanings(tuple(column.choices)).get(fold(text))
    if value is None:
        raise ValueError(text)
    return value


def _flag(column: Column, text: str) -> bool:
    return _choice(column, text) == "yes"


_rate_text = lru_cache(maxsize=4096)(loan_rate)


def is_lent_at(rate: str) -> bool:
    """Whether a rate as a register keeps it is one that somebody lends at."""
    try:
        return bool(_rate_text(rate))
    except ValueError:
        return False


def _rate(_column: Column, text: str) -> str:
    return _rate_text(over_lpr(text))


def _share(_column: Column, text: str) -> str:
    share = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not 0 < parse_percent(share) < 1:
        raise ValueError(text)
    return share


def _part(_column: Column, text: str) -> str:
    part = "".join(unicodedata.normalize("NFKC", text).split())
    if not part.endswith("%") or not 0 <= parse_percent(part) <= 1:
        raise ValueError(text)
    return part


def _count(_column: Column, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise ValueError(text)
    return int(text)


def _number(_column: Column, text: str) -> str:
    if parse_exact(text) <= 0:
        raise ValueError(text)
    return text.strip().replace(",", "")


def _name(_column: Column, text: str) -> str:
    if not _LABEL.fullmatch(text) or width(text) > LABEL_WIDTH:
        raise ValueError(text)
    return text


def _attributes(column: Column, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _named(text):
        if name in found:
            raise ValueError(text)
        found[name] = _text(column, value)
    if not found:
        raise ValueError(text)
    return found


def _figures(_column: Column, text: str) -> dict[str, str]:
    """Name -> the quantity as the registers keep it: without commas, its unit by its short name."""
    found: dict[str, str] = {}
    for name, written in _named(unicodedata.normalize("NFKC", text)):
        if name in found or name in BUILT_IN:
            raise ValueError(text)
        found[name] = parse_quantity(written).plain()
    if not found:
        raise ValueError(text)
    return found


def _quantity(_column: Column, text: str) -> str:
    found = parse_quantity(unicodedata.normalize("NFKC", text))
    if found.value < 0:
        raise ValueError(text)
    return found.plain()


def _score(_column: Column, text: str) -> str:
    if parse_exact(text) < 0:
        raise ValueError(text)
    return text.strip().replace(",", "")


def _named(text: str) -> Iterator[tuple[str, str]]:
    """The `name=value` of a list, `;` between them."""
    for part in text.replace("；", ";").replace("＝", "=").split(";"):
        if part.strip():
            name, _sign, value = (one.strip() for one in part.partition("="))
            if not _NAME.fullmatch(name) or not value:
                raise ValueError(text)
            yield name, value


def _hashes(_column: Column, text: str) -> list[str]:
    sums = [part.strip().lower() for part in text.replace("；", ";").split(";") if part.strip()]
    if not sums or not all(_SHA256.fullmatch(one) for one in sums):
        raise ValueError(text)
    return sums


_AMOUNT_PARSERS: dict[str, Callable[[str, int | None], int]] = {"amount": _amount, "amount_or_zero": _amount_or_zero}
_PARSERS: dict[str, Callable[[Column, str], Any]] = {
    "text": _text,
    "identifier": _text,
    "contract": _contract,
    "secret": _secret,
    "uscc": _uscc,
    "date": _date,
    "dates": _dates,
    "day": _day,
    "choice": _choice,
    "flag": _flag,
    "rate": _rate,
    "hashes": _hashes,
    "share": _share,
    "part": _part,
    "count": _count,
    "number": _number,
    "name": _name,
    "attributes": _attributes,
    "figures": _figures,
    "quantity": _quantity,
    "score": _score,
}
