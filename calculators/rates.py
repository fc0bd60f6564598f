"""The rate rules: which rate per year a notice pays on each segment of principal.

A rule turns segments at the contract rate into segments at the support rate, so that one way of counting interest
serves both. Rates are exact and never rounded. A share of interest is no rate and is counted by its caller.
"""

from datetime import date
from itertools import pairwise

from calculators.awards.lines import first_drawdown
from calculators.facts.model import Loan
from calculators.interest.benchmark import Benchmark
from calculators.interest.segments import Segment
from calculators.money import Exact
from calculators.notices.loan import BorrowerFloor, LprShare, PlusOverLpr, Points

RateRule = Points | LprShare | BorrowerFloor | PlusOverLpr


def at_support_rate(rule: RateRule, loan: Loan, counted: list[Segment], benchmark: Benchmark) -> list[Segment]:
    """`counted` with the support rate in place of the contract rate, cut where LPR of the accrual day changes."""
    if isinstance(rule, Points):
        pieces = _cut(counted, loan) if rule.others_within_rate and loan.other_subsidies else counted
        return [_at(piece, _points(rule, piece, loan)) for piece in pieces]
    if rule.fixed_on == "accrual_day":
        return [piece for segment in counted for piece in _by_day(rule, segment, benchmark)]
    fixed_on = loan.signed_on if rule.fixed_on == "contract" else first_drawdown(loan)
    lpr = benchmark.rate(rule.tenor, fixed_on)
    return [_at(segment, _over_lpr(rule, segment.rate, lpr)) for segment in counted]


def _points(rule: Points, piece: Segment, loan: Loan) -> Exact:
    """Fixed points; a share of the contract rate, or what other subsidies leave of it, where that is lower."""
    rate = rule.points
    if rule.at_most_rate_share is not None:
        rate = min(rate, rule.at_most_rate_share * piece.rate)
    if rule.others_within_rate:
        day = piece.starts_on
        others = [
            one.rate for one in loan.other_subsidies if one.starts_on <= day and day < (one.ends_before or date.max)
        ]
        rate = max(Exact(0), min(rate, piece.rate - sum(others, Exact(0))))
    return rate


def _cut(counted: list[Segment], loan: Loan) -> list[Segment]:
    """The segments cut where another subsidy on the loan begins or has ended."""
    days = {one.starts_on for one in loan.other_subsidies} | {one.ends_before for one in loan.other_subsidies}
    edges = sorted(day for day in days if day)
    pieces = []
    for segment in counted:
        inner = [day for day in edges if segment.starts_on < day < segment.ends_before]
        for starts_on, ends_before in pairwise([segment.starts_on, *inner, segment.ends_before]):
            pieces.append(Segment(starts_on, ends_before, segment.principal_fen, segment.rate))
    return pieces


def _over_lpr(rule: LprShare | BorrowerFloor | PlusOverLpr, contract: Exact, lpr: Exact) -> Exact:
    """The support rate by a rule that looks at LPR; never negative, never above the contract rate."""
    nothing = Exact(0)
    match rule:
        case LprShare():
            return min(rule.share * lpr, contract)
        case BorrowerFloor():
            borrower = max(nothing, lpr + rule.borrower_over)
            return max(nothing, min(contract, lpr + rule.ceiling_over) - borrower)
        case PlusOverLpr():
            return max(nothing, min(contract - lpr, rule.ceiling))


def _at(segment: Segment, rate: Exact) -> Segment:
    return Segment(segment.starts_on, segment.ends_before, segment.principal_fen, rate)


def _by_day(rule: LprShare | BorrowerFloor | PlusOverLpr, segment: Segment, benchmark: Benchmark) -> list[Segment]:
    """The segment at the support rate of each day, cut where a new value of LPR comes into force."""
    steps = benchmark.steps(rule.tenor, segment.starts_on, segment.ends_before)
    ends = [*(day for day, _ in steps[1:]), segment.ends_before]
    return [
        Segment(day, end, segment.principal_fen, _over_lpr(rule, segment.rate, lpr))
        for (day, lpr), end in zip(steps, ends, strict=True)
    ]
