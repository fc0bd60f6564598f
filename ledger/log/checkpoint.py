"""The head of the log as a C2SP signed note, and the keys that sign and verify it.

Formats: c2sp.org/signed-note (text, blank line, signature lines `- name base64` with an em dash, Ed25519) and
c2sp.org/tlog-checkpoint (the text: origin, size, base64 root). A key is named like the log's origin; its id is the
first four bytes of SHA-256(name, newline, identifier of its algorithm, public key).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# The signed-note identifiers of Ed25519 keys: those that sign a text, and those that sign a time with it (witnesses).
ED25519, COSIGNING = b"\x01", b"\x04"
DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class BadCheckpoint(ValueError):
    """A checkpoint, note or key that is malformed, or whose signature does not hold."""


class Checkpoint(NamedTuple):
    """The head of a log: its origin, its number of records, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name, and what it signs; written `name+id+base64`."""

    name: str
    public: bytes
    algorithm: bytes = ED25519

    @property
    def id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + self.algorithm + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self.algorithm + self.public).decode()}"

    @classmethod
    def parse(cls, text: str, algorithm: bytes = ED25519) -> "VerifierKey":
        """From `name+id+base64`; the id must be the key's own."""
        name, id_hex, rest = _key_parts(text, algorithm)
        key = cls(name, rest, algorithm)
        if key.id.hex() != id_hex:
            raise BadCheckpoint("the verifier key's id is not that of its bytes")
        return key


@dataclass(frozen=True, slots=True, repr=False)
class SignerKey:
    """A private key under its name; written `PRIVATE+KEY+name+id+base64`, never shown."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def __str__(self) -> str:
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    @classmethod
    def parse(cls, text: str) -> "SignerKey":
        """From `PRIVATE+KEY+name+id+base64`; the id must be that of its public half."""
        private, word, rest = (*text.split("+", 2), "", "")[:3]
        if (private, word) != ("PRIVATE", "KEY"):
            raise BadCheckpoint("not a signer key")
        name, id_hex, seed = _key_parts(rest, ED25519)
        key = cls(name, seed)
        if key.verifier.id.hex() != id_hex:
            raise BadCheckpoint("the signer key's id is not that of its bytes")
        return key


def sign(checkpoint: Checkpoint, key: SignerKey) -> str:
    """The signed note of `checkpoint`, ready to be written to a file."""
    return sign_note(f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n", key)


def sign_note(text: str, *keys: SignerKey) -> str:
    """`text`, whole lines of it, as a note that each of these keys has signed."""
    return f"{text}\n{''.join(_signature(text, key) for key in keys)}"


def _signature(text: str, key: SignerKey) -> str:
    """The line of a note with the signature of a key."""
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(text.encode())
    return f"{DASH}{key.name} {b64encode(key.verifier.id + signature).decode()}\n"


def verify(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in `note`, signed by `key` and of the log that `key` is named after; else `BadCheckpoint`."""
    checkpoint = parse(verify_note(note, key))
    if checkpoint.origin != key.name:
        raise BadCheckpoint(f"a checkpoint of {checkpoint.origin!r}, not of {key.name!r}")
    return checkpoint


def verify_note(note: str, key: VerifierKey) -> str:
    """The text of a signed note; `BadCheckpoint` unless `key` signed it. Signatures of other keys are passed over."""
    head, blank, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    if not blank or not tail.endswith("\n") or not all(line.startswith(DASH) for line in lines):
        raise BadCheckpoint("not a signed note")
    text = head + "\n"
    for line in lines:
        name, _, encoded = line.removeprefix(DASH).partition(" ")
        signature = unbase64(encoded)
        if name == key.name and signature[:4] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
            except InvalidSignature as error:
                raise BadCheckpoint("the signature does not hold") from error
            return text
    raise BadCheckpoint(f"not signed by {key}")


def parse(text: str) -> Checkpoint:
    """The checkpoint in a note's text: exactly origin, size and root."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not _NAME.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise BadCheckpoint("not the three lines of a checkpoint: origin, size, root")
    root = unbase64(lines[2])
    if len(root) != 32:
        raise BadCheckpoint("the root is not 32 bytes long")
    return Checkpoint(lines[0], int(lines[1]), root)


def _key_parts(text: str, algorithm: bytes) -> tuple[str, str, bytes]:
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise BadCheckpoint("a key is written name+id+base64")
    raw = unbase64(parts[2])
    if len(raw) != 33 or raw[:1] != algorithm:
        raise BadCheckpoint("not an Ed25519 key" if algorithm == ED25519 else "not the key of a witness")
    return parts[0], parts[1], raw[1:]


def unbase64(text: str) -> bytes:
    """What a text says in base64, written in the one way that there is; else `BadCheckpoint`."""
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise BadCheckpoint("not base64") from error
    # Spare bits of the last sign could be set at will, and the same bytes be written in two ways.
    if b64encode(raw).decode() != text:
        raise BadCheckpoint("not base64")
    return raw
