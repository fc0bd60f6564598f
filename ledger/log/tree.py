"""The Merkle tree of RFC 6962, section 2.1, kept as its complete subtrees.

A node is named by (level, index): level 0 are the leaves, node (l, i) covers the leaves i * 2^l up to (i + 1) * 2^l.
The *peaks* of a tree of n leaves are its largest complete subtrees, one per set bit of n; they decide its root and are
all that growing it needs. Hashes are 32 bytes of SHA-256.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

# Level -> hash.
Peaks = dict[int, bytes]
# (level, index, hash)
Node = tuple[int, int, bytes]

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """The leaf of a record's bytes."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return sha256(b"\x01" + left + right).digest()


def grow(size: int, peaks: Peaks, leaves: Sequence[bytes]) -> tuple[list[Node], Peaks]:
    """Append `leaves` to the tree of `size` leaves with `peaks`: the nodes it completes, levels 1 and up; new peaks."""
    nodes: list[Node] = []
    after = dict(peaks)
    level, row = 0, list(leaves)
    while row:
        # An odd number of nodes stood on this level: the last of them is a peak, and the left half of the first pair.
        if size >> level & 1:
            row.insert(0, after.pop(level))
        if len(row) & 1:
            after[level] = row[-1]
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level += 1
        nodes += [(level, index, hashed) for index, hashed in enumerate(row, size >> level)]
    return nodes, after


def peaks_at(size: int, node: Callable[[int, int], bytes]) -> Peaks:
    """The peaks of the tree's first `size` leaves; `node(level, index)` gives a stored hash, level 0 the leaves."""
    return {level: node(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1}


def root_of(peaks: Peaks) -> bytes:
    """The root over `peaks`: each lower peak is the right half under the next higher one."""
    if not peaks:
        return EMPTY_ROOT
    lowest, *higher = sorted(peaks)
    root = peaks[lowest]
    for level in higher:
        root = node_hash(peaks[level], root)
    return root


class Roots:
    """The roots of every size that a log had while it was read from its beginning.

    Complete subtrees of `BLOCK` leaves are kept, and not the leaves: those of one block are asked of `leaves(first,
    end)` again, where they are not of the last blocks read.
    """

    BLOCK = 64
    _LEVEL = BLOCK.bit_length() - 1

    def __init__(self, leaves: Callable[[int, int], Sequence[bytes]]) -> None:
        self._leaves = leaves
        self._levels: list[list[bytes]] = []
        self._block: list[bytes] = []
        self._last: dict[int, list[bytes]] = {}
        # Leaves whose nodes nobody has asked for yet, behind the first `_known` ones.
        self._ahead: list[bytes] = []
        self._known = self._grown = 0

    @property
    def size(self) -> int:
        """How many leaves were read."""
        return self._known + len(self._ahead)

    def add(self, leaf: bytes) -> None:
        """The leaf of the next record."""
        self._ahead.append(leaf)

    def grown(self, nodes: Sequence[Node]) -> None:
        """The nodes that the leaves added since the last call complete, as `grow` gives them: whoever has them
        saves that they are made here as well.
        """
        if self._known == self._grown:
            blocks = self._blocks()
            for level, _index, hashed in nodes if blocks else ():
                if level >= self._LEVEL:
                    self._level(level).append(hashed)
        else:
            self._complete()
        self._grown = self._known

    def at(self, size: int) -> bytes:
        """The root of the first `size` leaves, which were all read."""
        self._complete()
        number, rest = divmod(size, self.BLOCK)
        peaks = peaks_at(size - rest, lambda level, index: self._levels[level - self._LEVEL][index])
        if rest:
            first = number * self.BLOCK
            block = self._block if number == self._known // self.BLOCK else self._last.get(number)
            peaks |= grow(0, {}, (block or self._leaves(first, size))[:rest])[1]
        return root_of(peaks)

    def _blocks(self) -> list[list[bytes]]:
        """Take the leaves ahead; the blocks that they fill."""
        number, leaves = self._known // self.BLOCK, [*self._block, *self._ahead]
        self._known += len(self._ahead)
        self._ahead.clear()
        cuts = range(0, len(leaves) + 1, self.BLOCK)
        *blocks, self._block = [leaves[first : first + self.BLOCK] for first in cuts]
        for place, block in enumerate(blocks, number):
            self._last[place] = block
            self._last.pop(place - self.BLOCK, None)
        return blocks

    def _complete(self) -> None:
        for block in self._blocks() if self._ahead else ():
            level, hashed = self._LEVEL, root(block)
            nodes = self._level(level)
            nodes.append(hashed)
            while not len(nodes) & 1:
                hashed, level = node_hash(nodes[-2], hashed), level + 1
                nodes = self._level(level)
                nodes.append(hashed)

    def _level(self, level: int) -> list[bytes]:
        """The nodes of a level that are known, from that of blocks on."""
        if level - self._LEVEL == len(self._levels):
            self._levels.append([])
        return self._levels[level - self._LEVEL]


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; over none, SHA-256 of nothing."""
    return root_of(grow(0, {}, leaves)[1])
