"""Rules of entries that are their own record: what moves money outside a batch.

Each is made again from what it names, and must be equal.
"""

from datetime import date

from ledger.book.payables import Terms
from ledger.book.posting import Entry
from ledger.book.projection import BOOK, full_postings
from ledger.log import kinds
from ledger.payouts import postings, year_end
from ledger.payouts.batches import Item, refunded_fen
from ledger.rules import payments
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import whole
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def direct(state: Fold, record: Logged[kinds.EntryBody]) -> Faults:
    """A wallet that is filled or earns interest, money given back unasked, a prior year's return owed again."""
    rules = {
        "funded": _wallet,
        "wallet_interest": _wallet,
        "refunded": _refunded,
        "reopened": _reopened,
        "year_end": _year_end,
    }
    return rules[record.body["reason"]](state, record)


def _wallet(state: Fold, record: Logged[kinds.EntryBody]) -> Faults:
    body = record.body
    reason = body["reason"]
    about = body["key"].removeprefix(f"{BOOK}/{reason}/").partition("@")[0]
    payer = state.stands(kinds.PAYER, about)
    pairs = postings.FUNDED if reason == "funded" else postings.WALLET_INTEREST
    fen = body["postings"][0]["amount_fen"]
    if payer is None or payer.seq != body["cause"]:
        yield fault("cause_missing", reason=reason)
        return
    if payer.fields["funding"] != "prefunded":
        yield fault("payer_not_prefunded", about=about)
    if fen <= 0:
        yield fault("amount_not_positive", found=fen)
        return
    nowhere = Terms("", "", "", "", "")
    document = body.get("document", "")
    on = date.fromisoformat(body["effective_on"])
    expected = postings.entry(
        reason, f"{about}@{document}", 0, pairs, {nowhere: fen}, effective_on=on, cause=payer.seq, document=document
    )
    yield from _exactly(record, expected)


def _exactly(record: Logged[kinds.EntryBody], expected: Entry) -> Faults:
    body = record.body
    if date.fromisoformat(body["effective_on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["effective_on"])
    wrong = whole(expected)(body)
    if wrong:
        yield fault("effect_differs", field=wrong[0], found=wrong[1], expected=wrong[2])


def _item_of(state: Fold, record: Logged[kinds.EntryBody], name: str) -> Item | None:
    """The item `name`, if the entry's cause is an outcome of it."""
    item = state.item(name)
    of_item = item is not None and any(outcome.seq == record.body["cause"] for outcome in item.outcomes)
    return item if of_item else None


def _refunded(state: Fold, record: Logged[kinds.EntryBody]) -> Faults:
    body = record.body
    about = body["key"].removeprefix(f"{BOOK}/refunded/").rpartition("/")[0]
    item = _item_of(state, record, about.partition("@")[0])
    if item is None or item.payment is None or item.payment.seq != body["cause"]:
        yield fault("cause_missing", reason="refunded")
        return
    fen = refunded_fen(body)
    before = state.get("refunded", item.key) or 0
    most_fen = item.paid_fen - before
    if state.whole("back_once") is not None:
        # What was paid twice is owed back, and comes back as such.
        most_fen = 0 if item.twice_fen else most_fen
    if fen > most_fen:
        yield fault("refund_too_large", found=fen, expected=most_fen)
        return
    batch = state.batch(item.body["batch"])
    assert batch is not None, "a payout stands in a batch with its payer"
    on = date.fromisoformat(body["effective_on"])
    paid_on = date.fromisoformat(item.payment.body["on"])
    if on < paid_on and state.whole("as_said") is not None:
        yield fault("day_before_payment", found=on, before=paid_on)
    cash = payments.payer_of(state, batch).cash(item.payment.seq, paid_on)
    parts, left = [], fen
    for award, held in sorted(item.held.items()):
        part = min(max(held, 0), left)
        left -= part
        parts.append((award, part))
    expected = postings.entry(
        "refunded",
        about,
        0,
        postings.refunded_pairs(cash, paid_on.year != on.year),
        postings.parts(parts, payments.terms_of(state, item)),
        effective_on=on,
        cause=item.payment.seq,
        cash=cash,
        payee=item.body["payee"],
        document=about.partition("@")[2],
    )
    yield from _exactly(record, expected)


def _year_end(state: Fold, record: Logged[kinds.EntryBody]) -> Faults:
    """What of a year's budget was not drawn, by what was issued and what is income of that year."""
    body = record.body
    name, _, document = body["key"].removeprefix(f"{BOOK}/year_end/").removesuffix("/0").partition("@")
    budget = state.stands(kinds.BUDGET, name)
    if budget is None or budget.seq != body["cause"] or not name.isdecimal():
        yield fault("cause_missing", reason="year_end")
        return
    left_fen = (state.path(name).limit_fen or 0) - (state.get("drawn", int(name)) or 0)
    if not left_fen:
        yield fault("effect_missing")
        return
    yield from _exactly(record, year_end.entry_of(int(name), document, left_fen, budget.seq))


def _reopened(state: Fold, record: Logged[kinds.EntryBody]) -> Faults:
    body = record.body
    name, _, number = body["key"].removeprefix(f"{BOOK}/reopened/").rpartition("/")[0].rpartition("-")
    item = _item_of(state, record, name)
    award = state.award(int(number)) if number.isdecimal() else None
    if item is None or award is None or body["cause"] != item.outcomes[-1].seq:
        yield fault("cause_missing", reason="reopened")
        return
    refunded_fen = state.get("refunded", item.key) or 0 if state.whole("own_money") is not None else 0
    came_back = item.came_back(refunded_fen)
    if int(number) not in came_back:
        yield fault("not_returned", about=item.key)
        return
    yield from payments.came_back(state, item)
    on = day_of(body["recorded_at"])
    envelope = full_postings(body)[0].get("envelope", "")
    if envelope.partition("/")[0] != str(on.year):
        yield fault("envelope_not_current", found=envelope, expected=on.year)
    expected = postings.entry(
        "reopened",
        f"{item.key}-{number}",
        0,
        postings.reopened_pairs(),
        {award.terms._replace(envelope=envelope): came_back[int(number)]},
        effective_on=on,
        cause=body["cause"],
        payee=item.body["payee"],
        document=body.get("document", ""),
        line=award.line,
    )
    yield from _exactly(record, expected)
