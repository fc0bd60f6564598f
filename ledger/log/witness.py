"""Witnesses: signers elsewhere who have seen that a log only ever grew.

Formats: c2sp.org/tlog-cosignature (`cosignature/v1`: a time and an Ed25519 signature over that time and a checkpoint's
text, on a line of the note) and c2sp.org/tlog-witness (a request: `old SIZE`, a consistency proof of RFC 6962, 2.1.2,
an empty line, the checkpoint). Everything here is worked out from the bytes given: a witness has no ledger.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.log.checkpoint import COSIGNING, DASH, BadCheckpoint, Checkpoint, VerifierKey, parse, unbase64, verify
from ledger.log.tree import node_hash

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_MOST_LINES = 63


def witness_key(text: str) -> VerifierKey:
    """The public key of a witness from `name+id+base64`."""
    return VerifierKey.parse(text, COSIGNING)


def key_of(name: str, seed: bytes) -> VerifierKey:
    """The public key of a witness from the 32 bytes of its private one."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return VerifierKey(name, public, COSIGNING)


def cosign(note: str, name: str, seed: bytes, time: int) -> str:
    """The line by which a witness signs that, at `time` (seconds of POSIX), this head was the last one it saw."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_message(_text(note), time))
    stamped = key_of(name, seed).id + time.to_bytes(8, "big") + signature
    return f"{DASH}{name} {b64encode(stamped).decode()}\n"


def cosigned(note: str, key: VerifierKey) -> int | None:
    """When a witness has signed a note, in seconds of POSIX; None where it has not."""
    text = _text(note)
    for line in note.rpartition("\n\n")[2].splitlines():
        name, _blank, encoded = line.removeprefix(DASH).partition(" ")
        try:
            raw = unbase64(encoded)
        except BadCheckpoint:
            continue
        if name != key.name or raw[:4] != key.id or len(raw) != 4 + 8 + 64:
            continue
        time = int.from_bytes(raw[4:12], "big")
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[12:], _message(text, time))
        except InvalidSignature:
            continue
        return time
    return None


def head_of(note: str) -> Checkpoint:
    """The head that a note is about, whoever has signed it."""
    return parse(_text(note))


def consistency(old: int, size: int, node: Callable[[int, int], bytes]) -> list[bytes]:
    """The proof that the tree of `size` leaves was built on that of its first `old`; `node(level, index)` as stored."""

    def over(first: int, last: int) -> bytes:
        count = last - first
        if count & (count - 1) == 0 and first % count == 0:
            level = count.bit_length() - 1
            return node(level, first >> level)
        left = _left(count)
        return node_hash(over(first, first + left), over(first + left, last))

    def proof(known: int, first: int, last: int, *, whole: bool) -> list[bytes]:
        count = last - first
        if known == count:
            return [] if whole else [over(first, last)]
        left = _left(count)
        if known <= left:
            return [*proof(known, first, first + left, whole=whole), over(first + left, last)]
        return [*proof(known - left, first + left, last, whole=False), over(first, first + left)]

    return proof(old, 0, size, whole=True) if 0 < old < size else []


def consistent(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `new` was built on that of `old` (RFC 9162, 2.1.4.2)."""
    if old.size in (0, new.size):
        return not proof and (old.size == 0 or old.root == new.root)
    if old.size > new.size or not proof:
        return False
    hashes = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    first, second = old.size - 1, new.size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    old_root = new_root = hashes[0]
    for one in hashes[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            old_root, new_root = node_hash(one, old_root), node_hash(one, new_root)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            new_root = node_hash(new_root, one)
        first, second = first >> 1, second >> 1
    return second == 0 and (old_root, new_root) == (old.root, new.root)


class Request(NamedTuple):
    """What a witness is asked: from which size it knows, the proof, and the note of the new head."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(b64encode(one).decode() for one in self.proof)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> "Request":
        """From the text of a request; else `BadCheckpoint`."""
        head, blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        found = _OLD.fullmatch(first)
        if found is None or not blank or len(lines) > _MOST_LINES:
            raise BadCheckpoint("not a request: `old SIZE`, a proof, an empty line, a checkpoint")
        return cls(int(found[1]), tuple(map(unbase64, lines)), note)


class Unseen(ValueError):
    """Why a witness does not sign: a code and what it is about."""

    def __init__(self, code: str, size: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.size = size


def asked(request: Request, log: VerifierKey, seen: Checkpoint | None) -> Checkpoint:
    """The head that a witness who last saw `seen` may sign, of the log whose key is `log`.

    Raises `BadCheckpoint`, and `Unseen`: `old_differs` (with the size that was seen), `head_smaller`, `not_consistent`.
    """
    head = verify(request.note, log)
    known = seen or Checkpoint(head.origin, 0, b"")
    if head.size < known.size:
        raise Unseen("head_smaller", known.size)
    if request.old != known.size:
        raise Unseen("old_differs", known.size)
    if not consistent(known, head, request.proof):
        raise Unseen("not_consistent", known.size)
    return head


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _text(note: str) -> str:
    return note.rpartition("\n\n")[0] + "\n"


def _left(count: int) -> int:
    """The largest power of two below a number."""
    return 1 << ((count - 1).bit_length() - 1)
