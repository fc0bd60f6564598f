"""What rules ask of the tables while a write is judged does not grow with the lines of a run or payouts of a batch."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import prepare
from ledger.payouts.year_end import close_year
from ledger.registry.payees import HOLDER, NUMBER
from ledger.rules.tables import Tables
from ledger.runs.history import find_run
from ledger.runs.interest import run_interest
from tests.benchmarks.month import FIRST, LATER
from tests.benchmarks.register import ACTOR, INSTITUTION, _take, granted, report_through, wallet

FEW, MANY = 4, 12


def payable(folder: Path, loans: int) -> Ledger:
    """A ledger in January whose run of June can be paid."""
    ledger = granted(folder, loans)
    report_through(ledger, FIRST)
    run_interest(ledger, FIRST, ACTOR)
    (number,) = ledger.vault.commit_many([(NUMBER, wallet(loans // 2))])
    (holder,) = ledger.vault.commit_many([(HOLDER, "Bureau")])
    payer = kinds.PayerBody(
        key=f"payer/ecny/{INSTITUTION}/{loans // 2 + 1:06d}",
        channel="ecny",
        institution=INSTITUTION,
        wallet_type="WT09",
        number=number,
        holder=holder,
        funding="zero_balance",
    )
    with ledger.write(ACTOR) as writer:
        _take(writer, kinds.PAYER, [payer])
        close_year(writer, 2024, "YEAR-END-1")
    return Ledger.open(
        f"sqlite:///{ledger.path}", clock=lambda: datetime(2025, 1, 6, 2, tzinfo=UTC), anchor=folder / "anchor"
    )


class Counted:
    """Look-ups by name, as often as the tables were asked for any of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: dict[str, int] = {}
        load = Tables.load

        def counted(tables: Tables, name: str, keys: Iterable[Any]) -> Any:
            self.asked[name] = self.asked.get(name, 0) + 1
            return load(tables, name, keys)

        monkeypatch.setattr(Tables, "load", counted)

    def taken(self) -> dict[str, int]:
        """What was asked since the last time."""
        asked, self.asked = self.asked, {}
        return asked


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, Ledger]:
    """One of few loans, one of three times as many."""
    return payable(tmp_path_factory.mktemp("few"), FEW), payable(tmp_path_factory.mktemp("many"), MANY)


def test_of_a_run_and_of_a_batch(ledgers: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    runs, batches = [], []
    for ledger, loans in zip(ledgers, (FEW, MANY), strict=True):
        with ledger.read() as view:
            run = find_run(view, str(FIRST))
        counted.taken()
        with ledger.write(ACTOR, proved=True) as writer:
            (made,) = prepare(writer, ledger.vault, [RunEntries(run.closed, run.first, run.count)]).batches
        assert made.payouts == loans
        batches.append(counted.taken())
        report_through(ledger, LATER)
        counted.taken()
        assert run_interest(ledger, LATER, ACTOR).count == loans
        runs.append(counted.taken())
    assert batches[0]["award"] == 1
    assert batches[0] == batches[1]
    assert runs[0]["line"] == 1
    assert runs[0] == runs[1]
