"""Anchored verification of a whole ledger against a bare ordered fetch of every row it reads.

Python's collector of cycles is paused for both, so that neither side pays for looking through rows in hand.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.audit.verify import Trust, Verdict, verify
from ledger.log.checkpoint import VerifierKey
from ledger.store.collector import paused
from tests.benchmarks.big_book import ENTRIES, batches, close, in_order, new_ledger, post_all
from tests.benchmarks.measure import Spent, compared, in_turns, spent


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        ledger, proposal = new_ledger(Path(name))
        post_all(ledger, proposal, batches())
        close(ledger, proposal)
        anchor = ledger.anchor
        key = VerifierKey.parse(anchor.verifier_file.read_text(encoding="utf-8"))
        trust = Trust(anchor.checkpoint_file.read_text(encoding="utf-8"), key)

        def ours() -> Spent:
            return spent(lambda: check(ledger.path, trust))

        def bare() -> Spent:
            return spent(lambda: fetch(ledger.path))

        pairs = in_turns(ours, bare)
        rows = fetch(ledger.path)
    yield f"verify: {ENTRIES} two-line entries, {rows} rows: {compared(pairs, ENTRIES, 'bare ordered fetch')}"


def check(path: Path, trust: Trust) -> None:
    report = verify(path, trust)
    assert report.verdict is Verdict.ANCHORED, report.damages
    assert report.entries == ENTRIES


@paused()
def fetch(path: Path) -> int:
    return sum(len(rows) for _table, rows in in_order(path))
