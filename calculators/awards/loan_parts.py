"""The supported parts of a loan's due periods: their days, the principal that counts, the rate that is paid.

Cuts fall at accrual windows, the end of a month limit, where a notice version begins, where a status that the notice
asks for is gained or lost, and at the new year where a cap counts accrual days by year. A part keeps the bank's due
date and day-count period.

A principal cap per entity is one amount for all of its loans under the notice; the loans fill it in the notice's stated
order, on each day again, so a loan that was repaid makes room from that day on. A rate rule turns segments at the
contract rate into segments at the support rate, so that one way of counting interest serves both; rates are exact and
never rounded. A share of interest is no rate and is counted by its caller.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from calculators.awards.lines import Line, Version, first_drawdown
from calculators.interest.benchmark import Benchmark
from calculators.interest.day_count import add_months
from calculators.interest.loan import DayCount, Loan, Receipt
from calculators.interest.segments import Period, Segment, interest, interest_ratio, segments
from calculators.money import Exact, Ratio, Rounding
from calculators.notices.loan import LoanNotice
from calculators.notices.loan_components import BorrowerFloor, LprShare, PlusOverLpr, Points
from calculators.notices.model import Cap

# A limit like a cap's, over all lines on one loan; how much it is stands on each part.
LOAN_INTEREST = Cap.model_validate({"id": "loan_interest", "per": ["loan"], "assumption": "true"})


class Stretch(NamedTuple):
    """Supported days from `starts_on` to before `ends_before` under one version of the notice."""

    starts_on: date
    ends_before: date
    version: Version


class Timeline:
    """A loan's principal day by day, laid out when it is first asked for: a worksheet shows it, a run mostly does not.

    `day_count` is the loan's.
    """

    __slots__ = ("_lay_out", "_segments", "day_count")

    def __init__(self, day_count: DayCount, lay_out: Callable[[], list[Segment]]) -> None:
        self.day_count, self._lay_out = day_count, lay_out
        self._segments: list[Segment] | None = None

    @property
    def segments(self) -> list[Segment]:
        """Its segments, in order."""
        if self._segments is None:
            self._segments = self._lay_out()
        return self._segments


@dataclass(slots=True)
class Part:
    """What of a due period lies in one stretch, and what it comes to; all figures in fen.

    `timeline` holds the loan's principal that counts. `interest_fen` is what counts of the interest on it (of the
    receipt, where the notice counts interest paid), `combined_fen` what the components make of it, `claim_fen` what the
    interest bound leaves of that, `award_fen` what caps and the grant's ceiling leave, `withheld_fen` what lies above
    the ceiling alone. `loan_interest_fen` is the loan's interest to the part's due date, where other lines draw on it
    as well.
    """

    period: Period
    starts_on: date
    ends_before: date
    version: Version
    timeline: Timeline
    interest_fen: int = 0
    combined_fen: int = 0
    claim_fen: int = 0
    loan_interest_fen: int | None = None
    award_fen: int = 0
    withheld_fen: int = 0
    known_fen: Exact | None = None
    # The end of the bank's due period, whatever was cut from it, and the notice in the version that governs these days.
    due: date = field(init=False)
    notice: LoanNotice = field(init=False)

    def __post_init__(self) -> None:
        self.due, self.notice = self.period.ends_before, self.version.notice

    @property
    def exact_fen(self) -> Exact:
        """The part's interest on the principal that counts, unrounded."""
        if self.known_fen is None:
            self.known_fen = Exact(*self.interest(self.timeline.segments))
        return self.known_fen

    @property
    def proportion(self) -> None:
        """Interest is never taken back in proportion."""
        return None

    @property
    def caps(self) -> Sequence[Cap]:
        """The notice's caps, and the loan's interest where other lines draw on it as well."""
        return self.notice.caps if self.loan_interest_fen is None else (*self.notice.caps, LOAN_INTEREST)

    @property
    def rounding(self) -> Rounding:
        """How the notice rounds the award."""
        return self.notice.rounding.award.mode

    def interest(self, segments: list[Segment]) -> Ratio:
        """The interest of the loan's segments for the part's days, in fen and unrounded."""
        if self.starts_on != self.period.starts_on or self.ends_before != self.due:
            segments = clip(segments, self.starts_on, self.ends_before)
        return interest_ratio(segments, self.timeline.day_count, self.period)


