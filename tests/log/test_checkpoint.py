"""The signed head: the formats of C2SP, and everything that must not pass for one."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey, VerifierKey, sign, verify, verify_note
from ledger.log.tree import EMPTY_ROOT

KEY = SignerKey("subsidy-0011", bytes(range(32)))
HEAD = Checkpoint("subsidy-0011", 57, bytes(range(32, 64)))
NOTE = sign(HEAD, KEY)


def test_a_published_note_verifies() -> None:
    # The example of the documentation of golang.org/x/mod/sumdb/note, whose format C2SP signed-note took over.
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert verify_note(f"{text}\n\u2014 PeterNeumann {signature}\n", key) == text
    with pytest.raises(BadCheckpoint, match="does not hold"):
        verify_note(f"{text[:-2]}!\n\n\u2014 PeterNeumann {signature}\n", key)


def test_the_id_of_a_published_key() -> None:
    # The verifier key of the Go checksum database.
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(VerifierKey.parse(text)) == text


def test_a_published_signing_key() -> None:
    # RFC 8032, 7.1, test 1: secret and public key.
    secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    key = SignerKey("rfc8032", bytes.fromhex(secret))
    assert key.verifier.public.hex() == public
    assert SignerKey.parse(str(key)) == key


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    assert NOTE.split("\n")[:4] == ["subsidy-0011", "57", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=", ""]
    assert NOTE.split("\n")[4].startswith("\u2014 subsidy-0011 ")
    assert verify(NOTE, KEY.verifier) == HEAD


def test_the_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint("subsidy-0011", 0, EMPTY_ROOT)
    assert verify(sign(empty, KEY), KEY.verifier) == empty


def test_a_second_signature_does_not_disturb() -> None:
    other = SignerKey("witness", bytes(32))
    theirs = sign(HEAD, other).splitlines()[-1]
    assert verify(NOTE + theirs + "\n", KEY.verifier) == HEAD


def test_the_private_key_is_not_shown() -> None:
    assert KEY.seed.hex() not in repr(KEY)
    assert str(KEY) not in repr(KEY)


def signed(text: str) -> str:
    """`text` as a note that KEY really signed."""
    signature = Ed25519PrivateKey.from_private_bytes(KEY.seed).sign(text.encode())
    return f"{text}\n\u2014 {KEY.name} {b64encode(KEY.verifier.id + signature).decode()}\n"


ROOT = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


@pytest.mark.parametrize(
    "text",
    [
        f"subsidy-0012\n57\n{ROOT}\n",
        f"subsidy-0011\n057\n{ROOT}\n",
        f"subsidy-0011\n-1\n{ROOT}\n",
        f"subsidy-0011\n5 7\n{ROOT}\n",
        f"subsidy-0011\n\uff15\n{ROOT}\n",
        f"subsidy-0011\n57\n{ROOT[:-4]}\n",
        f"subsidy-0011\n57\n{ROOT[:-2]}9=\n",
        f"subsidy-0011\n57\n {ROOT}\n",
        f"subsidy-0011\n57\n{ROOT}\nmore\n",
        f"subsidy-0011\n57\n{ROOT}\n\n",
        f"subsidy-0011\n{ROOT}\n",
        f"\n57\n{ROOT}\n",
        "\n",
    ],
)
def test_a_signature_does_not_make_a_checkpoint_of_anything(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        verify(signed(text), KEY.verifier)


@pytest.mark.parametrize(
    "note",
    [
        "",
        NOTE.rstrip("\n"),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("57", "58"),
        NOTE.replace("subsidy-0011 ", "subsidy-0012 "),
        NOTE.replace("\n", "\r\n"),
        NOTE[:-4] + "\n",
        NOTE + "junk\n",
        sign(HEAD, SignerKey("subsidy-0011", bytes(32))),
    ],
)
def test_notes_that_are_damaged_or_signed_by_others(note: str) -> None:
    with pytest.raises(BadCheckpoint):
        verify(note, KEY.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AQ==",
        str(KEY.verifier).replace("+", "-"),
        str(KEY.verifier).replace("0011", "0012"),
        "na me" + str(KEY.verifier)[len("subsidy-0011") :],
        str(KEY.verifier)[:-1],
        str(KEY),
    ],
)
def test_verifier_keys_that_are_none(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+name", str(KEY.verifier), str(KEY)[:-4], str(KEY).replace("0011", "0012")]
)
def test_signer_keys_that_are_none(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        SignerKey.parse(text)
