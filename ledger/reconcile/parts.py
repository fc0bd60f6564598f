"""Texts by their parts: a name that a bank cuts and a number that it masks are found without going through all."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

# A part of fewer signs tells nothing.
SHORTEST = 4
# So many signs of a text tell where it stands among others; the few that agree so far are compared in whole.
_LENGTH = 64


class Texts:
    """Names or numbers, found by a part of them: the places where one begins or goes on, in the order of what follows.

    Asking each of them once more took the square of the lines' number where a bank cuts what it shows.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._known = {text for text in texts if len(text) >= SHORTEST}
        self._all = "\n".join(("", *sorted(self._known), ""))
        starts = range(len(self._all) - SHORTEST)
        self._tails = array("L", (at for at in starts if "\n" not in self._all[at : at + SHORTEST]))
        self._tails = array("L", sorted(self._tails, key=self._tail))

    def _tail(self, at: int) -> str:
        return self._all[at : at + _LENGTH]

    def sharing(self, text: str) -> set[str]:
        """Those that hold a text, and those that it holds."""
        inside = (text[start:end] for start in range(len(text)) for end in range(start + SHORTEST, len(text) + 1))
        holding = (known for known in self.around([text]) if text in known)
        return {*holding, *self._known.intersection(inside)}

    def around(self, parts: Iterable[str]) -> set[str]:
        """Those that hold the part of a text which the fewest of them hold; all where no part is long enough to ask."""
        spans = [self._span(part[:_LENGTH]) for part in parts if len(part) >= SHORTEST]
        if not spans:
            return self._known
        first, last = min(spans, key=lambda span: span[1] - span[0])
        return {self._whole(at) for at in self._tails[first:last]}

    def _span(self, part: str) -> tuple[int, int]:
        first = bisect_left(self._tails, part, key=self._tail)
        return first, bisect_left(self._tails, part + chr(0x10FFFF), lo=first, key=self._tail)

    def _whole(self, at: int) -> str:
        return self._all[self._all.rindex("\n", 0, at + 1) + 1 : self._all.index("\n", at)]
