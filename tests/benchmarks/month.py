"""Runs over a register of granted loans: what they take per loan, and whether four times the loans take more.

A month, a later one, that one again after every rate was corrected, that taken back, and all of it replayed.

The ledger is an office's: what is run is judged by the rule book before it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from ledger.audit.ledger import Ledger
from ledger.audit.replay import replay
from ledger.runs.closing import withdraw
from ledger.runs.history import find_run
from ledger.runs.interest import run_interest
from ledger.runs.occasion import Month
from tests.benchmarks.register import ACTOR, correct_rates, granted, report_through

LOANS = 20_000
TIMES = 4
FIRST, LATER = Month(2024, 6), Month(2024, 9)


@dataclass(frozen=True, slots=True)
class Figures:
    """Processor seconds of the runs over `loans` loans, with the entries that each posted, and of what follows."""

    loans: int
    first_seconds: float
    first_entries: int
    later_seconds: float
    later_entries: int
    again_seconds: float
    again_entries: int
    withdrawn_seconds: float
    replayed_seconds: float


def measure(loans: int) -> Figures:
    """A ledger of so many loans in a folder of its own, and its runs."""
    with TemporaryDirectory() as folder:
        ledger = granted(Path(folder), loans)
        taken = []
        for month in (FIRST, LATER):
            report_through(ledger, month)
            taken.append(_run(ledger, month))
        correct_rates(ledger, loans)
        again, again_entries = _run(ledger, LATER)
        with ledger.read() as view:
            began = process_time()
            assert all(run.difference is None for run in replay(view))
            replayed = process_time() - began
            last = find_run(view, str(LATER))
        began = process_time()
        assert withdraw(ledger, last, "measured", ACTOR) == again_entries
        withdrawn = process_time() - began
    (first, first_entries), (later, later_entries) = taken
    return Figures(loans, first, first_entries, later, later_entries, again, again_entries, withdrawn, replayed)


def _run(ledger: Ledger, month: Month) -> tuple[float, int]:
    began = process_time()
    count = run_interest(ledger, month, ACTOR).count
    return process_time() - began, count


def lines() -> Iterator[str]:
    """The figures of the whole register, and how much more a run takes over four times the loans."""
    quarter, whole = measure(LOANS // TIMES), measure(LOANS)
    first, later = whole.first_seconds / quarter.first_seconds, whole.later_seconds / quarter.later_seconds
    again, withdrawn = whole.again_seconds / quarter.again_seconds, whole.withdrawn_seconds / quarter.withdrawn_seconds
    runs = whole.first_seconds + whole.later_seconds + whole.again_seconds
    yield (
        f"month: {whole.loans} loans, processor time: first run {whole.first_seconds:.1f} s ({whole.first_entries} "
        f"entries), later run {whole.later_seconds:.1f} s ({whole.later_entries} entries), again with true-ups "
        f"{whole.again_seconds:.1f} s ({whole.again_entries} entries), taken back {whole.withdrawn_seconds:.1f} s; "
        f"{first:.2f}, {later:.2f}, {again:.2f} and {withdrawn:.2f} times the seconds of {quarter.loans} loans; "
        f"replayed in {whole.replayed_seconds / runs:.2f} of the time of the runs"
    )
