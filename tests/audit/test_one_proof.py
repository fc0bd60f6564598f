"""A run proves its ledger once, when it reads; what somebody does to the file between its steps is seen as well."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ledger.audit import proof
from ledger.audit.damage import Damage
from ledger.log.checkpoint import Checkpoint
from ledger.store.anchor import Anchor
from tests.audit.attacker import stealthily
from tests.support.till import QUARTERS, Till, quarters_till

# The second quarter, which the till has not run.
MONTH, DAY, EVENTS = QUARTERS[1]
# The first award, as the tests of runs work it out.
AWARD_FEN = 1_686_250


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """The second quarter reported and not run."""
    (tmp_path / "book").mkdir()
    till = quarters_till(tmp_path / "book", 1, anchor=tmp_path / "anchor")
    till.on(DAY)
    till.report(f"{MONTH}-30", EVENTS)
    return till


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Checkpoint]:
    """What was proved so far: the head of each proof."""
    made: list[Checkpoint] = []
    proving = proof.disproved

    def counted(connection: Connection, head: Checkpoint, *, behind: int) -> Damage | None:
        made.append(head)
        return proving(connection, head, behind=behind)

    monkeypatch.setattr(proof, "disproved", counted)
    return made


def once(monkeypatch: pytest.MonkeyPatch, when: str, attack: Callable[[Path], object]) -> None:
    """Somebody attacks once: while the run has `read`, or has `proposed` and its head is signed."""
    name = {"read": "checkpoint", "proposed": "advance"}[when]
    method, seen = getattr(Anchor, name), []

    def attacked(anchor: Anchor, *args: object) -> object:
        answer = method(anchor, *args)
        seen.append(answer)
        # Reading asks for the signed head once, and every write does after it.
        if len(seen) == 1:
            attack(anchor.ledger)
        return answer

    monkeypatch.setattr(Anchor, name, attacked)


def run(till: Till) -> tuple[int, str]:
    result = till.say("run", "interest", "--month", MONTH)
    return result.exit_code, result.stderr


def test_a_run_proves_its_ledger_once(till: Till, proofs: list[Checkpoint]) -> None:
    assert run(till) == (0, "")
    assert len(proofs) == 1


TENFOLD = f"UPDATE posting SET amount_fen = amount_fen * 10 WHERE abs(amount_fen) = {AWARD_FEN}"


def test_a_row_changed_between_proposing_and_posting_refuses_to_post(
    till: Till, monkeypatch: pytest.MonkeyPatch, proofs: list[Checkpoint]
) -> None:
    once(monkeypatch, "proposed", stealthily(TENFOLD))
    code, told = run(till)
    assert (code, len(proofs)) == (2, 2)
    assert f"amount_fen is {AWARD_FEN * 10} and not {AWARD_FEN}" in told
    stealthily(TENFOLD.replace("* 10", "/ 10").replace(f"{AWARD_FEN}", f"{AWARD_FEN * 10}"))(till.ledger.path)
    assert [one["state"] for one in till.read("run", "list")] == ["closed", "aborted"]


def test_what_somebody_else_commits_meanwhile_is_read_before_it_is_relied_on(
    till: Till, monkeypatch: pytest.MonkeyPatch, proofs: list[Checkpoint]
) -> None:
    """Nothing improper, and nothing that this command wrote: an empty commit of another connection."""

    def commit(path: Path) -> None:
        with closing(sqlite3.connect(path)) as file:
            file.execute("CREATE TABLE t (a)")
            file.execute("DROP TABLE t")
            file.commit()

    once(monkeypatch, "proposed", commit)
    assert run(till) == (0, "")
    assert len(proofs) == 2


def past_sqlite(path: Path) -> None:
    """The same byte in its place, as who writes to the file with another program does."""
    with path.open("r+b", buffering=0) as file:
        first = os.pread(file.fileno(), 1, 0)
        os.pwrite(file.fileno(), first, 0)


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_a_file_that_was_written_past_sqlite_is_proved_again(
    till: Till, monkeypatch: pytest.MonkeyPatch, proofs: list[Checkpoint], ending: str
) -> None:
    once(monkeypatch, "proposed", lambda path: past_sqlite(path.with_name(f"{path.name}{ending}")))
    assert run(till) == (0, "")
    assert len(proofs) == 2


def test_a_row_changed_while_the_run_reads_refuses_to_post(
    till: Till, monkeypatch: pytest.MonkeyPatch, proofs: list[Checkpoint]
) -> None:
    """The proposal moves nothing and is written; what would post on its grounds proves them first."""
    once(monkeypatch, "read", stealthily(TENFOLD))
    code, told = run(till)
    assert (code, len(proofs)) == (2, 2)
    assert "projection_differs" in told
