"""What was paid and then reduced: who still owes what, and money of it that comes in.

A reduction after payment is netted against what its line is still owed; what is left over the payee owes. Money that
comes in settles reductions by claims of a `recovery` record, as a payout settles payables, so it is neither netted nor
asked for again.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from calculators.amounts import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book.posting import Posted, post
from ledger.book.posting import known as known_entries
from ledger.book.projection import BOOK
from ledger.payouts import postings
from ledger.payouts.batches import item
from ledger.payouts.payables import Payable, every_open, payouts_naming
from ledger.store import tables
from ledger.store.ledger import View, Writer, local_day


class Owed(NamedTuple):
    """What the payee of a line owes, in fen: its open reductions less what is still payable on the line."""

    line: str
    uscc: str
    payee: str
    reduced_fen: int
    payable_fen: int
    reductions: tuple[Payable, ...]

    @property
    def owed_fen(self) -> int:
        """What netting leaves over; always above 0."""
        return self.reduced_fen - self.payable_fen


def owed(view: View) -> list[Owed]:
    """Every line whose open reductions are more than what is still payable on it, by line."""
    lines: dict[str, list[Payable]] = defaultdict(list)
    for one in every_open(view):
        lines[one.line].append(one)
    grants = {row.key: row.body["application"] for row in view.rows("grant")}
    firms = {row.key: row.body["uscc"] for row in view.rows("application")}
    found = []
    for line, payables in sorted(lines.items()):
        reductions = tuple(one for one in payables if one.open_fen < 0)
        reduced_fen = -sum(one.open_fen for one in reductions)
        payable_fen = sum(one.open_fen for one in payables if one.open_fen > 0)
        if reduced_fen > payable_fen:
            uscc = firms.get(grants.get(line, ""), "")
            found.append(Owed(line, uscc, reductions[-1].payee, reduced_fen, payable_fen, reductions))
    return found


def recover(writer: Writer, line: str, amount_fen: int, on: date, document: str) -> list[Posted]:
    """Book money received for the reductions of a line, oldest first; one entry per reduction that it settles.

    The same document of a line is booked once. Refuses `day_in_future`, `nothing_owed` and `recovery_too_large`.
    """
    if on > local_day(writer.now):
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=on)
    about = f"{line}@{document}"
    before = known_entries(writer, [f"{BOOK}/recovered/{about}/0"])
    if before:
        return list(before.values())
    one = next((each for each in owed(writer) if each.line == line), None)
    if one is None:
        raise refuse(
            "nothing_owed",
            N_("nothing is owed on {line}"),
            N_("`subsidy pay owed` lists what is; money given back unasked is `subsidy pay refund`"),
            line=line,
        )
    if amount_fen > one.owed_fen:
        raise refuse(
            "recovery_too_large",
            N_("{amount} came in, and {owed} is owed"),
            N_("check the amount against the bank's statement; the rest is `subsidy pay refund`"),
            Place(line),
            amount=format_yuan(amount_fen),
            owed=format_yuan(one.owed_fen),
        )
    settled = _oldest_first(one.reductions, amount_fen)
    claims = [{"award": each.award, "amount_fen": -fen} for each, fen in settled]
    record = writer.append(
        "recovery", line=line, amount_fen=amount_fen, on=on.isoformat(), document=document, claims=claims
    )
    leaf = writer.leaf(record)
    entries = []
    for n, (each, fen) in enumerate(settled):
        funding, paid_on, payee = _payment(writer, each)
        reduced_on = date.fromisoformat(writer.record(each.award)["effective_on"])
        pairs = postings.recovered_pairs(funding, paid_on.year != on.year, reduced_on.year > paid_on.year)
        entries.append(
            postings.entry(
                "recovered",
                about,
                n,
                pairs,
                {each.terms: fen},
                effective_on=on,
                inputs=leaf,
                payee=payee,
                document=document,
                line=line,
            )
        )
    return post(writer, entries)


def _oldest_first(reductions: Sequence[Payable], amount_fen: int) -> list[tuple[Payable, int]]:
    """How much of an amount settles each reduction, in log order; those it does not reach are left out."""
    settled, left = [], amount_fen
    for one in sorted(reductions):
        part = min(-one.open_fen, left)
        left -= part
        if part:
            settled.append((one, part))
    return settled


def _payment(view: View, reduction: Payable) -> tuple[str, date, str]:
    """How the reduced award was paid: funding of the payer, day, payee; the last payment of its due, else its line."""
    entry = tables.entry
    of_line = select(entry.c.record).where(entry.c.line == reduction.line, entry.c.record < view.size)
    of_due = of_line.where(entry.c.due == view.record(reduction.award).get("due"))
    payments: list[tuple[str, str, str]] = []
    for query in (of_due, of_line):
        for key in payouts_naming(view, view.connection.scalars(query), but=range(0)):
            found, payout = item(view, key)
            if payout.payment is not None:
                payments.append((payout.payment.body["on"], found.body["payer"], payout.body["payee"]))
        if payments:
            break
    assert payments, "more is reduced than was ever payable only after a payment"
    on, reference, payee = max(payments)
    payer = view.current("payer", reference)
    assert payer is not None, "a payer that batches rest on cannot fall"
    return payer.body["funding"], date.fromisoformat(on), payee
