"""What stands in the product's modules: nothing dead, nothing private taken, codes that tests name, fen in fen."""

import ast
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from ledger.rules.codes import CODES
from tests import refusals
from tests.support.sources import PRODUCT, ROOT, TESTS, place, text, tree

WRONG = ROOT / "fixtures" / "wrong"

# Names that something outside the product calls; each with who does.
CALLED_FROM_OUTSIDE = {
    "get_command": "click asks a group for one of its commands",
    "list_commands": "click asks a group for the names of its commands",
    "erase": "a person's right; the command comes with the keys of subjects",
}
DOORS = ROOT / "tests" / "rules" / "doors.csv"
AMOUNT = re.compile(r"(NotRequired\[)?(int|Fen|Amount|Count|Exact|Exact \| int|dict\[str, int\])( \| None)?\]?")


def test_every_refusal_code_is_named_by_a_test_or_a_wrong_file() -> None:
    made = {refusal.code for refusal in refusals.catalogue()}
    assert len(made) > 400
    # The table of improper records is a test by rows.
    tables = [path for path in ROOT.joinpath("tests").rglob("*.csv") if path != DOORS]
    texts = [text(path) for path in [*TESTS, *tables, *WRONG.rglob("*.expected.txt")]]
    named = set(re.findall(r"\w+", "\n".join(texts)))
    assert sorted(made - named) == []


# Rooms that know no records: they refuse files, words and machines, of which nothing is recorded yet, or only show.
OF_NO_LOG = (
    "calculators/", "cli.py", "ledger/commands/", "ledger/engines/", "ledger/office/key_files", "ledger/office/sign_in",
    "ledger/payouts/channels/", "ledger/queries/", "ledger/reconcile/integrity", "ledger/reconcile/readers/",
    "ledger/reconcile/source", "ledger/registry/mapping_proposals", "ledger/registry/spelling",
    "ledger/registry/wording", "ledger/sheets/", "ledger/store/", "ledger/web/",
)  # fmt: skip
# Why no record can be improper in the way of a code that only a door refuses.
WHY = {
    "words": "a word, an option or a file cannot be read or says nothing, so nothing is recorded of it",
    "machine": "of a file, a key or a folder of this machine, none of which is in the log",
    "nothing": "it names nothing, or what is so already: nothing would be recorded, or what changes nothing",
    "question": "of a question, which writes nothing",
    "clear": "rests on clear text, which no log holds",
    "shown": "it may stand: it is shown, and goes on where somebody confirms it or decides",
    "calculated": "calculators hold the line, or take no such notice, when it is run and when it is replayed",
    "codes": "moves nothing of what is paid, owed or there: only under which code or year it is shown",
    "calendar": "a calendar of days off is counted as it is said; whoever counts on it is held to it by both sides",
}


def test_what_only_a_door_refuses_is_listed_with_its_reason_or_with_what_the_book_calls_it() -> None:
    """`doors.csv`: a code that rooms which know the log refuse, and that is none of the book's own."""
    made = defaultdict(set)
    known = {refusal.code for refusal in refusals.catalogue()}
    for path in PRODUCT:
        for code, *_texts in refusals.made_in(refusals.Module.of(path)):
            made[code].add(place(path))
    of_the_log = {code for code in known - CODES.keys() if not all(one.startswith(OF_NO_LOG) for one in made[code])}
    with DOORS.open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert [row["code"] for row in rows] == sorted(of_the_log)
    wrong = [row for row in rows if bool(row["book"]) == bool(row["why"]) or row["why"] not in ("", *WHY)]
    assert wrong == []
    assert {code for row in rows for code in row["book"].split()} <= CODES.keys()


def definitions(module: ast.Module) -> Iterator[str]:
    """The names that a module defines at its top and in its classes, but for those that a decorator takes."""
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name, decorator_list=[]):
                yield name
            case ast.ClassDef(name=name, body=body, keywords=keywords):
                # A table's model makes the table by being defined.
                if not any(keyword.arg == "table" for keyword in keywords):
                    yield name
                for inner in body:
                    if isinstance(inner, ast.FunctionDef) and not taken(inner) and not inner.name.startswith("__"):
                        yield inner.name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def taken(function: ast.FunctionDef) -> bool:
    """Whether a decorator registers it somewhere: a property or a class method is still called by its name."""
    kept = {"property", "classmethod", "staticmethod", "contextmanager"}
    return any(not isinstance(one, ast.Name) or one.id not in kept for one in function.decorator_list)


def test_no_definition_is_dead() -> None:
    words = Counter(word for path in PRODUCT for word in re.findall(r"\w+", text(path)))
    dead = [
        f"{place(path)}: {name}"
        for path in PRODUCT
        for name in definitions(tree(path))
        if words[name] == 1 and name not in CALLED_FROM_OUTSIDE and not name.startswith("__")
    ]
    assert dead == []


def test_no_module_takes_what_another_keeps_to_itself() -> None:
    taken_from = [
        f"{place(path)}:{node.lineno} {alias.name}"
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("calculators", "ledger")
        for alias in node.names
        # `_` marks texts for translation.
        if alias.name.startswith("_") and alias.name != "_"
    ]
    assert taken_from == []


def test_only_commands_know_the_terminal() -> None:
    commands = ROOT / "ledger" / "commands"
    wrong = [
        f"{place(path)}:{node.lineno}"
        for path in PRODUCT
        if path != ROOT / "cli.py" and not path.is_relative_to(commands)
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.split(".")[0] in ("click", "rich", "rich_click")
    ]
    assert wrong == []


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else []


def test_a_name_that_ends_in_fen_holds_fen() -> None:
    wrong = []
    for path in PRODUCT:
        for node in ast.walk(tree(path)):
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=said):
                    pass
                case ast.arg(arg=name, annotation=ast.expr() as said):
                    pass
                case ast.FunctionDef(name=name, returns=ast.expr() as said):
                    pass
                case _:
                    continue
            if name.endswith("_fen") and not AMOUNT.fullmatch(ast.unparse(said)):
                wrong.append(f"{place(path)}:{node.lineno} {name}: {ast.unparse(said)}")
    assert wrong == []


def test_the_scans_see_what_they_look_for() -> None:
    module = ast.parse("def lost(): ...\n@registered\ndef kept(): ...\nclass Thing:\n    def one(self): ...\n")
    assert list(definitions(module)) == ["lost", "Thing", "one"]
    assert not AMOUNT.fullmatch("date")
