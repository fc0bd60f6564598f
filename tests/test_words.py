"""The texts: every message has a Chinese translation, uses the fixed terms, and prints on a GBK console."""

import csv
import re

import pytest
from babel.messages.catalog import Catalog, Message
from click.testing import CliRunner

from cli import cli
from ledger.office import sign
from ledger.resources import fixture
from ledger.words import _, language, listed, ngettext, set_language
from tests import catalogues

# What fills a count, and the counts that are never one: a log begins with more records, and several are what is wrong.
COUNTS = "count|lines|entries|payouts|matches|statements|records|days|months|years|tries"
COUNT = re.compile(rf"\{{(?:{COUNTS})\}} (?!is|from)(?:[\w-]+ )?\w+s\b")
MANY = {
    "All {count} commands: subsidy commands",
    "the firm has {count} payees of channel {channel}",
    "{count} firms have a name like {wanted!r}: {names}",
    "{count} recorded rows could be the one that this row corrects",
    "{count} zero-balance accounts are registered, and the file does not say whose it is",
}


@pytest.fixture(scope="module")
def expected() -> Catalog:
    return catalogues.template()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalogues.read_catalogue()


def entries(catalogue: Catalog) -> dict[str, Message]:
    return {form: entry for entry in catalogue if entry.id for form in catalogues.forms(entry)}


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
    missing = [
        text for text in entries(expected) if text not in translated or not catalogues.translation(translated[text])
    ]
    assert missing == []


def test_a_count_stands_before_its_noun_in_both_forms(expected: Catalog) -> None:
    plain = {text for text, entry in entries(expected).items() if isinstance(entry.id, str)}
    # A count with its thing and nothing else is one of two forms, chosen by whoever reads a notice back.
    assert {text for text in plain if COUNT.search(text) and not COUNT.fullmatch(text)} == MANY


def test_a_count_chooses_its_form() -> None:
    assert [ngettext("{count} line", "{count} lines", count) for count in (0, 1, 2)] == [
        "{count} lines",
        "{count} line",
        "{count} lines",
    ]
    set_language("zh_CN")
    assert {ngettext("{count} line", "{count} lines", count) for count in (0, 1, 2)} == {"{count} 条明细"}


def test_no_translation_keeps_an_english_heading(chinese: Catalog) -> None:
    assert [text for text, entry in entries(chinese).items() if "Example:" in catalogues.translation(entry)] == []


def test_no_translation_is_a_guess(chinese: Catalog) -> None:
    assert [text for text, entry in entries(chinese).items() if entry.fuzzy] == []


def test_translations_keep_the_placeholders(chinese: Catalog) -> None:
    differing = [
        text
        for text, entry in entries(chinese).items()
        if catalogues.placeholders(text) != catalogues.placeholders(catalogues.translation(entry))
    ]
    assert differing == []


def test_every_text_prints_on_a_gbk_console(expected: Catalog, chinese: Catalog) -> None:
    texts = [*entries(expected), *(catalogues.translation(entry) for entry in entries(chinese).values())]
    texts += [chinese_term for _english, chinese_term in glossary()]
    assert [text for text in texts if text.encode("gbk", errors="replace").decode("gbk") != text] == []


def test_the_glossary_fixes_one_term_each() -> None:
    english = [term for term, _chinese in glossary()]
    chinese = [term for _english, term in glossary()]
    assert len(english) == len(set(english))
    assert len(chinese) == len(set(chinese))


def test_no_other_word_stands_for_a_fixed_term(chinese: Catalog) -> None:
    with fixture("glossary.csv").open(encoding="utf-8") as source:
        others = {row["chinese"]: re.compile(row["instead_of"]) for row in csv.DictReader(source) if row["instead_of"]}
    tool = (zh for zh, _en in (*sign.WORDS.values(), *sign.ACT_NAMES.values()))
    texts = [*map(catalogues.translation, entries(chinese).values()), *tool]
    wrong = [(term, text) for term, other in others.items() for text in texts if other.search(text)]
    assert wrong == []


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
        for found in term.findall(prose(text))
        if fixed[found.lower()] not in catalogues.translation(entry)
    ]
    assert missing == []


def prose(text: str) -> str:
    """The text without its examples: command lines are not translated."""
    return re.sub(r"(?m)^ +subsidy .*$|`[^`]*`", "", text)


@pytest.mark.parametrize(
    ("lang", "known"), [("zh_TW.UTF-8", True), ("en", True), ("C.UTF-8", True), ("Chinese", False)]
)
def test_a_language_that_there_is_not_is_no_silent_english(lang: str, known: bool) -> None:
    result = CliRunner(env={"SUBSIDY_LANG": lang}).invoke(cli, ["calc", "--help"])
    assert (result.exit_code == 0) is known
    assert known or "choose en or zh_CN" in result.stderr


def test_things_in_a_row_have_the_mark_of_the_language() -> None:
    assert listed(["a", "b"]) == "a, b"
    set_language("zh_CN")
    assert listed(["a", "b"]) == "a、b"
