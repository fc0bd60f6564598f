"""Money that comes in for what was reduced after it had been paid.

It settles reductions by claims of a `recovery` record, as a payout settles payables, so it is neither netted nor asked
for again.
"""

from collections.abc import Sequence
from datetime import date

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book.payables import Payable
from ledger.book.periods import check_open
from ledger.book.posting import Posted, post
from ledger.book.posting import known as known_entries
from ledger.book.projection import BOOK
from ledger.log import kinds
from ledger.payouts import postings
from ledger.payouts.paying import payer_of, ready
from ledger.payouts.returns.debts import Payment, owed_on, paid, recovered_account
from ledger.store.ledger import View, Writer, local_day


def recover(writer: Writer, line: str, amount_fen: int, on: date, document: str) -> list[Posted]:
    """Book money received for the reductions of a line, oldest first; one entry per reduction that it settles.

    The same document of a line is booked once. Refuses `day_in_future`, `document_differs` (it was booked with another
    day or amount), `nothing_owed`, `recovery_too_large`, `payment_unknown`,
    `day_before_payment` and `month_signed_off`.
    """
    if on > local_day(writer.now):
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=on)
    about = f"{line}@{document}"
    before = known_entries(writer, [f"{BOOK}/recovered/{about}/0"])
    if before:
        _check_same(writer, line, amount_fen, on, document)
        return list(before.values())
    debt = owed_on(writer, line)
    if amount_fen > debt.owed_fen:
        raise refuse(
            "recovery_too_large",
            N_("{amount} came in, and {owed} is owed"),
            N_("check the amount against the bank's statement; the rest is `subsidy pay refund`"),
            Place(line),
            amount=format_yuan(amount_fen),
            owed=format_yuan(debt.owed_fen),
        )
    settled = oldest_first(debt.reductions, amount_fen)
    payments = {each.award: _payment(writer, each) for each, _fen in settled}
    first = min((one.on for one in payments.values() if one), default=on)
    if on < first:
        raise refuse(
            "day_before_payment",
            N_("it came back on {found}, and was paid on {before}"),
            N_("correct the day"),
            Place(line),
            found=on,
            before=first,
        )
    claims = [kinds.ClaimedPart(award=each.award, amount_fen=-fen) for each, fen in settled]
    # The money comes to the account that paid last; what was paid outside the ledger went out of none of ours.
    payer = max((one for one in payments.values() if one), default=None)
    body = kinds.RecoveryBody(line=line, amount_fen=amount_fen, on=on.isoformat(), document=document, claims=claims)
    if payer:
        check_open(writer, payer.payer, on)
        ready(writer, payer_of(writer, payer.payer))
        body["payer"] = payer.payer
    record = writer.append(kinds.RECOVERY, body)
    entries = []
    for n, (each, fen) in enumerate(settled):
        payment = payments[each.award]
        prior_year = payment is None or payment.on.year != on.year
        cash = payment.cash if payment else postings.NO_CASH
        pairs = postings.recovered_pairs(cash, prior_year, recovered_account(writer, each))
        entries.append(
            postings.entry(
                "recovered",
                about,
                n,
                pairs,
                {each.terms: fen},
                effective_on=on,
                cause=record,
                cash=cash,
                payee=payment.payee if payment else each.payee,
                document=document,
                line=line,
            )
        )
    return post(writer, entries)


def _check_same(view: View, line: str, amount_fen: int, on: date, document: str) -> None:
    """Refuse `document_differs` where the document was booked with another day or amount."""
    before = next(
        row.body for row in view.records(kinds.RECOVERY) if (row.body["line"], row.body["document"]) == (line, document)
    )
    if (before["amount_fen"], before["on"]) != (amount_fen, on.isoformat()):
        raise refuse(
            "document_differs",
            N_("document {document} was booked with {amount} on {day}"),
            N_("give other money its own document number"),
            Place(line),
            document=document,
            amount=format_yuan(before["amount_fen"]),
            day=before["on"],
        )


def oldest_first(reductions: Sequence[Payable], amount_fen: int) -> list[tuple[Payable, int]]:
    """How much of an amount settles each reduction, in log order; those it does not reach are left out."""
    settled, left = [], amount_fen
    for reduction in sorted(reductions):
        part = min(-reduction.open_fen, left)
        left -= part
        if part:
            settled.append((reduction, part))
    return settled


def _payment(view: View, reduction: Payable) -> Payment | None:
    """How the reduced award was paid; None where that was outside the ledger. Refuses `payment_unknown`."""
    found = paid(view, reduction)
    if found.last is None and not found.outside:
        raise refuse(
            "payment_unknown",
            N_("no payout of {line} is known to have been paid"),
            N_("`subsidy pay status` shows what has no answer; what failed is netted by `subsidy pay prepare`"),
            line=reduction.line,
        )
    return found.last
