"""Renew the Chinese gettext catalogue from the source: `make words`.

It lives among the tests because the test of the catalogues needs the same list of messages and a user of the installed
product needs neither. Messages are what `_` and `N_` mark in the source, and the help of every command and option.
A message that left the source leaves the catalogue; a new one comes in untranslated, never guessed. English has no
catalogue: it is what stands in the source.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from cli import cli
from ledger.commands.ui.helptext import help_message
from ledger.words import CHINESE

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")


CATALOGUE = ROOT / "fixtures" / "translations" / CHINESE / "LC_MESSAGES" / "subsidy.po"


def read_catalogue() -> Catalog:
    """The Chinese catalogue as it stands."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale=CHINESE)


# A text, or its forms for one and for more.
Text = str | tuple[str, str]


def marked_messages() -> Iterator[Text]:
    """Every text that the source marks."""
    for _line, message, _comments, _context in extract_from_file("python", ROOT / "cli.py", keywords=KEYWORDS):
        yield message
    for package in ("calculators", "ledger"):
        found = extract_from_dir(ROOT / package, [("**.py", "python")], keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            yield message
    pages = extract_from_dir(ROOT / "ledger" / "web" / "templates", [("**.html", "jinja2")], keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in pages:
        yield message


def commands() -> Iterator[tuple[str, click.Command]]:
    """(words of the command line, command) for the root, every group and every command."""
    yield "subsidy", cli
    for name in cli.mounts:
        yield from family(name)


def family(name: str) -> Iterator[tuple[str, click.Command]]:
    """(words of the command line, command) for one command of the root and all below it."""
    yield from _with_subcommands(f"subsidy {name}", cli.load(name))


def help_messages() -> Iterator[str]:
    """The help of every command and every option."""
    for _words, command in commands():
        yield help_message(command)
        yield from (param.help or "" for param in command.params if isinstance(param, click.Option))


def template() -> Catalog:
    """All messages of the product, without translations."""
    catalogue = Catalog(project="subsidy-ledger")
    for message in [*marked_messages(), *help_messages()]:
        if message:
            catalogue.add(message)
    return catalogue


def forms(entry: Message) -> tuple[str, ...]:
    """The English text of an entry, or its forms."""
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def translation(entry: Message) -> str:
    """The translation of an entry: Chinese has one form. Empty where there is none."""
    return entry.string if isinstance(entry.string, str) else next(iter(entry.string or ()), "")


def placeholders(text: str) -> set[str]:
    """The names in braces that the text expects to be filled."""
    return set(PLACEHOLDER.findall(text))


def renew() -> None:
    """Write the catalogue again: no places, because they would change the file whenever a module moves."""
    catalogue = read_catalogue()
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    with CATALOGUE.open("wb") as target:
        write_po(target, catalogue, sort_output=True, ignore_obsolete=True, no_location=True, width=100)
    missing = sum(not translation(entry) for entry in catalogue if entry.id)
    print(f"{len(catalogue)} messages, {missing} without translation")


def _with_subcommands(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from _with_subcommands(f"{words} {name}", sub)


if __name__ == "__main__":
    renew()
