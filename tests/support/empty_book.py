"""A ledger with the two charts and nothing on them yet, for tests that post by the book alone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ledger.book import charts
from ledger.store.ledger import Ledger

OFFICER = "1001"


def empty_book(folder: Path, clock: Callable[[], datetime]) -> Ledger:
    """It lies in `folder`/book, its anchor in `folder`/anchor; every write is at the time that `clock` tells."""
    (folder / "book").mkdir()
    made = Ledger.create(
        f"sqlite:///{folder / 'book' / 'ledger.db'}",
        actor=OFFICER,
        purpose="demo",
        calculators=(),
        clock=clock,
        anchor=folder / "anchor",
    )
    with made.write(OFFICER) as writer:
        charts.seed(writer)
    return made
