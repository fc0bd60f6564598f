"""What moves money or its meaning outside a batch: reopening, refunds, funding a wallet, and the interest it earns.

Each is one entry under the number of a document, so the same document is booked once, however often it is entered.
"""

from datetime import date

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book.payables import Terms
from ledger.book.periods import check_open
from ledger.book.posting import Posted, post
from ledger.book.posting import known as known_entries
from ledger.book.projection import BOOK
from ledger.log import kinds
from ledger.payouts import postings
from ledger.payouts.batches import item, refunded
from ledger.payouts.payables import terms
from ledger.payouts.paying import payer_of, ready
from ledger.store.ledger import Row, Writer, local_day

_NOWHERE = Terms("", "", "", "", "")


def reopen(writer: Writer, key: str, envelope: str, document: str) -> list[Posted]:
    """Owe again what came back after the year's end, from an envelope of the current year; one entry per award.

    Refuses `not_returned` (it can be prepared anyway, or has not come back in whole) and `envelope_not_current`;
    posting refuses `envelope_unknown` and `envelope_short`.
    """
    _batch, payout = item(writer, key)
    today = local_day(writer.now)
    came_back = payout.came_back(refunded(writer, key))
    if not came_back:
        raise refuse(
            "not_returned",
            N_("nothing that the payout paid in a prior year came back, of an award in full"),
            N_("what came back within its year can be prepared at once; `subsidy pay status {item}` shows its history"),
            Place(key),
            item=key,
        )
    if envelope.partition("/")[0] != str(today.year):
        raise refuse(
            "envelope_not_current",
            N_("{envelope} is not an envelope of {year}"),
            N_("last year's budget has lapsed: name a path of the current year"),
            Place(key),
            envelope=envelope,
            year=today.year,
        )
    known = terms(writer, came_back)
    stood = known_entries(writer, [f"{BOOK}/reopened/{key}-{award}/0" for award in came_back])
    left = {award: fen for award, fen in came_back.items() if f"{BOOK}/reopened/{key}-{award}/0" not in stood}
    return post(
        writer,
        [
            postings.entry(
                "reopened",
                f"{key}-{award}",
                0,
                postings.reopened_pairs(),
                {known[award]._replace(envelope=envelope): fen},
                effective_on=today,
                cause=payout.outcomes[-1].seq,
                payee=payout.body["payee"],
                document=document,
                line=writer.body(kinds.ENTRY, award)["line"],
            )
            for award, fen in sorted((left or came_back).items())
        ],
    )


def refund(writer: Writer, key: str, amount_fen: int, on: date, document: str) -> Posted:
    """Book money that the payee gave back of its own accord; the award stays paid and is not owed again.

    What a payout has paid twice is owed, so it is no refund. Refuses `day_in_future`, `refund_too_large`
    (more than was paid and has not come back), `month_signed_off`.
    """
    found, payout = item(writer, key)
    _check_day(writer, on)
    about = f"{key}@{document}"
    stood = known_entries(writer, [f"{BOOK}/refunded/{about}/0"])
    if not stood:
        check_open(writer, found.body["payer"], on)
        left_fen = payout.paid_fen - payout.twice_fen - refunded(writer, key)
        if payout.twice_fen:
            raise refuse(
                "refund_too_large",
                N_("{owed} of the payout was paid twice and is owed back, so what comes in is for that first"),
                N_("say it by `subsidy pay resolve {item} --state returned --amount YUAN --reason TEXT`"),
                Place(key),
                owed=format_yuan(payout.twice_fen),
                item=key,
            )
        if amount_fen > left_fen:
            raise refuse(
                "refund_too_large",
                N_("{amount} was given back, and {left} is what it was paid and has kept"),
                N_("check the payout and the amount against the bank's statement"),
                Place(key),
                amount=format_yuan(amount_fen),
                left=format_yuan(left_fen),
            )
    paid = payout.payment
    # What was not paid is caught above.
    assert paid is not None
    paid_on = date.fromisoformat(paid.body["on"])
    cash = ready(writer, payer_of(writer, found.body["payer"])).cash(paid.seq, paid_on)
    known = terms(writer, payout.held)
    parts, left = [], amount_fen
    for award, fen in sorted(payout.held.items()):
        part = min(max(fen, 0), left)
        left -= part
        parts.append((award, part))
    pairs = postings.refunded_pairs(cash, paid_on.year != on.year)
    amounts = postings.parts(parts, known)
    payee = payout.body["payee"]
    entry = postings.entry(
        "refunded", about, 0, pairs, amounts, effective_on=on, cause=paid.seq, cash=cash, payee=payee, document=document
    )
    return post(writer, [entry])[0]


def fund(writer: Writer, reference: str, amount_fen: int, on: date, document: str) -> Posted:
    """Book money that was moved into a prefunded wallet.

    Refuses `payer_unknown`, `payer_not_prefunded`, `day_in_future`, `month_signed_off`.
    """
    return _move(writer, "funded", postings.FUNDED, reference, amount_fen, on, document)


def wallet_interest(writer: Writer, reference: str, amount_fen: int, on: date, document: str) -> Posted:
    """Book interest that a prefunded wallet earned: it belongs to the treasury. Refuses as `fund` does."""
    return _move(writer, "wallet_interest", postings.WALLET_INTEREST, reference, amount_fen, on, document)


def _move(
    writer: Writer,
    reason: str,
    pairs: tuple[postings.Pair, ...],
    reference: str,
    amount_fen: int,
    on: date,
    document: str,
) -> Posted:
    payer = _prefunded(writer, reference)
    _check_day(writer, on)
    about = f"{reference}@{document}"
    if not known_entries(writer, [f"{BOOK}/{reason}/{about}/0"]):
        check_open(writer, reference, on)
    amounts = {_NOWHERE: amount_fen}
    entry = postings.entry(reason, about, 0, pairs, amounts, effective_on=on, cause=payer.seq, document=document)
    return post(writer, [entry])[0]


def _prefunded(writer: Writer, reference: str) -> Row[kinds.PayerBody]:
    payer = writer.current(kinds.PAYER, reference)
    if payer is None:
        raise refuse(
            "payer_unknown",
            N_("there is no payer {payer}"),
            N_("write its reference as `subsidy pay prepare` shows it"),
            payer=reference,
        )
    if payer.body["funding"] != "prefunded":
        raise refuse(
            "payer_not_prefunded",
            N_("{payer} draws on the appropriation with each payment and holds no money"),
            N_("correct its funding in the register of payers if it does"),
            payer=reference,
        )
    return payer


def _check_day(writer: Writer, on: date) -> None:
    if on > local_day(writer.now):
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=on)
