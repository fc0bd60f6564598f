"""A key that code reads by its name is one that somebody declared.

mypy knows the fields of a record wherever its kind is known. Where any record may come (dispatch of the rule book,
voids, acts) and for cells of registers it does not, so a misspelt key would be found only by who runs that line.
"""

import ast
import csv
from collections.abc import Iterator

import pytest

from tests.support.sources import PRODUCT, ROOT, place, text, tree

# Rooms that read records, digests and cells. The others read what strangers write: notices, bank files, requests.
READING = (
    *("calculators/awards", "calculators/explain", "calculators/facts", "ledger/audit", "ledger/book", "ledger/labels"),
    *("ledger/office", "ledger/payouts", "ledger/queries", "ledger/reconcile", "ledger/registry", "ledger/rules"),
    *("ledger/runs", "ledger/store"),
)
STRANGERS = ("ledger/reconcile/readers", "ledger/payouts/channels")
# (file, key) of what is no record: what it is of.
OTHERS = {
    ("calculators/awards/caps.py", "cap"): "keys of caps, whose dimensions notices choose",
    ("ledger/rules/caps.py", "cap"): "keys of caps",
    ("ledger/rules/runs.py", "cap"): "keys of caps",
    ("ledger/runs/plan.py", "cap"): "keys of caps",
    ("calculators/facts/loan.py", "events"): "a facts file",
    ("calculators/facts/loan.py", "receipts"): "a facts file",
    ("calculators/facts/rules.py", "spread"): "groups of a pattern for rates",
    ("calculators/facts/rules.py", "tenor"): "groups of a pattern for rates",
    ("ledger/office/duties.py", "never_both"): "the text of a set of duties",
    ("ledger/office/sign.py", "covered"): "a challenge",
    ("ledger/office/sign.py", "openings"): "a challenge",
    ("calculators/awards/item.py", "launch"): "days by the words of windows",
    ("calculators/facts/item.py", "paid"): "a facts file",
    ("ledger/office/decisions.py", "when"): "groups of a pattern for what somebody said",
    ("ledger/payouts/contracts.py", "expired"): "sums by step of a contract",
    ("ledger/payouts/contracts.py", "loaded"): "sums by step of a contract",
    ("ledger/queries/month.py", "application_withdrawn"): "lines by what holds them up",
    ("ledger/queries/month.py", "objection_open"): "lines by what holds them up",
    ("ledger/queries/month.py", "objection_upheld"): "lines by what holds them up",
    ("ledger/queries/month.py", "public_notice_missing"): "lines by what holds them up",
    ("ledger/rules/entries.py", "used"): "look-ups of the rule book",
}


def declared_names() -> set[str]:
    """Fields of records and digests, columns of registers, headings of tables that the project ships."""
    found = {"$schema"}
    for path in [*(ROOT / "ledger" / "log" / "kinds").glob("*.py"), ROOT / "calculators" / "digest.py"]:
        for node in ast.walk(tree(path)):
            match node:
                case ast.AnnAssign(target=ast.Name(id=name)):
                    found.add(name)
                case ast.Call(func=ast.Name(id="TypedDict"), args=[_, ast.Dict(keys=keys)]):
                    found |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    tables = {path: list(csv.reader(text(path).splitlines())) for path in (ROOT / "fixtures").rglob("*.csv")
              if "wrong" not in path.parts}  # fmt: skip
    found |= {heading for rows in tables.values() for heading in rows[:1][0]}
    columns = {row[1] for row in tables[ROOT / "fixtures" / "registers.csv"][1:]}
    # A cell of yuan is read as fen, under a name that says so.
    return found | columns | {f"{column}_fen" for column in columns}


def keys_read(module: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, key) of each text that a module looks something up by and nowhere in it writes down as a key."""
    written: set[str] = set()
    read: list[tuple[int, str]] = []
    for node in ast.walk(module):
        match node:
            case ast.Dict(keys=keys):
                written |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
            case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Store()):
                written.add(key)
            case ast.Subscript(value=ast.Name(id="Literal" | "Annotated" | "list" | "tuple" | "type")):
                pass
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), lineno=line):
                # Forward references of types stand in brackets too.
                if not (
                    isinstance(value, ast.Name | ast.Attribute) and ast.unparse(value).rpartition(".")[2][:1].isupper()
                ):
                    read.append((line, key))
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Name(id=name)), args=[ast.Constant(value=str(key)), *_]
            ) if name not in ("state", "self"):
                read.append((node.lineno, key))
    yield from ((line, key) for line, key in read if key not in written)


def test_every_key_that_is_read_is_declared() -> None:
    known = declared_names()
    read = {
        (place(path), key): line
        for path in PRODUCT
        if place(path).startswith(READING) and not place(path).startswith(STRANGERS)
        for line, key in keys_read(tree(path))
        if key not in known
    }
    assert {f"{file}:{line} {key}" for (file, key), line in read.items() if (file, key) not in OTHERS} == set()
    assert OTHERS.keys() - read.keys() == set()


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("body['amount_fenn']", ["amount_fenn"]),
        ("row.cells['lenderr']", ["lenderr"]),
        ("body.get('lin')", ["lin"]),
        ("made['total'] = 1\nmade['total']", []),
        ("made = {'total': 1}\nmade['total']", []),
        ("state.get('given_of', key)", []),
        ("x: Kind['Body']", []),
    ],
)
def test_the_scan_for_keys_sees_each(line: str, keys: list[str]) -> None:
    assert [key for _line, key in keys_read(ast.parse(line))] == keys
