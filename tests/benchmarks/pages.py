"""What the pages of the console take over a ledger of 100,000 award lines, paid and reconciled; the slowest said first.

A page is asked for twice: as the first after a write, when nothing of it is known, and once more. Requests are those
of a browser, without the browser: the app answers in this process.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.benchmarks.measure import Spent, spent
from tests.benchmarks.reconciling import reconciled
from tests.support.reader import Reader

LINES = 100_000
ROUNDS = 3
# The loan whose line, grant and firm are looked at.
SHOWN = 4
MOST_SECONDS = 0.3


class Figures(NamedTuple):
    """A page with what it took first, in the median later, by the clock and of the processor, and its bytes."""

    path: str
    first: Spent
    later: Spent
    size: int


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        yield from told(reconciled(Path(name), LINES))


def told(ledger: Ledger) -> Iterator[str]:
    """A line for every page, the slowest first."""
    figures = sorted(measure(ledger), key=lambda one: -one.later.wall)
    slow = [one for one in figures if one.later.wall > MOST_SECONDS]
    yield f"pages: {LINES} lines, {len(figures)} pages, {len(slow)} of them over {MOST_SECONDS * 1000:.0f} ms"
    for path, first, later, size in figures:
        ms = ", ".join(
            f"{what} {one.wall * 1000:.0f} ms (processor {one.cpu * 1000:.0f})"
            for what, one in (("first", first), ("later", later))
        )
        yield f"pages: {path}: {ms}, {size // 1024} KiB"


def measure(ledger: Ledger) -> Iterator[Figures]:
    """Every page of the menu and what its figures lead to."""
    reader = Reader(f"sqlite:///{ledger.path}", ledger.anchor.folder, clock=ledger.clock)
    for path in paths(ledger):
        sizes: list[int] = []

        def ask(path: str = path, sizes: list[int] = sizes) -> None:
            sizes.append(len(reader.page(path)))

        first = spent(ask)
        rounds = [spent(ask) for _round in range(ROUNDS)]
        later = Spent(*(median(one) for one in zip(*rounds, strict=True)))
        yield Figures(path, first, later, sizes[0])


def paths(ledger: Ledger) -> list[str]:
    """The pages, each for something in the middle of the ledger."""
    with ledger.read() as view:
        (batch,) = view.rows(kinds.PAYMENT_BATCH)
        (closed,) = view.records(kinds.RUN_CLOSED)
        month = view.body(kinds.PROPOSAL, closed.body["proposal"])["month"]
        payout = next(iter(view.records(kinds.PAYOUT))).key
        [applied] = view.current_of(kinds.APPLICATION, [f"SB{SHOWN:06d}"]).values()
    grant, firm = f"PF{SHOWN:06d}", applied.body["uscc"]
    run = closed.body["proposal"]
    return [
        "/inbox", f"/month/{month}", "/firms", "/firms?q=Firm 17", "/firms?q=0042", f"/firm/{firm}",
        f"/line/{grant}", f"/entry/main/{grant}/0", "/runs", f"/run/{run}", "/payments", f"/batch/{batch.key}",
        f"/payout/{payout}", "/reconcile", "/notices", "/notice/example-loan-interest-discount", "/budget", "/log",
        f"/log/{run + 5}",
    ]  # fmt: skip
