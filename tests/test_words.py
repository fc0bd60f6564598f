"""The texts: every message has a Chinese translation, uses the fixed terms, and prints on a GBK console."""

import csv
import re

import pytest
from babel.messages.catalog import Catalog, Message

from ledger.resources import fixture
from ledger.words import _, language, set_language
from tests import catalogues


@pytest.fixture(scope="module")
def expected() -> Catalog:
    return catalogues.template()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalogues.read_catalogue()


def entries(catalogue: Catalog) -> dict[str, Message]:
    return {str(entry.id): entry for entry in catalogue if entry.id}


def glossary() -> list[tuple[str, str]]:
    with fixture("glossary.csv").open(encoding="utf-8") as source:
        return [(row["english"], row["chinese"]) for row in csv.DictReader(source)]


@pytest.mark.parametrize(
    ("asked", "environment", "answer"),
    [
        ("zh", {}, "zh_CN"),
        ("zh_CN.UTF-8", {}, "zh_CN"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.GBK"}, "zh_CN"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"SUBSIDY_LANG": "zh_CN", "LC_ALL": "C"}, "zh_CN"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_GB.UTF-8"}, "zh_CN"),
        (None, {}, "en"),
        ("fr_FR.UTF-8", {}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_locale(
    asked: str | None, environment: dict[str, str], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    set_language(asked)
    assert language() == answer


def test_english_and_unknown_texts_stand_as_they_are() -> None:
    assert _("Aborted.") == "Aborted."
    set_language("zh_CN")
    assert _("a text of no catalogue") == "a text of no catalogue"


def test_the_catalogue_has_the_messages_of_the_source_and_no_others(expected: Catalog, chinese: Catalog) -> None:
    listed, wanted = set(entries(chinese)), set(entries(expected))
    assert sorted(wanted - listed) == [], "run `make words`"
    assert sorted(listed - wanted) == [], "run `make words`"
    assert sorted(chinese.obsolete) == [], "run `make words`"


def test_every_message_has_a_chinese_translation(expected: Catalog, chinese: Catalog) -> None:
    translated = entries(chinese)
    missing = [text for text in entries(expected) if text not in translated or not translated[text].string]
    assert missing == []


def test_no_translation_keeps_an_english_heading(chinese: Catalog) -> None:
    assert [text for text, entry in entries(chinese).items() if "Example:" in entry.string] == []


def test_no_translation_is_a_guess(chinese: Catalog) -> None:
    assert [text for text, entry in entries(chinese).items() if entry.fuzzy] == []


def test_translations_keep_the_placeholders(chinese: Catalog) -> None:
    differing = [
        text
        for text, entry in entries(chinese).items()
        if entry.string and catalogues.placeholders(text) != catalogues.placeholders(str(entry.string))
    ]
    assert differing == []


def test_every_text_prints_on_a_gbk_console(expected: Catalog, chinese: Catalog) -> None:
    texts = [*entries(expected), *(str(entry.string) for entry in entries(chinese).values())]
    texts += [chinese_term for _english, chinese_term in glossary()]
    assert [text for text in texts if text.encode("gbk", errors="replace").decode("gbk") != text] == []


def test_the_glossary_fixes_one_term_each() -> None:
    english = [term for term, _chinese in glossary()]
    chinese = [term for _english, term in glossary()]
    assert len(english) == len(set(english))
    assert len(chinese) == len(set(chinese))


# These are fixed terms that plain English also uses as ordinary words ("run `make words`", "the entry is missing").
ORDINARY_WORDS = {"account", "actor", "contract", "decision", "entry", "held", "log", "record", "register", "run"}


def test_translations_use_the_fixed_terms(chinese: Catalog) -> None:
    fixed = {term: chinese_term for term, chinese_term in glossary() if term not in ORDINARY_WORDS}
    # Longest first, so that "insurance premium subsidy" does not also ask for the term of "premium".
    longest_first = "|".join(re.escape(term) for term in sorted(fixed, key=len, reverse=True))
    term = re.compile(rf"(?<![\w{{-])(?:{longest_first})(?![\w}}-])", re.IGNORECASE)
    missing = [
        (found.lower(), fixed[found.lower()], text)
        for text, entry in entries(chinese).items()
        if entry.string
        for found in term.findall(prose(text))
        if fixed[found.lower()] not in str(entry.string)
    ]
    assert missing == []


def prose(text: str) -> str:
    """The text without its examples: command lines are not translated."""
    return re.sub(r"(?m)^ +subsidy .*$|`[^`]*`", "", text)
