"""Anchored verification of a month's ledger against a bare ordered fetch of every row it reads.

The ledger is an office's, with a run of so many loans in it: rules, signatures and hashes are all asked. Python's
collector of cycles is paused for both, so that neither side pays for looking through rows in hand.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.audit.verify import Trust, Verdict, verify
from ledger.log.checkpoint import VerifierKey
from ledger.runs.interest import run_interest
from ledger.store.collector import paused
from tests.benchmarks.big_book import in_order
from tests.benchmarks.measure import Spent, compared, in_turns, spent
from tests.benchmarks.month import FIRST
from tests.benchmarks.register import ACTOR, granted, report_through

LOANS = 20_000


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        ledger = granted(Path(name), LOANS)
        report_through(ledger, FIRST)
        run_interest(ledger, FIRST, ACTOR)
        anchor = ledger.anchor
        key = VerifierKey.parse(anchor.verifier_file.read_text(encoding="utf-8"))
        trust = Trust(anchor.checkpoint_file.read_text(encoding="utf-8"), key)
        with closing(sqlite3.connect(ledger.path)) as connection:
            (records,) = connection.execute("SELECT count(*) FROM record").fetchone()

        def ours() -> Spent:
            return spent(lambda: check(ledger.path, trust))

        def bare() -> Spent:
            return spent(lambda: fetch(ledger.path))

        pairs = in_turns(ours, bare)
        size = ledger.path.stat().st_size
    what = f"verify: {LOANS} loans, {records} records, {size / 1e6:.0f} MB"
    yield f"{what}: {compared(pairs, records, 'bare ordered fetch', 'record')}"


def check(path: Path, trust: Trust) -> None:
    report = verify(path, trust)
    assert report.verdict is Verdict.ANCHORED, report.damages


@paused()
def fetch(path: Path) -> int:
    return sum(len(rows) for _table, rows in in_order(path))
