"""The ledger that the benchmarks measure is a proper one: made through the doors, run, and verified."""

from pathlib import Path

from ledger.audit.verify import Trust
from ledger.log.checkpoint import VerifierKey
from ledger.runs.interest import run_interest
from tests.benchmarks.month import FIRST
from tests.benchmarks.register import ACTOR, granted, report_through
from tests.benchmarks.verifying import check


def test_the_ledger_of_the_benchmarks_verifies(tmp_path: Path) -> None:
    ledger = granted(tmp_path, 20)
    report_through(ledger, FIRST)
    # Quarterly from 10 January: each of 20 loans has a period due in March and one in June.
    assert run_interest(ledger, FIRST, ACTOR).count == 20 * 2
    key = VerifierKey.parse(ledger.anchor.verifier_file.read_text(encoding="utf-8"))
    check(ledger.path, Trust(ledger.anchor.checkpoint_file.read_text(encoding="utf-8"), key))
