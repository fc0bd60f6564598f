"""The cost of paying: how many statements go to the database must not follow how many payouts there are."""

from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.benchmarks.paying import owing, pay

FEW, MANY = 40, 160


def statements(folder: Path, payouts: int) -> int:
    """How many statements preparing, exporting and settling so many payouts sends."""
    folder.mkdir()
    ledger, run = owing(folder, payouts)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        pay(ledger, run, folder)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(sent)


def test_four_times_the_payouts_send_hardly_more_statements(tmp_path: Path) -> None:
    few, many = statements(tmp_path / "few", FEW), statements(tmp_path / "many", MANY)
    # The hashes of the log's tree are read one by one, a few more for each doubling; one statement per payout in any
    # of the three steps would be 120 more. Rows go in by sixteen: what is left over can make the fewer send more.
    assert 0 < many < few + (MANY - FEW) // 4
