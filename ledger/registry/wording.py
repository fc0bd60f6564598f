"""Free text that is a key: words of a register that the registered notices must know, said at import.

A word that differs from a notice's in capitals, width or blanks only can mean nothing else and is refused, with the
word as the notice writes it. A word that no notice knows is a warning with those that are known: the notice may come
later, or the word may be meant for none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from calculators.notices.values import nearest
from calculators.notices.words import Words, words_of
from calculators.problems import N_
from ledger.registry.notices import notices
from ledger.sheets.columns import Allowed, fold
from ledger.sheets.rows import Reading
from ledger.store.ledger import View

__all__ = ["Wording", "known_words", "words_under"]


# What people write between the words of a list.
_BETWEEN = re.compile(r"[;；、,，/／|+]")


def known_words(view: View, type_: str = "") -> Words:
    """The words of all registered notices, or of those of one type of support, whatever version."""
    versions = (version for notice in notices(view).values() for version in notice)
    return words_of(version.notice for version in versions if type_ in ("", version.notice.type))


def words_under(view: View) -> Mapping[str, Words]:
    """The words of each registered notice by its id."""
    return {name: words_of(version.notice for version in versions) for name, versions in notices(view).items()}


class Wording:
    """Holds the words of a register to those that notices know; what no notice knows is said once for each word."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._said: set[tuple[str, str]] = set()

    def attributes(self, line: int, said: Mapping[str, str], known: Mapping[str, Iterable[str]]) -> None:
        """The attributes of an item: names that some notice asks for, with values that it knows."""
        for name, value in said.items():
            if name in known:
                self.word(line, "attributes", value, known[name])
            else:
                self.word(line, "attributes", name, known)

    def word(self, line: int, column: str, word: str, known: Iterable[str]) -> None:
        """One word; where the notices know none of its kind, nothing can be said."""
        words = sorted(known)
        if not words or word in words or self._refused(line, column, word, words):
            return
        if self._first(column, word):
            self.reading.warn(
                "word_unknown",
                N_("no registered notice knows the word {word!r}"),
                N_("write one of {known} if it is meant, or register the notice that has it"),
                line,
                column,
                word=word,
                known=_listed(words),
            )

    def near(self, line: int, column: str, word: str, known: Iterable[str]) -> None:
        """A word of which the notices know only some: said where it is nearly one of theirs."""
        words = sorted(known)
        if word in words or self._refused(line, column, word, words):
            return
        meant = nearest(word, words)
        if meant is not None and self._first(column, word):
            self.reading.warn(
                "word_near",
                N_("the notices know {meant!r}, and {word!r} is another word to them"),
                N_("write {meant!r} if it is meant"),
                line,
                column,
                word=word,
                meant=meant,
            )

    def applied(self, line: int, item: Mapping[str, object], words: Words) -> None:
        """What an item says of itself, against the notice that it is asked for under."""
        said = item.get("attributes")
        attributes = said if isinstance(said, Mapping) else {}
        asked = {name: (attributes.get(name), known) for name, known in words.attributes.items()}
        if words.purposes:
            asked["purpose"] = (item.get("purpose"), words.purposes)
        for name, (value, known) in asked.items():
            if value not in known:
                self.reading.warn(
                    "word_not_of_notice",
                    N_("the notice tells items apart by {name}, and of this one it says {value!r}"),
                    N_("write one of {known} in its register, or it may be refused"),
                    line,
                    "item",
                    name=name,
                    value=value or "-",
                    known=_listed(known),
                )

    def _refused(self, line: int, column: str, word: str, words: Sequence[str]) -> bool:
        """Whether a word can mean nothing that the notices know, as it is written."""
        return self._in_another_form(line, column, word, words) or self._of_several(line, column, word, words)

    def _of_several(self, line: int, column: str, word: str, words: Sequence[str]) -> bool:
        """Refuse several words where one is meant: to the notices they would be one that nobody knows."""
        parts = {fold(part) for part in _BETWEEN.split(word)}
        found = len(parts) > 1 and any(fold(term) in parts for term in words)
        if found:
            self.reading.refuse(
                "word_several",
                N_("{word!r} names several, and a cell holds one word"),
                N_("write one of {known}; where several hold, each has a row of its own"),
                line,
                column,
                word=word,
                known=_listed(words),
            )
        return found

    def _in_another_form(self, line: int, column: str, word: str, words: Iterable[str]) -> bool:
        """Refuse a word that only capitals, width or blanks part from one of `words`."""
        meant = next((term for term in words if fold(term) == fold(word)), None)
        if meant is not None:
            self.reading.refuse(
                "word_form_differs",
                N_("{word!r} is not the word of the notices, which is {meant!r}"),
                N_("write {meant!r}, capitals, width and blanks included"),
                line,
                column,
                word=word,
                meant=meant,
            )
        return meant is not None

    def _first(self, column: str, word: str) -> bool:
        """Whether the word was not spoken of yet."""
        new = (column, word) not in self._said
        self._said.add((column, word))
        return new


def _listed(words: Iterable[str]) -> Allowed:
    """Words of notices, which have no other name in Chinese, with the commas of the reader's language."""
    return Allowed(dict.fromkeys(sorted(words), ""))
