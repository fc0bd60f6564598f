"""Rules of a book that one person has made again, put back, or given another key: until somebody else has agreed to
that, nothing is run, asked back, paid or signed off in it.
"""

from typing import Any

from ledger.log import kinds
from ledger.payouts.states import State
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold


def agreed(state: Fold, _record: Logged[Any]) -> Faults:
    """Whether anything of that still waits for another person: the first of it is named."""
    unagreed: dict[int, str] = state.whole("unagreed") or {}
    if unagreed and state.whole("at_doors") is not None:
        number = min(unagreed)
        yield fault(f"{unagreed[number]}_waiting", number=number, actor=state.body(number)["actor"])


def sent(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """An outcome pays where a batch is approved or goes out; what a bank answers is heard all the same."""
    if record.body["state"] in (State.APPROVED, State.EXPORTED):
        yield from agreed(state, record)
