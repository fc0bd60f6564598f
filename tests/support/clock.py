"""The day that a test says it is: noon in Shanghai, and no second passes."""

import sys
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import freezegun
import freezegun.api

OURS = frozenset({"calculators", "cli", "ledger", "tests"})


def at_noon(day: str) -> Any:
    """For the length of a `with` block, it is noon in Shanghai on `day` (ISO), for this process."""
    _know_whose_clock()
    return freezegun.freeze_time(datetime.combine(date.fromisoformat(day), time(4), UTC))


@cache
def _know_whose_clock() -> None:
    """Only modules of ours ask for the day, so no other is looked through for it, and pools and deadlines keep theirs.

    Whose clock is asked is told by the module that asks, not by those that called it: commands are called by click.
    """
    others = sorted({name.split(".")[0] for name in sys.modules} - OURS)
    freezegun.configure(extend_ignore_list=others)
    freezegun.api.call_stack_inspection_limit = 1
