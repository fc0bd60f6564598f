"""Text that shows what it says: one function for every door through which a text enters.

Control signs, signs of no width and those that turn the direction of writing make two texts look alike that are not, or
one look like another on the screen of who signs it. A text beyond a page is a file pasted by mistake.
"""

import unicodedata

from calculators.problems import N_, Place, Problem

# A remark of half a page; no name, number or reason of an office comes near.
LONGEST = 1_000
# Categories of control signs, signs of format (zero width, direction), halves of pairs, and separators of lines.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Letters and marks that show nothing: fillers of Hangul, a blank of Braille, a joiner, selectors of variants.
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
_BLANK |= {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


def hidden_at(text: str, allowed: str = "") -> int:
    """Where the first sign of `text` stands that nobody sees, from 0; -1 for none. `allowed` are signs let through."""
    if text.isascii() and text.isprintable():
        return -1
    for place, sign in enumerate(text):
        if (unicodedata.category(sign) in _HIDDEN or ord(sign) in _BLANK) and sign not in allowed:
            return place
    return -1


def visible(text: str) -> str:
    """A text of somebody else, who cannot be asked to type it again: each sign that nobody sees as its number."""
    if hidden_at(text) < 0:
        return text
    return "".join(f"<U+{ord(sign):04X}>" if hidden_at(sign) == 0 else sign for sign in text)


def without_hidden(text: str) -> str:
    """The text without the signs that nobody sees."""
    return text if hidden_at(text) < 0 else "".join(sign for sign in text if hidden_at(sign) < 0)


def unclear(text: str, place: Place | None = None) -> Problem | None:
    """What keeps a text from being taken: `text_unprintable`, `text_too_long`; None for a clear one."""
    where = place or Place()
    if hidden_at(text) >= 0:
        return unprintable(where)
    if len(text) > LONGEST:
        return Problem(
            "text_too_long",
            N_("the text has more than 1,000 characters"),
            N_("say it shorter, and attach a document with `subsidy evidence attach`"),
            where,
        )
    return None


def unprintable(place: Place) -> Problem:
    """That a text has signs which nobody sees."""
    return Problem(
        "text_unprintable", N_("there are invisible characters in the text"), N_("type the text again"), place
    )
