"""The two sides of matching as the ledger holds them: statement lines, and payouts that went to a channel.

Names and numbers are revealed here to find whose account a line names, and leave as a key of the register of payees.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from ledger.log import kinds
from ledger.office.bounds import Bounds, bounds
from ledger.payouts.batches import Batch, Item, batches, outlines, stands
from ledger.payouts.channels.instruction import memo_of
from ledger.payouts.named import plain
from ledger.payouts.results import vouchers
from ledger.payouts.states import State
from ledger.reconcile.counterparties import Counterparties
from ledger.reconcile.imported import About
from ledger.reconcile.matching import Line, Part, Payout
from ledger.reconcile.order import oldest_first
from ledger.reconcile.statements import Line as Booked
from ledger.store.collector import paused
from ledger.store.ledger import Row, Vault, View
from ledger.store.remembered import remembered

CURRENCY = "CNY"
# What a bank writes in the text of an entry of its own; a text of these words and figures alone says what the line is.
_FEES = frozenset({"手续费", "汇款手续费", "账户管理费", "工本费", "fee", "fees", "charges"})
_INTEREST = frozenset({"利息", "结息", "存款利息", "活期利息", "利息收入", "interest"})
_BANK = "银行"
_NUMBER, _MEMO = re.compile(r"S[0-9A-F]{23}"), re.compile(r"(B[0-9]{12,14}[0-9A-F]{8})([0-9]{1,6})(?![0-9A-Z])")
_NOT_SENT = (State.PREPARED, State.APPROVED, State.CANCELLED)


class Sides(NamedTuple):
    """What matching holds against each other. `seqs`: line -> its record; `items`: payout -> its batch and itself."""

    lines: dict[str, Line]
    payouts: dict[str, Payout]
    seqs: dict[str, int]
    items: dict[str, tuple[Batch, Item]]


class BookedLine(NamedTuple):
    """A line by its account, day and amount alone."""

    id: str
    payer: str
    day: int
    amount_fen: int


class SentPayout(NamedTuple):
    """A payout that a channel may have, by its account, day, amount and state alone."""

    payer: str
    day: int
    amount_fen: int
    state: State


class Amounts(NamedTuple):
    """Both sides without what texts say: all that a statement of balances adds up, at a part of the cost of `sides`."""

    lines: dict[str, BookedLine]
    payouts: dict[str, SentPayout]


@remembered
@paused()
def amounts(view: View) -> Amounts:
    """Every line and every payout of `sides`, by account, day and amount."""
    currency = {row.key: row.body["currency"] for row in view.rows(kinds.STATEMENT)}
    lines = {}
    for row in view.rows(kinds.STATEMENT_LINE):
        account, day = account_and_day(row.key)
        payer = of_account(account, currency[row.body["statement"]])
        lines[row.key] = BookedLine(row.key, payer, date.fromisoformat(day).toordinal(), row.body["amount_fen"])
    payouts = {}
    for outline in outlines(view, (row.key for row in sorted(view.rows(kinds.PAYMENT_BATCH)))).values():
        # Nothing of a batch is sent before it is.
        sent = outline.sent_on.toordinal() if outline.sent_on else 0
        for one in stands(view, outline) if sent else ():
            if one.state not in _NOT_SENT:
                payouts[one.key] = SentPayout(outline.body["payer"], sent, one.amount_fen, one.state)
    return Amounts(lines, payouts)


@remembered
@paused()
def sides(view: View, vault: Vault) -> Sides:
    """Every line on the book, and every payout that a channel may have; both with keys of payees.

    Lines of an account in another currency than yuan are of a payer of their own, `<account>/<currency>`.
    """
    others = Counterparties(view, vault)
    orders = batches(view)
    items = {item.key: (each, item) for each in orders for item in each.items if item.state not in _NOT_SENT}
    currency = {row.key: row.body["currency"] for row in view.rows(kinds.STATEMENT)}
    rows = list(view.rows(kinds.STATEMENT_LINE))
    known = _Known(others, _Named(items.values()), bounds(view))
    clear = vault.reveal_many({row.body["about"]: row.key for row in rows if "about" in row.body})
    abouts = (About.of(clear[row.body["about"]]) if row.body.get("about") in clear else About() for row in rows)
    places = _places(rows)
    lines = [
        _line(row, about, known, of_account(_account(row.key), currency[row.body["statement"]]), places.get(row.key, 0))
        for row, about in zip(rows, abouts, strict=True)
    ]
    said = vouchers(view, vault)
    sent = {each.key: each.sent_on.toordinal() for each in orders if each.sent_on}
    payouts = [
        _payout(each, item, others.of_record.get(item.body["payee_record"], ""), sent[each.key])._replace(
            vouchers=said.get(item.key, ())
        )
        for each, item in items.values()
    ]
    return Sides(
        {line.id: line for line in lines},
        {payout.id: payout for payout in payouts},
        {row.key: row.seq for row in rows},
        items,
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


def of_account(account: str, currency: str) -> str:
    """Who the lines of an account in a currency are of."""
    return account if currency == CURRENCY else f"{account}/{currency}"


def account_and_day(line: str) -> tuple[str, str]:
    """The account and the day of a line, from its key."""
    account, day, _content, _n = line.rsplit("/", 3)
    return account, day


def _account(line: str) -> str:
    return account_and_day(line)[0]


class _Named:
    """The numbers that a free text may hold: item numbers however they are written, and the memo of an order."""

    def __init__(self, items: Iterable[tuple[Batch, Item]]) -> None:
        self._by_memo = {plain(memo_of(batch.key, item.body["n"])): item.key for batch, item in items}
        self._by_number = {item.key for _batch, item in items}

    def without(self, text: str) -> str:
        """A text without the words that are numbers of items: what a fee's text says of its payment."""
        return " ".join(word for word in text.split() if not self.inside(word))

    def inside(self, text: str) -> list[str]:
        """The items that a text names."""
        said = plain(text)
        found = [assessed for assessed in _NUMBER.findall(said) if assessed in self._by_number]
        # The place in the batch is the last thing that a memo says: 1 does not begin 12.
        memos = (f"{batch}{n}" for batch, n in _MEMO.findall(said))
        return [*found, *(self._by_memo[memo] for memo in memos if memo in self._by_memo)]


