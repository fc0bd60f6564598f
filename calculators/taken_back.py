"""Claw-backs (追回) that were agreed: what of a line's award is taken back, and on which day that falls due.

A claw-back comes after everything else: it frees no room of a cap, and nothing fills what it took. It is cut only where
the award it was agreed on has itself become smaller since: nobody gives back more than the line came to.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from calculators.notice import Payer
from calculators.payers import payers_of

__all__ = ["TakenBack", "take_back"]


class TakenBack(NamedTuple):
    """An agreed claw-back of a line: its number, the exclusive end of the day of agreement, and the amount in fen."""

    clawback: str
    due: date
    amount_fen: int


def take_back(digest: dict[str, Any], agreed: Iterable[TakenBack], payers: Sequence[Payer]) -> dict[str, Any]:
    """A digest less what was agreed to be taken back: `taken_back`, `award_fen`, `payers`; unchanged where nothing is.

    Each takes from what was due by its own day, and all of them never more than the line comes to. One that falls due
    on or after a held due period waits with it.
    """
    periods = [(date.fromisoformat(period["due"]), int(period["award_fen"])) for period in digest["periods"]]
    held_from = min((date.fromisoformat(held["due"]) for held in digest["held"]), default=date.max)
    last_due = date.fromisoformat(digest["through"])
    total_fen = sum(fen for _due, fen in periods)
    found: list[dict[str, str | int]] = []
    taken_fen = 0
    for one in sorted(agreed, key=lambda one: (one.due, one.clawback)):
        if one.due > last_due or one.due >= held_from:
            continue
        by_then_fen = sum(fen for due, fen in periods if due <= one.due)
        amount_fen = min(one.amount_fen, by_then_fen - taken_fen, total_fen - taken_fen)
        if amount_fen > 0:
            found.append({"due": one.due.isoformat(), "clawback": one.clawback, "amount_fen": amount_fen})
            taken_fen += amount_fen
    if not found:
        return digest
    award_fen = digest["award_fen"] - taken_fen
    return {**digest, "taken_back": found, "payers": payers_of(payers, award_fen), "award_fen": award_fen}
