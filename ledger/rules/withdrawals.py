"""Rules of imports and of what takes them back: what one brought is what falls with it, as it stood before."""

from typing import Any

from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.registry.days import TOLD_BY
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Opened
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Brought


def brought_by(state: Fold, number: int) -> dict[tuple[str, str], int]:
    """What falls or stands again where an import is taken back: all that it did."""
    done: Brought = state.get("brought", number) or Brought()
    found = {}
    for seq, before in zip(done.seqs, done.before, strict=True):
        body = state.body(seq)
        found[body.get("register", "") if kind_of(body) in ("fact", "void") else kind_of(body), body["key"]] = before
    return found


def imported(state: Fold, record: Logged[kinds.ImportBody]) -> Faults:
    """No lender has reported of days that have not come."""
    through = record.body.get("through", "")
    if through > day_of(record.body["recorded_at"]).isoformat() and state.whole("in_its_day") is not None:
        yield fault("day_in_future", found=through)
    register = record.body["register"]
    if register in TOLD_BY and state.whole("at_doors") is not None:
        yield from _speaks_for(record.body, full=record.body["mode"] == "full", by_day=register != "loan")


def _speaks_for(body: kinds.ImportBody, *, full: bool, by_day: bool) -> Faults:
    """What falls where a file says nothing of it is one lender's, and of what happened up to a day."""
    if "lender" not in body and (full or "through" in body):
        yield fault("lender_needed", register=body["register"])
    if full and by_day and "through" not in body:
        yield fault("through_needed", register=body["register"])


def import_withdrawal(state: Fold, record: Logged[kinds.ImportWithdrawalBody]) -> Faults:
    """An import that stands is taken back, with all that it did."""
    body = record.body
    if state.whole("in_its_day") is None:
        return
    number = body["import"]
    taken: Any = state.body(number) if 0 <= number < record.seq else {}
    if not taken or kind_of(taken) != "import" or number in (state.whole("withdrawn") or ()):
        yield fault("withdrawal_differs", about=number, reason="import")
        return
    for name in ("register", "lender"):
        if taken.get(name) != body.get(name):
            yield fault("withdrawal_differs", about=number, reason=name)
    brought = brought_by(state, number)
    again = sum(before >= 0 for before in brought.values())
    if (body["restored"], body["voids"]) != (again, len(brought) - again):
        yield fault("withdrawal_differs", about=number, reason="restored, voids")


def taken_back(state: Fold, record: Logged[Any], group: Opened) -> Faults:
    """What falls with an import is what it brought, and what stands again is what stood before it."""
    body, number = record.body, group.record.body["import"]
    register = body["register"] if record.kind in ("fact", "void") else record.kind
    before = group.brought.pop((register, body["key"]), None)
    same = before is not None and (
        before < 0 if record.kind == "void" else before >= 0 and kinds.own(body) == kinds.own(state.body(before))
    )
    if not same and state.whole("in_its_day") is not None:
        yield fault("withdrawal_differs", about=number, reason=body["key"])
