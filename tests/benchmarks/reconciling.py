"""A month on a real ledger: a statement imported, its lines matched and settled, then what is asked of it every day.

Every payout went out in one batch and no answer came; the bank books each under its item no., so that matching finds,
records, settles and posts every one. `status` and `report` read the whole of it again.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from calculators.money import plain_yuan
from ledger.payouts import steps
from ledger.payouts.batches import Batch
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import prepare
from ledger.reconcile import readers
from ledger.reconcile.decided import decided
from ledger.reconcile.deciding import judge, match_open
from ledger.reconcile.importing import IMPORTED, take
from ledger.reconcile.monthly import reconciliation
from ledger.reconcile.sides import sides
from ledger.store.ledger import Ledger, local_day
from tests.benchmarks.measure import seconds
from tests.benchmarks.paying import SECOND, owing
from tests.benchmarks.register import ACTOR, wallet

LINES = 100_000


class Figures(NamedTuple):
    """Seconds per step, in the order of a day at the desk."""

    lines: int
    imported: float
    matched: float
    again: float
    status: float
    report: float


def lines() -> Iterator[str]:
    few, many = measure(LINES // 4), measure(LINES)
    shape = ", ".join(
        f"{name} {getattr(many, name):.1f} s ({getattr(many, name) / getattr(few, name):.2f} x a quarter's)"
        for name in Figures._fields[1:]
    )
    yield f"reconciling: {many.lines} lines with {many.lines} payouts on a ledger: {shape}"


def measure(count: int) -> Figures:
    """A ledger with so many payouts sent, in a folder of its own, reconciled."""
    with TemporaryDirectory() as name:
        return Figures(count, *_reconcile(*stated(Path(name), count), count))


def reconciled(folder: Path, count: int) -> Ledger:
    """The same ledger, with its statement taken in and matched."""
    ledger, path = stated(folder, count)
    # The import and the first matching.
    for _seconds in islice(_reconcile(ledger, path, count), 2):
        pass
    return ledger


def stated(folder: Path, count: int) -> tuple[Ledger, Path]:
    """A ledger with so many payouts sent, and the file of the bank's statement that books each."""
    ledger, run = owing(folder, count)
    sent = _sent(ledger, run)
    # The bureau's own wallet is the last number that the ledger of the benchmark gives out.
    return ledger, _statement(folder, wallet(count // 2), sent, local_day(ledger.clock()))


def _sent(ledger: Ledger, run: RunEntries) -> Batch:
    with ledger.write(ACTOR) as writer:
        (made,) = prepare(writer, ledger.vault, [run]).batches
    with ledger.write(SECOND) as writer:
        steps.approve(writer, made.key)
    with ledger.write(ACTOR) as writer:
        return steps.export(writer, ledger.vault, made.key, "ecny")[0]


def _statement(folder: Path, number: str, sent: Batch, day: date) -> Path:
    balance = 10**13
    rows = [f"账号：{number}", f"共{len(sent.items)}笔", "交易日期,收入,支出,余额,摘要,凭证号"]
    for one in sent.items:
        balance -= one.amount_fen
        rows.append(f"{day},,{plain_yuan(one.amount_fen)},{plain_yuan(balance)},财政补助,{one.key}")
    path = folder / "statement.csv"
    path.write_text("\n".join(rows) + "\n", encoding="gb18030")
    return path


def _reconcile(ledger: Ledger, path: Path, count: int) -> Iterator[float]:
    end = local_day(ledger.clock()) + timedelta(days=1)

    def bring() -> None:
        with ledger.write(ACTOR) as writer:
            assert take(writer, ledger.vault, readers.read(path)).state == IMPORTED

    def match(changed: int) -> Callable[[], None]:
        def run() -> None:
            with ledger.write(ACTOR) as writer:
                assert match_open(writer, ledger.vault).changed == changed

        return run

    def status() -> None:
        with ledger.read() as view:
            assert not judge(sides(view, ledger.vault), decided(view)).listed

    def report() -> None:
        with ledger.read() as view:
            (one,) = reconciliation(view, end)
        assert (one.bank_fen - one.book_fen, one.differences, one.payouts) == (0, [], [])

    for step in (bring, match(count), match(0), status, report):
        yield seconds(step)
