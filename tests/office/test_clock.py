"""The log's time goes forward: a clock that is a little behind is taken on, one that is far behind is refused, and
records that were written while it was ahead do not stop the office for ever. Nor does it go far forward by itself:
after a rest two people say that the clock is right.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.rules.judge import Judge
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from tests.audit.attacker import bodies
from tests.support.clock import at_noon
from tests.support.forge import logged
from tests.support.office import open_office
from tests.support.till import Till, quarters_till

CODE = re.compile(r"\[(\w+)\]$", re.MULTILINE)
BUDGET = ("budget", "adjust", "2024", "1000", "--document")
# The quarter was run on 2 April; the next morning the clock stood on July for one command.
TODAY, AHEAD = "2024-04-03", "2024-07-03"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    (tmp_path / "book").mkdir()
    return quarters_till(tmp_path / "book", 1, anchor=tmp_path / "anchor")


@pytest.fixture
def ahead(till: Till) -> Till:
    till.on(AHEAD).do(*BUDGET, "BUD-3", "--on", "2024-04-03")
    till.on(TODAY)
    return till


def code(result: Result) -> str:
    assert result.exit_code == 2, result.output
    (found,) = CODE.findall(result.stderr)
    return str(found)


def anchored(till: Till) -> bool:
    home = till.ledger.anchor
    words = ("audit", "verify", "--checkpoint", str(home.checkpoint_file), "--key", str(home.verifier_file))
    return till.say(*words).exit_code == 0


def decide(till: Till, about: str = TODAY) -> Result:
    return till.say("decide", "clock", "--about", about, "--reason", "it stood on July")


def test_two_people_set_the_log_s_time_right(ahead: Till) -> None:
    refused = ahead.say(*BUDGET, "BUD-4")
    assert code(refused) == "clock_behind"
    assert "subsidy decide clock" in refused.stderr
    number = len(bodies(ahead.ledger.path))
    asked = decide(ahead)
    assert asked.exit_code == 0, asked.output
    assert f"subsidy approve {number}" in asked.stdout
    # Nothing changes by one person's word.
    assert code(ahead.say(*BUDGET, "BUD-4")) == "clock_behind"
    assert code(ahead.say("approve", str(number))) == "approver_is_maker"
    agreed = ahead.as_second("approve", str(number))
    assert agreed.exit_code == 0, agreed.output
    ahead.do(*BUDGET, "BUD-4")
    ahead.on("2024-04-02")
    assert code(ahead.say(*BUDGET, "BUD-5")) == "clock_behind"
    assert anchored(ahead)


def test_a_run_that_was_killed_while_the_clock_was_ahead_does_not_hinder_the_decision(till: Till) -> None:
    """Its proposal stays open while nothing may be written behind the log, and ends with the first write that may."""
    log = bodies(till.ledger.path)
    (proposed,) = [body for body in log if kind_of(body) == "proposal"]
    with at_noon(AHEAD), till.ledger.write("1001") as writer:
        writer.append(kinds.PROPOSAL, {**kinds.own(proposed), "month": "2024-06", "log_size": len(log)})
    assert decide(till.on(TODAY)).exit_code == 0
    agreed = till.as_second("approve", str(len(log) + 1))
    assert agreed.exit_code == 0, agreed.output
    till.do(*BUDGET, "BUD-4")
    after = bodies(till.ledger.path)[len(log) + 1 :]
    assert [kind_of(body) for body in after] == ["decision", "approval", "run_aborted", "budget", "entry"]
    assert after[2]["recorded_at"] == "2024-04-03T04:00:00Z"
    assert anchored(till)


def test_who_says_no_leaves_the_log_s_time_as_it_is(ahead: Till) -> None:
    number = len(bodies(ahead.ledger.path))
    assert decide(ahead).exit_code == 0
    assert ahead.as_second("reject", str(number), "--reason", "it is right").exit_code == 0
    assert code(ahead.say(*BUDGET, "BUD-4")) == "clock_behind"
    assert ahead.on("2024-07-04").say(*BUDGET, "BUD-4", "--on", "2024-04-03").exit_code == 0
    assert anchored(ahead)


def test_a_day_that_the_clock_does_not_show_is_not_decided(ahead: Till) -> None:
    assert code(decide(ahead, "2024-04-02")) == "clock_day_differs"


def test_a_clock_that_is_right_needs_no_decision(till: Till) -> None:
    till.on(TODAY)
    assert code(decide(till)) == "clock_right"


def write_earlier(till: Till, seconds: int) -> str:
    """A write with a clock that is so far behind the last record; that record's time."""
    last: str = bodies(till.ledger.path)[-1]["recorded_at"]
    now = datetime.fromisoformat(last).astimezone(UTC) - timedelta(seconds=seconds)
    ledger = Ledger.open(till.url, anchor=till.anchor, clock=lambda: now)
    with ledger.write("1001") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1009", role="officer"))
    return last


