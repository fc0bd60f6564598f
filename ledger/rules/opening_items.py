"""Rules of what bank and book differed by when the ledger began, and of the lines that clear it."""

from ledger.log import kinds
from ledger.reconcile.opening_items import cleared_by, covers, fits, shift_fen
from ledger.reconcile.sides import CURRENCY
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def opening_item(state: Fold, record: Logged[kinds.OpeningItemBody]) -> Faults:
    """An item is of an account that is paid from, and older than the account's first statement."""
    body = record.body
    if state.stands(kinds.PAYER, body["account"]) is None or body["key"] != f"{body['account']}@{body['document']}":
        yield fault("opening_item_differs", about=body["key"], reason="account")
    chain = state.get("chain", (body["account"], CURRENCY))
    whole = chain.whole if chain else None
    if body["on"] > day_of(body["recorded_at"]).isoformat() or (whole and body["on"] >= whole.opens_on):
        yield fault("opening_item_differs", about=body["key"], reason="on")
    yield from stands(state, body)


def stands(state: Fold, body: kinds.OpeningItemBody) -> Faults:
    """What is said of an item changes no month that is signed off, and is no less than lines have cleared of it."""
    until = state.signed_until(body["account"])
    if until is not None:
        yield fault("period_moved", account=body["account"], day=body["on"], signed=until)
    if not covers(shift_fen(body), state.get("cleared", body["key"]) or 0):
        yield fault("opening_item_differs", about=body["key"], reason="amount_fen")


def clears(state: Fold, body: kinds.MatchBody) -> Faults:
    """Lines that clear an item are of its account and direction, and no more than is left of it."""
    key = cleared_by(body)
    items = state.get("opening_items", key.partition("@")[0]) or {}
    account = {line.rsplit("/", 3)[0] for line in body["lines"]}
    fits_it = key in items and fits(items[key], state.get("cleared", key) or 0, body["amount_fen"])
    if body["rule"] != "person" or account != {key.partition("@")[0]} or not fits_it:
        yield fault("match_differs", reason="inputs")
