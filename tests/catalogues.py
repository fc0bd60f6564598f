"""Renew the gettext catalogues from the source: `make words`.

It lives among the tests because the test of the catalogues needs the same list of messages and a user of the installed
product needs neither. Messages are what `_` and `N_` mark in the source, and the help of every command and option.
A message that left the source leaves the catalogues; a new one comes in untranslated, never guessed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from cli import cli
from ledger.commands.ui.helptext import help_message
from ledger.words import LANGUAGES

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None}
PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")


def catalogue_file(lang: str) -> Path:
    """Where the catalogue of `lang` stands."""
    return ROOT / "fixtures" / "translations" / lang / "LC_MESSAGES" / "subsidy.po"


def read_catalogue(lang: str) -> Catalog:
    """The catalogue of `lang` as it stands; an empty one where there is none yet."""
    path = catalogue_file(lang)
    if not path.exists():
        return Catalog(
            locale=lang,
            header_comment="# The texts of subsidy-ledger. Translate here; `make words` keeps the list of texts.",
            project="subsidy-ledger",
            version="1",
            msgid_bugs_address="none",
            last_translator="the maintainers",
            language_team="the maintainers",
            fuzzy=False,
        )
    with path.open("rb") as source:
        return read_po(source, locale=lang)


def marked_messages() -> Iterator[tuple[str, str]]:
    """(file, message) for every text that the source marks."""
    for _line, message, _comments, _context in extract_from_file("python", ROOT / "cli.py", keywords=KEYWORDS):
        yield "cli.py", str(message)
    for package in ("calculators", "ledger"):
        found = extract_from_dir(ROOT / package, [("**.py", "python")], keywords=KEYWORDS)
        for file, _line, message, _comments, _context in found:
            yield f"{package}/{file}", str(message)


def commands() -> Iterator[tuple[str, click.Command]]:
    """(words of the command line, command) for the root, every group and every command."""
    yield "subsidy", cli
    for name in cli.mounts:
        yield from family(name)


def family(name: str) -> Iterator[tuple[str, click.Command]]:
    """(words of the command line, command) for one command of the root and all below it."""
    yield from _with_subcommands(f"subsidy {name}", cli.load(name))


def help_messages() -> Iterator[tuple[str, str]]:
    """(command line, text) for the help of every command and every option."""
    for words, command in commands():
        yield words, help_message(command)
        for param in command.params:
            if isinstance(param, click.Option):
                yield words, param.help or ""


def template() -> Catalog:
    """All messages of the product, without translations."""
    catalogue = Catalog(project="subsidy-ledger")
    for place, message in [*marked_messages(), *help_messages()]:
        if message:
            # Places carry no line numbers: they would change the file with every edit of the source.
            catalogue.add(message, locations=[(place.replace(" ", "-"), 0)])
    return catalogue


def placeholders(text: str) -> set[str]:
    """The names in braces that the text expects to be filled."""
    return set(PLACEHOLDER.findall(text))


def renew() -> None:
    """Write both catalogues anew."""
    for lang in LANGUAGES:
        catalogue = read_catalogue(lang)
        catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
        path = catalogue_file(lang)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            write_po(target, catalogue, sort_output=True, ignore_obsolete=True, include_lineno=False, width=100)
        missing = sum(1 for entry in catalogue if entry.id and not entry.string)
        print(f"{lang}: {len(catalogue)} messages" + (f", {missing} without translation" if lang != "en" else ""))


def _with_subcommands(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from _with_subcommands(f"{words} {name}", sub)


if __name__ == "__main__":
    renew()
