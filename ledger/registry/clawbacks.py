"""Claw-backs (追回) as the log holds them: requested by one person, agreed or refused by another, and what they bind.

What a claw-back may come to, and what became of it, depends on the book: `ledger.payouts.returns.clawbacks`.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

from calculators.awards.payers import TakenBack
from ledger.log import kinds
from ledger.store.ledger import Row, View, local_day

REQUESTED, AGREED, REFUSED = "requested", "agreed", "refused"
INSPECTION, PREMIUM_REFUND = "inspection", "premium_refund"
# What the answer takes over from the request.
_ASKED = ("line", "amount_fen", "cause", "inspection", "fact", "reason")


def asked(body: kinds.ClawbackBody) -> kinds.AskedBack:
    """What a claw-back asks for, whatever its state."""
    said: kinds.AskedBack = {
        "line": body["line"],
        "amount_fen": body["amount_fen"],
        "cause": body["cause"],
        "reason": body["reason"],
    }
    if "inspection" in body:
        said["inspection"] = body["inspection"]
    if "fact" in body:
        said["fact"] = body["fact"]
    return said


def answered_otherwise(requested: kinds.ClawbackBody, answer: kinds.ClawbackBody) -> str:
    """What an answer has otherwise than its request, or than it must, by name of the field; empty where in order."""
    if requested["state"] != REQUESTED:
        return "state"
    was, says = asked(requested), asked(answer)
    wrong = [name for name in _ASKED if was.get(name) != says.get(name)]
    if answer["state"] == AGREED:
        if requested["actor"] == answer["actor"]:
            wrong.append("actor")
        stands = answer["cause"] != INSPECTION or answer.get("stood_fen", 0) >= answer["amount_fen"]
        wrong += [name for name, right in (("document", "document" in answer), ("stood_fen", stands)) if not right]
    return ", ".join(wrong)


def taken(row: Row[kinds.ClawbackBody]) -> TakenBack:
    """An agreed claw-back as calculators take it: due when the day of the agreement is over."""
    body = row.body
    day = local_day(datetime.fromisoformat(body["recorded_at"]))
    through = date.fromisoformat(body["stood_through"])
    return TakenBack(row.key, day + timedelta(days=1), body["amount_fen"], body["stood_fen"], through)


def agreed_by_line(view: View) -> dict[str, tuple[TakenBack, ...]]:
    """Line -> the agreed claw-backs that its award is reduced by, in order of agreement.

    A refund of premium reduces the award by itself, so what names one is none of them.
    """
    found: dict[str, list[TakenBack]] = defaultdict(list)
    for row in sorted(view.rows(kinds.CLAWBACK), key=lambda row: row.seq):
        if row.body["state"] == AGREED and row.body["cause"] == INSPECTION:
            found[row.body["line"]].append(taken(row))
    return {line: tuple(rows) for line, rows in found.items()}