class _Known(NamedTuple):
    """What the texts of lines are held against."""

    others: Counterparties
    named: _Named
    bounds: Bounds


def _line(row: Row[kinds.StatementLineBody], about: About, known: _Known, payer: str, place: int) -> Line:
    body, account, others, named = row.body, _account(row.key), known.others, known.named
    parts = _parts(body, account, about, others)
    fits = others.fits(account, about.counterparty, about.number)
    references = list(body["references"])
    if not parts:
        references += [reference for detail in body.get("details", ()) for reference in detail["references"]]
    references += named.inside(" ".join((*references, about.text)))
    return Line(
        row.key,
        date.fromisoformat(body["booked_on"]).toordinal(),
        body["amount_fen"],
        payer,
        tuple(dict.fromkeys(references)),
        others.payee(account, about.counterparty, about.number),
        body["returned"],
        body["reversal"],
        _sort(named.without(about.text), about.counterparty, body["amount_fen"], fits, known.bounds),
        parts,
        fits,
        () if parts else _inside(account, about, others),
        place,
    )


def _inside(payer: str, about: About, others: Counterparties) -> tuple[tuple[str, ...], ...]:
    """What the payments inside say of their other sides, as far as they say something."""
    fits = (others.fits(payer, name, number) for name, number, _text in about.details)
    return tuple(fit for fit in fits if fit is not None)


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


def _sort(text: str, counterparty: str, amount_fen: int, fits: tuple[str, ...] | None, known: Bounds) -> str:
    """What a line says that it is, as far as that explains itself: of no great amount, and with nobody but a bank."""
    words = [word for word in text.lower().split() if not word.replace("-", "").replace(".", "").isdigit()]
    sort, most_fen = "", 0
    if words and _FEES.issuperset(words):
        sort, most_fen = "fee", known.fee_fen
    elif words and _INTEREST.issuperset(words):
        sort, most_fen = "interest", known.interest_fen
    of_a_bank = fits is None or _BANK in counterparty
    return sort if of_a_bank and abs(amount_fen) <= most_fen else ""


def _payout(found: Batch, item: Item, payee: str, sent: int) -> Payout:
    return Payout(
        item.key,
        sent,
        item.amount_fen,
        found.body["payer"],
        payee,
        found.key,
        failed=item.state is State.FAIL,
        # Whole, also where it has come back since: the line of its return is still to be found.
        paid_fen=item.payment.body["amount_fen"] if item.payment else 0,
    )
