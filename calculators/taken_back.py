"""Claw-backs (追回) that were agreed: what of a line's award is taken back, and on which day that falls due.

A claw-back is agreed on what stands on the line that day, and says what of it the firm may keep. It comes after
everything else: it frees no room of a cap, and nothing fills what it took. Where the award that it was agreed on
shrinks later, the claw-back shrinks with it, so that nothing is taken twice; what is awarded beside it is untouched.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from calculators.awards.payers import payers_of
from calculators.notices.model import Payer

__all__ = ["TakenBack", "take_back"]


class TakenBack(NamedTuple):
    """An agreed claw-back of a line, in fen: `amount_fen` of the `stood_fen` that stood on the line when it was agreed.

    `due` is the day on which it falls due (exclusive end of the day of agreement), `stood_through` the last due day of
    what stood.
    """

    clawback: str
    due: date
    amount_fen: int
    stood_fen: int
    stood_through: date


def take_back(digest: dict[str, Any], agreed: Iterable[TakenBack], payers: Sequence[Payer]) -> dict[str, Any]:
    """A digest less what was agreed, in that order: `taken_back`, `award_fen`, `payers`; unchanged where nothing is.

    A claw-back that falls due on or after a held due period waits with it. One that has nothing left to take counts
    with 0.
    """
    periods = [(date.fromisoformat(period["due"]), int(period["award_fen"])) for period in digest["periods"]]
    held_from = min((date.fromisoformat(held["due"]) for held in digest["held"]), default=date.max)
    last_due = date.fromisoformat(digest["through"])
    found: list[dict[str, str | int]] = []
    taken_fen = 0
    for one in agreed:
        if one.due > last_due or one.due >= held_from:
            continue
        # What it was agreed on, as that comes out now: a later part counts where it takes away, as a refund does.
        now_fen = sum(fen for due, fen in periods if due <= one.stood_through or fen < 0) - taken_fen
        kept_fen = one.stood_fen - one.amount_fen
        amount_fen = min(one.amount_fen, max(0, now_fen - kept_fen))
        due = one.due.isoformat()
        found.append({"due": due, "clawback": one.clawback, "agreed_fen": one.amount_fen, "amount_fen": amount_fen})
        taken_fen += amount_fen
    if not found:
        return digest
    award_fen = digest["award_fen"] - taken_fen
    return {**digest, "taken_back": found, "payers": payers_of(payers, award_fen), "award_fen": award_fen}
