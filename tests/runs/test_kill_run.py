"""A run killed at every statement boundary and at a hundred random moments: acknowledged means kept, and never a half.

The run is March of the example office: one proposal, one entry, one closing record. After each kill the next command
ends what was left open and posts exactly what is missing; the book then verifies.
"""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.audit.verify import Verdict, verify
from ledger.log import kinds
from ledger.runs.history import State, runs
from ledger.runs.interest import run_interest
from ledger.runs.occasion import Month
from ledger.store.ledger import Ledger
from tests.support.copies import Kept
from tests.support.kill import EVERY, Outcome, boundaries, boundaries_to_kill, killed_after, killed_at
from tests.support.office import open_office
from tests.support.seeds import SEED

ACTOR = "1001"
MARCH_FEN = 1_686_250  # half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00
# Moments are drawn from less than twice the time of a run, so that about as many miss as hit at worst.
MOST_MISSED = 4
REMEASURE = 10


def at_noon() -> datetime:
    return datetime(2024, 4, 1, 4, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/book.db"


RUN_MARCH = f"{__name__}:run_march"


def run_march(folder: str) -> None:
    """What the killed process does: run March, then say so."""
    run_interest(Ledger.open(url(Path(folder)), clock=at_noon), Month(2024, 3), ACTOR)
    print("acknowledged", flush=True)


@pytest.fixture
def origin(tmp_path: Path) -> Kept:
    folder = tmp_path / "ledger"
    folder.mkdir()
    office = open_office(folder)
    office.on("2024-04-01").report("2024-03-31", "HT1,drawdown,2024-02-26,,8000000,\n")
    return Kept(tmp_path)


def check_after(folder: Path, outcome: Outcome) -> State | None:
    """The state that the killed run was left in, after checking that the ledger is whole and goes on."""
    ledger = Ledger.open(url(folder), clock=at_noon)
    with ledger.read() as view:
        [left] = runs(view) or [None]
        awards = [row.body["award_fen"] for row in view.records(kinds.ENTRY) if "award_fen" in row.body]
    closed = left is not None and left.state is State.CLOSED
    assert awards == ([MARCH_FEN] if closed else [])
    if "acknowledged" in outcome.printed:
        assert closed
    run_interest(ledger, Month(2024, 3), ACTOR)
    with ledger.read() as view:
        assert [row.body["award_fen"] for row in view.records(kinds.ENTRY) if "award_fen" in row.body] == [MARCH_FEN]
        assert [run.state for run in runs(view)] == (
            [State.ABORTED, State.CLOSED] if left is not None and not closed else [State.CLOSED]
        )
        assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    return left.state if left is not None else None


@pytest.mark.parametrize("every", EVERY)
def test_killed_at_boundaries_of_a_run(origin: Kept, every: bool) -> None:
    passed = boundaries(RUN_MARCH, str(origin.copy("whole")))
    seen = set()
    for boundary in boundaries_to_kill(passed, every):
        folder = origin.copy(f"at-{boundary}")
        outcome = killed_at(boundary, RUN_MARCH, str(folder))
        seen.add(check_after(folder, outcome))
        shutil.rmtree(folder)
        assert outcome.killed == (boundary <= len(passed))
    # Kills fell before the proposal, between the two writes, and after the closing.
    assert seen == {None, State.PROPOSED, State.CLOSED}


@pytest.mark.parametrize("moments", [10, pytest.param(100, marks=pytest.mark.nightly)])
def test_killed_at_random_moments_of_a_run(origin: Kept, moments: int) -> None:
    """So many kills that hit; a moment after the end of its run hits nothing, and another is drawn in its place."""
    print(f"SUBSIDY_TEST_SEED={SEED}")
    draw = random.Random(SEED)
    whole = _microseconds_of_a_run(origin)
    killed = missed = 0
    while killed < moments:
        folder = origin.copy(f"moment-{killed}-{missed}")
        outcome = killed_after(draw.randrange(1, whole), RUN_MARCH, str(folder))
        check_after(folder, outcome)
        shutil.rmtree(folder)
        killed += outcome.killed
        missed += not outcome.killed
        assert missed < MOST_MISSED * moments, f"{killed} of {killed + missed} kills hit"
        if not outcome.killed and missed % REMEASURE == 0:
            # The machine may have had more to do when the run was measured than it has now.
            whole = _microseconds_of_a_run(origin)


def _microseconds_of_a_run(origin: Kept) -> int:
    """How long a child takes for the whole run here: the shortest time, doubling, after which it was not killed."""
    microseconds = 10_000
    while True:
        folder = origin.copy(f"whole-{microseconds}")
        outcome = killed_after(microseconds, RUN_MARCH, str(folder))
        shutil.rmtree(folder)
        if not outcome.killed:
            return microseconds
        microseconds *= 2
