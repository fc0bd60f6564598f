"""A signed agreement to a claw-back killed at every statement boundary: approval and agreement stand together."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.audit.verify import Verdict, verify
from ledger.log.kinds import kind_of
from ledger.office.key_files import PrivateKey
from ledger.payouts.returns.clawbacks import agree, clawbacks
from ledger.store.ledger import Ledger
from tests.support.clawing import FOUND, ask
from tests.support.copies import Kept
from tests.support.kill import EVERY, boundaries, boundaries_to_kill, killed_at
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import quarters_till


def at_noon() -> datetime:
    return datetime(2024, 4, 3, 4, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{folder}/book.db", clock=at_noon)


AGREE = f"{__name__}:agree_to_it"


def agree_to_it(folder: str, key_file: str) -> None:
    """What the killed process does: agree, then say so."""
    ledger = opened(Path(folder))
    private = PrivateKey.read(Path(key_file), ledger.path)
    with ledger.write(HEAD) as writer:
        agree(writer, "ZH-1", "DOC-1", private)
    print("acknowledged", flush=True)


@pytest.fixture
def origin(tmp_path: Path) -> Kept:
    """A requested claw-back in `ledger`, its anchor beside it, and the keys of 1002 and 1003."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    till = quarters_till(folder)
    till.take("inspections", FOUND)
    employ(till, CHECKER, HEAD)
    till.do(*ask("1,000"), "--actor", CHECKER, "--key", key(till, CHECKER))
    shutil.copy(key(till, HEAD), tmp_path / "head.key")
    return Kept(tmp_path)


def state_of(ledger: Ledger) -> str:
    """The state of the claw-back, after checking that approval and agreement are there together, once or not at all."""
    with ledger.read() as view:
        kinds = [kind_of(view.record(seq)) for seq in range(view.size)]
        [one] = clawbacks(view)
    assert kinds.count("approval") == kinds.count("clawback") - 1
    assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    return one.state


@pytest.mark.parametrize("every", EVERY)
def test_killed_at_boundaries_of_an_agreement(origin: Kept, every: bool) -> None:
    key_file = f"{origin.folder}/head.key"
    passed = boundaries(AGREE, str(origin.copy("whole")), key_file)
    seen = set()
    for boundary in boundaries_to_kill(passed, every):
        folder = origin.copy(f"at-{boundary}")
        outcome = killed_at(boundary, AGREE, str(folder), key_file)
        assert outcome.killed == (boundary <= len(passed))
        state = state_of(opened(folder))
        seen.add((state, outcome.killed))
        if "acknowledged" in outcome.printed:
            assert state == "agreed"
        if state == "requested":
            agree_to_it(str(folder), key_file)
            assert state_of(opened(folder)) == "agreed"
        shutil.rmtree(folder)
    # Kills fell before the commit and after it.
    assert seen == {("requested", True), ("agreed", True), ("agreed", False)}
