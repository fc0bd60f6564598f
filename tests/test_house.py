"""The rules of the house: who may import whom, where numbers are made, how large a file or a function may grow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
from tests.support.clock import ASKS
from tests.support.sources import PRODUCT, ROOT, TESTS, place, text, tree

EVERYTHING = [*PRODUCT, *TESTS]

FILE_LINES = 600
FUNCTION_LINES = 80

# Two stairs: a room imports from itself and from the rooms below it, that is, those named before it.
STAIRS = {
    "calculators": (
        "money",
        "problems",
        "clear",
        "digest",
        "interest",
        "notices",
        "facts",
        "awards",
        "explain",
        "files",
    ),
    "ledger": (
        "resources",
        "words",
        "log",
        "store",
        "engines",
        "book",
        "sheets",
        "registry",
        "office",
        "runs",
        "payouts",
        "reconcile",
        "rules",
        "audit",
        "queries",
        "labels",
        "web",
        "commands",
        "demo",
    ),
}
# The calculators' front door: plain values that every room speaks. The others are for rooms that calculate.
COMMON = {"money", "problems", "clear", "digest"}
CALCULATING = {"engines", "sheets", "registry", "office", "runs", "audit", "web", "commands", "demo"}
# The command that runs the demo year lies with the commands, and the demo year uses them.
EXCEPTIONS = {("ledger.commands.demo", "ledger.demo")}

# (file, line of code) of a float that is not money; each with its reason.
ALLOWED_FLOATS: dict[tuple[str, str], str] = {}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """`ledger.runs.propose` -> `runs`, `calculators.awards.caps` -> `awards`; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module of ours) for every import in the file, those inside functions included."""
    for node in ast.walk(tree(path)):
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
    house, other = importer.split(".")[0], imported.split(".")[0]
    here, there = room(importer), room(imported)
    if other == "cli":
        return "nothing imports the command line"
    if house == "cli":
        return None
    if house != other:
        if house == "calculators":
            return "the calculators are pure"
        return None if there in COMMON or here in CALCULATING else "only rooms that calculate import calculators"
    if here == there or any(importer == a and imported.startswith(b) for a, b in EXCEPTIONS):
        return None
    steps = STAIRS[house]
    unknown = [name for name in (here, there) if name not in steps]
    if unknown:
        return f"no step of the stairs: {unknown}"
    return None if steps.index(there) < steps.index(here) else f"{there} lies above {here}"


def test_imports_follow_the_arrows() -> None:
    wrong = [
        f"{place(path)}:{line} imports {imported}: {why}"
        for path in PRODUCT
        for line, imported in imports(path)
        if (why := wrong_import(module_name(path), imported))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("calculators.awards.caps", "calculators.facts.model", True),
        ("calculators.interest.segments", "calculators.notices.model", False),
        ("calculators.explain.sheet", "calculators.files.yaml", False),
        ("calculators.awards.caps", "ledger.words", False),
        ("calculators.somewhere.new", "calculators.money", False),
        ("ledger.log.tree", "ledger.words", True),
        ("ledger.log.tree", "ledger.store.tables", False),
        ("ledger.store.tables", "ledger.log.tree", True),
        ("ledger.store.tables", "ledger.book.posting", False),
        ("ledger.book.posting", "calculators.money", True),
        ("ledger.book.posting", "calculators.awards.caps", False),
        ("ledger.book.posting", "ledger.registry.notices", False),
        ("ledger.registry.notices", "calculators.notices.model", True),
        ("ledger.registry.grants", "ledger.office.approvals", False),
        ("ledger.runs.closing", "ledger.book.posting", True),
        ("ledger.runs.closing", "ledger.commands.run.run", False),
        ("ledger.reconcile.sides", "ledger.payouts.batches", True),
        ("ledger.payouts.settle", "ledger.reconcile.sides", False),
        ("ledger.commands.run.run", "ledger.runs.closing", True),
        ("ledger.commands.run.run", "cli", False),
        ("ledger.commands.audit", "ledger.demo.story", False),
        ("ledger.words", "ledger.log.tree", False),
        ("ledger.newroom.thing", "ledger.log.tree", False),
    ],
)
def test_the_arrows_say_no_where_they_should(importer: str, imported: str, allowed: bool) -> None:
    assert (wrong_import(importer, imported) is None) == allowed


def test_no_modules_import_each_other_in_a_circle() -> None:
    leans_on = {module_name(path): {imported for _, imported in imports(path)} for path in PRODUCT}
    left = dict(leans_on)
    while free := [name for name, others in left.items() if not (others & left.keys()) - {name}]:
        for name in free:
            del left[name]
    assert sorted(left) == []


def test_numbers_are_made_in_one_place() -> None:
    others = [path for path in PRODUCT if path != ROOT / "calculators" / "money.py"]
    made = [one for path in others for one in number_making(tree(path), text(path).splitlines(), place(path))]
    assert made == []


def number_making(module: ast.Module, lines: list[str], where: str) -> Iterator[str]:
    """Every place that makes an inexact or a second kind of number."""
    for node in ast.walk(module):
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


def test_the_time_is_asked_in_one_place() -> None:
    """Tests stop the clock of that module alone (tests/support/clock.py)."""
    asked = [place(path) for path in PRODUCT for node in ast.walk(tree(path)) if asks_for_the_time(node)]
    assert asked == [f"{ASKS.replace('.', '/')}.py"]


def asks_for_the_time(node: ast.AST) -> bool:
    """Whether a call is one for the day or the time of day."""
    match node:
        case ast.Call(func=ast.Attribute(attr="now" | "today" | "utcnow")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="time" | "localtime" | "gmtime" | "time_ns")):
            return True
    return False


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()", "time.time()"])
def test_the_scan_for_the_time_sees_each_way(line: str) -> None:
    assert any(map(asks_for_the_time, ast.walk(ast.parse(line))))


def test_files_and_functions_stay_small() -> None:
    assert [place(path) for path in EVERYTHING if len(text(path).splitlines()) > FILE_LINES] == []
    long = [
        f"{place(path)}:{node.lineno} {node.name}"
        for path in EVERYTHING
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


# What switches a check off for a line, without a reason behind it on that line.
UNREASONED = re.compile(r"# (type: ignore|noqa|pragma)(?!.* - \w)")


def test_a_check_that_is_switched_off_has_its_reason_on_the_line() -> None:
    silenced = [
        f"{place(path)}:{number}"
        for path in EVERYTHING
        for number, line in enumerate(text(path).splitlines(), 1)
        if UNREASONED.search(line)
    ]
    assert silenced == []


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [("noqa: ARG002", False), ("type: ignore[misc]", False), ("noqa: ARG002 - click's signature", True)],
)
def test_the_scan_for_silenced_checks_wants_a_reason(comment: str, reasoned: bool) -> None:
    assert bool(UNREASONED.search(f"value = 1  # {comment}")) is not reasoned


def test_no_page_was_left_in_the_middle_of_a_merge() -> None:
    """Programs that are would not run; of texts nobody would be told."""
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "fixtures" / "translations").rglob("*.po")]
    assert len(texts) > 10
    marked = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
    assert [place(path) for path in texts if marked.search(path.read_text(encoding="utf-8"))] == []


def test_every_module_says_what_it_is_for() -> None:
    """A docstring that begins with a sentence."""
    purposes = {path: (ast.get_docstring(tree(path)) or "").split("\n\n")[0].strip() for path in EVERYTHING}
    assert [place(path) for path, purpose in purposes.items() if not purpose.endswith(".")] == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in PRODUCT if path != ROOT / "cli.py"}
    assert [place(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def surfaces() -> dict[str, set[str]]:
    """Package -> the modules and packages in it that its `__init__` declares for those outside, in `__all__`."""
    declared: dict[str, set[str]] = {}
    for path in PRODUCT:
        if path.name != "__init__.py":
            continue
        declared[module_name(path)] = {
            str(name.value)
            for node in tree(path).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            for name in ast.walk(node.value)
            if isinstance(name, ast.Constant) and is_module(f"{module_name(path)}.{name.value}")
        }
    return declared


def entered(importer: str, imported: str) -> Iterator[tuple[str, str]]:
    """(package, what of it is taken) for each package that the import goes into from outside, houses excepted."""
    parts = imported.split(".")
    for depth in range(2, len(parts)):
        package = ".".join(parts[:depth])
        inside = importer == package or importer.startswith(f"{package}.")
        if not inside and ROOT.joinpath(*parts[:depth]).is_dir():
            yield package, parts[depth]


def test_each_package_has_one_declared_surface() -> None:
    """What others take of a package stands in its `__all__`, and nothing stands there that nobody takes."""
    taken: dict[str, set[str]] = {package: set() for package in surfaces() if "." in package}
    # The command line mounts families by name.
    mounted = [("cli", mount.target.partition(":")[0]) for mount in cli.MOUNTS.values()]
    for importer, imported in [
        *((module_name(path), imported) for path in PRODUCT for _line, imported in imports(path)),
        *mounted,
    ]:
        for package, name in entered(importer, imported):
            taken[package].add(name)
    declared = surfaces()
    assert {package: names - declared[package] for package, names in taken.items() if names - declared[package]} == {}
    assert {package: declared[package] - names for package, names in taken.items() if declared[package] - names} == {}


@pytest.mark.parametrize(
    ("importer", "imported", "expected"),
    [
        ("ledger.runs.plan", "ledger.payouts.channels.sheet", [("ledger.payouts", "channels"),
         ("ledger.payouts.channels", "sheet")]),
        ("ledger.payouts.steps", "ledger.payouts.channels.sheet", [("ledger.payouts.channels", "sheet")]),
        ("ledger.payouts.steps", "ledger.payouts.states", []),
        ("ledger.runs.plan", "ledger.log.kinds", [("ledger.log", "kinds")]),
    ],
)  # fmt: skip
def test_the_scan_sees_who_comes_in_from_outside(importer: str, imported: str, expected: list[tuple[str, str]]) -> None:
    assert list(entered(importer, imported)) == expected


# Where the fields of records are declared, and of the digests that stand in them.
RECORDS = (ROOT / "ledger" / "log" / "kinds", ROOT / "calculators" / "digest.py")


def record_shapes(module: ast.Module) -> Iterator[str]:
    """Shapes of records that a module declares, and lists of the fields that every record has."""
    every_record = {"$schema", "actor", "recorded_at"}
    for node in ast.walk(module):
        match node:
            case ast.ClassDef(name=name, bases=bases) if any(
                ast.unparse(base) in ("TypedDict", "Record", "kinds.Record") for base in bases
            ):
                yield name
            case ast.Tuple(elts=cells) | ast.List(elts=cells) | ast.Set(elts=cells):
                named = {cell.value for cell in cells if isinstance(cell, ast.Constant)}
                if every_record <= named:
                    yield ast.unparse(node)


def test_only_the_modules_of_records_declare_what_a_record_holds() -> None:
    elsewhere = [
        f"{place(path)}: {name}"
        for path in PRODUCT
        if not any(path == home or home in path.parents for home in RECORDS)
        for name in record_shapes(tree(path))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    "line",
    [
        "class Slip(TypedDict): ...",
        "class SlipBody(kinds.Record): ...",
        "skip = ('$schema', 'actor', 'recorded_at', 'key')",
    ],
)
def test_the_scan_for_shapes_of_records_sees_each(line: str) -> None:
    assert len(list(record_shapes(ast.parse(line)))) == 1
