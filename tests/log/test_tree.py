"""The Merkle tree against published roots, against the RFC's own definition, and against what it stored."""

import random
from hashlib import sha256

import pytest

from ledger.log.tree import EMPTY_ROOT, Peaks, grow, leaf_hash, node_hash, peaks_at, root, root_of

# The eight leaves of the Certificate Transparency project's tests (certificate-transparency, merkle_tree_test.cc;
# the same in transparency-dev/merkle, testonly/constants.go) and the roots over the first 1, 2, ... 8 of them.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def rfc_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word: k is the largest power of two smaller than n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + rfc_root(leaves[:k]) + rfc_root(leaves[k:])).digest()


class Stored:
    """The nodes of a tree as the database keeps them."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.peaks: Peaks = {}

    def append(self, leaves: list[bytes]) -> None:
        nodes, self.peaks = grow(len(self.leaves), self.peaks, leaves)
        for level, index, hashed in nodes:
            assert (level, index) not in self.nodes
            self.nodes[level, index] = hashed
        self.leaves += leaves

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index] if level else self.leaves[index]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert root([leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]).hex() == ROOTS[size - 1]


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    # sha256sum </dev/null
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root([]) == EMPTY_ROOT


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_five_leaves_complete_three_nodes() -> None:
    # Leaves 0-1 and 2-3 make (1, 0) and (1, 1), those make (2, 0); leaf 4 waits as a peak of level 0.
    a, b, c, d, e = (leaf_hash(bytes([number])) for number in range(5))
    nodes, peaks = grow(0, {}, [a, b, c, d, e])
    ab, cd = node_hash(a, b), node_hash(c, d)
    assert sorted(nodes) == [(1, 0, ab), (1, 1, cd), (2, 0, node_hash(ab, cd))]
    assert peaks == {0: e, 2: node_hash(ab, cd)}
    assert root_of(peaks) == node_hash(node_hash(ab, cd), e)


def test_growing_by_any_batches_is_the_same_tree() -> None:
    seed = 6962
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(60):
        stored = Stored()
        while len(stored.leaves) < 200:
            stored.append([leaf_hash(dice.randbytes(8)) for _ in range(dice.choice([0, 1, 1, 2, 3, 7, 16, 33]))])
            size = len(stored.leaves)
            assert root_of(stored.peaks) == rfc_root(stored.leaves)
            assert peaks_at(size, stored.node) == stored.peaks
        # A complete subtree is stored once and never moves: n leaves have floor(n/2) + floor(n/4) + ... of them.
        size = len(stored.leaves)
        assert len(stored.nodes) == sum(size >> level for level in range(1, size.bit_length()))
        for earlier in range(size + 1):
            assert root_of(peaks_at(earlier, stored.node)) == rfc_root(stored.leaves[:earlier])


def test_growing_leaves_the_peaks_it_was_given_alone() -> None:
    _nodes, peaks = grow(0, {}, [leaf_hash(b"a")])
    before = dict(peaks)
    grow(1, peaks, [leaf_hash(b"b")])
    assert peaks == before
