"""Who pays an award: one amount split over the levels of government, exact to the fen.

The split stands on a line's cumulative amount, by largest remainder, and what a payer bears of one amount is the
difference of two cumulative splits. So the payers' parts always sum to the amount, and in how many amounts a line is
paid moves nothing. Between three payers the largest remainder may pass a fen back: one part can lie a fen below zero.

What an agreed claw-back (追回) takes of the amount stands here too. It comes after everything else: it frees no room of
a cap, and nothing fills what it took. Where the award that it was agreed on shrinks later, the claw-back shrinks with
it, so that nothing is taken twice; what is awarded beside it is untouched.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from calculators.money import largest_remainder
from calculators.notices.model import Payer

__all__ = ["PayerPart", "TakenBack", "payer_parts", "payers_of", "split_over_payers", "take_back"]


class PayerPart(NamedTuple):
    """What one level of government bears of an amount, in fen."""

    level: str
    amount_fen: int


def split_over_payers(payers: Sequence[Payer], cumulative_fen: int) -> list[PayerPart]:
    """A line's cumulative award over the payers, in the notice's order; ties go to the payer that stands first."""
    parts = largest_remainder(cumulative_fen, [payer.share for payer in payers])
    return [PayerPart(payer.level, part) for payer, part in zip(payers, parts, strict=True)]


def payer_parts(payers: Sequence[Payer], before_fen: int, amount_fen: int) -> list[PayerPart]:
    """What each payer bears of `amount_fen`, which follows `before_fen` on the same line; the parts sum to it."""
    before = split_over_payers(payers, before_fen)
    after = split_over_payers(payers, before_fen + amount_fen)
    return [PayerPart(new.level, new.amount_fen - old.amount_fen) for old, new in zip(before, after, strict=True)]


def payers_of(payers: Sequence[Payer], award_fen: int) -> list[dict[str, str | int]]:
    """The field `payers` of a digest: each level with its part of the award."""
    return [part._asdict() for part in split_over_payers(payers, award_fen)]


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
