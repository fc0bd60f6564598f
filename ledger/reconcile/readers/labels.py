"""What stands around a bank's table, as `label: value` or in two cells: account, currency, balances, counts, sums."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ledger.reconcile.readers.shapes import LABELS, Shape, fold

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
_ROW_COUNT = re.compile(r"共\s*(\d+)\s*[笔条]")


def labelled(shape: Shape, rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """label -> value as text, from rows of cleaned cells; the first one that says something counts."""
    found: dict[str, str] = {}
    for cells in rows:
        for position, cell in enumerate(cells):
            if not cell:
                continue
            following = next((other for other in cells[position + 1 :] if other), "")
            for label in LABELS:
                value = _value(shape, label, cell, following)
                if value:
                    found.setdefault(label, value)
            count = _ROW_COUNT.search(cell)
            if count:
                found.setdefault("label.count", count[1])
    return found


def is_labelled(shape: Shape, cells: Sequence[str]) -> bool:
    """Whether a row says something about the statement as a whole."""
    return bool(labelled(shape, [cells]))


def is_total(shape: Shape, cells: Sequence[str]) -> bool:
    """Whether a row begins with a word for a total."""
    first = next((cell for cell in cells if cell), "")
    return fold(first).rstrip(":").startswith(shape.of("total"))


def _value(shape: Shape, label: str, cell: str, following: str) -> str:
    for word in shape.of(label):
        inside = _pattern(word).search(cell)
        if inside and inside[1].strip():
            return inside[1].strip()
        if fold(cell).rstrip(":") == word:
            return following
    return ""


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """The word and a colon, its value up to the next `word:` of the cell; spaces inside the word do not matter."""
    spaced = r"\s*".join(re.escape(sign) for sign in word)
    upto = rf"(?=[\s,;，；]+[^\s:：]+{_COLONS}|$)"
    return re.compile(rf"(?:^|[\s,;，；]){spaced}\s*{_COLONS}\s*(.*?){upto}", re.IGNORECASE)