@dataclass(slots=True)
class DuePeriod:
    """A due period of the bank with something in it that is supported.

    `bank_fen` is our interest of the whole period on `timeline`, which holds all of the loan's principal; `receipt_fen`
    is the bank's (None without receipt), the sum of `receipts`. `held` is the code of what holds it, or empty.
    """

    period: Period
    timeline: Timeline
    bank_fen: int
    receipt_fen: int | None
    parts: list[Part]
    receipts: tuple[Receipt, ...] = ()
    held: str = ""
    known_fen: Exact | None = None

    @property
    def bank_exact(self) -> Exact:
        """Our interest of the whole period, unrounded."""
        if self.known_fen is None:
            self.known_fen = interest(self.timeline.segments, self.timeline.day_count, self.period)
        return self.known_fen


def clip(timeline: Iterable[Segment], starts_on: date, ends_before: date) -> list[Segment]:
    """What of the timeline lies from `starts_on` to before `ends_before`."""
    return [
        segment
        if starts_on <= segment.starts_on and segment.ends_before <= ends_before
        else Segment(max(segment.starts_on, starts_on), min(segment.ends_before, ends_before), *segment[2:])
        for segment in timeline
        if segment.starts_on < ends_before and starts_on < segment.ends_before
    ]


def stretches(line: Line, versions: Iterable[Version]) -> list[Stretch]:
    """All supported days of the line under `versions`, by date, cut wherever the rules change; at most to maturity."""
    found: list[Stretch] = []
    if not line.loan.movements:
        return found
    for version in versions:
        cuts = _cut_days(line, version.notice)
        for starts_on, ends_before in _supported_days(line, version):
            edges = [starts_on, *(day for day in cuts if starts_on < day < ends_before), ends_before]
            found += [Stretch(first, last, version) for first, last in pairwise(edges)]
    return sorted(found, key=lambda stretch: stretch.starts_on)


def split(period: Period, supported: Iterable[Stretch]) -> list[Stretch]:
    """The parts of a due period: what of it lies in each supported stretch."""
    return [
        Stretch(max(stretch.starts_on, period.starts_on), min(stretch.ends_before, period.ends_before), stretch.version)
        for stretch in supported
        if stretch.starts_on < period.ends_before and period.starts_on < stretch.ends_before
    ]


def _supported_days(line: Line, version: Version) -> Iterator[tuple[date, date]]:
    """The days within the loan, the version, the month limit and a window, the windows of a notice merged."""
    notice = version.notice
    first = first_drawdown(line.loan)
    latest = min(line.loan.matures_on, version.ends_before or date.max)
    if notice.base.months_from_first_drawdown:
        latest = min(latest, add_months(first, notice.base.months_from_first_drawdown.months))
    earliest = max(first, version.starts_on)
    for opens, closes in notice.accrual_windows or [(date.min, date.max)]:
        starts_on, ends_before = max(opens, earliest), min(closes, latest)
        if starts_on < ends_before:
            yield starts_on, ends_before
            # Windows may overlap; a day counts once.
            earliest = ends_before


def support_year(loan: Loan, day: date) -> int:
    """Which year of support a day lies in, counted from 0 at the first drawdown."""
    first = first_drawdown(loan)
    return max(year for year in range(day.year - first.year + 1) if add_months(first, 12 * year) <= day)


def _cut_days(line: Line, notice: LoanNotice) -> list[date]:
    """The days from which another rule, limit or year holds."""
    days = set()
    for status in line.entity.statuses:
        if status.name in notice.asked_statuses:
            days |= {status.starts_on, status.ends_before or status.starts_on}
    if notice.support_years:
        first = first_drawdown(line.loan)
        days |= {add_months(first, 12 * year) for year in range(1, notice.support_years + 1)}
    if any(cap.year_of == "accrual_day" for cap in notice.caps):
        days |= {date(year, 1, 1) for year in range(first_drawdown(line.loan).year, line.loan.matures_on.year + 1)}
    return sorted(days)


