"""A process killed at every boundary of a write: nothing acknowledged is lost, and there is no half write."""

import random
from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.log.tree import root
from ledger.store.ledger import Ledger
from ledger.store.tables import record
from tests.support.copies import Kept
from tests.support.kill import EVERY, Outcome, boundaries, boundaries_to_kill, killed_after, killed_at
from tests.support.seeds import SEED
from tests.support.small_ledger import ACTOR, post, small_ledger, url

BEFORE = 6  # records of the small ledger
AFTER = BEFORE + 5
WRITE_FIVE = f"{__name__}:write_five"


def write_five(folder: str) -> None:
    """What the process does that is killed: one write of a budget, an officer, and three entries; then it says so."""
    with Ledger.open(url(Path(folder))).write(ACTOR) as writer:
        writer.append(
            kinds.BUDGET, kinds.BudgetBody(key="2025", action="issued", amount_fen=7, document="D-3", on="2025-07-01")
        )
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        for number in (3, 4, 5):
            post(writer, number, f"main/C/{number}", 10 * number)
    print("acknowledged", flush=True)


def check_after(folder: Path, outcome: Outcome) -> None:
    """All or nothing, never nothing once acknowledged, a sound tree; and the next write works and is signed."""
    ledger = Ledger.open(url(folder))
    with ledger.read() as view:
        size = view.size
        leaves = list(view.connection.scalars(record.select().with_only_columns(record.c.leaf).order_by(record.c.seq)))
        assert view.root() == root(leaves)
        entries = view.connection.exec_driver_sql("SELECT COUNT(*) FROM entry").scalar()
        postings = view.connection.exec_driver_sql("SELECT COUNT(*) FROM posting").scalar()
    assert size in (BEFORE, AFTER)
    assert (entries, postings) == ((2, 4) if size == BEFORE else (5, 10))
    if "acknowledged" in outcome.printed:
        assert size == AFTER
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1003", role="officer"))
    assert ledger.anchor.checkpoint_file.read_text("utf-8").split("\n")[1] == str(size + 1)


@pytest.fixture
def origin(tmp_path: Path) -> Kept:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    return Kept(tmp_path)


@pytest.mark.parametrize("every", EVERY)
def test_killed_at_boundaries(origin: Kept, every: bool) -> None:
    passed = boundaries(WRITE_FIVE, str(origin.copy("whole")))
    survived = []
    for boundary in boundaries_to_kill(passed, every):
        folder = origin.copy(f"at-{boundary}")
        outcome = killed_at(boundary, WRITE_FIVE, str(folder))
        check_after(folder, outcome)
        with Ledger.open(url(folder)).read() as view:
            survived.append(view.size == AFTER + 1)
        assert outcome.killed == (boundary <= len(passed))
    assert outcome.printed == "acknowledged\n"
    # Kills fell before the commit and after it, and what was there stayed there.
    assert (set(survived), survived) == ({False, True}, sorted(survived))


def test_killed_at_random_times(origin: Kept) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    for number in range(20):
        folder = origin.copy(f"after-{number}")
        check_after(folder, killed_after(dice.randrange(1, 60_000), WRITE_FIVE, str(folder)))
