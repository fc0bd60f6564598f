"""The anchor: where it may lie, who may read it, and what its checkpoint finds out about a ledger."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.log.canonical import canonical, parse
from ledger.log.checkpoint import Checkpoint, SignerKey, VerifierKey, sign, verify
from ledger.log.tree import grow, leaf_hash, root
from ledger.store.anchor import Anchor
from ledger.store.guards import triggers
from ledger.store.ledger import Ledger
from tests.support.small_ledger import ACTOR, foreign, noon, small_ledger, url


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return small_ledger(tmp_path)


def refused_write(ledger: Ledger) -> str:
    """The code that a write is refused with; it must not have begun."""
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pytest.fail("the write began")
    (problem,) = refused.value.problems
    return problem.code


def hire(ledger: Ledger, number: str) -> None:
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key=number, role="officer"))


def head(ledger: Ledger) -> Checkpoint:
    anchor = ledger.anchor
    return verify(anchor.checkpoint_file.read_text("utf-8"), VerifierKey.parse(anchor.verifier_file.read_text("utf-8")))


def test_the_checkpoint_is_the_head_of_the_log(ledger: Ledger) -> None:
    with closing(foreign(ledger)) as reader:
        leaves = [leaf_hash(body) for (body,) in reader.execute("SELECT body FROM record ORDER BY seq")]
    assert head(ledger) == Checkpoint(ledger.origin, 6, root(leaves))


def test_nobody_else_may_use_the_folder_or_the_key(ledger: Ledger) -> None:
    anchor = ledger.anchor
    assert anchor.folder.stat().st_mode & 0o777 == 0o700
    assert anchor.key_file.stat().st_mode & 0o777 == 0o600
    for path in (anchor.folder, anchor.key_file):
        mode = path.stat().st_mode
        for rights in (0o040, 0o004):
            path.chmod(mode | rights)
            assert refused_write(ledger) == "anchor_exposed"
        path.chmod(mode)
    hire(ledger, "1002")


def test_an_anchor_lies_at_home_under_the_name_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSIDY_ANCHOR")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "office").mkdir()
    ledger = Ledger.create(url(tmp_path / "office"), actor=ACTOR, calculators=())
    assert ledger.anchor.folder == tmp_path / "home" / ".local" / "share" / "subsidy" / ledger.origin
    hire(ledger, "1002")
    assert head(ledger).size == 4


@pytest.mark.parametrize("inside", ["anchor", ".", "deep/er", "link"])
def test_an_anchor_inside_the_ledgers_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    office = tmp_path / "office"
    office.mkdir()
    (tmp_path / "link").symlink_to(office)
    folder = tmp_path / "link" if inside == "link" else office / inside
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(folder))
    with pytest.raises(Refused) as refused:
        Ledger.create(url(office), actor=ACTOR, calculators=())
    assert [problem.code for problem in refused.value.problems] == ["anchor_inside_ledger"]
    assert list(office.iterdir()) == []


def test_a_key_is_never_written_over(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    before = ledger.anchor.key_file.read_bytes()
    with pytest.raises(Refused) as refused:
        Ledger.create(url(tmp_path / "second"), actor=ACTOR, calculators=())
    assert [problem.code for problem in refused.value.problems] == ["anchor_taken"]
    assert ledger.anchor.key_file.read_bytes() == before
    assert list((tmp_path / "second").iterdir()) == []


def test_without_its_anchor_a_ledger_is_read_and_not_written(ledger: Ledger, tmp_path: Path) -> None:
    kept = tmp_path.parent / f"{tmp_path.name}-kept"
    for name in ("log.key", "checkpoint", "schema"):
        shutil.copytree(ledger.anchor.folder, kept, dirs_exist_ok=True)
        (ledger.anchor.folder / name).unlink()
        assert refused_write(ledger) == "anchor_missing"
        shutil.copytree(kept, ledger.anchor.folder, dirs_exist_ok=True)
    shutil.rmtree(ledger.anchor.folder)
    assert refused_write(ledger) == "anchor_missing"
    with ledger.read() as view:
        assert view.size == 6


def test_the_anchor_of_another_ledger(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "second").mkdir()
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path.parent / f"{tmp_path.name}-second"))
    Ledger.create(url(tmp_path / "second"), actor=ACTOR, calculators=())
    assert refused_write(ledger) == "anchor_differs"


@pytest.mark.parametrize("damage", [b"", b"junk\n", b"\xff\xfe", "a checkpoint by another key"])
def test_a_damaged_checkpoint(ledger: Ledger, damage: bytes | str) -> None:
    if isinstance(damage, str):
        damage = sign(head(ledger), SignerKey(ledger.origin, bytes(32))).encode()
    ledger.anchor.checkpoint_file.write_bytes(damage)
    assert refused_write(ledger) == "anchor_differs"


@pytest.mark.parametrize("damage", [b"", b"junk\n", b"\xff\xfe"])
def test_a_damaged_key(ledger: Ledger, damage: bytes) -> None:
    ledger.anchor.key_file.write_bytes(damage)
    assert refused_write(ledger) == "anchor_differs"


def test_an_older_backup_put_back_is_noticed(ledger: Ledger) -> None:
    backup = ledger.path.read_bytes()
    hire(ledger, "1002")
    ledger.path.write_bytes(backup)
    assert refused_write(ledger) == "ledger_behind_checkpoint"


def test_an_older_backup_that_grew_again_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    backup, old_anchor = ledger.path.read_bytes(), tmp_path.parent / f"{tmp_path.name}-old"
    shutil.copytree(ledger.anchor.folder, old_anchor)
    hire(ledger, "1002")
    ledger.path.write_bytes(backup)
    # With the anchor of that day the old copy takes other records; the true anchor finds out.
    other = Ledger(ledger.path, noon, os.urandom, old_anchor)
    hire(other, "1003")
    hire(other, "1004")
    assert refused_write(ledger) == "ledger_forked"


def recompute(ledger: Ledger, seq: int) -> None:
    """What a skilled enemy does: change one record, compute everything again, leave the schema as it was."""
    with closing(foreign(ledger)) as enemy:
        # Their own text, not ours: it is their hash that was signed for.
        guards = enemy.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            enemy.execute(f"DROP TRIGGER {name}")
        (body,) = enemy.execute("SELECT body FROM record WHERE seq = ?", (seq,)).fetchone()
        forged = canonical({**parse(body), "actor": "6666"})
        enemy.execute("UPDATE record SET body = ?, leaf = ? WHERE seq = ?", (forged, leaf_hash(forged), seq))
        leaves = [leaf for (leaf,) in enemy.execute("SELECT leaf FROM record ORDER BY seq")]
        enemy.execute("DELETE FROM node")
        enemy.executemany("INSERT INTO node VALUES (?, ?, ?)", grow(0, {}, leaves)[0])
        for _name, sql in guards:
            enemy.execute(sql)
    with ledger.read() as view:
        assert view.root() == root(leaves)


def test_a_ledger_computed_again_is_noticed(ledger: Ledger) -> None:
    recompute(ledger, 3)
    assert refused_write(ledger) == "ledger_forked"


def test_a_crash_between_commit_and_checkpoint_is_made_good(ledger: Ledger) -> None:
    before = ledger.anchor.checkpoint_file.read_bytes()
    hire(ledger, "1002")
    hire(ledger, "1003")
    # As if both processes had died right after their commit.
    ledger.anchor.checkpoint_file.write_bytes(before)
    hire(ledger, "1004")
    assert head(ledger).size == 9
    ledger.anchor.checkpoint_file.write_bytes(before)
    with ledger.write(ACTOR):
        pass
    assert head(ledger).size == 9


def test_records_after_the_checkpoint_must_be_built_on_it(ledger: Ledger) -> None:
    before = ledger.anchor.checkpoint_file.read_bytes()
    hire(ledger, "1002")
    hire(ledger, "1003")
    hire(ledger, "1004")
    ledger.anchor.checkpoint_file.write_bytes(before)
    # Nine records: node (3, 0) stands over eight of them, which the signed tree of six never looked at.
    with closing(foreign(ledger)) as enemy:
        (guard,) = enemy.execute("SELECT sql FROM sqlite_master WHERE name = 'node_update'").fetchone()
        enemy.execute("DROP TRIGGER node_update")
        enemy.execute("UPDATE node SET hash = zeroblob(32) WHERE level = 3")
        enemy.execute(guard)
    assert refused_write(ledger) == "ledger_forked"


def test_the_checkpoint_is_swapped_only_for_one_that_contains_it(ledger: Ledger) -> None:
    """Somebody moved the checkpoint while we committed: ours is written only if the ledger contains theirs."""
    key = SignerKey.parse(ledger.anchor.key_file.read_text("utf-8").strip())
    known = head(ledger)
    theirs = sign(Checkpoint(known.origin, 7, bytes(32)), key)

    def commit_while_others_sign() -> None:
        with ledger.write(ACTOR) as writer:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
            ledger.anchor.checkpoint_file.write_text(theirs, "utf-8")

    with pytest.raises(Refused) as refused:
        commit_while_others_sign()
    assert [problem.code for problem in refused.value.problems] == ["ledger_forked"]
    assert ledger.anchor.checkpoint_file.read_text("utf-8") == theirs


def test_a_checkpoint_further_on_is_left_alone(ledger: Ledger) -> None:
    key = SignerKey.parse(ledger.anchor.key_file.read_text("utf-8").strip())
    old = head(ledger)
    hire(ledger, "1002")
    newer = head(ledger)
    # A slow writer of record 6 arrives after a quick one: it knew the head before both.
    ledger.anchor.advance(key, known=old, head=Checkpoint(old.origin, 6, bytes(32)), look=lambda present: present)
    assert head(ledger) == newer


def test_the_guards_are_part_of_the_schema(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as reader:
        (count,) = reader.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()
    assert count == len(triggers())


def test_making_the_object_makes_nothing(tmp_path: Path) -> None:
    Anchor(tmp_path / "none", tmp_path / "office" / "ledger.db")
    assert not (tmp_path / "none").exists()
