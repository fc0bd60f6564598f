"""What a firm's loans under one notice come to together: contracts, and interest to date, against the notice's least.

These conditions come last, since the interest of a loan is known only where its own conditions are met. A firm's loans
under one notice are calculated together; where its loans do not reach the least, none of them is due anything yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from calculators.awards.conditions import Condition
from calculators.awards.lines import Line, Version, clause_label
from calculators.awards.loan_parts import Part
from calculators.money import format_yuan
from calculators.notices.loan import FirmInterestAtLeast, FirmLoansAtLeast

__all__ = ["check_firms"]


# The versions that govern a line, each with its conditions.
Checked: TypeAlias = Sequence[tuple[Version, list[Condition]]]


class PartsOfPeriod(Protocol):
    """A due period with its supported parts."""

    parts: list[Part]


class Together(NamedTuple):
    """What the loans of one firm under one notice come to, in fen."""

    loans_fen: int
    interest_fen: int


def check_firms(lines: Sequence[Line], checks: Sequence[Checked], found: Sequence[Sequence[PartsOfPeriod]]) -> None:
    """Add the conditions on what a firm's loans come to, and take out the parts of versions that are not met."""
    together = _together(lines, found)
    for line, checked, periods in zip(lines, checks, found, strict=True):
        for version, conditions in checked:
            own = list(_conditions(version, together[line.entity.uscc, line.notice_id]))
            conditions += own
            if not all(condition.met for condition in own):
                for period in periods:
                    period.parts = [part for part in period.parts if part.version.ref != version.ref]


def _together(lines: Sequence[Line], found: Sequence[Sequence[PartsOfPeriod]]) -> Mapping[tuple[str, str], Together]:
    sums: dict[tuple[str, str], Together] = defaultdict(lambda: Together(0, 0))
    for line, periods in zip(lines, found, strict=True):
        key = line.entity.uscc, line.notice_id
        interest_fen = sum(part.interest_fen for period in periods for part in period.parts)
        before = sums[key]
        sums[key] = Together(before.loans_fen + line.loan.amount_fen, before.interest_fen + interest_fen)
    return sums


def _conditions(version: Version, together: Together) -> Iterator[Condition]:
    for rule in version.notice.eligibility:
        clause = clause_label(version.notice, rule)
        if isinstance(rule, FirmLoansAtLeast):
            met = together.loans_fen >= rule.amount
            figures = format_yuan(together.loans_fen), ">=", format_yuan(rule.amount)
            yield Condition(rule.kind, "firm_loans_too_small", met, *figures, clause)
        elif isinstance(rule, FirmInterestAtLeast):
            met = together.interest_fen >= rule.amount
            figures = format_yuan(together.interest_fen), ">=", format_yuan(rule.amount)
            yield Condition(rule.kind, "firm_interest_too_small", met, *figures, clause)
