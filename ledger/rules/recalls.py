"""Rules of recalls: two people named the batch, and nobody outside has said anything of it."""

from ledger.log import kinds
from ledger.payouts.named import numbers_of, refers
from ledger.payouts.states import Source
from ledger.registry.agreements import RECALL
from ledger.rules.codes import Faults, fault
from ledger.rules.people import approved
from ledger.rules.records import Logged
from ledger.rules.state import Fold
from ledger.rules.values import Batch


def recalled(state: Fold, record: Logged[kinds.OutcomeBody], batch: Batch) -> Faults:
    """What two people recall is the batch that they named, and nobody outside has said anything of it."""
    name = record.body["source"].get("name", "")
    decision = state.body(int(name)) if name.isdecimal() and int(name) < record.seq else {}
    if (decision.get("type"), decision.get("about")) != (RECALL, batch.body["key"]):
        yield fault("recall_differs", about=batch.body["key"], reason="decision")
    elif not approved(state, int(name)):
        yield fault("approvals_missing", subject=name)
    items = [state.item(key) for key in batch.items]
    said = {outcome.body["source"]["kind"] for item in items if item for outcome in item.outcomes}
    if said - {Source.RECALL, Source.DECISION}:
        yield fault("recall_differs", about=batch.body["key"], reason="answered")
    if state.whole("as_said") is not None and named_by_a_line(state, batch):
        yield fault("recall_differs", about=batch.body["key"], reason="line")


def named_by_a_line(state: Fold, batch: Batch) -> bool:
    """Whether a line on the book refers to a batch or a payout of it, asked once for all its payouts."""
    about, size = batch.body["key"], len(state.known("statement_line"))
    known: tuple[str, int, bool] | None = state.whole("referred")
    if known is None or known[:2] != (about, size):
        items = [item.body for item in map(state.item, batch.items) if item]
        numbers = numbers_of(about, items, practice=state.body(0)["purpose"] == "practice")
        since = batch.sent_on.isoformat() if batch.sent_on else ""
        known = about, size, any(refers(reference, numbers) for reference in state.references(since))
        state.put("referred", "", known)
    return known[2]
