"""Rules of claw-backs that are requested: on what they rest."""

from datetime import date, timedelta

from ledger.log import kinds
from ledger.registry.clawbacks import AGREED, INSPECTION, PREMIUM_REFUND, REFUSED, REQUESTED
from ledger.rules.codes import Faults, fault
from ledger.rules.payees import pending
from ledger.rules.records import Logged
from ledger.rules.state import Fold


def clawback(state: Fold, record: Logged[kinds.ClawbackBody]) -> Faults:
    """What is asked back is of a grant, on a finding of its inspection that asks for it, and no more than is left."""
    body = record.body
    if body["state"] == REQUESTED and state.whole("as_said") is not None:
        yield from _asked(state, body)
    if body["state"] != REFUSED and state.whole("at_doors") is not None:
        left_fen = _left(state, body)
        if body["amount_fen"] > left_fen:
            yield fault("clawback_exceeds", line=body["line"], found=body["amount_fen"], expected=max(0, left_fen))


def _asked(state: Fold, body: kinds.ClawbackBody) -> Faults:
    if state.stands(kinds.GRANT, body["line"]) is None:
        yield fault("grant_unknown", about=body["line"])
    inspection = state.stands(kinds.INSPECTION, body["inspection"]) if "inspection" in body else None
    if (body["cause"] == INSPECTION) != ("inspection" in body) or (inspection is None and "inspection" in body):
        yield fault("clawback_differs", clawback=body["key"], reason="inspection")
    if inspection:
        found: kinds.InspectionBody = state.body(inspection.seq)
        if (found["grant"], found["finding"]) != (body["line"], "claw_back") or "settled_on" in found:
            yield fault("clawback_differs", clawback=body["key"], reason="inspection")
    if state.whole("in_its_day") is None:
        return
    if body["amount_fen"] <= 0:
        yield fault("amount_not_positive", found=body["amount_fen"])
    refund = body["cause"] == PREMIUM_REFUND
    if refund != ("fact" in body) or (refund and not _returned(state, body)):
        yield fault("clawback_differs", clawback=body["key"], reason="fact")


def _left(state: Fold, body: kinds.ClawbackBody) -> int:
    """How much of a line can be taken back, in fen: what is posted on it, less what is to be taken back already."""
    dues = state.line(body["line"]).dues
    if body["cause"] == INSPECTION:
        coming = (state.version(kinds.CLAWBACK, number) for number in pending(state, body["line"]))
        coming_fen: int = sum(state.body(one.seq)["amount_fen"] for one in coming if one)
        return sum(dues.values()) - coming_fen
    returned = date.fromisoformat(state.body(body["fact"])["data"]["date"])
    others = (state.stands(kinds.CLAWBACK, number) for number in state.get("naming", body["fact"]) or ())
    said = [state.body(one.seq) for one in others if one]
    named = (other["amount_fen"] for other in said if other["state"] == AGREED and other["key"] != body["key"])
    named_fen: int = sum(named)
    return -dues.get((returned + timedelta(days=1)).isoformat(), 0) - named_fen


def _returned(state: Fold, body: kinds.ClawbackBody) -> bool:
    """Whether the premium of a claw-back stands, was returned, and on the policy that its line supports."""
    of: kinds.FactBody[kinds.PremiumData] = state.body(body["fact"])
    grant = state.stands(kinds.GRANT, body["line"])
    application = state.stands(kinds.APPLICATION, grant.fields["application"]) if grant else None
    stands = state.stands(kinds.PREMIUM, of["key"]) if of.get("register") == "premium" else None
    return (
        stands is not None
        and stands.seq == body["fact"]
        and of["data"]["kind"] == "returned"
        and application is not None
        and application.fields["item"] == of["data"]["policy_no"]
    )
