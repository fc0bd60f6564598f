"""Rules of money that a contract binds: what is bound after each step follows from the one before."""

from collections.abc import Iterator
from datetime import date

from ledger.log import kinds
from ledger.payouts.contracts import DECIDED, STEP_MARK, entry_of
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Differs, whole
from ledger.rules.payees import free_fen
from ledger.rules.people import approved
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def contract(state: Fold, record: Logged[kinds.ContractBody]) -> Faults:
    """A step of a contract: on its own terms, in its time, of money that is there, and as two people decided it."""
    body = record.body
    step, about, on, fen = body["step"], body["key"], body["on"], body["amount_fen"]
    stands = state.stands(kinds.CONTRACT, about)
    before = state.body(stands.seq) if stands else None
    today = day_of(record.body["recorded_at"]).isoformat()
    payer = state.stands(kinds.PAYER, body["payer"])
    if payer is None or (payer.fields["funding"], payer.fields["channel"]) != ("prefunded", "ecny"):
        yield fault("contract_differs", about=about, reason="payer")
    if on > today:
        yield fault("day_in_future", found=on)
    if STEP_MARK in about and state.whole("own_money") is not None:
        yield fault("contract_differs", about=about, reason="key")
    wrong = next((name for name in kinds.CONTRACT_TERMS if before and before.get(name) != body.get(name)), "")
    if wrong or (before is None and step != "loaded"):
        yield fault("contract_differs", about=about, reason=wrong or "step")
        return
    left_fen = (before["left_fen"] if before else 0) + (fen if step == "loaded" else -fen)
    if fen <= 0 or left_fen < 0 or body["left_fen"] != left_fen:
        yield fault("contract_differs", about=about, reason="left_fen")
    if before and on < before["on"] and state.whole("own_money") is not None:
        yield fault("contract_differs", about=about, reason="on")
    if (on > body["expires_on"]) != (step == "expired") or (step == "expired" and left_fen):
        yield fault("contract_differs", about=about, reason="expires_on")
    if step == "loaded":
        there_fen = free_fen(state, body["payer"], date.fromisoformat(on))
        if fen > there_fen:
            yield fault("wallet_short", needed=fen, there=there_fen)
    yield from _decided(state, body, today)


def _decided(state: Fold, body: kinds.ContractBody, today: str) -> Faults:
    about, step = body["key"], body["step"]
    if step not in DECIDED:
        if "decision" in body:
            yield fault("contract_differs", about=about, reason="decision")
        return
    last = state.stands(kinds.DECISION, f"{DECIDED[step]}/{about}")
    said = state.body(last.seq) if last else {}
    if last is None or last.seq != body.get("decision"):
        yield fault("contract_differs", about=about, reason="decision")
    elif not approved(state, last.seq):
        yield fault("approvals_missing", subject=last.seq)
    elif (said["amount_fen"], said["document"], today) != (body["amount_fen"], body["document"], body["on"]):
        yield fault("contract_differs", about=about, reason="amount_fen")


def contract_effects(_state: Fold, record: Logged[kinds.ContractBody]) -> Iterator[Differs]:
    """Free money is bound, or what was bound is free."""
    yield whole(entry_of(record.body, record.seq))
