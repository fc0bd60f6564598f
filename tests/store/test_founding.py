"""A new ledger is made whole or not at all: whatever stops `init`, and wherever, the next one finishes or undoes it."""

import fcntl
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from ledger.log import kinds
from ledger.store import founding
from ledger.store.ledger import Ledger
from tests.support.bad_days import CODE
from tests.support.faults import Disk, failing
from tests.support.processes import process
from tests.support.seeds import SEED

SOME = [pytest.param(False, id="drawn"), pytest.param(True, id="every", marks=pytest.mark.nightly)]
DRAWN = 2


def init(folder: Path, actor: str = "1001") -> Result:
    return CliRunner().invoke(cli, ["--db", f"sqlite:///{folder}/book.db", "init", "--practice", "--actor", actor])


def init_until(folder: str, door: int) -> None:
    """What the process does that is killed: `init`, until it comes to a door of the disk."""
    with failing(Disk(door, deadly=True)):
        assert init(Path(folder)).exit_code == 0


def doors_of_init(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The doors that an `init` comes to, made elsewhere."""
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(folder / "anchor-of-doors"))
    (folder / "doors").mkdir()
    with failing(Disk()) as disk:
        assert init(folder / "doors").exit_code == 0
    return disk.doors


def chosen(doors: list[str], every: bool) -> list[int]:
    """Some doors, or all; and those before and behind the step that gives the file its name."""
    numbers = list(range(1, len(doors) + 1))
    if every:
        return numbers
    print(f"SUBSIDY_TEST_SEED={SEED}")
    naming = len(doors) - doors[::-1].index("os rename")
    return [*random.Random(SEED).sample(numbers[: naming - 3], DRAWN), naming, naming + 1, len(doors)]


def check_whole(folder: Path) -> None:
    """There is a ledger with all that a new one has, signed by its anchor, and nothing else in the folders."""
    ledger = Ledger.open(f"sqlite:///{folder}/book.db")
    assert sorted(path.name for path in folder.iterdir()) == ["book.db", "vault.db"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    names = {path.name for path in ledger.anchor.folder.iterdir()}
    assert names == {"log.key", "log.vkey", "checkpoint", "schema", "lock"}
    key, checkpoint = str(ledger.anchor.verifier_file), str(ledger.anchor.checkpoint_file)
    words = ["--db", f"sqlite:///{folder}/book.db"]
    verified = CliRunner().invoke(cli, [*words, "audit", "verify", "--key", key, "--checkpoint", checkpoint])
    assert verified.exit_code == 0, verified.output
    with ledger.read() as view:
        assert view.current(kinds.ACCOUNT, "fin/2303")


@pytest.mark.parametrize("every", SOME)
def test_an_init_that_was_killed_is_finished_or_undone(
    every: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = doors_of_init(tmp_path, monkeypatch)
    answers = set()
    for door in chosen(doors, every):
        folder = tmp_path / f"killed-{door}"
        folder.mkdir()
        monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / f"anchor-{door}"))
        child = process(init_until, str(folder), door)
        child.start()
        child.join()
        assert child.exitcode
        made = (folder / "book.db").exists()
        again = init(folder)
        (answer,) = CODE.findall(again.stderr) or ["made"]
        assert (answer == "ledger_exists") == made
        assert (again.exit_code == 0) == (answer == "made")
        answers.add(answer)
        # Where the ledger stood, only the note of its making was left.
        founding.note_of(folder / "book.db").unlink(missing_ok=True)
        check_whole(folder)
    assert {"made", "init_finished", "ledger_exists"} == answers


@pytest.mark.parametrize("every", SOME)
def test_an_init_whose_disk_fails_leaves_nothing(every: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doors = doors_of_init(tmp_path, monkeypatch)
    for door in chosen(doors, every):
        folder = tmp_path / f"failed-{door}"
        folder.mkdir()
        monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / f"anchor-{door}"))
        with failing(Disk(door, full=door % 2 == 0)):
            first = init(folder)
        if first.exit_code == 2:
            assert isinstance(first.exception, SystemExit)
            assert not (folder / "book.db").exists(), f"{doors[door - 1]}: {first.output}"
            assert init(folder).exit_code == 0
        founding.note_of(folder / "book.db").unlink(missing_ok=True)
        check_whole(folder)


def test_two_who_make_the_same_ledger(tmp_path: Path) -> None:
    note = os.open(founding.note_of(tmp_path / "book.db"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(note, fcntl.LOCK_EX)
    answer = init(tmp_path)
    os.close(note)
    assert (answer.exit_code, CODE.findall(answer.stderr)) == (2, ["init_running"])
    assert init(tmp_path).exit_code == 0


def test_a_note_that_names_the_anchor_of_another_ledger_takes_nothing_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert init(tmp_path / "one").exit_code == 0
    theirs = Ledger.open(f"sqlite:///{tmp_path}/one/book.db").anchor
    founding.note_of(tmp_path / "two" / "book.db").write_bytes(os.fsencode(theirs.folder))
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / "anchor-of-two"))
    assert init(tmp_path / "two").exit_code == 0
    assert theirs.key_file.exists()


def test_an_anchor_left_by_an_init_elsewhere_is_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert init(tmp_path / "one").exit_code == 0
    anchor = Ledger.open(f"sqlite:///{tmp_path}/one/book.db").anchor
    anchor.mark_file.write_bytes(os.fsencode(tmp_path / "one" / "book.db"))
    answer = init(tmp_path / "two")
    assert (answer.exit_code, CODE.findall(answer.stderr)) == (2, ["anchor_unfinished"])
    assert str(tmp_path / "one" / "book.db") in answer.stderr
