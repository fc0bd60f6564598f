"""Rules of claw-backs that are requested: on what they rest."""

from ledger.log import kinds
from ledger.registry.clawbacks import INSPECTION, PREMIUM_REFUND, REQUESTED
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold


def clawback(state: Fold, record: Logged[kinds.ClawbackBody]) -> Faults:
    """What is asked back is of a grant, on a finding of its inspection that asks for it."""
    body = record.body
    if body["state"] != REQUESTED or state.whole("as_said") is None:
        return
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
