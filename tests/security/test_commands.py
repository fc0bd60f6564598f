"""Every command that writes has its duty: `commands.csv` names the acts that its records can be, or why it has none.

A command that is new here fails until it stands in the table, and an act that is new until a command does it.
"""

import csv
import re
from pathlib import Path

import click
import pytest

from ledger.office.acts import ACTS
from ledger.office.duties import duties_of, text_of
from tests.catalogues import commands

TABLE = Path(__file__).with_name("commands.csv")
with TABLE.open(encoding="utf-8") as source:
    ROWS = {row["command"]: row for row in csv.DictReader(source)}
with TABLE.with_name("attacks.csv").open(encoding="utf-8") as source:
    ATTACKED = [row["command"] for row in csv.DictReader(source)]
# Whatever waits: the act is that of what it is about.
ANY = "*"
# Acts of the sets that no record is by itself, and what it is recorded as; "" where nothing is.
RECORDED_AS = {
    # The rates come with the program, when a ledger is founded.
    "benchmark.add": "",
    "ledger.upgrade": "",
    "lift.own": "lift",
    "people.end": "people.post",
    "people.key.renew": "",
    "people.resign": "people.post",
    "people.substitute": "people.post",
    # A notice ends with its days.
    "public-notice.end": "",
    # Done by the word of the second person (`reject`).
    "run.reject": "",
}

# Given in no office whose writes are signed, and what has to be there first. As every write it ends in `sign_write`.
UNTRIED = {
    "budget year-end": "a year that is over",
    "opening import": "positions of before the ledger",
    "pay correct": "a payment that was booked on a wrong line",
    "pay lapse": "a contract that is over",
    "pay recall": "an order that went out and never left",
    "pay reopen": "a payment that failed",
    "pay write-off": "a debt of a firm",
    "public-notice withdraw-application": "a line on public notice",
    "reconcile worklist": "a list with answers",
}


def writing() -> set[str]:
    """The commands with which an officer writes, or that are given in an officer's name."""
    found = set()
    for words, command in commands():
        named = {name for param in command.params for name in param.opts}
        if not isinstance(command, click.Group) and named & {"--actor", "--challenge"}:
            found.add(words.removeprefix("subsidy "))
    return found


def acts_of(command: str) -> set[str]:
    return set(filter(None, ROWS[command]["acts"].split(";")))


def test_each_command_that_writes_has_its_acts_or_says_why_it_has_none() -> None:
    assert ROWS.keys() == writing()
    assert [name for name, row in ROWS.items() if bool(row["acts"]) == bool(row["why"])] == []


@pytest.mark.parametrize("name", ["three", "full"])
def test_each_act_is_of_a_duty_and_each_duty_of_a_command(name: str) -> None:
    duties = duties_of(text_of(name), name).acts.keys()
    done = set().union(*map(acts_of, ROWS)) - {ANY}
    assert done <= duties
    assert duties - done == RECORDED_AS.keys()
    # And of what the records can be.
    assert done >= ACTS - RECORDED_AS.keys()


def test_each_is_given_in_a_test_of_signatures() -> None:
    """With a key and without one, in the name of another, or by a test of its own that the search finds."""
    attacked = {name for name in ROWS for command in ATTACKED if f"{command} ".startswith(f"{name} ")}
    texts = [
        re.sub(r"[\s\"',]+", " ", path.read_text(encoding="utf-8"))
        for path in TABLE.parents[1].rglob("test_*.py")
        if path != Path(__file__)
        and re.search(r"three_office|full_office|founded|signing_office|bad_days", path.read_text(encoding="utf-8"))
    ]
    given = {name for name in ROWS if any(f" {name} " in text for text in texts)}
    assert ROWS.keys() - attacked - given == UNTRIED.keys()
