"""Say the product's texts in the reader's language, English or Chinese.

The English text is the message id, so English has no catalogue; Chinese is read from
`fixtures/translations/zh_CN/LC_MESSAGES/subsidy.po`. Texts carry named `{placeholders}`: translate first, fill with
`str.format` afterwards. A text that is written far from where it is printed is marked with `calculators.problems.N_`
and passed through `_` at the edge. Refusal codes are never translated. `make words` renews the catalogue.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache

from ledger.resources import fixture

ENGLISH = "en"
CHINESE = "zh_CN"

# As gettext looks them up, with our own variable first.
_VARIABLES = ("SUBSIDY_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def set_language(lang: str | None) -> None:
    """Choose the language: `lang` as given (`zh`, `zh_CN.UTF-8`, `en`), else the first variable of the environment.

    Every Chinese locale reads Chinese; whatever we have no catalogue for reads English.
    """
    wanted = lang or next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), ENGLISH)
    _language.set(CHINESE if wanted.lower().startswith("zh") else ENGLISH)


def speaks(lang: str) -> bool:
    """Whether a name is that of a language of ours, or of a system's locale without any (`C`, `POSIX`)."""
    return bool(re.match(r"(zh|en|c|posix)(?![a-z])", lang.lower()))


def language() -> str:
    """The language in force: `en` or `zh_CN`."""
    return _language.get()


def _(msgid: str) -> str:
    """`msgid` in the language in force; itself where the catalogue has no translation."""
    return msgid if language() == ENGLISH else _catalogue(language()).get(msgid, msgid)


def listed(parts: Iterable[str]) -> str:
    """Several things in one row, with the mark that the language puts between them."""
    return ("、" if language() == CHINESE else ", ").join(parts)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of a text that `count` asks for: `one` and `more` are its English forms, Chinese has a single one."""
    return (
        (singular if count == 1 else plural) if language() == ENGLISH else _catalogue(language()).get(singular, plural)
    )


def in_chinese(msgid: str) -> str:
    """`msgid` in Chinese whatever language is in force: for papers that go to Chinese readers."""
    return _catalogue(CHINESE).get(msgid, msgid)


@cache
def _catalogue(lang: str) -> Mapping[str, str]:
    """Message id -> translation, read once; empty translations are left out. A text with forms has its first as id."""
    # Reading takes a quarter of a short command's time, and English never needs it.
    from babel.messages.pofile import read_po

    with fixture(f"translations/{lang}/LC_MESSAGES/subsidy.po").open("rb") as source:
        entries = read_po(source, locale=lang)
    return {_first(entry.id): _first(entry.string) for entry in entries if entry.id and _first(entry.string)}


def _first(forms: object) -> str:
    return str(forms[0] if isinstance(forms, (list, tuple)) else forms)
