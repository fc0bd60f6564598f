"""A backup proves itself: made while others write, killed or on a failing disk, it is whole or it is not there."""

import fcntl
import json
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.log.checkpoint import VerifierKey
from ledger.log.manifest import verify
from tests.audit.attacker import stealthily
from tests.support.bad_days import CODE
from tests.support.copies import ready
from tests.support.faults import Disk, failing
from tests.support.processes import process
from tests.support.seeds import SEED
from tests.support.till import Till, quarters_till

EVERY = [pytest.param(False, id="drawn"), pytest.param(True, id="every", marks=pytest.mark.nightly)]
FILES = {"ledger.db", "vault.db", "checkpoint", "schema", "log.vkey", "manifest"}


@ready
def till(folder: Path) -> Till:
    """A quarter run and handed over: there are orders in the vault."""
    (folder / "book").mkdir()
    till = quarters_till(folder / "book", 1, anchor=folder / "anchor")
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    return till


def proved(till: Till, folder: Path) -> int:
    """The size of the log of a backup, after its files alone have proved it: log, schema, vault."""
    copy = till.at(folder, folder.with_name("no-anchor"))
    copy.database = "ledger.db"
    words = ("--checkpoint", str(folder / "checkpoint"), "--key", str(folder / "log.vkey"), "--vault", "--json")
    said = copy.say("audit", "verify", *words)
    report = json.loads(said.stdout)
    assert (said.exit_code, report["damages"]) == (0, []), said.output
    assert report["anchored"] == report["size"]
    return int(report["size"])


def size(till: Till) -> int:
    with till.ledger.read() as view:
        return view.size


def test_a_backup_is_a_set_of_files_that_prove_each_other(till: Till, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    said = till.read("backup", str(folder))
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700, 0o600}
    key = VerifierKey.parse(till.ledger.anchor.verifier_file.read_text("utf-8").strip())
    manifest = verify((folder / "manifest").read_text("utf-8"), key)
    for kept in manifest.files:
        content = (folder / kept.name).read_bytes()
        assert (kept.bytes, kept.sha256) == (len(content), sha256(content).hexdigest())
    assert {kept.name for kept in manifest.files} == FILES - {"manifest"}
    # Noon in Shanghai.
    assert (manifest.origin, manifest.made_at) == (till.ledger.origin, f"{till.day}T04:00:00Z")
    assert proved(till, folder) == said["size"] == size(till)
    # An order, and of payee and payer a number and a holder each.
    assert said["vault"] == {"opened": 5, "gone": 0}


def test_no_private_key_is_in_a_backup(till: Till, tmp_path: Path) -> None:
    till.do("backup", str(tmp_path / "safe"))
    # Five parts between plus signs; the last is base64, which has plus signs too.
    private = till.ledger.anchor.key_file.read_bytes().strip().split(b"+", 4)[4]
    assert len(private) == 44
    assert not [path.name for path in (tmp_path / "safe").iterdir() if private in path.read_bytes()]


