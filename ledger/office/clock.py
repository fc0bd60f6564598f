"""The clock: when two people are asked whether it is right, because records are ahead of it or none came for long.

A log that rested is not in disorder, but the first record after a rest may as well be of a clock that jumped, and every
term counts from what it says. Where nobody is there to be asked, nobody is.
"""

from collections.abc import Iterable
from datetime import date, datetime

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.office.people import Person, people
from ledger.store.ledger import View, Writer, local_day
from ledger.store.rules import KEY, REST_ASKED, book_version

# From 1 July, when the second quarter is due, to 9 October, when work begins after the longest holiday in the autumn.
REST_DAYS = 100
# What may be recorded after a rest and does not end it: who there is to be asked, and what the ledger is.
IN_A_REST = frozenset({"actor", "cut", "key", "rules"})


def rested(last: date, today: date, staff: Iterable[Person]) -> bool:
    """Whether no record came for so long that two people of those in office are asked."""
    return (today - last).days > REST_DAYS and sum(person.in_office(today) for person in staff) > 1


def rests(view: View, last: str, moment: str) -> bool:
    """Whether a record of `moment` is the first after a rest, by the rules and the people of a view."""
    rules = view.current(kinds.RULES, KEY)
    before, today = (local_day(datetime.fromisoformat(time)) for time in (last, moment))
    return rules is not None and book_version(rules.body) >= REST_ASKED and rested(before, today, people(view).values())


def check_clock(writer: Writer, about: str) -> None:
    """Whether somebody has to be asked, and the day that the clock shows is the one that was said.

    Refuses `clock_day_differs` and `clock_right`.
    """
    today = local_day(writer.now).isoformat()
    if about != today:
        raise refuse(
            "clock_day_differs",
            N_("the clock of this machine says {today}, and not {about}"),
            N_("set the clock right first, then give the day that it is with --about {today}"),
            today=today,
            about=about,
        )
    if writer.judge is None or not writer.judge.clock_in_doubt(writer.recorded_at):
        raise refuse(
            "clock_right",
            N_("the last record is of {last}, which is not ahead of the clock"),
            N_("nothing is to be decided"),
            last=writer.record(writer.size - 1)["recorded_at"],
        )
