"""A batch run killed at every statement boundary: acknowledged means kept, and never a half of the batch.

Two projects of 10 and 20 million, of which 60 % of 3 and of 6 million fall due with the grant.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.audit.verify import Verdict, verify
from ledger.log import kinds
from ledger.runs.history import State, runs
from ledger.runs.interest import run_batch
from ledger.store.ledger import Ledger
from tests.support.batch_office import STAGED, A, B, apply, grant, open_batch_office
from tests.support.copies import Kept
from tests.support.kill import EVERY, Outcome, boundaries, boundaries_to_kill, killed_at

ACTOR = "1001"
AWARDS = [180_000_000, 360_000_000]


def at_noon() -> datetime:
    return datetime(2024, 6, 3, 4, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/book.db"


RUN_IT = f"{__name__}:run_it"


def run_it(folder: str) -> None:
    """What the killed process does: run the batch, then say so."""
    run_batch(Ledger.open(url(Path(folder)), clock=at_noon), STAGED, ACTOR)
    print("acknowledged", flush=True)


@pytest.fixture
def origin(tmp_path: Path) -> Kept:
    folder = tmp_path / "ledger"
    folder.mkdir()
    office = open_batch_office(folder, STAGED, "2024-06-03")
    heading = "project_no,uscc,signed_on,claimed\n"
    office.take("projects", heading + f"XM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,20000000\n")
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-03-02")
    grant(office, "PF1,SB1,2024-06-03,3000000 PF2,SB2,2024-06-03,6000000")
    return Kept(tmp_path)


def awards(ledger: Ledger) -> list[int]:
    with ledger.read() as view:
        return [row.body["award_fen"] for row in view.records(kinds.ENTRY) if "award_fen" in row.body]


def check_after(folder: Path, outcome: Outcome) -> State | None:
    """The state that the killed run was left in, after checking that the ledger is whole and goes on."""
    ledger = Ledger.open(url(folder), clock=at_noon)
    with ledger.read() as view:
        [left] = runs(view) or [None]
    closed = left is not None and left.state is State.CLOSED
    assert awards(ledger) == (AWARDS if closed else [])
    if "acknowledged" in outcome.printed:
        assert closed
    run_batch(ledger, STAGED, ACTOR)
    assert awards(ledger) == AWARDS
    assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    return left.state if left is not None else None


@pytest.mark.parametrize("every", EVERY)
def test_killed_at_boundaries_of_a_batch(origin: Kept, every: bool) -> None:
    passed = boundaries(RUN_IT, str(origin.copy("whole")))
    seen = set()
    for boundary in boundaries_to_kill(passed, every):
        folder = origin.copy(f"at-{boundary}")
        outcome = killed_at(boundary, RUN_IT, str(folder))
        seen.add(check_after(folder, outcome))
        shutil.rmtree(folder)
        assert outcome.killed == (boundary <= len(passed))
    # Kills fell before the proposal, between the two writes, and after the closing.
    assert seen == {None, State.PROPOSED, State.CLOSED}
