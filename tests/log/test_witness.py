"""Cosignatures and consistency proofs: the published example, every pair of small trees, and what is no proof."""

from hashlib import sha256

import pytest

from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey, sign
from ledger.log.tree import leaf_hash, node_hash, root
from ledger.log.witness import Request, Unseen, asked, consistency, consistent, cosign, cosigned, key_of, witness_key

KEY = SignerKey("subsidy-0011", bytes(range(32)))
SEED = bytes(range(1, 33))
WITNESS = key_of("witness.example/w1", SEED)
LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]


def head(size: int) -> Checkpoint:
    return Checkpoint(KEY.name, size, root(LEAVES[:size]))


def node(level: int, index: int) -> bytes:
    """A stored hash, worked out from its leaves."""
    if level == 0:
        return LEAVES[index]
    return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))


def test_the_time_is_signed_with_the_text() -> None:
    """The message of c2sp.org/tlog-cosignature, and its key id over 0x04."""
    note = sign(head(5), KEY)
    line = cosign(note, WITNESS.name, SEED, 1679315147)
    assert line.startswith("\u2014 witness.example/w1 ")
    assert cosigned(note + line, WITNESS) == 1679315147
    assert WITNESS.id == sha256(b"witness.example/w1\n\x04" + WITNESS.public).digest()[:4]
    assert witness_key(str(WITNESS)) == WITNESS
    # The log's own signature, another head, another witness.
    assert cosigned(note, WITNESS) is None
    assert cosigned(sign(head(6), KEY) + line, WITNESS) is None
    assert cosigned(note + line, key_of(WITNESS.name, bytes(32))) is None
    assert cosigned(note + line, key_of("witness.example/w2", SEED)) is None


@pytest.mark.parametrize("text", ["x", "w+00000000+BAAA", str(KEY.verifier), str(WITNESS).replace("w1+", "w1+0")])
def test_what_is_no_key_of_a_witness(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        witness_key(text)


def test_every_pair_of_small_trees_has_its_proof_and_no_other() -> None:
    for size in range(1, 40):
        for old in range(1, size + 1):
            proof = consistency(old, size, node)
            assert consistent(head(old), head(size), proof), (old, size)
            other = Checkpoint(KEY.name, old, bytes(32))
            assert not consistent(other, head(size), proof), (old, size)
            assert not consistent(head(old), Checkpoint(KEY.name, size, bytes(32)), proof), (old, size)
            assert not consistent(head(old), head(size), [*proof, bytes(32)]), (old, size)
            for at in range(len(proof)):
                assert not consistent(head(old), head(size), proof[:at] + proof[at + 1 :]), (old, size, at)
                assert not consistent(head(old), head(size), [*proof[:at], bytes(32), *proof[at + 1 :]]), (old, size)


def test_the_proof_of_the_standard() -> None:
    """RFC 6962, 2.1.3: of seven leaves, PROOF(3) is [c, d, g, l] and PROOF(4) [l], PROOF(6) [i, j, k]."""
    c, d, i, j = LEAVES[2], LEAVES[3], node(1, 2), LEAVES[6]
    g, k, most = node(1, 0), node(2, 0), node_hash(i, j)
    assert consistency(3, 7, node) == [c, d, g, most]
    assert consistency(4, 7, node) == [most]
    assert consistency(6, 7, node) == [i, j, k]


def test_a_witness_signs_what_grows_from_what_it_saw() -> None:
    def request(old: int, size: int) -> Request:
        return Request.parse(str(Request(old, tuple(consistency(old, size, node)), sign(head(size), KEY))))

    assert asked(request(0, 5), KEY.verifier, None) == head(5)
    assert asked(request(5, 9), KEY.verifier, head(5)) == head(9)
    assert asked(request(9, 9), KEY.verifier, head(9)) == head(9)
    for code, given, seen in (
        ("old_differs", request(4, 9), head(5)),
        ("old_differs", request(0, 9), head(5)),
        ("head_smaller", request(3, 4), head(5)),
        ("not_consistent", request(5, 9), Checkpoint(KEY.name, 5, bytes(32))),
        ("not_consistent", Request(5, (), sign(head(9), KEY)), head(5)),
    ):
        with pytest.raises(Unseen) as wrong:
            asked(given, KEY.verifier, seen)
        assert wrong.value.code == code
    with pytest.raises(BadCheckpoint):
        asked(request(0, 5), SignerKey(KEY.name, bytes(32)).verifier, None)


@pytest.mark.parametrize("text", ["", "old 1", "old 01\n\nx", "old -1\n\nx", "old 1\nx\n\nx", "new 1\n\nx"])
def test_what_is_no_request(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        Request.parse(text)