def test_clocks_may_differ_by_a_minute(till: Till) -> None:
    last = write_earlier(till, 60)
    assert bodies(till.ledger.path)[-1]["recorded_at"] == last


def test_clocks_may_differ_by_no_more(till: Till) -> None:
    with pytest.raises(Refused) as refused:
        write_earlier(till, 61)
    assert [problem.code for problem in refused.value.problems] == ["clock_behind"]


# The quarter was run on 2 April: 100 days later it is 11 July.
LAST_DAY, RESTED, FAR = "2024-07-11", "2024-07-12", "2052-04-03"


def test_a_quarter_and_its_holidays_are_no_rest(till: Till) -> None:
    till.on(LAST_DAY).do(*BUDGET, "BUD-3")
    assert anchored(till)


def test_after_a_rest_two_people_say_that_the_clock_is_right(till: Till) -> None:
    refused = till.on(RESTED).say(*BUDGET, "BUD-3")
    assert code(refused) == "clock_gap"
    assert "subsidy decide clock" in refused.stderr
    number = len(bodies(till.ledger.path))
    assert decide(till, RESTED).exit_code == 0
    # Nothing changes by one person's word.
    assert code(till.say(*BUDGET, "BUD-3")) == "clock_gap"
    assert last_of_both(till) == bodies(till.ledger.path)[number - 1]["recorded_at"]
    agreed = till.as_second("approve", str(number))
    assert agreed.exit_code == 0, agreed.output
    till.do(*BUDGET, "BUD-3")
    assert anchored(till)


def last_of_both(till: Till) -> str:
    """The time of the log by its records, and by the tables."""
    log = bodies(till.ledger.path)
    fold = Fold(LogOnly(log.__getitem__))
    judge = Judge(fold)
    assert not any(map(judge.take, logged(log)))
    with till.ledger.read() as view:
        there = Fold(Tables(view)).last
    assert fold.last == there
    return str(there)


def test_who_agrees_after_a_rest_looks_at_the_clock_too(till: Till) -> None:
    number = len(bodies(till.ledger.path))
    assert decide(till.on(RESTED), RESTED).exit_code == 0
    assert code(till.on(FAR).as_second("approve", str(number))) == "clock_gap"


def test_who_says_no_leaves_the_rest_as_it_is(till: Till) -> None:
    number = len(bodies(till.ledger.path))
    assert decide(till.on(FAR), FAR).exit_code == 0
    assert till.as_second("reject", str(number), "--reason", "it is 2024").exit_code == 0
    assert code(till.say(*BUDGET, "BUD-3")) == "clock_gap"
    till.on(TODAY).do(*BUDGET, "BUD-3")
    assert anchored(till)


def test_somebody_new_is_entered_in_a_rest_where_the_other_has_left_without_a_word(till: Till) -> None:
    """Who is there to be asked can always be said; that does not say that the clock is right."""
    till.on(RESTED).do("people", "add", "1004", "--document", "A-4", "--post", "officer")
    assert code(till.say(*BUDGET, "BUD-3")) == "clock_gap"
    number = len(bodies(till.ledger.path))
    assert decide(till, RESTED).exit_code == 0
    assert last_of_both(till) == "2024-04-02T04:00:00Z"
    agreed = till.say("approve", str(number), actor="1004")
    assert agreed.exit_code == 0, agreed.output
    till.do(*BUDGET, "BUD-3")
    assert last_of_both(till) == "2024-07-12T04:00:00Z"
    assert anchored(till)


def test_one_person_alone_is_not_asked(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    office.on(FAR).do(*BUDGET, "BUD-3", "--on", "2024-04-03")


def test_a_ledger_of_an_earlier_release_is_carried_over_after_whatever_rest(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What carries it over is no sign of work, and nothing else can be written before."""
    with till.on(RESTED).ledger.read() as view:
        size = view.size
    monkeypatch.setattr("ledger.store.rules.BOOK", "book/5")
    till.do("upgrade")
    assert code(till.say(*BUDGET, "BUD-3")) == "clock_gap"
    assert decide(till, RESTED).exit_code == 0
    assert till.as_second("approve", str(size + 1)).exit_code == 0
    till.do(*BUDGET, "BUD-3")
