"""Business days: which days the offices of China work, make-up workdays on weekends included.

Published days off come with the package chinesecalendar. The State Council publishes a year's days late in the year
before; until the package has them, or where they were changed, `subsidy decide calendar` records them, and what was
recorded counts for that year.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import chinese_calendar

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.store.ledger import View, Writer

CALENDAR = "calendar"
_YEAR = re.compile(r"20\d\d")
_SATURDAY = 5


class DaysOff(NamedTuple):
    """The days off of one year, and the weekend days that are worked instead."""

    holidays: frozenset[date]
    workdays: frozenset[date]

    @classmethod
    def of(cls, body: kinds.DecisionBody) -> "DaysOff":
        """From the body of a `decision` about a calendar."""
        return cls(_dates(body.get("holidays", ())), _dates(body.get("workdays", ())))


class Calendar:
    """Business days, year by year: what was recorded of a year, else what the package knows."""

    def __init__(self, recorded: Mapping[int, DaysOff] | None = None) -> None:
        self.recorded = dict(recorded or {})

    def works(self, day: date) -> bool:
        """Whether a day is a business day; refuses `calendar_unknown` for a year that nobody has published here."""
        known = self.recorded.get(day.year)
        if known:
            return day in known.workdays or (day.weekday() < _SATURDAY and day not in known.holidays)
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise refuse(
                "calendar_unknown",
                N_("the days off of {year} are not known"),
                N_(
                    "record them as published: "
                    "`subsidy decide calendar --about {year} --holidays DAYS --document NO --reason TEXT`"
                ),
                year=day.year,
            ) from error

    def last_of(self, starts_on: date, days: int) -> date:
        """The `days`-th business day (from 1) from `starts_on` on, which counts where it is one itself."""
        day, left = starts_on, days - self.works(starts_on)
        while left > 0:
            day += timedelta(days=1)
            left -= self.works(day)
        return day


def calendar(view: View) -> Calendar:
    """The business days as recorded, else as the package knows them."""
    rows = (row for row in view.rows(kinds.DECISION) if row.body["type"] == CALENDAR)
    return Calendar({int(row.body["about"]): DaysOff.of(row.body) for row in rows})


def days_of(text: str, option: str) -> frozenset[date]:
    """Days as a command line lists them: `2027-01-01..2027-01-03,2027-02-06`; refuses `days_malformed`."""
    found: set[date] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, _dots, last = part.partition("..")
        try:
            day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            raise _malformed(part, option) from None
        if end < day or end.year != day.year:
            raise _malformed(part, option)
        while day <= end:
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


def record_days_off(writer: Writer, year: str, days: DaysOff, document: str, reason: str) -> bool:
    """Record the days off of a year; False where the very same decision stands already.

    Refuses `calendar_year_malformed`, and, all at once, `days_other_year`, `workday_no_weekend` and `day_off_and_on`.
    """
    if not _YEAR.fullmatch(year):
        raise refuse(
            "calendar_year_malformed",
            N_("{about!r} is not a year"),
            N_("write --about 2027"),
            about=year,
        )
    problems = list(_problems(int(year), days))
    if problems:
        raise Refused(problems)
    body = kinds.DecisionBody(
        key=f"{CALENDAR}/{year}",
        type=CALENDAR,
        about=year,
        reason=reason,
        document=document,
        holidays=[day.isoformat() for day in sorted(days.holidays)],
        workdays=[day.isoformat() for day in sorted(days.workdays)],
    )
    known = writer.current(kinds.DECISION, body["key"])
    if known is not None and kinds.own(known.body) == body:
        return False
    writer.append(kinds.DECISION, body)
    return True


def _problems(year: int, days: DaysOff) -> list[Problem]:
    found = [
        Problem(
            "days_other_year",
            N_("{day} does not lie in {year}"),
            N_("record each year by itself"),
            Place(),
            {"day": day, "year": year},
        )
        for day in sorted(days.holidays | days.workdays)
        if day.year != year
    ]
    found += [
        Problem(
            "workday_no_weekend",
            N_("{day} is worked anyway: it is neither Saturday nor Sunday"),
            N_("name weekend days only in --workdays"),
            Place(),
            {"day": day},
        )
        for day in sorted(days.workdays)
        if day.weekday() < _SATURDAY
    ]
    found += [
        Problem(
            "day_off_and_on",
            N_("{day} stands among the days off and among the workdays"),
            N_("take it out of one of them"),
            Place(),
            {"day": day},
        )
        for day in sorted(days.holidays & days.workdays)
    ]
    return found


def _malformed(text: str, option: str) -> Refused:
    return refuse(
        "days_malformed",
        N_("{text!r} is neither a day nor a range of days of one year"),
        N_("write such as 2027-01-01..2027-01-03,2027-02-06"),
        Place(option),
        text=text,
    )


def _dates(days: Any) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in days)
