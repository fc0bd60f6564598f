"""A book on which two awards are paid by a batch, and how its entries and refusals are read.

S1 pays e1 with 1.00 yuan and e2 with 0.50, both of G-1, out of a wallet that was filled beforehand, on 3 July 2024;
S2 of B2, which pays e3 of G-2, is with its channel.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.book import envelopes
from ledger.book.posting import Posted, post
from ledger.log import kinds
from ledger.payouts import postings
from ledger.payouts.payables import terms
from ledger.payouts.settle import Finding, settle
from ledger.payouts.states import State
from ledger.store.ledger import Ledger, Writer
from tests.payouts.small_book import PAYEE, PAYER, Q1, Q2, Clock, budget, order, owed, say, undone
from tests.support.empty_book import OFFICER, empty_book

SENT, HEARD, LATER = (datetime(*day, 4, tzinfo=UTC) for day in ((2024, 7, 2), (2024, 7, 10), (2025, 2, 4)))
PAID_ON, TODAY, NEXT_YEAR = date(2024, 7, 3), date(2024, 7, 10), date(2025, 2, 4)
DRAWN = "payer/ecny/C1010211000012/000002"


class Paid:
    """The ledger, and where its awards stand; S2 of B2, which pays e3, is with its channel."""

    ledger: Ledger
    clock: Clock
    e1: int
    e2: int
    e3: int

    @contextmanager
    def at(self, now: datetime) -> Iterator[Writer]:
        """The book at some time; nothing of what is written stays."""
        self.clock.now = now
        with undone(self.ledger) as writer:
            yield writer


def paid_book(folder: Path) -> Paid:
    """Made where `folder` says."""
    found = Paid()
    found.clock = Clock(SENT)
    found.ledger = empty_book(folder, found.clock)
    with found.ledger.write(OFFICER) as writer:
        budget(writer)
        envelopes.issue(writer, "2024/b", 1_000, "D-b")
        payer = writer.current(kinds.PAYER, PAYER)
        assert payer is not None
        hidden = "0" * 64
        writer.append(
            kinds.PAYER,
            kinds.PayerBody(
                key=DRAWN,
                channel="ecny",
                institution="C1010211000012",
                number=hidden,
                holder=hidden,
                funding="zero_balance",
            ),
        )
        awards = [owed("G-1", 0, Q1, 100), owed("G-1", 0, Q2, 50), owed("G-2", 0, Q1, 70)]
        found.e1, found.e2, found.e3 = (entry.record for entry in post(writer, awards))
        for number, key, claims in (
            ("B1", "S1", {found.e1: 100, found.e2: 50}),
            ("B2", "S2", {found.e3: 70}),
        ):
            order(writer, number, (key, claims))
            say(writer, number, "approved")
            sent = say(writer, number, "exported")
            known = terms(writer, claims)
            day = date(2024, 7, 2)
            post(writer, [postings.instructed(number, claims.items(), known, effective_on=day, cause=sent)])
    found.clock.now = HEARD
    with found.ledger.write(OFFICER) as writer:
        settle(writer, "B1", [Finding("S1", State.SUCCESS, {"kind": "result"}, PAID_ON)])
    return found


def booked(writer: Writer, posted: Posted | Sequence[Posted]) -> list[tuple[str, str, dict[str, int]]]:
    """Of each entry its key, its day, and what it moves."""
    found = []
    for one in [posted] if isinstance(posted, Posted) else posted:
        body = writer.body(kinds.ENTRY, one.record)
        sums: Counter[str] = Counter()
        for posting in body["postings"]:
            sums[f"{posting['chart']}/{posting['account']}"] += posting["amount_fen"]
        found.append(
            (body["key"].removeprefix("main/"), body["effective_on"], {at: fen for at, fen in sums.items() if fen})
        )
    return found


def payee_of(entry: Any, posting: Any) -> str:
    """The payee of a posting, which all of an entry may share."""
    found: str = posting.get("payee", entry.get("terms", {}).get("payee", ""))
    return found


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def reduced(writer: Writer, line: str, n: int, due: date, fen: int, payee: str = PAYEE) -> int:
    (debt,) = post(writer, [owed(line, n, due, -fen, "1218", "true_up", payee)])
    return debt.record
