"""Bring the lines of a statement into the order in which they were booked: many banks list the newest first."""

from collections.abc import Sequence
from itertools import pairwise

from ledger.reconcile.statements import Line


def oldest_first(lines: Sequence[Line]) -> list[Line]:
    """The lines as booked: turned round where the file lists the newest first, else as they stand.

    The days decide; where all are of one day, the balances do, if they only run backwards.
    """
    kept = list(lines)
    if len(kept) < 2:
        return kept
    turned = kept[::-1]
    first, last = kept[0].booked_on, kept[-1].booked_on
    newest_first = first > last if first != last else _links(turned) > _links(kept)
    return turned if newest_first else kept


def _links(lines: Sequence[Line]) -> int:
    """How many lines have the balance that follows from the line before."""
    return sum(
        after.balance_fen - after.amount_fen == before.balance_fen
        for before, after in pairwise(lines)
        if after.balance_fen is not None and before.balance_fen is not None
    )
