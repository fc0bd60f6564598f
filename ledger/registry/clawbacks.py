"""Claw-backs (追回) as the log holds them: requested by one person, agreed by another, and what they bind.

What a claw-back may come to, and what became of it, depends on the book: `ledger.runs.clawbacks`.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from calculators.taken_back import TakenBack
from ledger.store.ledger import Row, View, local_day

REQUESTED, AGREED = "requested", "agreed"
INSPECTION, PREMIUM_REFUND = "inspection", "premium_refund"
# What an agreement takes over from the request.
_ASKED = ("line", "amount_fen", "cause", "inspection", "fact", "reason")


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a claw-back asks for, whatever its state."""
    return {name: body[name] for name in _ASKED if name in body}


def agreed_otherwise(requested: Mapping[str, Any], agreed: Mapping[str, Any]) -> str:
    """What an agreement has otherwise than its request, by name of the field; empty where it is in order."""
    if "document" not in agreed:
        return "document"
    if requested["actor"] == agreed["actor"]:
        return "actor"
    return ", ".join(name for name in _ASKED if requested.get(name) != agreed.get(name))


def taken(row: Row) -> TakenBack:
    """An agreed claw-back as calculators take it: due when the day of the agreement is over."""
    day = local_day(datetime.fromisoformat(row.body["recorded_at"]))
    return TakenBack(row.key, day + timedelta(days=1), row.body["amount_fen"])


def agreed_by_line(view: View) -> dict[str, tuple[TakenBack, ...]]:
    """Line -> the agreed claw-backs that its award is reduced by; a refund of premium reduces it by itself."""
    found: dict[str, list[TakenBack]] = defaultdict(list)
    for row in view.rows("clawback"):
        if row.body["state"] == AGREED and row.body["cause"] == INSPECTION:
            found[row.body["line"]].append(taken(row))
    return {line: tuple(rows) for line, rows in found.items()}
