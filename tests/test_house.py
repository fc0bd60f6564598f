"""The rules of the house: who may import whom, where numbers are made, how large a file or a function may grow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = [ROOT / "cli.py", *sorted((ROOT / "calculators").rglob("*.py")), *sorted((ROOT / "ledger").rglob("*.py"))]
EVERYTHING = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]

FILE_LINES = 600
FUNCTION_LINES = 80

# The calculators' front door: plain values that every room speaks.
COMMON = {"calculators.money", "calculators.problems", "calculators.canonical"}
# Texts and shipped files know no room, so every room of the ledger may use them.
EVERYWHERE = {"ledger.words", "ledger.resources"}

# Room -> the rooms it may import besides itself: cli -> {runs, payouts, reconcile, audit} -> {registry, book} -> store
FLOOR = {"ledger.store", "ledger.log"}
MIDDLE = {"ledger.registry", "ledger.book"} | FLOOR
TOP = {"ledger.runs", "ledger.payouts", "ledger.reconcile", "ledger.audit"}
ARROWS = {
    "ledger.resources": set[str](),
    "ledger.words": set[str](),
    "ledger.log": set[str](),
    "ledger.store": {"ledger.log"},
    "ledger.book": FLOOR,
    "ledger.registry": FLOOR,
    "ledger.runs": MIDDLE,
    "ledger.payouts": MIDDLE,
    "ledger.reconcile": MIDDLE | {"ledger.payouts"},
    "ledger.audit": MIDDLE | {"ledger.runs", "ledger.payouts"},
    "ledger.demo": TOP | MIDDLE | {"ledger.commands"},
    "ledger.commands": TOP | MIDDLE | {"ledger.demo"},
}
# Rooms that calculate; the others take amounts and problems from the calculators and nothing else.
CALCULATING = {"calculators", "ledger.registry", "ledger.runs", "ledger.audit", "ledger.commands", "ledger.demo"}

# (file, line of code) of a float that is not money; each with its reason.
ALLOWED_FLOATS: dict[tuple[str, str], str] = {}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """`ledger.runs.propose` -> `ledger.runs`, `calculators.awards.caps` -> `calculators`."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "ledger" else parts[0]


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module of ours) for every import in the file, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} relative import: write the full name"
            # `from ledger import book` names a module in its second half.
            deeper = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if is_module(name) else str(node.module) for name in deeper]
        for name in names:
            if name.split(".")[0] in {"cli", "calculators", "ledger"}:
                yield node.lineno, name


def wrong_import(importer: str, imported: str) -> str | None:
    """Why `importer` may not import `imported`; None where it may."""
    here, there = room(importer), room(imported)
    if there == "cli":
        return "nothing imports the command line"
    if there == "calculators":
        if imported in COMMON or here in CALCULATING or importer == "cli":
            return None
        return "only rooms that calculate import more than amounts, problems and canonical"
    if here == "calculators":
        return "the calculators are pure"
    if here in {"cli", there} or imported in EVERYWHERE:
        return None
    if here not in ARROWS:
        return "this room has no arrows yet: draw them in DESIGN and here"
    return None if there in ARROWS[here] else f"{here} may not lean on {there}"


def places(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PRODUCT, ids=places)
def test_imports_follow_the_arrows(path: Path) -> None:
    wrong = [
        f"{places(path)}:{line} imports {imported}: {why}"
        for line, imported in imports(path)
        if (why := wrong_import(module_name(path), imported))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("calculators.awards.caps", "calculators.facts.model", True),
        ("calculators.awards.caps", "ledger.words", False),
        ("ledger.log.tree", "calculators.canonical", True),
        ("ledger.log.tree", "ledger.words", True),
        ("ledger.log.tree", "ledger.store.tables", False),
        ("ledger.store.tables", "ledger.log.tree", True),
        ("ledger.store.tables", "ledger.book.entries", False),
        ("ledger.book.entries", "calculators.money", True),
        ("ledger.book.entries", "calculators.awards.caps", False),
        ("ledger.book.entries", "ledger.registry.notices", False),
        ("ledger.registry.notices", "calculators.notices.model", True),
        ("ledger.runs.propose", "ledger.book.entries", True),
        ("ledger.runs.propose", "ledger.commands.run.run", False),
        ("ledger.reconcile.sides", "ledger.payouts.batches", True),
        ("ledger.payouts.settle", "ledger.reconcile.sides", False),
        ("ledger.commands.run.run", "ledger.runs.propose", True),
        ("ledger.commands.run.run", "cli", False),
        ("ledger.words", "ledger.log.tree", False),
        ("ledger.newroom.thing", "ledger.log.tree", False),
    ],
)
def test_the_arrows_say_no_where_they_should(importer: str, imported: str, allowed: bool) -> None:
    assert (wrong_import(importer, imported) is None) == allowed


@pytest.mark.parametrize("path", PRODUCT, ids=places)
def test_numbers_are_made_in_one_place(path: Path) -> None:
    if path == ROOT / "calculators" / "amounts.py":
        return
    text = path.read_text(encoding="utf-8")
    assert list(number_making(ast.parse(text), text.splitlines(), places(path))) == []


def number_making(tree: ast.Module, lines: list[str], where: str) -> Iterator[str]:
    """Every place that makes an inexact or a second kind of number."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if any(alias.name in {"decimal", "fractions"} for alias in names):
                yield f"{where}:{node.lineno} imports decimals or fractions"
            case ast.ImportFrom(module="decimal" | "fractions"):
                yield f"{where}:{node.lineno} imports decimals or fractions"
            case ast.Call(func=ast.Name(id="round")):
                yield f"{where}:{node.lineno} rounds"
            case ast.Call(func=ast.Name(id="float")) | ast.Constant(value=float()):
                if (where, lines[node.lineno - 1].strip()) not in ALLOWED_FLOATS:
                    yield f"{where}:{node.lineno} makes a float"


@pytest.mark.parametrize(
    "line", ["import decimal", "from fractions import Fraction", "x = round(y)", "x = float(y)", "rate = 0.0355"]
)
def test_the_scan_for_numbers_sees_each_kind(line: str) -> None:
    assert len(list(number_making(ast.parse(line), [line], "here"))) == 1


@pytest.mark.parametrize("path", EVERYTHING, ids=places)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("path", EVERYTHING, ids=places)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    purpose = docstring.split("\n\n")[0].strip()
    assert purpose, f"{places(path)} has no docstring"
    assert purpose.endswith("."), f"{places(path)}: the docstring begins with a purpose sentence"


@pytest.mark.parametrize("package", ["calculators", "ledger"])
def test_every_folder_of_code_is_a_package(package: str) -> None:
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert [places(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []
