"""What was paid and then reduced: who owes what back, and how the money of it had gone out."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from calculators.problems import N_, refuse
from ledger.book.accounts import AVAILABLE, RECEIVABLE, RESERVED
from ledger.book.payables import (
    Payable,
    moved_paths,
    open_parts,
    payable_by_line,
)
from ledger.log import kinds
from ledger.payouts.batches import item, items
from ledger.payouts.payables import payouts_naming
from ledger.payouts.paying import payer_of
from ledger.payouts.postings import Cash
from ledger.registry.payment_paths import recipients
from ledger.registry.successions import successors
from ledger.store import tables
from ledger.store.ledger import View


class Owed(NamedTuple):
    """What the payee of a line owes back, in fen, and what is still payable on the line.

    `successor` is who owes it now in the place of a firm that ended, "" where nobody has to.
    """

    line: str
    uscc: str
    payee: str
    owed_fen: int
    payable_fen: int
    reductions: tuple[Payable, ...]
    successor: str = ""


class Payment(NamedTuple):
    """How an award was paid: the day, out of what, the payee, and the payer's reference."""

    on: date
    cash: Cash
    payee: str
    payer: str


class Paid(NamedTuple):
    """The last payment of a reduced award; `outside`: no payout ever named its line, so it was paid elsewhere."""

    last: Payment | None
    outside: bool


def owed(view: View) -> list[Owed]:
    """Every line on which something is owed back, by line."""
    lines: dict[str, list[Payable]] = defaultdict(list)
    for part in open_parts(view, RECEIVABLE):
        lines[part.line].append(part)
    grants = {row.key: row.body["application"] for row in view.rows(kinds.GRANT)}
    firms = {row.key: row.body["uscc"] for row in view.rows(kinds.APPLICATION)}
    payable, heirs = payable_by_line(view), set(successors(view).values())
    now = {line: firm for line, firm in recipients(view).items() if firm in heirs}
    return [
        Owed(
            line,
            firms.get(grants.get(line, ""), ""),
            reductions[-1].payee,
            -sum(reduction.open_fen for reduction in reductions),
            payable[line],
            tuple(reductions),
            now.get(line, ""),
        )
        for line, reductions in sorted(lines.items())
    ]


def owed_on(view: View, line: str) -> Owed:
    """What is owed back on a line; refuses `nothing_owed`."""
    debt = next((debt for debt in owed(view) if debt.line == line), None)
    if debt is None:
        raise refuse(
            "nothing_owed",
            N_("nothing is owed on {line}"),
            N_("`subsidy pay owed` lists what is; money given back unasked is `subsidy pay refund`"),
            line=line,
        )
    return debt


class PaidTwice(NamedTuple):
    """A payout whose money the payee has twice, and how much of it, in fen."""

    item: str
    uscc: str
    payee: str
    owed_fen: int


def paid_twice(view: View) -> list[PaidTwice]:
    """Every payout that was paid after all when something else had been done with its payables, by item no."""
    entry = tables.entry
    keys = view.connection.scalars(select(entry.c.key).where(entry.c.reason == "overpaid", entry.c.record < view.size))
    found = items(view, {key.split("/")[2] for key in keys})
    return [
        PaidTwice(payout.key, payout.body["uscc"], payout.body["payee"], payout.twice_fen - payout.given_up_fen)
        for _key, payout in sorted(found.items())
        if payout.twice_fen > payout.given_up_fen
    ]


def paid(view: View, reduction: Payable) -> Paid:
    """How the reduced award was paid: the last payment of its due period, else of its line."""
    entry = tables.entry
    of_line = select(entry.c.record).where(entry.c.line == reduction.line, entry.c.record < view.size)
    named = False
    for query in (of_line.where(entry.c.due == reduction.due), of_line):
        payments = []
        for key in payouts_naming(view, view.connection.scalars(query)):
            found, payout = item(view, key)
            named = True
            if payout.payment is not None:
                on = date.fromisoformat(payout.payment.body["on"])
                cash = payer_of(view, found.body["payer"]).cash(payout.payment.seq, on)
                payments.append(Payment(on, cash, payout.body["payee"], found.body["payer"]))
        if payments:
            return Paid(max(payments), outside=False)
    return Paid(None, outside=not named)


def recovered_account(view: View, debt: Payable) -> str:
    """The indicator account that gets back what comes back: the grant's reservation, or what is free if it fell.

    What was moved to another path than the grant's is free there.
    """
    grant = view.current(kinds.GRANT, debt.line)
    granted = grant is not None and grant.body["outcome"] == "granted"
    return RESERVED if granted and (debt.line, debt.terms.envelope) not in moved_paths(view) else AVAILABLE
