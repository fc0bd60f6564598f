"""Payouts prepared, exported and settled, every one in one batch, and whether four times as many take more than that.

The ledger is that of the month's run with payees in its vault and an award per loan, posted as a run posts them. The
operator's answer is read from a file and says of every payout that it was paid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from calculators.money import plain_yuan
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.payouts import steps
from ledger.payouts.batches import Batch, batch
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import prepare
from ledger.payouts.results import read_result, take_result
from ledger.payouts.states import State
from ledger.payouts.year_end import close_year
from ledger.registry.payees import HOLDER, NUMBER
from ledger.store.ledger import Ledger
from tests.benchmarks.big_book import propose
from tests.benchmarks.register import ACTOR, INSTITUTION, granted, wallet
from tests.support.digests import digest_of

SECOND = "1002"
PAYOUTS = 50_000
POSTED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds that each step took over `payouts` payouts."""

    payouts: int
    prepare_seconds: float
    export_seconds: float
    settle_seconds: float

    @property
    def seconds(self) -> float:
        """The three together."""
        return self.prepare_seconds + self.export_seconds + self.settle_seconds


def lines() -> Iterator[str]:
    few, many = measure(PAYOUTS // 4), measure(PAYOUTS)
    yield (
        f"paying: {many.payouts} payouts in {many.seconds:.1f} s (prepared {many.prepare_seconds:.1f}, exported "
        f"{many.export_seconds:.1f}, settled {many.settle_seconds:.1f}), {many.seconds / many.payouts * 1e6:.0f} us "
        f"each; a quarter of them {few.seconds:.1f} s; ratio {many.seconds / few.seconds:.2f}"
    )


def measure(payouts: int) -> Figures:
    """A ledger of so many awards in a folder of its own, paid."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger, run = owing(folder, payouts)
        return Figures(payouts, *pay(ledger, run, folder))


def pay(ledger: Ledger, run: RunEntries, folder: Path) -> tuple[float, float, float]:
    """Seconds of preparing, of approving and exporting with the file written, and of reading and settling an answer."""
    began = perf_counter()
    with ledger.write(ACTOR) as writer:
        (made,) = prepare(writer, ledger.vault, [run]).batches
    prepared = perf_counter()
    with ledger.write(SECOND) as writer:
        steps.approve(writer, made.key)
    with ledger.write(ACTOR) as writer:
        found, content = steps.export(writer, ledger.vault, made.key, "ecny")
    exported = perf_counter()
    answer = folder / "answer.json"
    answer.write_bytes(_answer(found))
    waited = perf_counter()
    result, told = read_result(answer)
    with ledger.write(ACTOR) as writer:
        take_result(writer, ledger.vault, result, answer.name, told)
    settled = perf_counter()
    with ledger.read() as view:
        states = [one.state for one in batch(view, made.key).items]
    assert states == [State.SUCCESS] * run.entries
    assert len(content) > 100 * run.entries
    return prepared - began, exported - prepared, settled - waited


def owing(folder: Path, payouts: int) -> tuple[Ledger, RunEntries]:
    """A ledger with payees, a payer and a closed run of so many awards, none of them paid."""
    office = granted(folder, payouts)
    # The awards below are no run's: the store's own ledger takes them, which the rule book of an office would not.
    ledger = Ledger.open(f"sqlite:///{office.path}", clock=office.clock, anchor=folder / "anchor")
    _register(ledger, payouts)
    with ledger.write(ACTOR) as writer:
        # It is January: what 2024 left is paid from once the end of 2024 is booked.
        close_year(writer, 2024, "YEAR-END-1")
        proposal = propose(writer, "2024-06", payouts)
    for start in range(0, payouts, POSTED_AT_ONCE):
        with ledger.write(ACTOR, closes=proposal) as writer:
            post(writer, [_award(number, proposal) for number in range(start, min(start + POSTED_AT_ONCE, payouts))])
    with ledger.write(ACTOR, closes=proposal) as writer:
        closed = writer.append(
            kinds.RUN_CLOSED,
            kinds.RunClosedBody(
                proposal=proposal,
                proposal_leaf=writer.leaf(proposal).hex(),
                month="2024-06",
                first=proposal + 1,
                count=payouts,
                approvals=[],
            ),
        )
    return ledger, RunEntries(closed, proposal + 1, payouts)


def _register(ledger: Ledger, payouts: int) -> None:
    """The bureau's own wallet, and a second officer."""
    (number,) = ledger.vault.commit_many([(NUMBER, wallet(payouts // 2))])
    (holder,) = ledger.vault.commit_many([(HOLDER, "Bureau")])
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key=SECOND, role="officer"))
        writer.append(
            kinds.PAYER,
            kinds.PayerBody(
                key=f"payer/ecny/{INSTITUTION}/{payouts // 2 + 1:06d}",
                channel="ecny",
                institution=INSTITUTION,
                wallet_type="WT09",
                number=number,
                holder=holder,
                funding="zero_balance",
            ),
        )


def _award(number: int, proposal: int) -> Entry:
    amount_fen = 100_000 + number
    payee = f"ecny/{INSTITUTION}/{number // 2 + 1:06d}"
    terms = kinds.TermsBody(
        envelope="2024/loan-interest", payee=payee, clause="guide.III.2.2", function="2150805", economic="50702"
    )
    pairs = (("fin", "5001", "2303"), ("ind", "1301", "1201"))
    return Entry(
        key=f"main/PF{number:06d}/0",
        reason="award",
        effective_on=date(2024, 6, 30),
        cause=proposal,
        digest=digest_of(f"PF{number:06d}"),
        line=f"PF{number:06d}",
        due=date(2024, 6, 20),
        award_fen=amount_fen,
        document=f"GRANT-{number}",
        postings=tuple(
            Posting(chart, account, sign * amount_fen, terms)
            for chart, debit, credit in pairs
            for account, sign in ((debit, 1), (credit, -1))
        ),
    )


def _answer(found: Batch) -> bytes:
    items = [
        {"item_no": one.key, "state": "SUCCESS", "amount": plain_yuan(one.amount_fen), "on": "2025-01-06"}
        for one in found.items
    ]
    return orjson.dumps({"request_no": found.key, "batch_state": "FINISH", "items": items})
