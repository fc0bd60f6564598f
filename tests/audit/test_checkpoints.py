"""What a checkpoint proves: only with the key that the caller trusts, only as far as it reaches, and never nothing."""

from pathlib import Path

from ledger.audit.verify import Trust, Verdict, verify
from ledger.book.posting import post
from ledger.log.checkpoint import Checkpoint, SignerKey, sign
from ledger.log.tree import EMPTY_ROOT
from ledger.store.ledger import Ledger
from tests.audit.attacker import bodies, compute_again
from tests.audit.seen import ANCHORED, damaged, seen
from tests.support.small_year import ACTOR, grant

PAGE = 16_384


def signer(ledger: Ledger) -> SignerKey:
    return SignerKey.parse(ledger.anchor.key_file.read_text(encoding="utf-8").strip())


def test_a_ledger_that_went_on_is_anchored_as_far_as_the_checkpoint_reaches(ledger: Ledger, trust: Trust) -> None:
    with ledger.write(ACTOR) as writer:
        post(writer, [grant("G-8", 1_000_000), grant("G-9", 1_000_000)])
    report = verify(ledger.path, trust)
    assert seen(report) == ANCHORED
    assert (report.anchored, report.size) == (39, 41)


def test_a_change_behind_the_checkpoint_does_not_make_it_fork(ledger: Ledger, trust: Trust) -> None:
    """The checkpoint covers 39 records: what an attacker adds after them is consistent, and not covered."""
    log = bodies(ledger.path)
    compute_again(ledger.path, [*log, {**log[38], "key": "main/grant/G-99/0"}])
    report = verify(ledger.path, trust)
    assert seen(report) == ANCHORED
    assert (report.anchored, report.size) == (39, 40)


def test_a_checkpoint_of_nothing_anchors_nothing(ledger: Ledger, trust: Trust) -> None:
    note = sign(Checkpoint(trust.key.name, 0, EMPTY_ROOT), signer(ledger))
    assert verify(ledger.path, Trust(note, trust.key)).verdict is Verdict.NOT_ANCHORED


def test_a_checkpoint_changed_by_hand_is_not_signed(ledger: Ledger, trust: Trust) -> None:
    assert "\n39\n" in trust.note
    forged = Trust(trust.note.replace("\n39\n", "\n33\n"), trust.key)
    assert seen(verify(ledger.path, forged)) == damaged("signature_bad")


def test_a_ledger_made_again_under_another_key(ledger: Ledger, trust: Trust) -> None:
    """The forger's own checkpoint is signed well, but not with the key that the auditor trusts."""
    forger = SignerKey(trust.key.name, bytes(32))
    log = bodies(ledger.path)
    log[0]["log_key"] = str(forger.verifier)
    compute_again(ledger.path, log)
    root = verify(ledger.path).root
    note = sign(Checkpoint(trust.key.name, 39, root), forger)
    assert seen(verify(ledger.path, Trust(note, forger.verifier))) == ANCHORED
    assert seen(verify(ledger.path, Trust(note, trust.key))) == damaged("signature_bad")
    assert seen(verify(ledger.path, trust)) == damaged("log_key_differs", 0)


def test_files_that_are_no_ledgers(tmp_path: Path, trust: Trust) -> None:
    empty, garbage = tmp_path / "empty.db", tmp_path / "garbage.db"
    empty.touch()
    garbage.write_bytes(b"not a database " * 1000)
    for given in (None, trust):
        assert seen(verify(empty, given)) == damaged("empty")
        assert seen(verify(garbage, given)) == damaged("unreadable")


def test_a_page_of_the_file_overwritten(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        post(writer, [grant(f"G-{number}", 1_000) for number in range(100, 400)])
    size = ledger.path.stat().st_size
    with ledger.path.open("r+b") as file:
        # From a page's first byte on: what nobody uses may stand in the middle of one.
        file.seek(size // 2 // PAGE * PAGE)
        file.write(b"\xff" * 4096)
    assert verify(ledger.path).verdict is Verdict.DAMAGED
