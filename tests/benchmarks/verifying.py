"""Anchored verification of a whole ledger against a bare ordered fetch of every row it reads."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.audit.verify import Trust, Verdict, verify
from ledger.log.checkpoint import VerifierKey
from tests.benchmarks.big_book import ENTRIES, batches, close, in_order, new_ledger, post_all
from tests.benchmarks.measure import in_turns, seconds


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        ledger, proposal = new_ledger(Path(name))
        post_all(ledger, proposal, batches())
        close(ledger, proposal)
        anchor = ledger.anchor
        key = VerifierKey.parse(anchor.verifier_file.read_text(encoding="utf-8"))
        trust = Trust(anchor.checkpoint_file.read_text(encoding="utf-8"), key)

        def ours() -> float:
            return seconds(lambda: check(ledger.path, trust))

        def bare() -> float:
            return seconds(lambda: fetch(ledger.path))

        our_seconds, bare_seconds = in_turns(ours, bare)
        rows = fetch(ledger.path)
    yield (
        f"verify: {ENTRIES} two-line entries, {rows} rows: {our_seconds / ENTRIES * 1e6:.1f} us per entry, "
        f"bare ordered fetch {bare_seconds / ENTRIES * 1e6:.1f} us; ratio {bare_seconds / our_seconds:.2f}"
    )


def check(path: Path, trust: Trust) -> None:
    report = verify(path, trust)
    assert report.verdict is Verdict.ANCHORED, report.damages
    assert report.entries == ENTRIES


def fetch(path: Path) -> int:
    return sum(len(rows) for _table, rows in in_order(path))
