"""The schema as a signed note: four lines and a signature, and everything that must not pass for one."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey, sign_note
from ledger.log.checkpoint import sign as sign_checkpoint
from ledger.log.checkpoint import verify as verify_checkpoint
from ledger.log.schema_note import Schema, SchemaNote, sign, verify
from ledger.log.tree import EMPTY_ROOT

KEY = SignerKey("subsidy-0011", bytes(range(32)))
HASH = "0123456789abcdef" * 4
SAID = SchemaNote("subsidy-0011", Schema("sqlite", 1, HASH), 57)
NOTE = sign(SAID, KEY)


def test_a_schema_is_four_lines_and_a_signature() -> None:
    text, _, signature = NOTE.partition("\n\n")
    assert text == f"subsidy-0011\nschema sqlite 1\n{HASH}\n57"
    name, encoded = signature.removeprefix("\u2014 ").split()
    assert name == "subsidy-0011"
    # Four bytes of the key's id, then the signature over the text with its last line ended.
    Ed25519PublicKey.from_public_bytes(KEY.verifier.public).verify(b64decode(encoded)[4:], f"{text}\n".encode())
    assert verify(NOTE, KEY.verifier) == SAID


@pytest.mark.parametrize(
    "text",
    [
        f"subsidy-0011\nschema sqlite 1\n{HASH}\n",
        f"subsidy-0011\nschema sqlite 1\n{HASH}\n57\n58\n",
        f"subsidy-0011\nschema sqlite 0\n{HASH}\n57\n",
        f"subsidy-0011\nschema sqlite\n{HASH}\n57\n",
        f"subsidy-0011\nsqlite 1\n{HASH}\n57\n",
        f"subsidy-0011\nschema sqlite 1\n{HASH.upper()}\n57\n",
        f"subsidy-0011\nschema sqlite 1\n{HASH}\n057\n",
        f"subsidy-0012\nschema sqlite 1\n{HASH}\n57\n",
    ],
)
def test_a_signature_does_not_make_a_schema_of_anything(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        verify(sign_note(text, KEY), KEY.verifier)


def test_a_schema_is_no_checkpoint_and_a_checkpoint_no_schema() -> None:
    with pytest.raises(BadCheckpoint):
        verify_checkpoint(NOTE, KEY.verifier)
    with pytest.raises(BadCheckpoint):
        verify(sign_checkpoint(Checkpoint("subsidy-0011", 0, EMPTY_ROOT), KEY), KEY.verifier)


@pytest.mark.parametrize(
    "note", ["", NOTE.replace("57", "58"), sign(SAID, SignerKey("subsidy-0011", bytes(32))), NOTE + "junk\n"]
)
def test_notes_that_are_damaged_or_signed_by_others(note: str) -> None:
    with pytest.raises(BadCheckpoint):
        verify(note, KEY.verifier)
