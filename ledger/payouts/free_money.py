"""What a wallet, or an account that money is moved to before it is paid, has that is free: each by itself.

What one of them holds pays no order and carries no contract of another.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import and_, select

from ledger.book.accounts import WALLET
from ledger.log import kinds
from ledger.payouts.batches import batches
from ledger.payouts.movements import about, recovered_by
from ledger.payouts.states import WAITING
from ledger.store import tables
from ledger.store.ledger import View

# Payer -> day -> fen that entries moved there.
Held = dict[str, dict[str, int]]


def held(view: View) -> Held:
    """What entries moved on the account of each payer that holds money, by the day on which they take effect."""
    found: Held = {}
    of = whose(view)
    entry, posting = tables.entry, tables.posting
    query = (
        select(entry.c.key, entry.c.reason, entry.c.effective_on, posting.c.amount_fen)
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(posting.c.chart == "fin", posting.c.account == WALLET, entry.c.record < view.size)
    )
    for key, reason, on, fen in view.connection.execute(query):
        name = about(reason, key)
        plus(found, of.get(name, name), on, fen)
    return found


def plus(found: Held, payer: str, on: str, fen: int) -> Held:
    """With what moved besides."""
    days = found.setdefault(payer, {})
    days[on] = days.get(on, 0) + fen
    return found


def whose(view: View) -> dict[str, str]:
    """What entries that move money are about (a payout, a recovery) -> the payer on whose account; "" on none."""
    payers = {row.key: row.body["payer"] for row in view.records(kinds.PAYMENT_BATCH)}
    of = {row.key: payers.get(row.body["batch"], "") for row in view.records(kinds.PAYOUT)}
    return of | {recovered_by(row.body): row.body.get("payer", "") for row in view.records(kinds.RECOVERY)}


def on_its_way(view: View, but: str = "") -> Mapping[str, int]:
    """Payer -> fen that it has sent out and nobody has answered, a batch left out."""
    found: dict[str, int] = defaultdict(int)
    for batch in batches(view):
        if batch.key != but:
            found[batch.body["payer"]] += sum(item.amount_fen for item in batch.items if item.state in WAITING)
    return found


def least_fen(days: Mapping[str, int], since: date) -> int:
    """The least that was there at the end of a day from `since` on."""
    return min(_balances(days, since.isoformat()))


def _balances(days: Mapping[str, int], since: str) -> Iterator[int]:
    there_fen = sum(fen for day, fen in days.items() if day <= since)
    yield there_fen
    for day in sorted(day for day in days if day > since):
        there_fen += days[day]
        yield there_fen
