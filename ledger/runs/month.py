"""A calendar month as runs know it."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from calculators.problems import N_, refuse

# The years of the calendar that notices and registers know; further off a month is a slip of the pen.
_FORM = re.compile(r"(199\d|20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


class Month(NamedTuple):
    """A month; compares and sorts as time does."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From `YYYY-MM`, 1990 to 2099; refuses `month_malformed`."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise refuse(
                "month_malformed",
                N_("{text!r} is not a month of the years 1990 to 2099"),
                N_("write year and month as YYYY-MM, for example 2025-06"),
                text=text,
            )
        return cls(int(match[1]), int(match[2]))

    @property
    def ends_before(self) -> date:
        """The first day of the next month: the exclusive end."""
        return date(self.year + self.number // 12, self.number % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return self.ends_before - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
