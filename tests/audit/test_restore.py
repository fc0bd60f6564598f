"""A ledger is put back from a backup: proved, what was lost named, and nothing paid again that may have been paid."""

import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.ledger import Ledger
from ledger.store import rules as rules_module
from tests.audit.attacker import bodies
from tests.support.bad_days import CODE
from tests.support.copies import ready
from tests.support.faults import Disk, failing
from tests.support.office import USCC
from tests.support.processes import process
from tests.support.releases import later_schema
from tests.support.three_office import CHECKER, MAKER, duties_office
from tests.support.till import Till, quarters_till

REASON = ("--reason", "the disk is gone")


@ready
def till(folder: Path) -> Till:
    """A quarter run and in a batch that waits; backed up; then the batch went out, was paid, and the disk was lost."""
    (folder / "book").mkdir()
    till = quarters_till(folder / "book", 1, anchor=folder / "anchor")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.do("backup", str(folder / "safe"))
    till.on("2024-04-03")
    (folder / "orders").mkdir()
    shutil.move(till.go(batch), folder / "orders" / "order.json")
    (item,) = till.items(batch)
    assert till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-03")).exit_code == 0
    return till


def lose(till: Till) -> None:
    """The disk with the ledger is gone; another one is empty."""
    shutil.rmtree(till.folder)
    till.folder.mkdir()


def safe(till: Till) -> Path:
    return till.folder.with_name("safe")


def refused(till: Till, *words: str) -> list[str]:
    result = till.say(*words)
    assert (result.exit_code, type(result.exception)) == (2, SystemExit), result.output
    return CODE.findall(result.stderr)


def anchored(till: Till) -> None:
    """The ledger verifies against the head and the schema in its anchor, and the vault is whole."""
    home = till.ledger.anchor
    words = ("--checkpoint", str(home.checkpoint_file), "--key", str(home.verifier_file), "--vault")
    said = till.say("audit", "verify", *words)
    assert said.exit_code == 0, said.output


def waiting(till: Till) -> str:
    """The one batch that the ledger knows."""
    (batch,) = {
        body["key"] for body in bodies(till.ledger.path) if body["$schema"].startswith("subsidy/payment_batch/")
    }
    return str(batch)


def put_back(till: Till, *words: str) -> str:
    """Put the ledger back on 5 April; the number of the record."""
    till.on("2024-04-05")
    said = till.do("restore", str(safe(till)), *REASON, *words)
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    return str(number)


def agreed(till: Till, *words: str) -> str:
    """Put the ledger back, and let the second officer agree."""
    number = put_back(till, *words)
    assert till.as_second("approve", number).exit_code == 0
    return number


def decided(till: Till, kind: str, about: str) -> None:
    """Two people decide what became of something in the time that was lost."""
    said = till.do("decide", kind, "--about", about, "--document", "DZ-7", "--reason", "the statement of April")
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    answer = till.as_second("approve", str(number))
    assert answer.exit_code == 0, answer.output


def test_the_record_names_what_was_lost(till: Till) -> None:
    order = till.folder.with_name("orders") / "order.json"
    gone, root = len(bodies(till.ledger.path)), _root(till)
    kept = len(bodies(safe(till) / "ledger.db"))
    last = till.ledger.anchor.checkpoint_file.read_bytes()
    lose(till)
    number = put_back(till, "--orders", str(order.parent))
    log = bodies(till.ledger.path)
    assert len(log) == kept + 1
    body = log[kept]
    assert body["$schema"] == "subsidy/restore/1"
    assert (body["key"], body["from"], body["to"]) == (number, kept, gone)
    assert number == str(kept)
    assert body["root"] == root
    assert body["orders"] == [{"file": "order.json", "sha256": sha256(order.read_bytes()).hexdigest()}]
    assert body["made_at"] == "2024-04-02T04:00:00Z"
    assert body["manifest"] == sha256((safe(till) / "manifest").read_bytes()).hexdigest()
    # The head that was signed last is kept as evidence.
    assert (till.ledger.anchor.folder / f"checkpoint.lost-{gone}").read_bytes() == last
    assert {path.name: path.stat().st_mode & 0o777 for path in till.folder.iterdir()} == {
        "book.db": 0o600,
        "vault.db": 0o600,
    }
    anchored(till)


def _root(till: Till) -> str:
    with till.ledger.read() as view:
        return view.root().hex()


