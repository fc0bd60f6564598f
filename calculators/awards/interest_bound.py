"""The interest bound: an interest discount is never more than the interest that it discounts.

Applied after the components combine and before any cap. Per line the award to date is at most the supported interest to
date; over all lines on one loan it is at most the loan's interest to date, a limit that `caps` fills as it fills any
other. A notice that says `not_bounded_by_interest` has neither. Source of the bound: measures of the development
commission on interest discounts, 2005 (the rate at most the bank's, the total at most the interest really paid).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Protocol

from calculators.awards.lines import Line, Outside
from calculators.awards.loan_parts import Part
from calculators.digest import InterestBound

__all__ = ["SupportedPeriod", "bound_by_interest", "bound_by_loan", "bound_of"]


class SupportedPeriod(Protocol):
    """A due period of the bank with the parts of it that one line supports."""

    bank_fen: int
    receipt_fen: int | None
    parts: list[Part]


def bound_by_interest(parts: Iterable[Part]) -> None:
    """Set what each part of a line claims of the caps: what it combined to, as far as the interest to date reaches.

    What the interest does not reach yet is claimed by later parts, as their interest accrues.
    """
    combined_fen = interest_fen = claimed_fen = 0
    for part in parts:
        if part.notice.not_bounded_by_interest:
            part.claim_fen = part.combined_fen
            continue
        combined_fen += part.combined_fen
        interest_fen += part.interest_fen
        # An award that is published in hundreds of yuan stays below the interest by whole hundreds.
        room_fen = part.notice.rounding.award.within(interest_fen)
        part.claim_fen = min(combined_fen, room_fen) - claimed_fen
        claimed_fen += part.claim_fen


def bound_of(parts: Iterable[Part]) -> InterestBound | None:
    """The bound over the parts that have one; None where none of them has."""
    bounded = [part for part in parts if not part.notice.not_bounded_by_interest]
    if not bounded:
        return None
    return InterestBound(
        combined_fen=sum(part.combined_fen for part in bounded),
        interest_fen=sum(part.interest_fen for part in bounded),
        claim_fen=sum(part.claim_fen for part in bounded),
    )


def bound_by_loan(lines: Iterable[tuple[Line, Sequence[SupportedPeriod]]], outside: Iterable[Outside]) -> None:
    """Set the loan's interest to date on the parts of lines whose loan others draw on too: lines, or awards outside.

    A line alone on its loan is bounded by its own interest already. The loan's interest is that of every due period
    which some line supports, whole; of what the lines find for one (accrued, paid, rounded part by part) the most.
    """
    by_loan: dict[str, list[tuple[Line, Sequence[SupportedPeriod]]]] = defaultdict(list)
    for line, periods in lines:
        by_loan[line.loan.key].append((line, periods))
    paid_outside: dict[str, set[str]] = defaultdict(set)
    for paid in outside:
        paid_outside[paid.loan].add(paid.line)
    for loan, own in by_loan.items():
        if len(own) > 1 or (loan in paid_outside and paid_outside[loan] - {line.id for line, _ in own}):
            # What is below a firm's minimum has lost its parts, and supports no due period.
            _set_loan_interest([due for _, periods in own for due in periods if due.parts])


def _set_loan_interest(periods: Sequence[SupportedPeriod]) -> None:
    to_date = _interest_to_date(periods)
    for due in periods:
        for part in due.parts:
            if not part.notice.not_bounded_by_interest:
                part.loan_interest_fen = to_date[part.due]


def _interest_to_date(periods: Iterable[SupportedPeriod]) -> Mapping[date, int]:
    by_due: dict[date, int] = {}
    for due in periods:
        end = due.parts[0].due
        paid = any(part.notice.base.interest == "paid" for part in due.parts)
        whole_fen = due.receipt_fen if paid and due.receipt_fen is not None else due.bank_fen
        by_due[end] = max(by_due.get(end, 0), whole_fen, sum(part.interest_fen for part in due.parts))
    ends = sorted(by_due)
    return dict(zip(ends, accumulate(by_due[end] for end in ends), strict=True))
