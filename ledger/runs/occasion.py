"""What a run is for: the loans of a month, or the batch of one notice up to a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ledger.runs.month import Month


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
    def of_proposal(cls, body: Mapping[str, Any]) -> "Occasion":
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
        """How records of the run name it."""
        return {"month" if self.run == "interest" else "notice": self.name}

    @property
    def stated(self) -> dict[str, str]:
        """The same as a proposal states it, from which `of_proposal` makes it again."""
        if self.run == "interest":
            return {"run": self.run, **self.named}
        return {"run": self.run, **self.named, "through": self.ends_before.isoformat()}

    def follows(self, other: "Occasion") -> bool:
        """Whether both belong to one series, in which runs follow each other: all months, or one notice's batch."""
        return self.run == other.run and (self.run == "interest" or self.name == other.name)

    def __str__(self) -> str:
        return self.name
