"""The day that a test says it is: noon in Shanghai, and no second passes."""

from datetime import UTC, date, datetime, time

import time_machine


def at_noon(day: str) -> time_machine.travel:
    """For the length of a `with` block, it is noon in Shanghai on `day` (ISO), for this process."""
    return time_machine.travel(datetime.combine(date.fromisoformat(day), time(4), UTC), tick=False)
