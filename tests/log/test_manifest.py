"""What a backup consists of, as a signed note: its lines, and everything that must not pass for one."""

import pytest

from ledger.log.checkpoint import BadCheckpoint, SignerKey, sign_note
from ledger.log.checkpoint import verify as verify_checkpoint
from ledger.log.manifest import Kept, Manifest, sign, verify
from ledger.log.schema_note import verify as verify_schema

KEY = SignerKey("subsidy-0011", bytes(range(32)))
HASH = "0123456789abcdef" * 4
SAID = Manifest("subsidy-0011", "2024-04-02T04:00:00Z", (Kept("ledger.db", 278528, HASH), Kept("log.vkey", 0, HASH)))
NOTE = sign(SAID, KEY)
TEXT = f"subsidy-0011\nbackup 2024-04-02T04:00:00Z\n{HASH} 278528 ledger.db\n{HASH} 0 log.vkey\n"


def test_a_manifest_is_a_line_per_file_and_a_signature() -> None:
    assert NOTE.partition("\n\n")[0] + "\n" == TEXT
    assert verify(NOTE, KEY.verifier) == SAID


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("subsidy-0011", "subsidy-0012"),
        TEXT.replace("backup", "schema"),
        TEXT.replace("T04:00:00Z", ""),
        TEXT.replace(HASH, HASH.upper()),
        TEXT.replace(" 278528 ", " 0278528 "),
        TEXT.replace("ledger.db", "../ledger.db"),
        TEXT.replace("ledger.db", ".ledger"),
        TEXT + "\n",
        "subsidy-0011\nbackup 2024-04-02T04:00:00Z\n",
    ],
)
def test_a_signature_does_not_make_a_manifest_of_anything(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        verify(sign_note(text, KEY), KEY.verifier)


def test_a_manifest_is_no_checkpoint_and_no_schema() -> None:
    for other in (verify_checkpoint, verify_schema):
        with pytest.raises(BadCheckpoint):
            other(NOTE, KEY.verifier)


def test_a_manifest_of_another_key() -> None:
    with pytest.raises(BadCheckpoint):
        verify(sign(SAID, SignerKey("subsidy-0011", bytes(32))), KEY.verifier)
