"""Rules of time: records follow each other, and after a long rest two people say which day it is.

A clock that jumps ahead ends every term at once. Where two people have entered one, the log goes on after a rest only
once one of them has said which day it is and the other agreed; people, keys, rules and cuts are possible meanwhile.
"""

from typing import Any

from ledger.office.rests import serves
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold


def in_time(state: Fold, record: Logged[Any]) -> Faults:
    """Not before the record in front of it, and not long after the last one unless two people said so."""
    before, moment = state.last, record.body["recorded_at"]
    if before is None or moment == before == state.rest.worked or state.of_the_clock(record):
        return
    if moment < before:
        yield fault("clock_behind", found=moment, before=before)
    asked = state.rest.before(moment) and state.by_acts and state.whole("as_said") is not None
    if asked and not serves(record.kind, record.body, state.body):
        worked = day_of(state.rest.worked or moment)
        yield fault("clock_gap", found=day_of(moment), before=worked)