def test_nothing_is_paid_before_another_person_agrees(till: Till) -> None:
    lose(till)
    number = put_back(till)
    assert refused(till, "pay", "prepare", "2024-03") == ["restore_waiting"]
    assert refused(till, "run", "interest", "--month", "2024-03") == ["restore_waiting"]
    assert refused(till, "approve", number) == ["approver_is_maker"]
    # What moves no money goes on.
    till.do("budget", "adjust", "2024", "1000", "--document", "BUD-7")
    assert till.as_second("approve", number).exit_code == 0
    till.read("run", "interest", "--month", "2024-03")
    anchored(till)


def test_a_batch_that_may_have_gone_out_does_not_go_out_again(till: Till) -> None:
    lose(till)
    agreed(till)
    batch = waiting(till)
    assert till.as_second("pay", "approve", batch).exit_code == 0
    export = ("pay", "export", batch, "--out", str(till.folder / "again"))
    assert refused(till, *export) == ["restored_unknown"]
    decided(till, "restored-sent", batch)
    assert refused(till, *export) == ["restored_sent"]
    # The bank's next statement shows that it was mistaken.
    decided(till, "restored-unpaid", batch)
    till.do(*export)
    anchored(till)


def test_what_is_run_again_is_not_paid_again(till: Till) -> None:
    """A quarter was run and paid in the time that was lost: run again, it is the same money."""
    till.on("2024-07-02").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    till.run("2024-06")
    till.go(till.prepare("2024-06")["batches"][0]["batch"])
    lose(till)
    number = put_back_in_july(till)
    till.report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    till.run("2024-06")
    (held,) = [one for one in till.prepare("2024-06")["held"] if one["code"] == "restored_unknown"]
    # 106,500.00 by the runs' own tests.
    assert (held["about"], held["amount"]) == ("PF1", "106500.00")
    assert refused(till, "decide", "restored-sent", "--about", "PF1", "--document", "DZ-7", "--reason", "x") == [
        "doubt_unknown"
    ]
    decided(till, "restored-unpaid", f"restore/{number}")
    (batch,) = till.prepare("2024-06")["batches"]
    assert batch["total"] == "106500.00"
    anchored(till)


def put_back_in_july(till: Till) -> str:
    till.on("2024-07-05")
    said = till.do("restore", str(safe(till)), *REASON)
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    assert till.as_second("approve", number).exit_code == 0
    return str(number)


def test_one_person_decides_nothing(till: Till) -> None:
    lose(till)
    agreed(till)
    said = till.do("decide", "restored-unpaid", "--about", "PF1", "--document", "DZ-7", "--reason", "no such line")
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    assert refused(till, "approve", str(number)) == ["approver_is_maker"]
    batch = waiting(till)
    till.as_second("pay", "approve", batch)
    assert refused(till, "pay", "export", batch, "--out", str(till.folder / "again")) == ["restored_unknown"]


def test_a_firm_is_told_why_its_money_waits(till: Till) -> None:
    lose(till)
    agreed(till)
    batch = waiting(till)
    till.do("pay", "cancel", batch, "--reason", "look first")
    said = till.do("entity", "money", USCC)
    assert "16,862.50 yuan awarded and held back: it may have been paid before the ledger was put back" in said
    (held,) = till.prepare("2024-03")["held"]
    assert held["code"] == "restored_unknown"


def test_nothing_lost_holds_nothing(till: Till) -> None:
    shutil.rmtree(safe(till))
    till.do("backup", str(safe(till)))
    size = len(bodies(till.ledger.path))
    lose(till)
    till.on("2024-04-05")
    said = till.do("restore", str(safe(till)), *REASON)
    assert "Nothing that was signed for is lost." in said
    body = bodies(till.ledger.path)[size]
    assert (body["from"], body["to"]) == (size, size)
    assert refused(till, "decide", "restored-unpaid", "--about", "PF1", "--document", "1", "--reason", "x") == [
        "nothing_lost"
    ]
    anchored(till)


