"""Renew the pages of docs/reference/wrong-inputs.md from the gallery: `python -m tests.support.gallery`.

A folder of `fixtures/wrong` holds one small file per mistake (`<name>.<ending>`) and what the program answers to it,
word for word (`<name>.expected.txt`). The answers are written by hand; only the page is made from them.
"""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRONG = ROOT / "fixtures" / "wrong"
PAGE = ROOT / "docs" / "reference" / "wrong-inputs.md"


def names(folder: str) -> list[str]:
    """The mistakes of a folder, by name."""
    return sorted(path.name.removesuffix(".expected.txt") for path in (WRONG / folder).glob("*.expected.txt"))


def expected(folder: str, name: str) -> str:
    """What the program must answer, to the last sign."""
    return (WRONG / folder / f"{name}.expected.txt").read_text(encoding="utf-8")


def section(folder: str) -> str:
    """The page's section for a folder, between its markers."""
    return "\n".join([f"<!-- {folder}: begin -->", *_entries(folder), f"<!-- {folder}: end -->"])


def renew(folder: str) -> None:
    """Write the section of a folder again; the rest of the page stays."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(f"<!-- {folder}: begin -->")
    _, _, after = rest.partition(f"<!-- {folder}: end -->")
    PAGE.write_text(before + section(folder) + after, encoding="utf-8")


def _entries(folder: str) -> Iterator[str]:
    for name in names(folder):
        yield f"\n### {folder}/{name}\n\n```\n{expected(folder, name).rstrip()}\n```"
    yield ""


if __name__ == "__main__":
    for marked in sorted(path.name for path in WRONG.iterdir() if path.is_dir()):
        if f"<!-- {marked}: begin -->" in PAGE.read_text(encoding="utf-8"):
            renew(marked)
