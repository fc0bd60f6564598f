"""Signed bytes: vectors of the contract, signed and verified by code that shares nothing with ours.

The messages in `acts/` were written by hand before there was code that makes them; sizes and SHA-256 are those of `wc
-c` and `sha256sum`. Seeds are SHA-256 of a text. Ed25519 is deterministic, so OpenSSL makes the same signatures:
    (printf '302e020100300506032b657004220420'; printf 'example 1002' | sha256sum | cut -c1-64) | tr -d '\\n' |
      xxd -r -p > key.der
    openssl pkeyutl -sign -rawin -inkey key.der -keyform DER -in approval.json | xxd -p -c 64
"""

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.log.acts import PREFIX, covered_bytes, signed_bytes
from ledger.log.canonical import canonical, parse
from ledger.log.kinds import check_record
from ledger.log.tree import Roots, grow, leaf_hash, root
from ledger.office.acts import Written, rule_of
from ledger.office.signing import verifies
from tests.support import act_verifier

FOLDER = Path(__file__).parent / "acts"
SIZES = {
    "approval": (346, "6b5ea359faab2f0acc16bf89c4e702c0575d7af207428d80835705df6921d1c7"),
    "act": (310, "c467a240f27d4bc9c8a1bc0fd0c7e63526da680cf13b09d39249d7da6f348ad2"),
    "person": (547, "13842b80ad1776c663cadba77039e53e6888b80a1ba415c6a08c7446e49343d7"),
}
with (FOLDER / "vectors.csv").open(encoding="utf-8") as source:
    VECTORS = list(csv.DictReader(source))


def message(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", SIZES)
def test_the_messages_are_those_of_the_contract(name: str) -> None:
    body = message(name)
    assert (len(body), sha256(body).hexdigest()) == SIZES[name]
    assert body.startswith(PREFIX)
    assert canonical(parse(body)) == body
    assert act_verifier.message_of(json.loads(body)) == body


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['message']} {row['field']}")
def test_the_signatures_are_those_of_the_contract(row: dict[str, str]) -> None:
    body, public, signature = message(row["message"]), row["public"], row["signature"]
    key = Ed25519PrivateKey.from_private_bytes(sha256(row["seed_of"].encode()).digest())
    assert (key.public_key().public_bytes_raw().hex(), key.sign(body).hex()) == (public, signature)
    assert verifies(public, signature, body)
    assert act_verifier.ed25519(public, signature, body)
    other = body.replace(b"2026-12-15", b"2026-12-16")
    assert not verifies(public, signature, other)
    assert not act_verifier.ed25519(public, signature, other)


def test_the_verifier_knows_the_published_vectors() -> None:
    """RFC 8032, 7.1, tests 1 and 2."""
    assert act_verifier.ed25519(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655"
        "141438e7a100b",
        b"",
    )
    assert not act_verifier.ed25519(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00"
        "d291612bb0c00",
        b"\x73",
    )


@pytest.mark.parametrize("name", SIZES)
def test_what_the_writer_adds_is_not_signed(name: str) -> None:
    said: dict[str, Any] = parse(message(name))
    record = {**said, "recorded_at": "2026-12-08T03:05:00Z", "signature": "0" * 128}
    if name == "act":
        record["first"] = 5118
    assert check_record(record) == []
    assert signed_bytes(record) == message(name)
    assert check_record({**record, "colour": "red"}) == ["colour: unknown field"]


def test_an_act_has_the_root_over_what_it_covers() -> None:
    """`act-covered.txt` has what is signed of two records, hashed by the shell: the leaves, and the node above them."""
    texts = (FOLDER / "act-covered.txt").read_bytes().splitlines()
    said = parse(message("act"))
    expected = "ffd8b279ac7209368a6328429c108f3d7eb29d3a8cf442d0abf1aae8c488a12a"
    assert (said["count"], said["root"]) == (len(texts), expected)
    assert act_verifier.root([sha256(b"\0" + text).digest() for text in texts]).hex() == expected
    written = Written(5118)
    for seq, text in enumerate(texts, 5118):
        body = {**parse(text), "recorded_at": "2026-12-08T03:05:00Z"}
        if seq > 5118:
            body["import"] = 5118
        assert covered_bytes(body) == text
        written.take(body, rule_of(body))
    assert (written.count, written.root, written.act) == (said["count"], expected, said["act"])


def test_a_record_of_an_earlier_form_is_signed_with_its_time() -> None:
    record = {"$schema": "subsidy/approval/1", "actor": "1002", "recorded_at": "2026-12-08T03:05:00Z", "signature": "0"}
    assert signed_bytes(record) == (
        b'{"$schema":"subsidy/approval/1","actor":"1002","recorded_at":"2026-12-08T03:05:00Z"}'
    )


def test_every_earlier_root_is_that_of_the_definition() -> None:
    """Of 300 leaves: across blocks of 64, whose leaves are asked again once many others have been read."""
    leaves = [leaf_hash(str(number).encode()) for number in range(64 * 70 + 5)]
    asked: list[tuple[int, int]] = []

    def read(first: int, end: int) -> list[bytes]:
        asked.append((first, end))
        return leaves[first:end]

    roots = Roots(read)
    for size, leaf in enumerate(leaves[:300]):
        assert roots.at(size) == root(leaves[:size])
        roots.add(leaf)
    assert [roots.at(size) for size in range(301)] == [act_verifier.root(leaves[:size]) for size in range(301)]
    assert asked == []
    for leaf in leaves[300:]:
        roots.add(leaf)
    assert roots.at(130) == act_verifier.root(leaves[:130])
    assert asked == [(128, 130)]


def test_nodes_that_somebody_else_made_give_the_same_roots() -> None:
    """Leaves come in parts of any length, with the nodes over them; a root asked within a part changes nothing."""
    leaves = [leaf_hash(str(number).encode()) for number in range(1000)]
    roots = Roots(lambda first, end: leaves[first:end])
    size, peaks = 0, dict[int, bytes]()
    for number, part in enumerate((1, 62, 1, 64, 0, 200, 130, 7, 300, 235)):
        nodes, peaks = grow(size, peaks, leaves[size : size + part])
        for place in range(size, size + part):
            roots.add(leaves[place])
            if number % 3 == 1 and place % 50 == 0:
                assert roots.at(place + 1) == act_verifier.root(leaves[: place + 1])
        roots.grown(nodes)
        size += part
    assert size == len(leaves)
    assert [roots.at(size) for size in range(0, 1001, 9)] == [
        act_verifier.root(leaves[:size]) for size in range(0, 1001, 9)
    ]
