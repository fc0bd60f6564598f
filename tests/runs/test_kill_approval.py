"""The two signatures of a run killed at every statement boundary: none that was acknowledged is lost, and the last one
comes together with all that it posts, or not at all.

The run is March of the office that asks for two signatures: two approvals, one entry, one closing record. After each
kill those who have still to sign do so, and the book is then the same as without any kill.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.audit.replay import replay
from ledger.audit.verify import Verdict, verify
from ledger.log import kinds
from ledger.office.approvals import given
from ledger.office.key_files import KeyFile
from ledger.runs.closing import approve
from ledger.runs.history import State, runs
from ledger.store.ledger import Ledger
from tests.support.copies import Kept
from tests.support.kill import EVERY, Outcome, boundaries, boundaries_to_kill, killed_at
from tests.support.signing_office import CHECKER, HEAD, key, propose, signing_office

SIGNERS = (CHECKER, HEAD)
MARCH_FEN = 1_686_250  # half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00


def at_noon() -> datetime:
    return datetime(2024, 4, 1, 4, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{folder}/book.db", clock=at_noon)


SIGN_BOTH = f"{__name__}:sign_both"


def sign_both(folder: str, number: str, *keys: str) -> None:
    """What the killed process does: sign both steps, and say so of each."""
    for staff_no, path in zip(SIGNERS, keys, strict=True):
        ledger = opened(Path(folder))
        approve(ledger, int(number), staff_no, KeyFile(Path(path), ledger.path))
        print(f"signed by {staff_no}", flush=True)


class Waiting:
    """A ledger in which March waits for both signatures, to be copied for every kill, and the keys of who signs."""

    def __init__(self, folder: Path) -> None:
        office = signing_office(folder / "ledger")
        self.number = propose(office)
        self.keys = [key(office, staff_no) for staff_no in SIGNERS]
        self.copy = Kept(folder).copy

    def sign(self, folder: Path, *signers: str) -> None:
        """Sign as these people, in this order."""
        for staff_no, path in zip(SIGNERS, self.keys, strict=True):
            if staff_no in signers:
                ledger = opened(folder)
                approve(ledger, int(self.number), staff_no, KeyFile(Path(path), ledger.path))


@pytest.fixture
def waiting(tmp_path: Path) -> Waiting:
    return Waiting(tmp_path)


def seen(folder: Path, number: str) -> tuple[State, list[str], list[int]]:
    """State of the run, who has signed, and the fen posted."""
    with opened(folder).read() as view:
        [run] = runs(view)
        signers = [one.actor for one in given(view, int(number))]
        return (
            run.state,
            signers,
            [row.body["award_fen"] for row in view.records(kinds.ENTRY) if "award_fen" in row.body],
        )


def check_after(waiting: Waiting, folder: Path, outcome: Outcome) -> int:
    """How many signatures the kill left, after checking that they are whole and that the run can be finished."""
    state, signers, posted = seen(folder, waiting.number)
    assert signers == list(SIGNERS[: len(signers)])
    assert (state, posted) == ((State.CLOSED, [MARCH_FEN]) if len(signers) == len(SIGNERS) else (State.PROPOSED, []))
    assert len(signers) >= outcome.printed.count("signed by")
    # Nothing else that is written meanwhile ends what waits.
    with opened(folder).write("1001") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1009", role="officer", post="审核岗", document="任-1009"))
    assert seen(folder, waiting.number) == (state, signers, posted)
    waiting.sign(folder, *SIGNERS[len(signers) :])
    assert seen(folder, waiting.number) == (State.CLOSED, list(SIGNERS), [MARCH_FEN])
    with pytest.raises(Refused, match="stale_proposal"):
        waiting.sign(folder, HEAD)
    ledger = opened(folder)
    assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    with ledger.read() as view:
        assert [one.difference for one in replay(view)] == [None]
    return len(signers)


@pytest.mark.parametrize("every", EVERY)
def test_killed_at_boundaries_of_both_signatures(waiting: Waiting, every: bool) -> None:
    words = (waiting.number, *waiting.keys)
    passed = boundaries(SIGN_BOTH, str(waiting.copy("whole")), *words)
    left = []
    for boundary in boundaries_to_kill(passed, every):
        folder = waiting.copy(f"at-{boundary}")
        outcome = killed_at(boundary, SIGN_BOTH, str(folder), *words)
        assert outcome.killed == (boundary <= len(passed))
        left.append(check_after(waiting, folder, outcome))
        shutil.rmtree(folder)
    # Kills fell before the first signature, between the two, and after the last; and what was there stayed there.
    assert left == sorted(left)
    assert set(left) == {0, 1, 2}
