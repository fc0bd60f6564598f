"""The two sides of matching as the ledger holds them: statement lines, and payouts that went to a channel.

Names and numbers are revealed here to find whose account a line names, and leave as a key of the register of payees.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from ledger.log import kinds
from ledger.payouts.batches import Batch, Item, batches
from ledger.payouts.states import State
from ledger.reconcile.counterparties import Counterparties
from ledger.reconcile.imported import About
from ledger.reconcile.importing import plain_number
from ledger.reconcile.matching import Line, Part, Payout
from ledger.reconcile.order import oldest_first
from ledger.reconcile.statements import Line as Booked
from ledger.store.collector import paused
from ledger.store.ledger import Row, Vault, View

CURRENCY = "CNY"
# What a bank writes in the text of an entry of its own; a text of these words and figures alone says what the line is.
_FEES = frozenset({"手续费", "汇款手续费", "账户管理费", "工本费", "fee", "fees", "charges"})
_INTEREST = frozenset({"利息", "结息", "存款利息", "活期利息", "利息收入", "interest"})
_NOT_SENT = (State.PREPARED, State.APPROVED, State.CANCELLED)


class Sides(NamedTuple):
    """What matching holds against each other. `seqs`: line -> its record; `items`: payout -> its batch and itself."""

    lines: dict[str, Line]
    payouts: dict[str, Payout]
    seqs: dict[str, int]
    items: dict[str, tuple[Batch, Item]]


@paused()
def sides(view: View, vault: Vault) -> Sides:
    """Every line in yuan on the book, and every payout that a channel may have; both with keys of payees."""
    others = Counterparties(view, vault)
    currency = {row.key: row.body["currency"] for row in view.rows(kinds.STATEMENT)}
    rows = [row for row in view.rows(kinds.STATEMENT_LINE) if currency.get(row.body["statement"]) == CURRENCY]
    clear = vault.reveal_many({row.body["about"]: row.key for row in rows if "about" in row.body})
    abouts = (About.of(clear[row.body["about"]]) if row.body.get("about") in clear else About() for row in rows)
    places = _places(rows)
    lines = [_line(row, about, others, places.get(row.key, 0)) for row, about in zip(rows, abouts, strict=True)]
    items = {one.key: (each, one) for each in batches(view) for one in each.items if one.state not in _NOT_SENT}
    payouts = [_payout(each, one, others.of_record.get(one.body["payee_record"], "")) for each, one in items.values()]
    return Sides(
        {one.id: one for one in lines}, {one.id: one for one in payouts}, {row.key: row.seq for row in rows}, items
    )


def _places(rows: Iterable[Row[kinds.StatementLineBody]]) -> dict[str, int]:
    """The places of lines in their day, as the bank booked them; only of days on which something is taken back."""
    days: dict[str, list[Row[kinds.StatementLineBody]]] = defaultdict(list)
    turned = {row.key.rsplit("/", 2)[0] for row in rows if row.body["reversal"]}
    for row in rows if turned else ():
        day = row.key.rsplit("/", 2)[0]
        if day in turned:
            days[day].append(row)
    places: dict[str, int] = {}
    for of_day in days.values():
        # By key and not as the files came: balances tell the order where there are any.
        whole = all("balance_fen" in row.body for row in of_day)
        of_day.sort(key=lambda row: row.key if whole else row.seq)
        booked = [
            Booked(n, row.body["booked_on"], row.body["amount_fen"], balance_fen=row.body.get("balance_fen"))
            for n, row in enumerate(of_day)
        ]
        places.update((of_day[line.place].key, n) for n, line in enumerate(oldest_first(booked)))
    return places


def _line(row: Row[kinds.StatementLineBody], about: About, others: Counterparties, place: int) -> Line:
    body, payer = row.body, row.key.rsplit("/", 3)[0]
    parts = _parts(body, payer, about, others)
    references = list(body["references"])
    if not parts:
        references += [one for detail in body.get("details", ()) for one in detail["references"]]
    return Line(
        row.key,
        date.fromisoformat(body["booked_on"]).toordinal(),
        body["amount_fen"],
        payer,
        tuple(dict.fromkeys(references)),
        others.owners.get(plain_number(about.number), ""),
        body["returned"],
        body["reversal"],
        _sort(about.text),
        parts,
        others.fits(payer, about.counterparty, about.number),
        () if parts else _inside(payer, about, others),
        place,
    )


def _inside(payer: str, about: About, others: Counterparties) -> tuple[tuple[str, ...], ...]:
    """What the payments inside say of their other sides, as far as they say something."""
    fits = (others.fits(payer, name, number) for name, number, _text in about.details)
    return tuple(one for one in fits if one is not None)


def _parts(body: kinds.StatementLineBody, payer: str, about: About, others: Counterparties) -> tuple[Part, ...]:
    """The payments inside, where the bank says what each of them is and they add up to the line."""
    details = body.get("details", [])
    alone = [body["amount_fen"]] if len(details) == 1 else []
    known: list[int] = [detail["amount_fen"] for detail in details if "amount_fen" in detail] or alone
    if len(known) != len(details) or sum(known) != body["amount_fen"]:
        return ()
    said = about.details or (("", "", ""),) * len(details)
    return tuple(
        Part(fen, tuple(detail["references"]), others.fits(payer, name, number))
        for fen, detail, (name, number, _text) in zip(known, details, said, strict=True)
    )


def _sort(text: str) -> str:
    words = [word for word in text.lower().split() if not word.replace("-", "").replace(".", "").isdigit()]
    if words and _FEES.issuperset(words):
        return "fee"
    return "interest" if words and _INTEREST.issuperset(words) else ""


def _payout(found: Batch, one: Item, payee: str) -> Payout:
    return Payout(
        one.key,
        _sent_on(found).toordinal(),
        one.amount_fen,
        found.body["payer"],
        payee,
        found.key,
        failed=one.state is State.FAIL,
        # Whole, also where it has come back since: the line of its return is still to be found.
        paid_fen=one.payment.body["amount_fen"] if one.payment else 0,
    )


def _sent_on(found: Batch) -> date:
    assert found.sent_on is not None, "what was not handed over has no payout to look for"
    return found.sent_on
