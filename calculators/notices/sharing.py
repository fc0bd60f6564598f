"""Caps that notices share: two notices that name each other in a cap state it alike, or nobody knows its limit."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from calculators.money import format_percent, format_yuan
from calculators.notices.item import ItemCap
from calculators.notices.loan import LoanCap
from calculators.notices.model import Cap, Notice

__all__ = ["Sides", "sides_differ"]


class Sides(NamedTuple):
    """A cap that two notices state differently: its place among the first one's caps, and what each says."""

    place: int
    other: str
    ours: str
    theirs: str


def sides_differ(notice: Notice, others: Iterable[Notice]) -> Iterator[Sides]:
    """For each of the other notices that shares caps with `notice`, the first cap that only one of them states so."""
    for other in others:
        ours, theirs = _shared(notice, other.id), _shared(other, notice.id)
        if not ours or not theirs:
            # One that is named and does not name the other uses the cap up and is not limited by it.
            continue
        unmatched = list(theirs.values())
        left = []
        for place, terms in ours.items():
            if terms in unmatched:
                unmatched.remove(terms)
            else:
                left.append(place)
        if left or unmatched:
            place = left[0] if left else min(ours)
            yield Sides(place, other.id, ours[place], "; ".join(unmatched) or "-")


def _shared(notice: Notice, other: str) -> dict[int, str]:
    """Place -> terms of the notice's caps that name another one."""
    return {place: _terms(cap) for place, cap in enumerate(notice.caps) if other in cap.shared_with}


def _terms(cap: Cap) -> str:
    """Everything of a cap that decides how much is left of it, as a notice writes it."""
    said = [f"per: [{', '.join(sorted(cap.per))}]"]
    if cap.year_of:
        said.append(f"year_of: {cap.year_of}")
    if cap.amount is not None:
        said.append(f"amount: {format_yuan(cap.amount)}")
    if isinstance(cap, LoanCap):
        if cap.share_of_drawdown is not None:
            said.append(f"share_of_drawdown: {format_percent(cap.share_of_drawdown)}")
        if cap.when_status:
            amount, share = cap.when_status.amount, cap.when_status.share_of_drawdown
            limit = format_yuan(amount) if amount is not None else format_percent(share) if share is not None else ""
            said.append(f"when_status: {cap.when_status.status} {limit}")
    if isinstance(cap, ItemCap) and cap.share_of_figure:
        of = cap.share_of_figure
        said.append(f"share_of_figure: {format_percent(of.share)} {of.figure}")
    return ", ".join(said)
