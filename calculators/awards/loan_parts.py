"""Cut due periods into parts: stretches of supported days on which one set of rules holds.

Cuts fall at accrual windows, the end of a month limit, where a notice version begins, where a status that the notice
asks for is gained or lost, and at the new year where a cap counts accrual days by year. A part keeps the bank's due
date and day-count period.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from calculators.awards.lines import Line, Version, first_drawdown
from calculators.facts.model import DayCount
from calculators.interest.day_count import add_months
from calculators.interest.segments import Period, Segment, interest
from calculators.money import Exact, Rounding
from calculators.notices.loan import LoanNotice, Switch


class Stretch(NamedTuple):
    """Supported days from `starts_on` to before `ends_before` under one version of the notice."""

    starts_on: date
    ends_before: date
    version: Version


@dataclass(slots=True)
class Part:
    """What of a due period lies in one stretch, and what it comes to; all figures in fen.

    `timeline` holds the loan's principal that counts, day by day, and `exact_fen` is the part's interest on it,
    unrounded. `interest_fen` is what counts of it (of the receipt, where the notice counts interest paid), `claim_fen`
    what the components make of it, `award_fen` what caps and the grant's ceiling leave, `withheld_fen` what lies above
    the ceiling alone.
    """

    period: Period
    starts_on: date
    ends_before: date
    version: Version
    timeline: list[Segment]
    exact_fen: Exact
    interest_fen: int = 0
    claim_fen: int = 0
    award_fen: int = 0
    withheld_fen: int = 0

    @property
    def due(self) -> date:
        """The end of the bank's due period, whatever was cut from it."""
        return self.period.ends_before

    @property
    def notice(self) -> LoanNotice:
        """The notice in the version that governs these days."""
        return self.version.notice

    @property
    def rounding(self) -> Rounding:
        """How the notice rounds the award."""
        return self.notice.rounding.award.mode

    def interest(self, timeline: list[Segment], day_count: DayCount) -> Exact:
        """The interest of `timeline` for the part's days, in fen and unrounded."""
        if (self.starts_on, self.ends_before) != (self.period.starts_on, self.period.ends_before):
            timeline = clip(timeline, self.starts_on, self.ends_before)
        return interest(timeline, day_count, self.period)


def clip(timeline: Iterable[Segment], starts_on: date, ends_before: date) -> list[Segment]:
    """What of the timeline lies from `starts_on` to before `ends_before`."""
    found = []
    for segment in timeline:
        first, last = max(segment.starts_on, starts_on), min(segment.ends_before, ends_before)
        if first < last:
            found.append(Segment(first, last, segment.principal_fen, segment.rate))
    return found


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
    windows = sorted(
        (window.starts_on, window.ends_before or date.max) for window in notice.windows if window.on == "accrual_day"
    )
    for opens, closes in windows or [(date.min, date.max)]:
        starts_on, ends_before = max(opens, earliest), min(closes, latest)
        if starts_on < ends_before:
            yield starts_on, ends_before
            # Windows may overlap; a day counts once.
            earliest = ends_before


def _cut_days(line: Line, notice: LoanNotice) -> list[date]:
    """The days from which another rule, limit or year holds."""
    asked = {component.rule.status for component in notice.components if isinstance(component.rule, Switch)}
    asked |= {cap.when_status.status for cap in notice.caps if cap.when_status}
    days = set()
    for status in line.entity.statuses:
        if status.name in asked:
            days |= {status.starts_on, status.ends_before or status.starts_on}
    if any(cap.year_of == "accrual_day" for cap in notice.caps):
        days |= {date(year, 1, 1) for year in range(first_drawdown(line.loan).year, line.loan.matures_on.year + 1)}
    return sorted(days)
