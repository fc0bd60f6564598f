"""The source files that the rules of the house are held against."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = [ROOT / "cli.py", *sorted((ROOT / "calculators").rglob("*.py")), *sorted((ROOT / "ledger").rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def place(path: Path) -> str:
    """How a file is named in a message."""
    return str(path.relative_to(ROOT))
