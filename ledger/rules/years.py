"""Rules of the turn of a year: what is left of an earlier one is drawn once that year's end is booked."""

from collections.abc import Iterable
from typing import Any

from ledger.log import kinds
from ledger.payouts import postings
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Award


def closed(state: Fold, record: Logged[Any], payer: str, known: Iterable[tuple[kinds.ClaimedPart, Award]]) -> Faults:
    """What is drawn as quota from an earlier year's appropriation is left of it: that year's end is booked."""
    stands = state.stands(kinds.PAYER, payer)
    if state.whole("in_its_day") is None or stands is None or stands.fields["funding"] != postings.ZERO_BALANCE:
        return
    year = day_of(record.body["recorded_at"]).year
    named = (award.terms.envelope.partition("/")[0] for _claim, award in known)
    for of in sorted({int(name) for name in named if name.isdecimal()}):
        if of < year and not state.get("year_closed", of):
            yield fault("year_end_missing", about=record.body.get("key", record.body.get("about", "")), year=of)
