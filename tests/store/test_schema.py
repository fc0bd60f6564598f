"""The schema that was signed for: a write refuses a file whose tables or guards are others, and an audit says so."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calculators.problems import Refused
from cli import cli
from ledger.audit.verify import Trust, Verdict, verify
from ledger.log.checkpoint import SignerKey, VerifierKey
from ledger.log.schema_note import Schema, SchemaNote, sign
from ledger.store import guards
from ledger.store.ledger import Ledger
from tests.support.small_ledger import ACTOR, foreign, noon, url

ATTACKS = {
    "a trigger dropped": "DROP TRIGGER entry_delete",
    "an index added": "CREATE INDEX convenient ON entry (line)",
    "an index dropped": "DROP INDEX item_key",
    "a table added": "CREATE TABLE notes (text TEXT)",
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.create(url(tmp_path), actor=ACTOR, calculators=(), clock=noon)


def attacked(ledger: Ledger, statement: str) -> None:
    with closing(foreign(ledger)) as enemy:
        enemy.execute(statement)


def refused_write(ledger: Ledger) -> str:
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pytest.fail("the write began")
    (problem,) = refused.value.problems
    return problem.code


def key(ledger: Ledger) -> VerifierKey:
    return VerifierKey.parse(ledger.anchor.verifier_file.read_text("utf-8"))


def trust(ledger: Ledger, schema: str = "") -> Trust:
    return Trust(ledger.anchor.checkpoint_file.read_text("utf-8"), key(ledger), schema)


def codes(ledger: Ledger, given: Trust | None) -> list[str]:
    return [damage.code for damage in verify(ledger.path, given).damages]


def audit(ledger: Ledger, checkpoint: Path) -> Result:
    words = ["--checkpoint", str(checkpoint), "--key", str(ledger.anchor.verifier_file), "--json"]
    return CliRunner().invoke(cli, ["--db", f"sqlite:///{ledger.path}", "audit", "verify", *words])


def test_the_note_of_a_new_ledger_has_the_hash_of_its_schema_text(ledger: Ledger) -> None:
    """The text as the contracts have it: each statement on one line, in the order of type and name."""
    with closing(foreign(ledger)) as reader:
        found = reader.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    text = "".join(f"{' '.join(sql.split())};\n" for _type, _name, sql in sorted(found))
    origin, schema, hashed, size, *_signature = ledger.anchor.schema_file.read_text("utf-8").split("\n")
    assert (origin, schema, size) == (ledger.origin, "schema sqlite 3", "0")
    assert hashed == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_changed_file_is_not_written(ledger: Ledger, attack: str) -> None:
    attacked(ledger, ATTACKS[attack])
    assert refused_write(ledger) == "schema_changed"


@pytest.mark.parametrize("attack", ATTACKS)
def test_verification_finds_it_with_and_without_the_note(ledger: Ledger, attack: str) -> None:
    """Without a note, or without a checkpoint, the program's own schema is held against the file all the same."""
    note = ledger.anchor.schema_file.read_text("utf-8")
    attacked(ledger, ATTACKS[attack])
    assert "schema_changed" in codes(ledger, None)
    assert "schema_changed" in codes(ledger, trust(ledger))
    found = codes(ledger, trust(ledger, note))
    assert found[0] == "schema_changed"
    assert "schema_differs" in found


def test_who_holds_the_log_key_still_cannot_sign_for_another_schema(ledger: Ledger) -> None:
    attacked(ledger, ATTACKS["an index added"])
    with ledger.read() as view:
        there = Schema("sqlite", 1, guards.schema_sha256(view.connection))
    signer = SignerKey.parse(ledger.anchor.key_file.read_text("utf-8").strip())
    note = sign(SchemaNote(ledger.origin, there, 3), signer)
    assert codes(ledger, trust(ledger, note)) == ["schema_changed"]


def other_key(ledger: Ledger) -> str:
    return sign(SchemaNote(ledger.origin, guards.own_schema(), 0), SignerKey(ledger.origin, bytes(32)))


def another_size(ledger: Ledger) -> str:
    return ledger.anchor.schema_file.read_text("utf-8").replace("\n0\n", "\n1\n")


def junk(_ledger: Ledger) -> str:
    return "junk\n"


@pytest.mark.parametrize("note", [other_key, another_size, junk])
def test_a_note_that_the_log_key_did_not_sign(ledger: Ledger, note: Callable[[Ledger], str]) -> None:
    text = note(ledger)
    assert codes(ledger, trust(ledger, text)) == ["schema_note_bad"]
    ledger.anchor.schema_file.write_text(text, "utf-8")
    assert refused_write(ledger) == "anchor_differs"


def test_the_command_takes_the_note_beside_the_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    home = tmp_path / "auditor"
    home.mkdir()
    checkpoint = home / "2025-06.checkpoint"
    shutil.copy(ledger.anchor.checkpoint_file, checkpoint)
    assert audit(ledger, checkpoint).exit_code == Verdict.ANCHORED
    shutil.copy(ledger.anchor.schema_file, home / "schema")
    assert audit(ledger, checkpoint).exit_code == Verdict.ANCHORED
    (home / "schema").write_text(other_key(ledger), "utf-8")
    answer = audit(ledger, checkpoint)
    assert answer.exit_code == Verdict.DAMAGED
    assert [damage["code"] for damage in json.loads(answer.stdout)["damages"]] == ["schema_note_bad"]


def test_pages_are_of_16_kib(ledger: Ledger) -> None:
    with closing(foreign(ledger)) as reader:
        assert reader.execute("PRAGMA page_size").fetchone() == (16_384,)
