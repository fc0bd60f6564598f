"""What a run is for: the loans of a month, or the batch of one notice up to a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from dateutil.relativedelta import relativedelta

from calculators.problems import N_, refuse
from ledger.log import kinds

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
        return date(self.year, self.number, 1) + relativedelta(months=1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return self.ends_before - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


OfRunT = TypeVar("OfRunT", bound=kinds.OfRun)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`run` is `interest` or `batch`, `name` the month (`YYYY-MM`) or the notice's id.

    What falls due at or before `ends_before` (exclusive) counts; entries take effect on the day before it.
    """

    run: str
    name: str
    ends_before: date

    @classmethod
    def of_month(cls, month: Month) -> "Occasion":
        """The loans of every notice, up to the end of a month."""
        return cls("interest", str(month), month.ends_before)

    @classmethod
    def of_batch(cls, notice: str, last_day: date) -> "Occasion":
        """The items of one notice, up to and with a day."""
        return cls("batch", notice, last_day + timedelta(days=1))

    @classmethod
    def of_proposal(cls, body: kinds.Occasioned) -> "Occasion":
        """The occasion that a proposal states."""
        if body["run"] == "interest":
            return cls.of_month(Month.parse(body["month"]))
        return cls("batch", body["notice"], date.fromisoformat(body["through"]))

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.ends_before - timedelta(days=1)

    @property
    def named(self) -> dict[str, str]:
        """How records and JSON forms of the run name it."""
        return {"month" if self.run == "interest" else "notice": self.name}

    def name_in(self, body: OfRunT) -> OfRunT:
        """The record `body`, which names the run as its kinds do from now on."""
        if self.run == "interest":
            body["month"] = self.name
        else:
            body["notice"] = self.name
        return body

    @property
    def stated(self) -> kinds.Occasioned:
        """The same as a proposal states it, from which `of_proposal` makes it again."""
        if self.run == "interest":
            return {"run": "interest", "month": self.name}
        return {"run": "batch", "notice": self.name, "through": self.ends_before.isoformat()}

    def follows(self, other: "Occasion") -> bool:
        """Whether both belong to one series, in which runs follow each other: all months, or one notice's batch."""
        return self.run == other.run and (self.run == "interest" or self.name == other.name)

    def __str__(self) -> str:
        return self.name
