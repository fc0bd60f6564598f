"""A month's run over a register of granted loans: what it takes per loan, and whether four times the loans take more.

The ledger is an office's: what is run is judged by the rule book before it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from ledger.runs.interest import run_interest
from ledger.runs.occasion import Month
from tests.benchmarks.register import ACTOR, granted, report_through

LOANS = 20_000
TIMES = 4
FIRST, LATER = Month(2024, 6), Month(2024, 9)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the first run and of a later one over `loans` loans, with the entries that each posted."""

    loans: int
    first_seconds: float
    first_entries: int
    later_seconds: float
    later_entries: int


def measure(loans: int) -> Figures:
    """A ledger of so many loans in a folder of its own, and two months run on it."""
    with TemporaryDirectory() as folder:
        ledger = granted(Path(folder), loans)
        taken = []
        for month in (FIRST, LATER):
            report_through(ledger, month)
            started = perf_counter()
            outcome = run_interest(ledger, month, ACTOR)
            taken.append((perf_counter() - started, outcome.count))
    (first, first_entries), (later, later_entries) = taken
    return Figures(loans, first, first_entries, later, later_entries)


def lines() -> Iterator[str]:
    """The figure of the whole register, and how much more a run takes over four times the loans."""
    quarter, whole = measure(LOANS // TIMES), measure(LOANS)
    first, later = whole.first_seconds / quarter.first_seconds, whole.later_seconds / quarter.later_seconds
    yield (
        f"month: {whole.loans} loans: first run {whole.first_seconds:.1f} s ({whole.first_entries} entries), "
        f"later run {whole.later_seconds:.1f} s ({whole.later_entries} entries); "
        f"{first:.2f} and {later:.2f} times the seconds of {quarter.loans} loans"
    )
