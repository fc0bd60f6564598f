"""Published rates: the loan prime rate (LPR), in force from a publication until the next one, never extrapolated.

The table says up to which day it was checked; a day after that, or before its first row, is refused.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from calculators.money import Exact, parse_exact
from calculators.problems import N_, Place, refuse

BENCHMARK_UNKNOWN = N_("no LPR is known for {day}: the table runs from {first} to {last}")


@dataclass(frozen=True, slots=True)
class Published:
    """One row of the table: the rates per year in force from `effective_from` on."""

    effective_from: date
    rate_1y: Exact
    rate_5y: Exact

    def rate(self, tenor: str) -> Exact:
        """The rate of `tenor`, `1y` or `5y`."""
        return {"1y": self.rate_1y, "5y": self.rate_5y}[tenor]


class Benchmark:
    """The LPR as published: rows in ascending order, checked to be complete up to `checked_through` (inclusive)."""

    def __init__(self, rows: Iterable[Published], checked_through: date) -> None:
        """`ValueError` for an empty or unordered table, or one that was checked before its last row."""
        self.rows = tuple(rows)
        self.checked_through = checked_through
        self._starts = [row.effective_from for row in self.rows]
        if not self.rows or self._starts != sorted(set(self._starts)) or checked_through < self._starts[-1]:
            raise ValueError("a benchmark table has rows in ascending order, checked through its last row or later")

    @classmethod
    def from_texts(cls, rows: Iterable[Sequence[str]], checked_through: str) -> "Benchmark":
        """From rows of (effective_from, 1y, 5y) as a benchmark record holds them: ISO date, percent, percent."""
        published = (
            Published(date.fromisoformat(start), parse_exact(row) / 100, parse_exact(five) / 100)
            for start, row, five in rows
        )
        return cls(published, date.fromisoformat(checked_through))

    def rate(self, tenor: str, day: date) -> Exact:
        """The rate per year of `tenor` (`1y`, `5y`) in force on `day`; `Refused` (`benchmark_unknown`) outside."""
        if not self._starts[0] <= day <= self.checked_through:
            raise refuse(
                "benchmark_unknown",
                BENCHMARK_UNKNOWN,
                N_("record a table that was checked through that day"),
                Place(f"LPR {tenor}"),
                day=day,
                first=self._starts[0],
                last=self.checked_through,
            )
        return self.rows[bisect_right(self._starts, day) - 1].rate(tenor)

    def steps(self, tenor: str, starts_on: date, ends_before: date) -> list[tuple[date, Exact]]:
        """The rates in force over the days from `starts_on` to before `ends_before`: (from, rate), changes only.

        The first is from `starts_on`. `Refused` (`benchmark_unknown`) when a day of them is outside the table.
        """
        self.rate(tenor, ends_before - timedelta(days=1))
        steps = [(starts_on, self.rate(tenor, starts_on))]
        for row in self.rows[bisect_right(self._starts, starts_on) :]:
            rate = row.rate(tenor)
            if row.effective_from < ends_before and rate != steps[-1][1]:
                steps.append((row.effective_from, rate))
        return steps
