"""Texts that tell things apart: one thing in two spellings would be two things, and each would be supported.

People write one contract number with full-width or half-width signs, in capitals or not, with any blank, dash or
bracket. The spelling that was there first stands, and another one is refused.
"""

from collections.abc import Iterable

from calculators.problems import N_
from ledger.sheets.columns import fold
from ledger.sheets.rows import Reading

# Dashes and brackets that stand for each other, beside those that differ in width only.
_ALIKE = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2015\u2212〔〕【】[]", "-------()()()")


# Small letters whose capitals look like Latin ones.
_LETTERS = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b6",
    "abekmhopctyxijsabehikmnoptyxz",
)


def form(text: str) -> str:
    """A text for comparing: spellings of one thing have the same form."""
    return fold(text).translate(_ALIKE).translate(_LETTERS)


class Spellings:
    """The texts of one kind in a register: `standing` are recorded and stay, `recorded` are all of them.

    A ledger may hold two spellings from before this was asked: each of them goes on as it is.
    """

    def __init__(self, reading: Reading, standing: Iterable[str], recorded: Iterable[str]) -> None:
        self._reading = reading
        self._recorded = frozenset(recorded)
        self._known: dict[str, str] = {}
        for text in sorted(standing):
            self._known.setdefault(form(text), text)

    def hold(self, line: int, column: str, text: str) -> None:
        """Refuse a text that is another spelling of one that is known."""
        known = self._known.setdefault(form(text), text)
        if known != text and text not in self._recorded:
            self._reading.refuse(
                "spelling_differs",
                N_(
                    "{text!r} is {known!r} spelt otherwise: width, capitals, blanks, dashes, brackets or letters differ"
                ),
                N_("write {known!r}; what is another one needs a text that differs in more"),
                line,
                column,
                text=text,
                known=known,
            )
