"""Interest in columns: exact sums of 64-bit integers over many loans at once, and the days that they run over.

A column holds a value of each loan, or of each span of days, in order of loan and day. With D = units of a year x 10^6,
a principal is split once into `q * D + r`, a rate in whole millionths times a count of days is w, and what accrues is
the sum of `q * w` whole fen and of `r * w` D-ths of a fen: nothing is rounded here. Who asks sees to it that no product
reaches 64 bits (`LARGEST`). Day counts are those whose ruler is one for all due periods (`day_count.ruler`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calculators.interest.loan import DayCount
from calculators.money import Exact

__all__ = [
    "DAYS",
    "LARGEST",
    "MILLION",
    "YEARS",
    "Accrued",
    "Column",
    "Places",
    "Running",
    "Segments",
    "Spans",
    "by_years",
    "column",
    "in_order",
    "millionths",
    "runs",
    "spread",
]

Column = NDArray[np.int64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

# A rate is counted in whole millionths.
MILLION = 1_000_000
# What no product may exceed: some of them are added before they are divided by D.
LARGEST = 2**61
# A loan and a day in one number: days have 22 bits until the year 9999.
DAYS = 22
# The day counts that are covered, and the units of their year.
YEARS = {DayCount.ACT_360: 360, DayCount.ACT_365F: 365, DayCount.THIRTY_E_360: 360}
_EPOCH = date(1970, 1, 1).toordinal()


class Spans(NamedTuple):
    """Days, half-open, as ordinals; `of` is the place of the line, or of the due period, that they belong to."""

    of: Places
    starts: Column
    ends: Column

    def where(self, kept: Mask) -> "Spans":
        """Those that are kept."""
        return Spans(self.of[kept], self.starts[kept], self.ends[kept])


class Segments(NamedTuple):
    """Segments of all lines: `keys` are line and first day in one number, ascending; a segment ends at the next one.

    The rate is in millionths per year.
    """

    keys: Column
    principal: Column
    rate: Column

    @property
    def line(self) -> Column:
        """The place of its line."""
        found: Column = self.keys >> DAYS
        return found

    @property
    def day(self) -> Column:
        """Its first day, as an ordinal."""
        found: Column = self.keys & (2**DAYS - 1)
        return found


class Accrued:
    """What accrues on segments at rates in millionths, exactly: whole fen, and D-ths of a fen from 0 to D - 1."""

    def __init__(self, laid_out: Segments, rate: Column, day_count: DayCount) -> None:
        self.keys, self.rate, self.day_count, self.scale = laid_out.keys, rate, day_count, YEARS[day_count] * MILLION
        self.whole, self.part = np.divmod(laid_out.principal, self.scale)
        self.starts = position(day_count, laid_out.day)
        # The last segment of a line has no end; nobody asks beyond it.
        lengths = np.diff(self.starts, append=self.starts[-1:])
        lengths[np.diff(laid_out.line, append=-1) != 0] = 0
        fen, rest = self._amount(rate * lengths, slice(None))
        self.fen, self.rest = (np.concatenate([[0], np.cumsum(each)[:-1]]) for each in (fen, rest))

    def _amount(self, weight: Column, at: Places | slice) -> tuple[Column, Column]:
        over, rest = np.divmod(self.part[at] * weight, self.scale)
        return self.whole[at] * weight + over, rest

    def over(self, lines: Places, starts: Column, ends: Column) -> tuple[Column, Column]:
        """What accrues on the principal of lines from days to before other days."""
        fen, rest = self._until(lines, ends)
        fen_before, rest_before = self._until(lines, starts)
        over, rest = np.divmod(rest - rest_before, self.scale)
        return fen - fen_before + over, rest

    def _until(self, lines: Places, days: Column) -> tuple[Column, Column]:
        at = np.searchsorted(self.keys, (lines.astype(np.int64) << DAYS) | days, "right") - 1
        fen, rest = self._amount(self.rate[at] * (position(self.day_count, days) - self.starts[at]), at)
        return self.fen[at] + fen, self.rest[at] + rest


class Running:
    """Running totals over the parts of each line, and back."""

    def __init__(self, of: Places) -> None:
        self.first = np.ones(len(of), np.bool_)
        self.first[1:] = of[1:] != of[:-1]
        self.begin = np.maximum.accumulate(np.where(self.first, np.arange(len(of)), 0))

    def totals(self, amounts: Column) -> Column:
        """Per part the sum of its line's amounts up to it."""
        sums = np.cumsum(amounts)
        found: Column = sums - (sums - amounts)[self.begin]
        return found

    def steps(self, totals: Column) -> Column:
        """Per part what it adds to its line's total."""
        found: Column = totals - np.where(self.first, 0, np.concatenate([[0], totals[:-1]]))
        return found


def position(day_count: DayCount, days: Column) -> Column:
    """The position of days on the ruler of a day count that is covered."""
    if day_count is not DayCount.THIRTY_E_360:
        return days
    dates = (days - _EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    found: Column = months.astype(np.int64) * 30 + np.minimum((dates - months).astype(np.int64) + 1, 30)
    return found


def millionths(rate: Exact) -> int | None:
    """A rate in whole millionths; None where it has a part of one, or more of them than columns count."""
    whole, rest = divmod(rate.numerator * MILLION, rate.denominator)
    return None if rest or abs(whole) > LARGEST else whole


def by_years(parts: Spans) -> Spans:
    """The parts cut at every new year."""
    opened, closed = _year_of(parts.starts), _year_of(parts.ends - 1)
    owner, place = spread(closed - opened + 1)
    year = opened[owner] + place
    starts = np.maximum(parts.starts[owner], _new_year(year))
    return Spans(parts.of[owner], starts, np.minimum(parts.ends[owner], _new_year(year + 1)))


def _year_of(days: Column) -> Column:
    """Years since 1970."""
    return (days - _EPOCH).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def _new_year(years: Column) -> Column:
    found: Column = years.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + _EPOCH
    return found


def in_order(found: Sequence[Spans]) -> Spans:
    """Spans by whom they belong to, then by day."""
    of, starts, ends = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((starts, of))
    return Spans(of[order], starts[order], ends[order])


def spread(counts: Column) -> tuple[Places, Column]:
    """For every one of `counts` things of each: whose it is, and the how-manieth from 0."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def runs(of: Places, most: int) -> list[tuple[int, int]]:
    """From where to before where each of `most` stands in a sorted column."""
    edges = np.searchsorted(of, np.arange(most + 1)).tolist()
    return list(pairwise(edges))


def column(values: Iterable[int]) -> Column:
    return np.fromiter(values, np.int64)
