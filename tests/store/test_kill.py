"""A process killed at every boundary of a write: nothing acknowledged is lost, and there is no half write."""

import os
import random
import shutil
from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.log.tree import root
from ledger.store.ledger import Ledger
from ledger.store.tables import record
from tests.support.kill import Outcome, killed_after, killed_at
from tests.support.small_ledger import ACTOR, post, small_ledger, url

BEFORE = 6  # records of the small ledger
AFTER = BEFORE + 5


def write_five(folder: str) -> None:
    """What the process does that is killed: one write of a budget, an officer, and three entries; then it says so."""
    with Ledger.open(url(Path(folder))).write(ACTOR) as writer:
        writer.append(kinds.BUDGET, kinds.BudgetBody(key="2025", action="issued", amount_fen=7, document="D-3"))
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


def fresh_copy(origin: Path, folder: Path) -> None:
    """The small ledger and its anchor, as they were, in `folder` and in the anchor folder in force."""
    shutil.copytree(origin / "ledger", folder, dirs_exist_ok=True)
    anchor = Path(os.environ["SUBSIDY_ANCHOR"])
    for path in anchor.iterdir():
        path.unlink()
    shutil.copytree(origin / "anchor", anchor, dirs_exist_ok=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    shutil.copytree(os.environ["SUBSIDY_ANCHOR"], tmp_path / "anchor")
    return tmp_path


def test_killed_at_every_boundary(origin: Path) -> None:
    kept, lost = 0, 0
    for boundary in range(1, 200):
        folder = origin / f"at-{boundary}"
        fresh_copy(origin, folder)
        outcome = killed_at(boundary, "tests.store.test_kill:write_five", str(folder))
        check_after(folder, outcome)
        with Ledger.open(url(folder)).read() as view:
            survived = view.size == AFTER + 1
        kept, lost = kept + survived, lost + (not survived)
        if not outcome.killed:
            break
    # Some boundaries lie before the commit and some after it; the loop ended because the work did.
    assert not outcome.killed
    assert outcome.printed == "acknowledged\n"
    assert lost > 10
    assert kept > 1


def test_killed_at_random_times(origin: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for number in range(20):
        folder = origin / f"after-{number}"
        fresh_copy(origin, folder)
        check_after(folder, killed_after(dice.randrange(1, 60_000), "tests.store.test_kill:write_five", str(folder)))
