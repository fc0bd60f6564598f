"""What a wallet should earn per quarter, to the fen, and what its operator has credited.

Interest is counted on the balance at each day's end, by days of 360, up to and with the 20th of the quarter's last
month, and credited on the 21st. Rates are dated data per operator (`fixtures/reference/wallet_interest.csv`); where
there is none, or the statements do not show the balance of every day, nothing is expected.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from calculators.money import Exact, parse_percent, round_fen
from ledger.resources import fixture

_SETTLED_ON, _DAYS = 20, 360
_QUARTER = relativedelta(months=3)


class Earned(NamedTuple):
    """A quarter of a wallet: `first` and `last` are the days counted, `credited_fen` is by the lines of interest."""

    quarter: str
    first: str
    last: str
    expected_fen: int
    credited_fen: int

    @property
    def difference_fen(self) -> int:
        """What was credited too much; negative where it is too little."""
        return self.credited_fen - self.expected_fen


class Rate(NamedTuple):
    """A rate per year, in force from a day to another (None: open), both counted."""

    since: date
    until: date | None
    rate: Exact


def earned(
    institution: str,
    opening_fen: int,
    opens_on: date,
    through: date,
    moved: Mapping[date, int],
    interest: Iterable[tuple[date, int]],
    end: date,
) -> list[Earned]:
    """The quarters of a wallet whose interest is due by day `end` and whose every balance is known.

    `opening_fen` is the balance before the lines of day `opens_on`, `moved` what lines moved per day; `interest` are
    the lines of interest.
    """
    rates = _rates().get(institution, ())
    credited = list(interest)
    found = []
    for first, last in _quarters(opens_on, min(through, end - timedelta(days=1))):
        days = [day for day in _days(first, last) if _rate(rates, day) is not None]
        # An account that opened within the quarter has nothing before its first line; one whose statements begin later
        # may have had anything.
        if not days or (days[0] < opens_on and opening_fen):
            continue
        balance = opening_fen + sum(fen for day, fen in moved.items() if day < days[0])
        sums: dict[Exact, int] = defaultdict(int)
        for day in days:
            balance += moved.get(day, 0)
            rate = _rate(rates, day)
            assert rate is not None, "the days are those with a rate"
            sums[rate] += max(0, balance)
        expected = round_fen(sum((rate * fen / _DAYS for rate, fen in sums.items()), start=Exact(0)))
        following = _settled(last + timedelta(days=1))
        paid = sum(fen for day, fen in credited if last < day <= min(following, end))
        quarter = f"{last.year}-Q{(last.month + 2) // 3}"
        found.append(Earned(quarter, days[0].isoformat(), last.isoformat(), expected, paid))
    return found


def _quarters(since: date, until: date) -> Iterable[tuple[date, date]]:
    """The (first, last) days of quarters of interest that end from `since` to `until`."""
    last = _settled(since)
    while last <= until:
        yield last - _QUARTER + timedelta(days=1), last
        last += _QUARTER


def _settled(day: date) -> date:
    """The first day from `day` on that closes a quarter of interest."""
    end = day + relativedelta(months=-day.month % 3, day=_SETTLED_ON)
    return end if end >= day else end + _QUARTER


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _rate(rates: Iterable[Rate], day: date) -> Exact | None:
    return next((rate.rate for rate in rates if rate.since <= day and (rate.until is None or day <= rate.until)), None)


@cache
def _rates() -> dict[str, tuple[Rate, ...]]:
    found: dict[str, tuple[Rate, ...]] = {}
    with fixture("reference/wallet_interest.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            until = date.fromisoformat(row["to"]) if row["to"] else None
            rate = Rate(date.fromisoformat(row["from"]), until, parse_percent(row["rate"]))
            found[row["institution"]] = (*found.get(row["institution"], ()), rate)
    return found
