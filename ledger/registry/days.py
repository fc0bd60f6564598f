"""Days on which a row says that something happened: none lies behind the day on which the row is recorded.

What may be agreed before it begins is not among them: a rate, an extension, another subsidy, a grant, how long a status
holds, by when something is to be put right.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

# Register -> the columns of such days.
HAPPENED_ON: Mapping[str, tuple[str, ...]] = {
    "application": ("applied_on",),
    "claim": ("achieved_on",),
    "dishonesty": ("decided_on", "repaired_on"),
    "event": ("date",),
    "inspection": ("inspected_on", "settled_on"),
    "loan": ("signed_on",),
    "milestone": ("date",),
    "policy": ("signed_on",),
    "premium": ("date",),
    "project": ("signed_on",),
    "receipt": ("paid_on",),
    "wallet": ("seen_on",),
    "wallet_request": ("state_on",),
}
# Register of a lender -> the column of the day up to which its file speaks at least where it has the row.
TOLD_BY: Mapping[str, str] = {"event": "date", "loan": "signed_on", "receipt": "paid_on"}
# Kinds of events that are agreed before they begin.
_AGREED = frozenset({"rate", "extension", "other_subsidy"})


def ahead(register: str, row: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """(Column, day) of what a row says has happened on a day that has not come."""
    if register == "event" and row.get("kind") in _AGREED:
        return
    for name in HAPPENED_ON.get(register, ()):
        day = row.get(name, "")
        if day > today.isoformat():
            yield name, day
