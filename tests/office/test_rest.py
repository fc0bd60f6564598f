"""After a long rest two people say which day it is before anybody goes on, where two have entered one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.office import rests
from tests.audit.attacker import bodies
from tests.support.founded import founded_office
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three
from tests.support.till import open_till

# The three were entered on 5 January 2024; 26 days of January, 29, 31 and 14 are a hundred.
LAST, BEYOND = "2024-04-14", "2024-04-15"
STOP = ("decide", "stop", "--about", "91310115591693856A", "--reason", "x")


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return founded_office(tmp_path / "ledger")


def entity(office: Three) -> tuple[str, ...]:
    file = office.file("firms.csv", "uscc,name,district,district_from\n91310115591693856A,示例企业,海淀区,2015-03-02\n")
    return ("import", "entities", file, "--mode", "delta")


def decide(office: Three, day: str) -> str:
    said = office.done(MAKER, "decide", "clock", "--about", day, "--reason", "nobody worked since January")
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    return number


def test_a_hundred_days_are_no_question(office: Three) -> None:
    office.on(LAST).done(MAKER, *entity(office))
    assert code(office.by(MAKER, "decide", "clock", "--about", LAST, "--reason", "x")) == "clock_right"
    assert verdict(office) == CONSISTENT


def test_after_more_two_people_say_which_day_it_is(office: Three) -> None:
    words = entity(office)
    size = len(bodies(office.folder / "book.db"))
    refused = office.on(BEYOND).by(MAKER, *words)
    assert code(refused) == "clock_gap"
    assert f"subsidy decide clock --about {BEYOND} --reason TEXT" in refused.stderr
    assert len(bodies(office.folder / "book.db")) == size
    number = decide(office, BEYOND)
    # One person's word opens nothing.
    assert code(office.by(MAKER, *words)) == "clock_gap"
    office.done(CHECKER, "approve", number)
    office.done(MAKER, *words)
    assert verdict(office) == CONSISTENT


def test_who_says_no_leaves_it_at_rest(office: Three) -> None:
    words = entity(office)
    number = decide(office.on("2031-01-05"), "2031-01-05")
    assert office.by(CHECKER, "reject", number, "--reason", "it is 2024").exit_code == 0
    assert code(office.by(MAKER, *words)) == "clock_gap"
    office.on("2024-04-02").done(PAYER, "decide", "clock", "--about", "2024-04-02", "--reason", "it stood on 2031")
    office.done(CHECKER, "approve", str(len(bodies(office.folder / "book.db")) - 2))
    office.done(MAKER, *words)
    assert verdict(office) == CONSISTENT


def test_people_are_entered_meanwhile_and_end_no_rest(office: Three) -> None:
    words = entity(office)
    office.on(BEYOND).enrol("1004", POSTS[PAYER], MAKER, CHECKER)
    assert code(office.by(MAKER, *words)) == "clock_gap"
    office.done(CHECKER, "approve", decide(office, BEYOND))
    office.done(MAKER, *words)
    assert verdict(office) == CONSISTENT


def test_who_keeps_a_ledger_alone_is_not_asked(tmp_path: Path) -> None:
    """A ledger for practice, in which nobody else could agree."""
    till = open_till(tmp_path)
    assert till.on("2026-01-05").do("budget", "issue", "2025", "5", "--document", "BUD-9")


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A writer that asks for no rest: what it writes is properly signed all the same."""
    with monkeypatch.context() as patched:
        patched.setattr(rests, "REST_DAYS", 10_000)
        yield patched


def test_a_log_that_went_on_unasked_is_found(office: Three, unasked: pytest.MonkeyPatch) -> None:
    words = entity(office)
    size = len(bodies(office.folder / "book.db"))
    office.on(BEYOND).done(MAKER, *words)
    unasked.undo()
    found = office.say("audit", "verify")
    assert f"record {size} import" in found.stdout
    assert "[clock_gap]" in found.stdout
