"""What only the rules of an earlier book find: the others say it in another way, or leave no room for it."""

from typing import Any

from calculators.problems import N_
from ledger.rules.codes import Fault
from ledger.rules.groups import Found
from ledger.rules.records import Logged

EARLIER = {
    "cause_differs": N_("it follows from record {cause}, which comes after it"),
    "unbalanced": N_("the postings of chart {chart} sum to {amount} and not to zero"),
    "reversal_differs": N_("this is not the exact inverse of record {reverses}, or not the only one"),
}


def found(record: Logged[Any], code: str, **values: Any) -> Found:
    """Something that is wrong with a record."""
    return Found(Fault(code, values), record)
