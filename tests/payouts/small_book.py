"""A book of a few awards and the orders that pay them, written by the book and the log alone: no registers, no runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ledger.book import envelopes
from ledger.book.payables import Terms
from ledger.book.posting import Entry, Posting
from ledger.log import kinds
from ledger.store.ledger import Ledger, Writer
from tests.support.empty_book import OFFICER

Q1, Q2 = date(2024, 3, 31), date(2024, 6, 30)
TERMS = Terms(envelope="2024/a", clause="n3.2", function="2150805", economic="50702", economic_unit="31205")
PAYEE, PAYER = "ecny/C1010411000013/000001", "payer/ecny/C1010211000012/000001"
# Half past four in the afternoon of Greenwich is the 2nd of July in Beijing.
NOW, TODAY = datetime(2024, 7, 1, 16, 30, tzinfo=UTC), date(2024, 7, 2)


def owed(
    line: str, n: int, due: date, fen: int, account: str = "2303", reason: str = "award", payee: str = PAYEE
) -> Entry:
    """`fen` that a line is awarded, of what is free on its path; below 0 on 1218, what is owed back of it."""
    sides = [("fin", "5001", 1), ("fin", account, -1)]
    if account == "2303":
        sides += [("ind", "1301", 1), ("ind", "1101", -1)]
    return Entry(
        key=f"main/{line}/{due}/{n}",
        reason=reason,
        effective_on=TODAY,
        cause=0,
        line=line,
        due=due,
        award_fen=fen,
        postings=tuple(Posting(chart, at, sign * fen, TERMS.on(chart, at, payee)) for chart, at, sign in sides),
    )


def parts(of: Mapping[int, int]) -> list[kinds.ClaimedPart]:
    return [kinds.ClaimedPart(award=award, amount_fen=fen) for award, fen in of.items()]


def order(
    writer: Writer,
    number: str,
    *payouts: tuple[str, dict[int, int]],
    payer: str = PAYER,
    channel: str = "ecny",
    payee_record: int = 0,
) -> None:
    """A batch, and its payouts behind it: the number and what it claims."""
    total_fen = sum(sum(claims.values()) for _key, claims in payouts)
    writer.append(
        kinds.PAYMENT_BATCH,
        kinds.PaymentBatchBody(
            key=number,
            channel=channel,
            payer=payer,
            runs=[],
            count=len(payouts),
            total_fen=total_fen,
            first=writer.size + 1,
            held=[],
        ),
    )
    for n, (key, claims) in enumerate(payouts, 1):
        writer.append(
            kinds.PAYOUT,
            kinds.PayoutBody(
                key=key,
                batch=number,
                n=n,
                payee=PAYEE,
                payee_record=payee_record,
                uscc="U1",
                amount_fen=sum(claims.values()),
                claims=parts(claims),
            ),
        )


def say(
    writer: Writer,
    about: str,
    state: str,
    fen: int = 0,
    claims: Mapping[int, int] | None = None,
    on: str = "2024-07-01",
) -> int:
    body = kinds.OutcomeBody(about=about, state=state, source={"kind": "result"}, on=on)
    if fen:
        body["amount_fen"] = fen
    if claims:
        body["claims"] = parts(claims)
    return writer.append(kinds.OUTCOME, body)


def budget(writer: Writer) -> None:
    """A budget to award out of, and a payer with money of its own."""
    for path, fen in (("2024", 1_000_000), ("2024/a", 500_000)):
        envelopes.issue(writer, path, fen, f"D-{path}")
    hidden = "0" * 64
    writer.append(
        kinds.PAYER,
        kinds.PayerBody(
            key=PAYER, channel="ecny", institution="C1010211000012", number=hidden, holder=hidden, funding="prefunded"
        ),
    )


@dataclass
class Clock:
    """The time of every write."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


class Undone(Exception):
    """What a test wrote is taken back."""


@contextmanager
def undone(ledger: Ledger) -> Iterator[Writer]:
    """A write of which nothing stays."""
    with suppress(Undone), ledger.write(OFFICER) as writer:
        yield writer
        raise Undone
