"""The marks: no text reaches a reader without passing the catalogues.

`tests/test_words.py` can only look after texts that are marked; this looks for those that somebody forgot to mark.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.sources import PRODUCT, ROOT, place, tree

COMMANDS = [ROOT / "cli.py", *sorted((ROOT / "ledger" / "commands").rglob("*.py"))]

# Calls that make a problem: (name, places of the texts among the arguments, their names).
PROBLEMS = {"refuse": ((1, 2), {"what", "remedy"}), "Problem": ((1, 2), {"what", "remedy"})}
# Calls that print or raise what an officer reads.
PRINTING = {"echo", "secho", "table", "table_text", "money", "Column", "UsageError", "BadParameter", "ClickException"}
WORD = re.compile(r"[^\W\d_]{2}")


def called(call: ast.Call) -> str:
    """The last name of what is called: `echo` for `click.echo(...)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def bare_words(node: ast.expr) -> bool:
    """Whether the expression is a literal with words in it, alone or in a list."""
    match node:
        case ast.Constant(value=str() as text):
            return bool(WORD.search(text))
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return any(bare_words(part) for part in parts)
    return False


def unmarked(module: ast.Module, prints: bool) -> Iterator[int]:
    """Lines on which a text goes out unmarked."""
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        name = called(call)
        if name in PROBLEMS:
            positions, keywords = PROBLEMS[name]
            texts = [argument for place, argument in enumerate(call.args) if place in positions]
            texts += [keyword.value for keyword in call.keywords if keyword.arg in keywords]
        elif prints and name in PRINTING:
            texts = call.args[:1]
        else:
            continue
        if any(bare_words(text) for text in texts):
            yield call.lineno


def test_every_text_is_marked() -> None:
    bare = [f"{place(path)}:{line}" for path in PRODUCT for line in unmarked(tree(path), prints=path in COMMANDS)]
    assert bare == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('refuse("code", "a text", N_("a remedy"))', True),
        ('refuse("code", N_("a text"), remedy="a remedy")', True),
        ('refuse("code", N_("a text"), N_("a remedy"))', False),
        ('Problem("code", "a text", N_("a remedy"))', True),
        ('click.echo("Done")', True),
        ('click.echo(f"Done: {n}")', True),
        ('click.echo(_("Done"))', False),
        ('click.echo(f"{n}: {text}")', False),
        ('table(["Firm", _("City")], rows)', True),
        ('table([_("Firm"), money(_("Sum"))], rows)', False),
    ],
)
def test_the_scan_tells_marked_from_unmarked(line: str, found: bool) -> None:
    assert bool(list(unmarked(ast.parse(line), prints=True))) == found
