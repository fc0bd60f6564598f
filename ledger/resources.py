"""Find the files that ship with the product: notices, reference tables, translations, templates.

An installed wheel carries them as `ledger/_fixtures`; a checkout has them in `fixtures/` beside the packages. This
module knows nothing of what is in the files and imports nothing of ours.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def fixture(path: str = "") -> Traversable:
    """The shipped file or folder `path` (`notices`, `glossary.csv`, ...), relative to `fixtures/`.

    Nothing is promised about its existence: ask `is_file()` or `is_dir()`. For a real path on disk wrap it in
    `importlib.resources.as_file`.
    """
    shipped = files("ledger").joinpath("_fixtures")
    root = shipped if shipped.is_dir() else Path(__file__).parents[1] / "fixtures"
    return root.joinpath(path)
