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


def form(text: str) -> str:
    """A text for comparing: spellings of one thing have the same form."""
    return fold(text).translate(_ALIKE)


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
                N_("{text!r} is {known!r} in another spelling: width, capitals, blanks, dashes or brackets differ"),
                N_("write {known!r}; what is another one needs a text that differs in more"),
                line,
                column,
                text=text,
                known=known,
            )