def test_a_backup_is_read_where_nothing_can_be_written(till: Till, tmp_path: Path) -> None:
    """No database of it waits for a file beside it."""
    till.do("backup", str(tmp_path / "safe"))
    for name in ("ledger.db", "vault.db"):
        with closing(sqlite3.connect(f"{(tmp_path / 'safe' / name).as_uri()}?immutable=1", uri=True)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def adjust_for_ever(folder: str, anchor: str, day: str) -> None:
    """What another process does meanwhile: it moves the budget, write after write, until a file says stop."""
    till = Till(Path(folder), day, Path(anchor))
    number = 0
    while not Path(folder, "stop").exists():
        number += 1
        till.do("budget", "adjust", "2024", "1", "--document", f"BUD-{number}")


def test_a_backup_is_made_while_another_process_writes(till: Till, tmp_path: Path) -> None:
    other = process(adjust_for_ever, str(till.folder), str(till.anchor), till.day)
    before = size(till)
    other.start()
    try:
        while size(till) == before:
            assert other.is_alive()
        seen = []
        for number in range(3):
            least = size(till)
            till.do("backup", str(tmp_path / f"safe-{number}"))
            seen.append((least, size(till)))
    finally:
        (till.folder / "stop").touch()
        other.join()
    assert other.exitcode == 0
    for number, (least, most) in enumerate(seen):
        assert least <= proved(till, tmp_path / f"safe-{number}") <= most
    # The other one was never kept from writing for good.
    assert size(till) > seen[0][0]
    till.verify()


def backed_up_until(folder: str, anchor: str, day: str, place: str, door: int) -> None:
    """What the process does that is killed: a backup, until it comes to a door of the disk."""
    with failing(Disk(door, deadly=True)):
        Till(Path(folder), day, Path(anchor)).do("backup", place)


def doors(till: Till, place: Path, every: bool) -> Iterator[int]:
    """Some doors of the disk that a backup comes to, or all; the last ones, which give it its name, always."""
    with failing(Disk()) as disk:
        till.do("backup", str(place))
    numbers = list(range(1, len(disk.doors) + 1))
    print(f"SUBSIDY_TEST_SEED={SEED}")
    yield from numbers if every else sorted({*random.Random(SEED).sample(numbers, 2), *numbers[-2:]})


@pytest.mark.parametrize("every", EVERY)
def test_a_backup_that_was_killed_is_whole_or_not_there(every: bool, till: Till, tmp_path: Path) -> None:
    for door in doors(till, tmp_path / "sound", every):
        place = tmp_path / f"killed-{door}"
        child = process(backed_up_until, str(till.folder), str(till.anchor), till.day, str(place), door)
        child.start()
        child.join()
        assert child.exitcode
        if place.exists():
            assert proved(till, place) == size(till)
            continue
        till.do("backup", str(place))
        assert proved(till, place) == size(till)
        assert not place.with_name(f"{place.name}.part").exists()


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("full", [False, True], ids=["broken", "full"])
def test_a_disk_that_fails_leaves_no_half_of_a_backup(full: bool, every: bool, till: Till, tmp_path: Path) -> None:
    before = size(till)
    for door in doors(till, tmp_path / "sound", every):
        place = tmp_path / f"failed-{door}"
        with failing(Disk(door, full=full, for_good=True)) as disk:
            result = till.say("backup", str(place))
        told = f"door {door} of {disk.doors}\n{result.output}"
        assert result.exit_code in (0, 2), told
        if result.exit_code:
            assert isinstance(result.exception, SystemExit), told
            assert CODE.findall(result.stderr), told
        if place.exists():
            # Of what was whole, nothing failed but to say so for good.
            assert proved(till, place) == before
        else:
            assert result.exit_code == 2, told
            till.do("backup", str(place))
        assert size(till) == before
    till.verify()


def test_a_full_disk_is_said(till: Till, tmp_path: Path) -> None:
    with failing(Disk()) as disk:
        till.do("backup", str(tmp_path / "sound"))
    first = disk.doors.index("sqlite write") + 1
    with failing(Disk(first, full=True, for_good=True)):
        result = till.say("backup", str(tmp_path / "safe"))
    assert (result.exit_code, CODE.findall(result.stderr)) == (2, ["backup_failed"])
    assert "database or disk is full" in result.stderr
    assert not (tmp_path / "safe").exists()


def test_nothing_is_written_over(till: Till, tmp_path: Path) -> None:
    mine = tmp_path / "safe.part"
    mine.mkdir()
    (mine / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("safe", "there", "link"):
        refused = till.say("backup", str(tmp_path / name))
        assert (refused.exit_code, CODE.findall(refused.stderr)) == (2, ["folder_taken"]), refused.output
    assert (mine / "mine.txt").read_text("utf-8") == "mine"
    missing = till.say("backup", str(tmp_path / "no" / "folder"))
    assert CODE.findall(missing.stderr) == ["folder_missing"]


def test_two_backups_into_one_place_do_not_meet(till: Till, tmp_path: Path) -> None:
    part = tmp_path / "safe.part"
    part.mkdir()
    descriptor = os.open(part, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        assert CODE.findall(till.say("backup", str(tmp_path / "safe")).stderr) == ["folder_busy"]
    finally:
        os.close(descriptor)
    till.do("backup", str(tmp_path / "safe"))


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE claim SET amount_fen = 0", "projection_differs"),
        # What followed from them stands in other tables still.
        ("DELETE FROM record WHERE seq > 30", "projection_surplus"),
    ],
)
def test_what_is_damaged_is_no_backup(till: Till, tmp_path: Path, statement: str, code: str) -> None:
    stealthily(statement)(till.ledger.path)
    result = till.say("backup", str(tmp_path / "safe"))
    assert (result.exit_code, CODE.findall(result.stderr)) == (2, [code]), result.output
    assert not list(tmp_path.glob("safe*"))


def test_a_vault_that_lost_an_order_is_no_backup(till: Till, tmp_path: Path) -> None:
    with closing(sqlite3.connect(till.folder / "vault.db")) as vault:
        vault.execute("DELETE FROM paper")
        vault.commit()
    assert CODE.findall(till.say("backup", str(tmp_path / "safe")).stderr) == ["order_gone"]
    assert not list(tmp_path.glob("safe*"))
