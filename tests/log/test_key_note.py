"""A change of the log's key as a signed note: six lines, the new key's word, and that of the one before."""

from base64 import b64encode

import pytest

from ledger.log.checkpoint import BadCheckpoint, SignerKey, sign_note, verify_note
from ledger.log.checkpoint import verify as verify_checkpoint
from ledger.log.key_note import KeyNote, sign, verify

OLD, NEW = SignerKey("subsidy-0011", bytes(range(32))), SignerKey("subsidy-0011", bytes(range(1, 33)))
OTHER = SignerKey("subsidy-0012", bytes(range(2, 34)))
ROOT = bytes(range(100, 132))
SAID = KeyNote("subsidy-0011", OLD.verifier, NEW.verifier, 57, ROOT)
LINES = ["subsidy-0011", "log key", str(OLD.verifier), str(NEW.verifier), "57", b64encode(ROOT).decode()]


def test_both_keys_have_signed_the_six_lines() -> None:
    note = sign(SAID, NEW, OLD)
    assert note.partition("\n\n")[0].split("\n") == LINES
    assert verify(note) == (SAID, True)
    assert verify_note(note, OLD.verifier) == verify_note(note, NEW.verifier)


def test_where_the_key_before_is_lost_the_new_one_signs_alone() -> None:
    assert verify(sign(SAID, NEW)) == (SAID, False)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (0, "subsidy-0012"),
        (1, "schema"),
        (2, str(NEW.verifier)),
        (2, str(OTHER.verifier)),
        (3, str(OTHER.verifier)),
        (3, "x"),
        (4, "057"),
        (4, "-1"),
        (5, b64encode(ROOT[:31]).decode() + "="),
        (5, "*" * 44),
    ],
)
def test_other_lines_are_no_change_of_keys(line: int, text: str) -> None:
    lines = [*LINES[:line], text, *LINES[line + 1 :]]
    with pytest.raises(BadCheckpoint):
        verify(sign_note("".join(f"{one}\n" for one in lines), NEW, OLD, OTHER))


def test_without_the_new_key_it_is_nothing() -> None:
    with pytest.raises(BadCheckpoint):
        verify(sign(SAID, OLD))
    forged = sign(SAID, NEW).replace("\n57\n", "\n58\n")
    with pytest.raises(BadCheckpoint):
        verify(forged)


def test_it_does_not_pass_for_a_checkpoint() -> None:
    with pytest.raises(BadCheckpoint):
        verify_checkpoint(sign(SAID, NEW, OLD), NEW.verifier)