class CountedPrincipal:
    """The principal that counts of lines whose principal a notice caps; ask in the order in which they fill a cap."""

    def __init__(self, benchmark: Benchmark, through: date) -> None:
        self.benchmark, self.through = benchmark, through
        self._taken: dict[tuple[str, str], list[Segment]] = defaultdict(list)

    def of(self, line: Line, supported: Sequence[Stretch]) -> list[Segment] | None:
        """The line's segments that count before `through`; None where no notice caps its principal.

        Days after a line's last due period count too: its principal takes room from the others on those days already.
        """
        if not any(stretch.version.notice.base.principal_cap for stretch in supported):
            return None
        others = self._taken[line.entity.uscc, line.notice_id]
        counted = [
            segment
            for stretch in supported
            for segment in _below_cap(line, stretch, others, self.benchmark, self.through)
        ]
        others += counted
        return counted


def _below_cap(
    line: Line, stretch: Stretch, others: list[Segment], benchmark: Benchmark, through: date
) -> list[Segment]:
    """The line's segments of one stretch with at most the principal that `others` leave on each day."""
    ends_before = min(stretch.ends_before, through)
    found = segments(line.loan, stretch.starts_on, ends_before, benchmark, supported=True)
    cap = stretch.version.notice.base.principal_cap
    if cap is None:
        return found
    if cap.per == "loan":
        return [segment._replace(principal_fen=min(segment.principal_fen, cap.amount)) for segment in found]
    edges = sorted({day for other in others for day in (other.starts_on, other.ends_before)})
    pieces = []
    for segment in found:
        inner = [day for day in edges if segment.starts_on < day < segment.ends_before]
        for starts_on, ends in zip([segment.starts_on, *inner], [*inner, segment.ends_before], strict=True):
            used = sum(other.principal_fen for other in others if other.starts_on <= starts_on < other.ends_before)
            principal = min(segment.principal_fen, max(0, cap.amount - used))
            if principal:
                pieces.append(Segment(starts_on, ends, principal, segment.rate))
    return pieces


RateRule = Points | LprShare | BorrowerFloor | PlusOverLpr


def at_support_rate(rule: RateRule, loan: Loan, counted: list[Segment], benchmark: Benchmark) -> list[Segment]:
    """`counted` with the support rate in place of the contract rate, cut where LPR of the accrual day changes."""
    if isinstance(rule, Points):
        pieces = _cut(counted, loan) if rule.others_within_rate and loan.other_subsidies else counted
        return [_at(piece, _points(rule, piece, loan)) for piece in pieces]
    if rule.fixed_on == "last_year_end":
        return [piece for segment in counted for piece in _by_year(rule, segment, benchmark)]
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
            subsidy.rate
            for subsidy in loan.other_subsidies
            if subsidy.starts_on <= day and day < (subsidy.ends_before or date.max)
        ]
        rate = max(Exact(0), min(rate, piece.rate - sum(others, Exact(0))))
    return rate


def _cut(counted: list[Segment], loan: Loan) -> list[Segment]:
    """The segments cut where another subsidy on the loan begins or has ended."""
    days = {subsidy.starts_on for subsidy in loan.other_subsidies} | {
        subsidy.ends_before for subsidy in loan.other_subsidies
    }
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


def _by_year(rule: LprShare | BorrowerFloor | PlusOverLpr, segment: Segment, benchmark: Benchmark) -> list[Segment]:
    """The segment at the support rate of each year, by the LPR of the last day of the year before."""
    years = range(segment.starts_on.year, (segment.ends_before - timedelta(days=1)).year + 1)
    edges = [segment.starts_on, *(date(year, 1, 1) for year in years[1:]), segment.ends_before]
    return [
        Segment(
            starts_on,
            ends_before,
            segment.principal_fen,
            _over_lpr(rule, segment.rate, benchmark.rate(rule.tenor, date(year - 1, 12, 31))),
        )
        for year, (starts_on, ends_before) in zip(years, pairwise(edges), strict=True)
    ]


def _by_day(rule: LprShare | BorrowerFloor | PlusOverLpr, segment: Segment, benchmark: Benchmark) -> list[Segment]:
    """The segment at the support rate of each day, cut where a new value of LPR comes into force."""
    steps = benchmark.steps(rule.tenor, segment.starts_on, segment.ends_before)
    ends = [*(day for day, _ in steps[1:]), segment.ends_before]
    return [
        Segment(day, end, segment.principal_fen, _over_lpr(rule, segment.rate, lpr))
        for (day, lpr), end in zip(steps, ends, strict=True)
    ]
