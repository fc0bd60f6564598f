"""Who pays an award: one amount split over the levels of government, exact to the fen.

The split stands on a line's cumulative amount, by largest remainder, and what a payer bears of one amount is the
difference of two cumulative splits. So the payers' parts always sum to the amount, and in how many amounts a line is
paid moves nothing. Between three payers the largest remainder may pass a fen back: one part can lie a fen below zero.

An agreed claw-back (追回) comes after everything else (`digests.take_back`): it frees no room of a cap, and nothing
fills what it took. Where the award that it was agreed on shrinks later, the claw-back shrinks with it, so that nothing
is taken twice; what is awarded beside it is untouched.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from calculators.digest import PayerShare
from calculators.money import largest_remainder
from calculators.notices.model import Payer

__all__ = ["PayerPart", "TakenBack", "payer_parts", "payers_of", "split_over_payers"]


class PayerPart(NamedTuple):
    """What one level of government bears of an amount, in fen."""

    level: str
    amount_fen: int


def split_over_payers(payers: Sequence[Payer], cumulative_fen: int) -> list[PayerPart]:
    """A line's cumulative award over the payers, in the notice's order; ties go to the payer that stands first."""
    parts = largest_remainder(cumulative_fen, [payer.share for payer in payers])
    return list(map(PayerPart, (payer.level for payer in payers), parts))


def payer_parts(payers: Sequence[Payer], before_fen: int, amount_fen: int) -> list[PayerPart]:
    """What each payer bears of `amount_fen`, which follows `before_fen` on the same line; the parts sum to it."""
    before = split_over_payers(payers, before_fen)
    after = split_over_payers(payers, before_fen + amount_fen)
    return [PayerPart(new.level, new.amount_fen - old.amount_fen) for old, new in zip(before, after, strict=True)]


def payers_of(payers: Sequence[Payer], award_fen: int) -> list[PayerShare]:
    """The field `payers` of a digest: each level with its part of the award."""
    return [{"level": part.level, "amount_fen": part.amount_fen} for part in split_over_payers(payers, award_fen)]


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