def test_an_auditor_with_the_lost_head_is_told(till: Till, tmp_path: Path) -> None:
    shutil.copy(till.ledger.anchor.checkpoint_file, tmp_path / "mine")
    lost = len(bodies(till.ledger.path))
    lose(till)
    number = agreed(till)
    words = ("audit", "verify", "--checkpoint", str(tmp_path / "mine"), "--key", str(till.ledger.anchor.verifier_file))
    said = till.say(*words)
    assert (said.exit_code, CODE.findall(said.stdout)) == (1, ["head_lost"]), said.output
    assert f"record {number}" in said.stdout
    # Also when the log has grown beyond it.
    for number in range(lost):
        till.do("budget", "adjust", "2024", "1", "--document", f"BUD-{number}")
    said = till.say(*words)
    assert (said.exit_code, CODE.findall(said.stdout)) == (1, ["head_lost"]), said.output


@pytest.mark.parametrize("name", ["ledger.db", "vault.db", "checkpoint", "schema", "log.vkey", "manifest"])
def test_a_backup_of_which_a_file_was_changed_is_refused(till: Till, name: str) -> None:
    lose(till)
    file = safe(till) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    codes = refused(till, "restore", str(safe(till)), *REASON)
    assert codes in (["backup_differs"], ["backup_unproved"], ["anchor_differs"]), codes
    assert list(till.folder.iterdir()) == []


