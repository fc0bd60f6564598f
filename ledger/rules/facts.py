"""Rules of rows about loans, policies, claims and projects: what nothing can be calculated from does not stand.

A row is about an item that is registered, a loan is lent at a rate that somebody lends at, and nobody gives back what
was not given: that is asked once, with the last row of an import.
"""

from typing import Any

from ledger.log import kinds
from ledger.registry.happened import ITEMS, given_fen, item_of
from ledger.registry.ordinals import under_its_own
from ledger.registry.successions import heir
from ledger.rules.awarded import awarded, granted_on, stays
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Opened
from ledger.rules.records import Logged
from ledger.rules.rows import RATED
from ledger.rules.state import Fold
from ledger.rules.values import Version
from ledger.sheets.columns import is_lent_at

# Register of what happened -> how it is called that more came back than was given.
_TOO_MUCH = {"event": "principal_negative", "premium": "premium_negative"}


def fact(state: Fold, record: Logged[kinds.FactBody[Any]], before: Version[Any] | None) -> Faults:
    """No amount below zero, under the numbers that the row itself says, about an item that is registered."""
    if state.whole("as_said") is None:
        return
    register, key = record.body["register"], record.body["key"]
    data = record.body["data"]
    for name, value in data.items():
        if name.endswith("_fen") and value < 0:
            yield fault("amount_not_positive", found=value)
    if not under_its_own(register, key, data):
        yield fault("fact_key_differs", found=key)
    if "rate" in data and register in RATED and not is_lent_at(data["rate"]):
        yield fault("loan_rate_malformed", found=data["rate"])
    if register == "loan":
        yield from _loan(state, record, before)
    elif register in ITEMS:
        item = item_of(register, key)
        if state.stands_in(ITEMS[register], item) is None:
            yield fault("item_unknown", about=item)


def _loan(state: Fold, record: Logged[kinds.FactBody[kinds.LoanData]], before: Version[Any] | None) -> Faults:
    """It matures after it was signed, and stays its lender's."""
    body = record.body
    data = body["data"]
    if data["matures_on"] <= data["signed_on"]:
        yield fault("dates_reversed", about=body["key"])
    lender = state.body(before.seq)["data"]["lender"] if before else body.get("lender")
    if data["lender"] != body.get("lender") or data["lender"] != lender:
        yield fault("lender_changed", about=body["key"], before=lender, found=data["lender"])
    if before and state.whole("in_its_day") is not None:
        given = state.get("given_of", ("event", body["key"])) or 0
        if given > data["amount_fen"]:
            yield fault("drawn_beyond", about=body["key"], found=given, expected=data["amount_fen"])
    if before and state.whole("at_doors") is not None:
        yield from _borrower(state, body["key"], state.body(before.seq)["data"], data)


def _borrower(state: Fold, loan: str, before: Any, now: Any) -> Faults:
    """A loan on which something is posted stays its firm's, or becomes that of the firm which took its place."""
    if heir(before["uscc"], state.whole("ended") or {}) == now["uscc"]:
        return
    if any(awarded(state, line) for line in granted_on(state, loan)):
        yield from stays(loan, before, now, ("uscc",))


def given_back(state: Fold, record: Logged[Any], before: Version[Any] | None, group: Opened) -> Faults:
    """What the rows of an import give and take back of items; with the last of them, nothing less than was given."""
    body = record.body
    register = body["register"]
    if register not in _TOO_MUCH or state.whole("as_said") is None:
        return
    fen = 0 if record.kind == "void" else given_fen(register, body["data"])
    if before:
        fen -= given_fen(register, state.body(before.seq)["data"])
    if fen:
        item = item_of(register, body["key"])
        group.given[item] = group.given.get(item, 0) + fen
    if group.open:
        return
    lent = register == "event" and state.whole("in_its_day") is not None
    items = [(register, item) for item, moved_fen in sorted(group.given.items()) if moved_fen < 0 or lent]
    state.prefetch("given_of", items)
    for about in items:
        # The rows before the last one are known by now.
        given = (state.get("given_of", about) or 0) + (fen if about[1] == item_of(register, body["key"]) else 0)
        if given < 0:
            yield fault(_TOO_MUCH[register], about=about[1])
        if lent:
            yield from _beyond(state, about[1], given)


def _beyond(state: Fold, loan: str, given: int) -> Faults:
    """Never more of a loan is drawn and not repaid than was lent."""
    stands = state.stands(kinds.LOAN, loan)
    amount_fen = state.body(stands.seq)["data"]["amount_fen"] if stands else given
    if given > amount_fen:
        yield fault("drawn_beyond", about=loan, found=given, expected=amount_fen)
