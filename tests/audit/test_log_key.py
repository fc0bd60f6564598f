"""Another key signs the heads of the log: signed for by the one before, or, where that is lost, by two people."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.log.checkpoint import Checkpoint, SignerKey, VerifierKey, sign
from ledger.log.key_note import KeyNote
from ledger.log.key_note import sign as sign_key
from ledger.log.key_note import verify as open_note
from ledger.store import anchor as anchor_module
from tests.audit.attacker import bodies, compute_again
from tests.support.bad_days import CODE
from tests.support.copies import ready
from tests.support.forge import first_fault, forge, judged
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, duties_office
from tests.support.till import Till, quarters_till

REASON = ("--reason", "the machine was replaced")


@ready
def till(folder: Path) -> Till:
    """A quarter run and in a batch that is approved, backed up; what an auditor kept of it lies in `paper`."""
    (folder / "book").mkdir()
    till = quarters_till(folder / "book", 1, anchor=folder / "anchor")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    till.do("backup", str(folder / "safe"))
    shutil.copytree(folder / "anchor", folder / "paper")
    return till


def paper(till: Till) -> Path:
    return till.folder.with_name("paper")


def home(till: Till) -> Path:
    return till.ledger.anchor.folder


def refused(till: Till, *words: str) -> list[str]:
    result = till.say(*words)
    assert (result.exit_code, type(result.exception)) == (2, SystemExit), result.output
    return CODE.findall(result.stderr)


def verified(till: Till, checkpoint: Path, key: Path) -> tuple[int, list[str]]:
    """Exit code and damages of a verification with what somebody brings."""
    said = till.say("audit", "verify", "--checkpoint", str(checkpoint), "--key", str(key))
    return said.exit_code, CODE.findall(said.stdout)


def changed(till: Till, *words: str) -> str:
    """Another key takes over; the number of the record."""
    (number,) = re.findall(r"subsidy approve (\d+)", till.do("audit", "log-key", *REASON, *words))
    return str(number)


def agreed(till: Till, number: str) -> None:
    answer = till.as_second("approve", number)
    assert answer.exit_code == 0, answer.output


def lose(till: Till, *files: str) -> None:
    for file in files:
        (home(till) / file).unlink()


def seed(folder: Path) -> SignerKey:
    return SignerKey.parse((folder / "log.key").read_text("utf-8").strip())


def export(till: Till) -> tuple[str, ...]:
    (batch,) = {body["key"] for body in bodies(till.ledger.path) if kinds.kind_of(body) == "payment_batch"}
    return ("pay", "export", batch, "--out", str(till.folder / "order.json"))


def test_the_key_in_force_signs_for_the_new_one_and_who_trusts_it_follows(till: Till) -> None:
    old, new = paper(till), home(till)
    size = len(bodies(till.ledger.path))
    number = changed(till)
    assert number == str(size)
    body = bodies(till.ledger.path)[size]
    note, by_both = open_note(body["note"])
    assert (body["cause"], by_both, note.size) == ("rotated", True, size)
    assert str(note.before) == (old / "log.vkey").read_text("utf-8").strip()
    assert str(note.after) == (new / "log.vkey").read_text("utf-8").strip()
    assert not (new / "log.key.next").exists()
    assert (new / "earlier.vkeys").read_text("utf-8").split() == [str(note.before)]
    # The head of now, by the key of before; that head and its key; the head of now and its key.
    assert verified(till, new / "checkpoint", old / "log.vkey") == (0, [])
    assert verified(till, old / "checkpoint", old / "log.vkey") == (0, [])
    assert verified(till, new / "checkpoint", new / "log.vkey") == (0, [])
    # A second time: whoever trusts the first one follows through both.
    agreed(till, number)
    changed(till)
    assert verified(till, new / "checkpoint", old / "log.vkey") == (0, [])
    assert (new / "earlier.vkeys").read_text("utf-8").split() == [str(note.before), str(note.after)]


def test_nothing_is_paid_before_somebody_else_has_agreed(till: Till) -> None:
    number = changed(till)
    assert refused(till, *export(till)) == ["log_key_waiting"]
    # Nor does it stand where somebody writes it into the log.
    log = bodies(till.ledger.path)
    (batch,) = {str(body["key"]) for body in log if kinds.kind_of(body) == "payment_batch"}
    order = f'source={{"kind": "export", "name": "ecny", "sha256": "{64 * "0"}"}}'
    forge(log, f'new outcome: about="{batch}"; state="exported"; {order}')
    assert first_fault(log) == ("log_key_waiting", len(log) - 1)
    assert refused(till, "approve", number) == ["approver_is_maker"]
    # Whatever else is recorded goes on under the new key.
    till.do("people", "add", "1004", "--post", "经办岗", "--document", "D-1")
    assert verified(till, home(till) / "checkpoint", home(till) / "log.vkey") == (0, [])
    agreed(till, number)
    till.do(*export(till))


def test_a_change_that_was_turned_down_waits_for_another(till: Till) -> None:
    number = changed(till)
    assert till.as_second("reject", number, "--reason", "why?").exit_code == 0
    assert refused(till, *export(till)) == ["log_key_waiting"]
    agreed(till, changed(till))
    till.do(*export(till))


def test_a_head_by_the_key_of_before_counts_no_more(till: Till) -> None:
    """Whoever has got hold of the old key signs a head of what comes later: it was taken over from before that."""
    number = changed(till)
    agreed(till, number)
    view = till.ledger
    with view.read() as read:
        head = Checkpoint(view.origin, read.size, read.root())
    old = seed(paper(till))
    forged = till.folder / "forged"
    forged.write_text(sign(head, old), "utf-8")
    said = till.say("audit", "verify", "--checkpoint", str(forged), "--key", str(paper(till) / "log.vkey"))
    assert (said.exit_code, CODE.findall(said.stdout)) == (1, ["log_key_past"])
    assert f"record {number}" in said.stdout
    # Up to the record itself the old key has signed.
    with view.read() as read:
        then = read.at(int(number))
        forged.write_text(sign(Checkpoint(view.origin, then.size, then.root()), old), "utf-8")
    assert verified(till, forged, paper(till) / "log.vkey") == (0, [])


def test_a_lost_key_is_replaced_against_the_newest_head_that_anybody_has(till: Till) -> None:
    lose(till, "log.key")
    assert refused(till, "people", "add", "1004", "--post", "经办岗", "--document", "D-1") == ["anchor_missing"]
    number = changed(till, "--lost", str(paper(till) / "checkpoint"))
    body = bodies(till.ledger.path)[int(number)]
    assert body["cause"] == "lost"
    assert open_note(body["note"]).by_both is False
    assert refused(till, *export(till)) == ["log_key_waiting"]
    agreed(till, number)
    till.do(*export(till))
    # The old key leads nowhere: the auditor trusts the new one on paper alone, and still has the old head.
    assert verified(till, home(till) / "checkpoint", home(till) / "log.vkey") == (0, [])
    assert verified(till, paper(till) / "checkpoint", paper(till) / "log.vkey") == (0, [])
    assert verified(till, home(till) / "checkpoint", paper(till) / "log.vkey") == (
        1,
        ["signature_bad", "schema_note_bad"],
    )


def test_the_whole_anchor_is_lost(till: Till) -> None:
    shutil.rmtree(home(till))
    number = changed(till, "--lost", str(till.folder.with_name("safe") / "checkpoint"))
    agreed(till, number)
    assert home(till).stat().st_mode & 0o777 == 0o700
    assert verified(till, home(till) / "checkpoint", home(till) / "log.vkey") == (0, [])
    till.do(*export(till))


def test_no_key_is_lost_that_is_there_and_no_other_head_counts(till: Till, tmp_path: Path) -> None:
    note = str(paper(till) / "checkpoint")
    assert refused(till, "audit", "log-key", "--lost", note, *REASON) == ["log_key_there"]
    lose(till, "log.key")
    stranger = SignerKey(till.ledger.origin, bytes(32))
    forged = tmp_path / "forged"
    forged.write_text(sign(Checkpoint(till.ledger.origin, 1, bytes(32)), stranger), "utf-8")
    size = len(bodies(till.ledger.path))
    assert refused(till, "audit", "log-key", "--lost", str(forged), *REASON) == ["head_unproved"]
    assert len(bodies(till.ledger.path)) == size


def test_a_ledger_that_was_rolled_back_gets_no_new_key(till: Till, tmp_path: Path) -> None:
    """The auditor's head is newer than the ledger: its last records are gone, and no new key covers that up."""
    till.do("people", "add", "1004", "--post", "经办岗", "--document", "D-1")
    newest = home(till) / "checkpoint"
    shutil.copy(newest, tmp_path / "newest")
    safe = till.folder.with_name("safe")
    for name, of in (("ledger.db", till.ledger.path.name), ("vault.db", "vault.db")):
        for beside in till.folder.glob(f"{of}*"):
            beside.unlink()
        shutil.copy(safe / name, till.folder / of)
        (till.folder / of).chmod(0o600)
    shutil.rmtree(home(till))
    assert refused(till, "audit", "log-key", "--lost", str(tmp_path / "newest"), *REASON) == [
        "ledger_behind_checkpoint"
    ]
    # Where the anchor still has its head, an older one does not help.
    shutil.copytree(paper(till), home(till))
    shutil.copy(tmp_path / "newest", home(till) / "checkpoint")
    lose(till, "log.key")
    old = str(paper(till) / "checkpoint")
    assert refused(till, "audit", "log-key", "--lost", old, *REASON) == ["ledger_behind_checkpoint"]


