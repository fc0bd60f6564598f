"""Make the pages of docs/reference again from what they are about: `make pages`.

`commands.md` comes from the commands themselves, `records.md` from the declarations of records (`tests.records`),
`openapi.json` from the questions of the API, `refusals.md` from the problems that the source can name and from the
gallery in `fixtures/wrong`, `wrong-inputs.md` from the gallery (`tests.support.gallery`), `docs/guide.md` from
`fixtures/reference/guide.csv` (`tests.guide`). Nobody edits these pages by hand; tests
compare them.
"""

import csv
import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from ledger.audit.ledger import Ledger
from ledger.commands.ui.helptext import help_message
from ledger.office.sign_in import SignIn
from ledger.store.ledger import utc_now
from ledger.web.api.app import create_api
from tests import guide, records, refusals
from tests.catalogues import commands
from tests.support import gallery
from tests.support.runner import runner

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
EXAMPLES = re.compile(r"^Example:\n((?:  .*\n?)+)", re.MULTILINE)
NAME = re.compile(r"\[([a-z0-9_]+)\]$", re.MULTILINE)

_COMMANDS = """# Commands

Every command with its arguments and options, as `--help` has them. This page is made from the commands (`make
pages`). [Commands by example](../commands.md) shows what each answers, [the first month](../first-month.md) the order
in which they come.
"""

_REFUSALS = """# Refusals

Every code in which the program refuses something or warns of it, by where it is met: what it says, what to do about
it, and files of the gallery that show the whole message with its place. `{...}` stands for what is named there. A
message has the form `file:line:column key: what is wrong; how to remedy it [code]`, or the firm, loan or grant in
place of the file; all problems of a file come at once, nothing is written, and the exit code is 2. Codes are the same
in every language. What a verification finds is told on [the auditor's page](../audit.md#what-a-damage-means). This
page is made from the source (`make pages`).
"""


_ATTACKS = """# Attacks with one key

Every one of these was given at the command line of an office of three under the set of duties `three`, and refused with
nothing written (`tests/security`). In braces stands what waits there: a batch, a grant that one person brought in, a
budget order, a run. What each code means: [refusals](refusals.md). Who is trusted with what:
[SECURITY.md](../../SECURITY.md). This page is made from the table of the test (`make pages`).
"""
ATTACKS = Path(__file__).parent / "security" / "attacks.csv"


def commands_page() -> str:
    """docs/reference/commands.md."""
    return "\n".join([_COMMANDS, *(part for words, command in commands() for part in _command(words, command))])


def _command(words: str, command: click.Command) -> Iterator[str]:
    depth = min(len(words.split()), 3)
    yield f"{'#' * (depth + (depth == 1))} {words}\n"
    yield f"{EXAMPLES.sub(_as_code, help_message(command)).strip()}\n"
    if not isinstance(command, click.Group):
        context = click.Context(command, info_name=words)
        yield f"Usage: `{words} {' '.join(command.collect_usage_pieces(context))}`\n"
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        yield "| option | what |"
        yield "|---|---|"
        yield from (_option(option) for option in options)
        yield ""


def _as_code(example: re.Match[str]) -> str:
    return f"```sh\n{inspect.cleandoc(example[1])}\n```\n"


def _option(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or _choices(option)}"
    name = ", ".join(f"`{opt}{value}`" for opt in option.opts)
    more = ["compulsory"] if option.required else []
    more += ["may be repeated"] if option.multiple else []
    more += [f"variable `{option.envvar}`"] if option.envvar else []
    more += [f"otherwise `{option.default}`"] if option.show_default and option.default else []
    text = (option.help or "").replace("|", "\\|")
    return f"| {name.replace('|', chr(92) + '|')} | {text}{' (' + ', '.join(more) + ')' if more else ''} |"


def _choices(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.type.name.upper()


def refusals_page() -> str:
    """docs/reference/refusals.md."""
    return "\n".join([_REFUSALS, *_rooms()])


def _rooms() -> Iterator[str]:
    shown = examples()
    catalogue = refusals.catalogue()
    for room, title in refusals.ROOMS.items():
        here = [refusal for refusal in catalogue if refusal.room == room]
        yield f"## {title}\n"
        yield "| code | what it says | what to do | shown by |"
        yield "|---|---|---|---|"
        for refusal in here:
            links = ", ".join(
                f"[{name}](wrong-inputs.md#{name.replace('/', '')})" for name in shown.get(refusal.code, ())[:3]
            )
            cells = (_cell(refusal.what), _cell(refusal.remedy), links)
            yield f"| `{refusal.code}` | {' | '.join(cells)} |"
        yield ""
    for title, texts in refusals.IN_THE_LOG.items():
        yield f"## {title}\n"
        yield "| code | why |"
        yield "|---|---|"
        yield from (f"| `{code}` | {_cell((why,))} |" for code, why in sorted(texts.items()))
        yield ""


def _cell(texts: tuple[str, ...]) -> str:
    return "; or: ".join(texts).replace("|", "\\|")


def examples() -> dict[str, list[str]]:
    """Code -> the entries of the gallery (`import/bank-code`) whose answer carries it, the shortest answer first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for folder in sorted(path.name for path in gallery.WRONG.iterdir() if path.is_dir()):
        for name in gallery.names(folder):
            answer = gallery.expected(folder, name)
            for code in dict.fromkeys(NAME.findall(answer)):
                found.setdefault(code, []).append((answer.count("\n"), f"{folder}/{name}"))
    return {code: [name for _lines, name in sorted(names)] for code, names in found.items()}


def attacks_page() -> str:
    """docs/reference/attacks.md."""
    with ATTACKS.open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    lines = [f"| {row['attack']} | {row['needs']} | `{row['command']}` | `{row['code']}` |" for row in rows]
    return "\n".join([_ATTACKS, "| attack | needs | command | refused by |", "|---|---|---|---|", *lines, ""])


def openapi_page() -> str:
    """The description of the API as programs are given it."""
    ledger = Ledger(Path("subsidy.db"), utc_now, os.urandom)
    described = create_api(ledger, runner(ledger), SignIn(Path("tokens.db"), utc_now)).openapi()
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# What is made, and from what.
PAGES: dict[Path, Callable[[], str]] = {
    FOLDER / "commands.md": commands_page,
    FOLDER / "records.md": records.page,
    FOLDER / "refusals.md": refusals_page,
    FOLDER / "openapi.json": openapi_page,
    FOLDER / "attacks.md": attacks_page,
    ROOT / "docs" / "guide.md": guide.page,
}


if __name__ == "__main__":
    for path, make in PAGES.items():
        path.write_text(make(), encoding="utf-8")
    for marked in sorted(path.name for path in gallery.WRONG.iterdir() if path.is_dir()):
        gallery.renew(marked)
