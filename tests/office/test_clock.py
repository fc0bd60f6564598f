"""The log's time goes forward: a clock that is a little behind is taken on, one that is far behind is refused, and
records that were written while it was ahead do not stop the office for ever.
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
from tests.audit.attacker import bodies
from tests.support.clock import at_noon
from tests.support.till import Till, quarters_till

CODE = re.compile(r"\[(\w+)\]$", re.MULTILINE)
BUDGET = ("budget", "adjust", "2024", "1000", "--document")
# The quarter was run on 2 April; the next morning the clock stood on 2052 for one command.
TODAY, AHEAD = "2024-04-03", "2052-04-03"


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
    return till.say("decide", "clock", "--about", about, "--reason", "it stood on 2052")


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
    assert ahead.on("2052-04-04").say(*BUDGET, "BUD-4", "--on", "2024-04-03").exit_code == 0
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
