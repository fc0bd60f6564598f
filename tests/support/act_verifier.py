"""A verifier of signed acts, written from docs/contracts.md (9, signed acts) alone: it shares no code with the product.

Ed25519 is RFC 8032, 5.1.7, in affine coordinates: slow, and short enough to be read. JSON is read and written by the
standard library, the tree is RFC 6962, 2.1, as its definition has it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256, sha512
from typing import Any

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
UNSIGNED = ("recorded_at", "signature", "proof", "proof_recovery", "first")
# What an act leaves out of a record that it covers, and the records that it does not cover.
PLACED = ("recorded_at", "signature", "proof", "import", "first")
UNCOVERED = ("account", "act", "approval", "budget", "entry", "key", "person", "refusal", "run_aborted", "run_closed")
# Acts of who founds a ledger: each is by the key that it puts in force.
FOUNDING = ("init.found", "init.open")

Point = tuple[int, int]


def _point(y: int, odd: int) -> Point:
    """The point of the curve -x^2 + y^2 = 1 + d x^2 y^2 with this y, whose x has this lowest bit."""
    squared = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(squared, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != squared:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if x * x % PRIME != squared:
        raise ValueError("no point of the curve")
    return (PRIME - x if x & 1 != odd else x), y


BASE = _point(4 * pow(5, -1, PRIME) % PRIME, 0)


def _add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % PRIME
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, PRIME) % PRIME
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, PRIME) % PRIME
    return x, y


def _times(number: int, point: Point) -> Point:
    product = (0, 1)
    while number:
        if number & 1:
            product = _add(product, point)
        point, number = _add(point, point), number >> 1
    return product


def _decoded(text: bytes) -> Point:
    number = int.from_bytes(text, "little")
    return _point(number & (2**255 - 1), number >> 255)


def ed25519(public: str, signature: str, message: bytes) -> bool:
    """Whether a signature (64 bytes in hex) over a message is by the key `public` (32 bytes in hex)."""
    key, signed = bytes.fromhex(public), bytes.fromhex(signature)
    scalar = int.from_bytes(signed[32:], "little")
    if len(signed) != 64 or scalar >= ORDER:
        return False
    try:
        commitment, holder = _decoded(signed[:32]), _decoded(key)
    except ValueError:
        return False
    hashed = int.from_bytes(sha512(signed[:32] + key + message).digest(), "little") % ORDER
    return _times(scalar, BASE) == _add(commitment, _times(hashed, holder))


def message_of(record: Mapping[str, Any]) -> bytes:
    """The bytes that a record's signatures stand under."""
    said = {name: value for name, value in record.items() if name not in UNSIGNED}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, over leaf hashes."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


def wrong(log: Sequence[bytes], seq: int) -> str:
    """What the contract has against the act at a log index; "" for an act in order. `log` is the bodies, in order."""
    bodies = [json.loads(body) for body in log]
    record = bodies[seq]
    message = message_of(record)
    if not message.startswith(b'{"$schema":"subsidy/'):
        return "prefix"
    if record["origin"] != bodies[0]["origin"]:
        return "act_foreign"
    day = (datetime.fromisoformat(record["recorded_at"]) + timedelta(hours=8)).date()
    if not 0 <= (datetime.fromisoformat(record["valid_until"]).date() - day).days <= 10:
        return "act_expired"
    head, size = record["head"], record["head"]["size"]
    leaves = [sha256(b"\x00" + body).digest() for body in log[:size]]
    if size > seq or root(leaves).hex() != head["root"]:
        return "act_head_differs"
    keys = {at: key for at in range(seq) if (key := _key_made(bodies, at, record["actor"]))}
    of_signer = sorted(keys)
    cuts = [at for at, body in enumerate(bodies[:seq]) if body["$schema"].startswith("subsidy/cut/")]
    if any(size <= at for at in (*of_signer, *cuts)):
        return "act_head_early"
    if record["act"] in FOUNDING:
        if size != seq or record["actor"] != record["key"]:
            return "founding_differs"
        return "" if ed25519(record["public"], record["signature"], message) else "signature_wrong"
    if any("act" in body and message_of(body) == message for body in bodies[:seq]):
        return "act_repeated"
    if record["$schema"] == "subsidy/act/1":
        covered = [_covered(body) for body in bodies[record["first"] : seq] if _kind(body) not in UNCOVERED]
        if (record["count"], record["root"]) != (len(covered), root(covered).hex()):
            return "act_covers"
    if not of_signer or not ed25519(keys[of_signer[-1]], record["signature"], message):
        return "signature_wrong"
    return ""


def _kind(body: Mapping[str, Any]) -> str:
    return str(body["$schema"]).split("/")[1]


def _covered(body: Mapping[str, Any]) -> bytes:
    """The leaf of a record under an act; of entries and outcomes that people write themselves nothing is asked here."""
    said = {name: value for name, value in body.items() if name not in PLACED}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(b"\x00" + text.encode()).digest()


def _key_made(bodies: Sequence[Mapping[str, Any]], at: int, whose: str) -> str:
    """The public key of a person that a record puts in force; "" where it puts none."""
    body = bodies[at]
    if _kind(body) == "approval" and body["opinion"] == "approve":
        body = bodies[body["about"]]
        if _kind(body) != "person":
            return ""
    elif _kind(body) != "key" and body.get("act") not in FOUNDING:
        return ""
    return str(body.get("public", "")) if body["key"] == whose else ""
