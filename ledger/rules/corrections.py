"""Rules and effects of payment corrections: what was paid stands under other codes, and no money moves."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any, cast

from ledger.book.projection import BOOK, in_one_form
from ledger.log import kinds
from ledger.payouts.returns import corrections
from ledger.payouts.states import PAID
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Differs
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def correction(state: Fold, record: Logged[kinds.CorrectionBody]) -> Faults:
    """A correction is of a payout that was paid, on a day that has come."""
    body = record.body
    item = state.item(body["item"])
    if item is None:
        yield fault("payout_unknown", about=body["item"])
    elif item.state not in PAID:
        yield fault("correction_differs", reason="state")
    elif not set(item.claims) & set(body["awards"]):
        yield fault("correction_differs", reason="awards")
    if any(state.award(seq) is None for seq in body["awards"]):
        yield fault("correction_differs", reason="awards")
    payment = item.payment if item and state.whole("at_doors") is not None else None
    if payment is not None and payment.body["on"][:4] != body["on"][:4]:
        yield fault("correction_differs", reason="on")
    said = cast(dict[str, str], body)
    wrong = [
        name for name in corrections.Correction._fields if name in said and not corrections.is_term(name, said[name])
    ]
    if wrong and state.whole("at_doors") is not None:
        yield fault("correction_differs", reason=wrong[0])
    if date.fromisoformat(body["on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["on"])


def correction_effects(_state: Fold, record: Logged[kinds.CorrectionBody]) -> Iterator[Differs]:
    """One entry, which leaves every account as it was."""
    body = record.body
    expected = {
        "key": f"{BOOK}/corrected/{body['item']}@{body['document']}/0",
        "reason": "corrected",
        "effective_on": body["on"],
        "cause": record.seq,
        "document": body["document"],
    }
    yield partial(_moves_nothing, expected)


def _moves_nothing(expected: dict[str, Any], body: kinds.EntryBody) -> tuple[str, Any, Any] | None:
    """The entry has these fields, and every account sums to zero."""
    fields = cast(dict[str, Any], body)
    for name, value in expected.items():
        if fields.get(name) != value:
            return name, fields.get(name, "-"), value
    sums: Counter[tuple[str, str]] = Counter()
    for posting in body["postings"]:
        sums[posting["chart"], posting["account"]] += posting["amount_fen"]
    wrong = next((("postings", fen, 0) for fen in sums.values() if fen), None)
    return wrong or (None if in_one_form(body) else ("terms", "-", "-"))