def test_a_backup_of_another_log_is_refused(till: Till, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Till(tmp_path / "other", till.day, tmp_path / "other-anchor")
    other.do("init", "--practice")
    other.do("backup", str(tmp_path / "other-safe"))
    lose(till)
    assert refused(till, "restore", str(tmp_path / "other-safe"), *REASON) == ["anchor_differs"]


def test_a_ledger_that_is_there_is_not_written_over(till: Till) -> None:
    before = till.ledger.path.read_bytes()
    assert refused(till, "restore", str(safe(till)), *REASON) == ["folder_taken"]
    assert till.ledger.path.read_bytes() == before
    anchored(till)


def test_a_head_that_moves_meanwhile_stops_it(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another copy of the ledger lives."""
    alive = till.at(till.folder.with_name("alive"), till.anchor)
    shutil.copytree(till.folder, alive.folder)
    lose(till)
    told = Ledger.put_back

    def later(ledger: Ledger, *given: Any) -> int:
        alive.do("budget", "adjust", "2024", "1", "--document", "BUD-9")
        return told(ledger, *given)

    monkeypatch.setattr(Ledger, "put_back", later)
    assert refused(till, "restore", str(safe(till)), *REASON) == ["anchor_moved"]
    assert list(till.folder.iterdir()) == []
    anchored(alive)


def put_back_until(folder: str, anchor: str, place: str, door: int) -> None:
    """What the process does that is killed: a restore, until it comes to a door of the disk."""
    with failing(Disk(door, deadly=True)):
        Till(Path(folder), "2024-04-05", Path(anchor)).do("restore", place, *REASON)


def test_a_restore_that_was_killed_is_finished_or_begun_again(till: Till, tmp_path: Path) -> None:
    kept = len(bodies(safe(till) / "ledger.db"))
    lose(till)
    assert till.anchor is not None
    shutil.copytree(till.anchor, tmp_path / "anchor-of-doors")
    (tmp_path / "doors").mkdir()
    with failing(Disk()) as disk:
        Till(tmp_path / "doors", "2024-04-05", tmp_path / "anchor-of-doors").do("restore", str(safe(till)), *REASON)
    # Before the head moves, between that and the names, and behind the last of them.
    renames = [number for number, name in enumerate(disk.doors, 1) if name == "os rename"]
    syncs = [number for number, name in enumerate(disk.doors, 1) if name == "sqlite sync"]
    answers = set()
    for door in sorted({syncs[len(syncs) // 2], *(at + more for at in renames[-4:] for more in (0, 1))}):
        if door > len(disk.doors):
            continue
        place = tmp_path / f"killed-{door}"
        place.mkdir()
        anchor = tmp_path / f"anchor-{door}"
        shutil.copytree(till.anchor, anchor)
        child = process(put_back_until, str(place), str(anchor), str(safe(till)), door)
        child.start()
        child.join()
        assert child.exitcode
        left = Till(place, "2024-04-05", anchor)
        if not (place / "book.db").exists():
            again = left.say("restore", str(safe(till)), *REASON)
            answers.add("".join(CODE.findall(again.stderr)))
            assert again.exit_code == (2 if "restore_finished" in again.stderr else 0), again.output
        assert len(bodies(place / "book.db")) == kept + 1
        # At most the folder in which it was made is left, and nothing in it.
        assert sorted(path.name for path in place.rglob("*.*") if path.is_file()) == ["book.db", "vault.db"]
        anchored(left)
    assert answers == {"", "restore_finished"}


def test_a_disk_that_fails_leaves_no_half_of_a_ledger(till: Till, tmp_path: Path) -> None:
    lose(till)
    assert till.anchor is not None
    shutil.copytree(till.anchor, tmp_path / "anchor-of-doors")
    (tmp_path / "doors").mkdir()
    with failing(Disk()) as disk:
        Till(tmp_path / "doors", "2024-04-05", tmp_path / "anchor-of-doors").do("restore", str(safe(till)), *REASON)
    last = len(disk.doors)
    for door in (1, last // 3, 2 * last // 3, last - 3, last):
        place, anchor = tmp_path / f"failed-{door}", tmp_path / f"anchor-failed-{door}"
        place.mkdir()
        shutil.copytree(till.anchor, anchor)
        left = Till(place, "2024-04-05", anchor)
        with failing(Disk(door, full=True, for_good=True)) as disk:
            result = left.say("restore", str(safe(till)), *REASON)
        told = f"door {door} of {disk.doors}\n{result.output}"
        assert result.exit_code in (0, 2), told
        if result.exit_code:
            assert isinstance(result.exception, SystemExit), f"{told}\n{result.exception!r}"
            assert CODE.findall(result.stderr), told
        if not (place / "book.db").exists():
            again = left.say("restore", str(safe(till)), *REASON)
            assert again.exit_code == (2 if "restore_finished" in again.stderr else 0), f"{told}\n{again.output}"
        anchored(left)


def test_where_keys_are_in_use_it_is_signed_by_two(tmp_path: Path) -> None:
    """The signature covers the record itself, and what was signed before the loss is signed again."""
    (tmp_path / "office").mkdir()
    office = duties_office(tmp_path / "office", anchor=tmp_path / "anchor")
    office.do("backup", str(tmp_path / "safe"))
    size = len(bodies(office.ledger.path))
    adjust = ("budget", "adjust", "2024", "1", "--document", "BUD-9")
    # Signed in the time that is lost.
    early = tmp_path / "early.challenge"
    office.do(*adjust, "--actor", MAKER, "--challenge", str(early))
    signed_early = office.signed(MAKER, early)
    office.done(MAKER, "budget", "adjust", "2024", "2", "--document", "BUD-8")
    lose(office)
    restore = ("restore", str(tmp_path / "safe"), *REASON)
    assert CODE.findall(office.by(MAKER, *restore, key="").stderr) == ["signing_key_needed"]
    assert list(office.folder.iterdir()) == []
    challenge = tmp_path / "restore.challenge"
    office.do(*restore, "--actor", MAKER, "--challenge", str(challenge))
    assert list(office.folder.iterdir()) == []
    office.do(*restore, "--actor", MAKER, "--signature", str(office.signed(MAKER, challenge)))
    act = bodies(office.ledger.path)[-1]
    assert (act["act"], act["first"], act["head"]["size"]) == ("audit.restore", size, size)
    assert CODE.findall(office.by(MAKER, "approve", str(size)).stderr) == ["approver_is_maker"]
    office.done(CHECKER, "approve", str(size))
    again = office.say(*adjust, "--actor", MAKER, "--signature", str(signed_early))
    assert CODE.findall(again.stderr) == ["act_head_early"], again.output
    office.done(MAKER, *adjust)
    anchored(office)


def test_a_backup_of_an_earlier_release_is_carried_over(till: Till) -> None:
    """A later release has an index more and other guards; the note of them is signed anew, and rules stand before."""
    size = len(bodies(till.ledger.path))
    lose(till)
    with pytest.MonkeyPatch.context() as later:
        later_schema(later)
        later.setattr(rules_module, "BOOK", "book/99")
        number = put_back(till)
        log = bodies(till.ledger.path)
        kept = log[int(number)]["from"]
        assert [body["$schema"].split("/")[1] for body in log[kept:]] == ["rules", "restore"]
        assert (log[kept]["book"], log[int(number)]["to"]) == ("book/99", size)
        anchored(till)
        assert till.as_second("approve", number).exit_code == 0
    # The program of before knows neither.
    assert refused(till, "budget", "adjust", "2024", "1", "--document", "BUD-9") == ["program_too_old"]
