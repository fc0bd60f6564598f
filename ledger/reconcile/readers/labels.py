"""What stands around a bank's table, as `label: value` or in two cells: account, currency, balances, counts, sums."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ledger.reconcile.readers.shapes import LABELS, Shape, fold
from ledger.reconcile.readers.sheets import Row

# Money that came back: transfer returned, ticket returned, refunded, sent back.
_RETURN = ("退汇", "退票", "退款", "退回")
# An entry that takes back another one of the bank's own: struck out, wiped off, reversed in red.
_REVERSAL = ("冲正", "抹账", "冲账", "红冲", "冲销")


def is_return(text: str) -> bool:
    """Whether the text says that a payment came back."""
    return any(word in text for word in _RETURN)


def is_reversal(text: str) -> bool:
    """Whether the text says that the bank takes back an entry of its own."""
    return any(word in text for word in _REVERSAL)


_COLONS = "[:：]"
_ROW_COUNT = re.compile(r"共[:：]?\s*(\d+)\s*[笔条]")
# What stands where nothing is stated: a mask, or no digit at all.
_DIGIT = re.compile(r"\d", re.ASCII)


class Said(NamedTuple):
    """What a label says, and where: line and column from 1."""

    text: str
    line: int
    column: int


def is_masked(text: str) -> bool:
    """Whether a cell for a figure shows none: stars, or letters in the place of every digit."""
    return "*" in text or _DIGIT.search(text) is None


def labelled(shape: Shape, rows: Iterable[Row]) -> dict[str, list[Said]]:
    """label -> what the rows say under it, in their order."""
    found: dict[str, list[Said]] = {}
    for line, cells in rows:
        for position, cell in enumerate(cells):
            if not cell:
                continue
            after = next((at for at in range(position + 1, len(cells)) if cells[at]), position)
            for label in LABELS:
                value, at = _value(shape, label, cell, position, cells[after] if after > position else "", after)
                if value:
                    found.setdefault(label, []).append(Said(value, line, at + 1))
            count = _ROW_COUNT.search(cell)
            if count:
                found.setdefault("label.count", []).append(Said(count[1], line, position + 1))
    return found


def is_labelled(shape: Shape, cells: Sequence[str]) -> bool:
    """Whether a row begins with something about the statement as a whole."""
    first = next((position for position, cell in enumerate(cells) if cell), len(cells))
    said = labelled(shape, [(1, [*cells[first : first + 1], *("." if cell else "" for cell in cells[first + 1 :])])])
    return bool(said)


def is_total(shape: Shape, cells: Sequence[str]) -> bool:
    """Whether a row begins with a word for a total."""
    first = next((cell for cell in cells if cell), "")
    return fold(first).rstrip(":").startswith(shape.of("total"))


def _value(shape: Shape, label: str, cell: str, place: int, following: str, next_place: int) -> tuple[str, int]:
    """The value of a label and the cell that it stands in, counted from 0; ("", ...) where there is none."""
    for word in shape.of(label):
        inside = _pattern(word).search(cell)
        if inside and inside[1].strip():
            return inside[1].strip(), place
        if fold(cell).rstrip(":") == word:
            # A label without a value has the next label beside it.
            return ("" if following.rstrip().endswith((":", "：")) else following), next_place
    return "", place


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """The word and a colon, its value up to the next `word:` of the cell; spaces inside the word do not matter."""
    spaced = r"\s*".join(re.escape(sign) for sign in word)
    upto = rf"(?=[\s,;，；]+[^\s:：]+{_COLONS}|$)"
    return re.compile(rf"(?:^|[\s,;，；]){spaced}\s*{_COLONS}\s*(.*?){upto}", re.IGNORECASE)
