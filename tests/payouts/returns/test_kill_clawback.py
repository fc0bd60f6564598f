"""A signed agreement to a claw-back killed at every statement boundary: approval and agreement stand together."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.audit.verify import Verdict, verify
from ledger.log.kinds import kind_of
from ledger.office.signing import PrivateKey
from ledger.payouts.returns.clawbacks import agree, clawbacks
from ledger.store.ledger import Ledger
from tests.support.clawing import FOUND, ask
from tests.support.kill import killed_at
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import open_till, run_quarters


def at_noon() -> datetime:
    return datetime(2024, 4, 3, 4, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{folder}/book.db", clock=at_noon)


def agree_to_it(folder: str, key_file: str) -> None:
    """What the killed process does: agree, then say so."""
    ledger = opened(Path(folder))
    private = PrivateKey.read(Path(key_file), ledger.path)
    with ledger.write(HEAD) as writer:
        agree(writer, "ZH-1", "DOC-1", private)
    print("acknowledged", flush=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A requested claw-back in `ledger`, its anchor beside it, and the keys of 1002 and 1003."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    till = run_quarters(open_till(folder))
    till.take("inspections", FOUND)
    employ(till, CHECKER, HEAD)
    till.do(*ask("1,000"), "--actor", CHECKER, "--key", key(till, CHECKER))
    shutil.copy(key(till, HEAD), tmp_path / "head.key")
    shutil.copytree(os.environ["SUBSIDY_ANCHOR"], tmp_path / "anchor")
    return tmp_path


def fresh_copy(origin: Path, name: str) -> Path:
    folder = origin / name
    shutil.copytree(origin / "ledger", folder)
    anchor = Path(os.environ["SUBSIDY_ANCHOR"])
    shutil.rmtree(anchor)
    shutil.copytree(origin / "anchor", anchor)
    return folder


def state_of(ledger: Ledger) -> str:
    """The state of the claw-back, after checking that approval and agreement are there together, once or not at all."""
    with ledger.read() as view:
        kinds = [kind_of(view.record(seq)) for seq in range(view.size)]
        [one] = clawbacks(view)
    assert kinds.count("approval") == kinds.count("clawback") - 1
    assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    return one.state


def test_killed_at_every_boundary_of_an_agreement(origin: Path) -> None:
    seen = set()
    for boundary in range(1, 500):
        folder = fresh_copy(origin, f"at-{boundary}")
        task = "tests.payouts.returns.test_kill_clawback:agree_to_it"
        outcome = killed_at(boundary, task, str(folder), f"{origin}/head.key")
        state = state_of(opened(folder))
        seen.add((state, outcome.killed))
        if "acknowledged" in outcome.printed:
            assert state == "agreed"
        if state == "requested":
            agree_to_it(str(folder), f"{origin}/head.key")
            assert state_of(opened(folder)) == "agreed"
        shutil.rmtree(folder)
        if not outcome.killed:
            break
    assert not outcome.killed
    # Kills fell before the commit and after it.
    assert seen == {("requested", True), ("agreed", True), ("agreed", False)}
