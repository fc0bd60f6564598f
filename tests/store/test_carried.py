"""Every ledger is carried over: one of each set of schemas that a release ever wrote is opened, verified and written.

A changed `$schema` or schema text makes `test_the_last_one_is_of_this_release` fail: then `python -m
tests.support.carried` keeps a ledger of the new set beside the old ones, and the old ones have to pass below.
"""

import json
from pathlib import Path

import pytest

from ledger.audit.verify import Trust, Verdict, verify
from ledger.log import kinds
from ledger.log.checkpoint import VerifierKey
from ledger.store import guards
from tests.support.carried import kept, unpacked
from tests.support.till import Till

# The award of the second quarter, without the third drawdown: 18m x 92 d x 3.55 % / 360 = 163,300.00, half of it.
SECOND_QUARTER = "81650.00"


@pytest.fixture(params=kept(), ids=lambda path: path.name)
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Till:
    return unpacked(request.param, tmp_path)


def verified(till: Till) -> Verdict:
    """With the checkpoint, the schema's note and the key of its anchor."""
    anchor = till.ledger.anchor
    note, schema = (file.read_text("utf-8") for file in (anchor.checkpoint_file, anchor.schema_file))
    report = verify(till.ledger.path, Trust(note, VerifierKey.parse(anchor.verifier_file.read_text("utf-8")), schema))
    assert report.damages == ()
    return report.verdict


def test_there_is_one() -> None:
    assert [path.name for path in kept()] == [f"{number}.zip" for number in range(1, len(kept()) + 1)]
    assert kept()


def test_the_last_one_is_of_this_release(tmp_path: Path) -> None:
    till = unpacked(kept()[-1], tmp_path)
    with till.ledger.read() as view:
        rules = view.current(kinds.RULES, "rules")
        assert rules is not None
        assert rules.body["schemas"] == sorted(kinds.SCHEMAS)
        assert guards.schema_sha256(view.connection) == guards.own_schema().sha256


def test_it_is_upgraded_verified_run_and_replayed(till: Till) -> None:
    till.do("upgrade")
    assert till.do("upgrade") == "The ledger is of this release; nothing was written.\n"
    assert verified(till) is Verdict.ANCHORED
    assert till.posted("2024-06") == [("2024-06-20", SECOND_QUARTER)]
    assert verified(till) is Verdict.ANCHORED
    assert json.loads(till.do("audit", "replay", "--json"))["same"] is True
    till.do("audit", "rebuild", "--into", f"sqlite:///{till.folder}/again.db")


def test_what_it_held_is_read_as_it_was(till: Till) -> None:
    till.do("upgrade")
    [explained] = till.read("explain", "PF1")
    assert [(entry["due"], entry["amount"]) for entry in explained["entries"]] == [("2024-03-20", "16862.50")]
    with till.ledger.read() as view:
        (batch,) = [row.key for row in view.rows(kinds.PAYMENT_BATCH)]
    assert till.states(batch) == ["success"]
    assert till.read("reconcile", "status")["open"] == []