def test_a_backup_from_before_the_change_is_put_back_under_the_new_key(till: Till) -> None:
    agreed(till, changed(till))
    gone = len(bodies(till.ledger.path))
    shutil.rmtree(till.folder)
    till.folder.mkdir()
    said = till.do("restore", str(till.folder.with_name("safe")), "--reason", "the disk is gone")
    log = bodies(till.ledger.path)
    key, restore = (next(one for one in log if kinds.kind_of(one) == kind) for kind in ("log_key", "restore"))
    assert key["cause"] == "restored"
    assert (restore["to"], restore["from"]) == (gone, len(log) - 2)
    assert (home(till) / f"checkpoint.lost-{gone}").exists()
    assert verified(till, home(till) / "checkpoint", home(till) / "log.vkey") == (0, [])
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    agreed(till, str(number))
    assert refused(till, *export(till)) == ["log_key_waiting"]
    agreed(till, str(log.index(key)))
    assert refused(till, *export(till)) == ["restored_unknown"]


@pytest.mark.parametrize("at", range(1, 12))
def test_an_interruption_leaves_one_key_or_the_other(till: Till, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever step of the anchor is the last one, the next command goes on from there."""
    steps = iter(range(1, 100))
    real = anchor_module.replace

    def failing_replace(path: Path, content: bytes, mode: int) -> None:
        if next(steps) == at:
            raise OSError(5, "the disk fails", str(path))
        real(path, content, mode)

    monkeypatch.setattr(anchor_module, "replace", failing_replace)
    till.say("audit", "log-key", *REASON)
    monkeypatch.setattr(anchor_module, "replace", real)
    till.do("people", "add", "1004", "--post", "经办岗", "--document", "D-1")
    new = home(till)
    assert verified(till, new / "checkpoint", new / "log.vkey") == (0, [])
    assert verified(till, new / "checkpoint", paper(till) / "log.vkey") == (0, [])
    changes = [body for body in bodies(till.ledger.path) if kinds.kind_of(body) == "log_key"]
    assert len(changes) == (0 if at == 1 else 1)
    last = open_note(changes[-1]["note"]).note.after if changes else VerifierKey.parse(str(seed(new).verifier))
    assert str(seed(new).verifier) == str(last)


def test_a_planted_change_of_keys_does_not_lock_the_office_out(till: Till) -> None:
    """A stranger with the file alone has no key of the log: what is planted is named and cut off."""
    size = len(bodies(till.ledger.path))
    mine = SignerKey(till.ledger.origin, bytes(range(32)))
    with till.ledger.read() as view:
        before = VerifierKey.parse(view.body(kinds.GENESIS, 0)["log_key"])
        note = sign_key(KeyNote(mine.name, before, mine.verifier, view.size, view.root()), mine)
    body = {
        "$schema": "subsidy/log_key/1",
        "actor": "1001",
        "cause": "rotated",
        "key": "log-key",
        "note": note,
        "reason": "x",
        "recorded_at": "2024-04-02T05:00:00Z",
    }
    compute_again(till.ledger.path, [*bodies(till.ledger.path), body])
    assert refused(till, "people", "add", "1004", "--post", "经办岗", "--document", "D-1") == ["log_key_otherwise"]
    till.do("audit", "cut", "--reason", "planted")
    assert len(bodies(till.ledger.path)) == size + 1


def test_verification_says_who_changed_the_key(till: Till) -> None:
    number = changed(till)
    line = f"From record {number} on another key signs the heads (the one before signed for it): by 1001, agreed to by "
    assert f"{line}nobody.\n" in till.say("audit", "verify").stdout
    agreed(till, number)
    report = till.say("audit", "verify", "--json")
    assert json.loads(report.stdout)["keys"] == [
        {"record": int(number), "cause": "rotated", "by": "1001", "agreed": "1002"}
    ]


OTHER = SignerKey("subsidy-0011", bytes(range(2, 34)))


@pytest.mark.parametrize(
    ("reason", "forge"),
    [
        ("keys", lambda note: note._replace(origin="subsidy-0011", before=OTHER.verifier)),
        ("keys", lambda note: note._replace(before=SignerKey(note.origin, bytes(31) + b"1").verifier)),
        ("keys", lambda note: note._replace(after=note.before, before=SignerKey(note.origin, bytes(32)).verifier)),
        ("root", lambda note: note._replace(root=bytes(32))),
        ("root", lambda note: note._replace(size=note.size - 1)),
        ("root", lambda note: note._replace(size=note.size + 9)),
    ],
)
def test_a_change_says_what_it_changes(till: Till, reason: str, forge: Callable[[KeyNote], KeyNote]) -> None:
    """Whoever has every key, old and new, signs what is not so."""
    changed(till)
    log = bodies(till.ledger.path)
    note = open_note(log[-1]["note"]).note
    keys = {key.verifier: key for key in (seed(paper(till)), seed(home(till)), OTHER)}
    keys |= {key.verifier: key for key in (SignerKey(note.origin, one) for one in (bytes(31) + b"1", bytes(32)))}
    said = forge(note)
    if said.origin == OTHER.name:
        said = said._replace(after=SignerKey(OTHER.name, bytes(32)).verifier)
        keys[said.after] = SignerKey(OTHER.name, bytes(32))
    log[-1]["note"] = sign_key(said, keys[said.after], keys[said.before])
    found = judged(log)
    assert found is not None
    assert (found.fault.code, found.fault.values["reason"], found.record.seq) == (
        "log_key_otherwise",
        reason,
        len(log) - 1,
    )


def test_a_cause_is_that_of_the_signatures(till: Till) -> None:
    changed(till)
    log = bodies(till.ledger.path)
    assert judged(log) is None
    log[-1]["cause"] = "lost"
    found = judged(log)
    assert found is not None
    assert (found.fault.code, found.fault.values["reason"]) == ("log_key_otherwise", "cause")


def test_in_an_office_of_signatures_it_is_an_act_of_two(tmp_path: Path) -> None:
    office: Three = duties_office(tmp_path / "ledger", anchor=tmp_path / "anchor")
    assert refused(office, "audit", "log-key", *REASON, "--actor", MAKER) == ["signing_key_needed"]
    challenge, signature = tmp_path / "ask", tmp_path / "ask.signature"
    office.say("audit", "log-key", *REASON, "--actor", PAYER, "--challenge", str(challenge))
    office.signed(PAYER, challenge)
    said = office.do("audit", "log-key", *REASON, "--actor", PAYER, "--signature", str(signature))
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    log = bodies(office.ledger.path)
    assert log[-1]["act"] == "log-key.rotate"
    assert kinds.kind_of(log[int(number)]) == "log_key"
    office.done(CHECKER, "approve", str(number))
    assert office.verify() == len(bodies(office.ledger.path))
