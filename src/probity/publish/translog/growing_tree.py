"""A tree that grows at its right edge, one level of tiles at a time.

Only the partial tiles at the right edge are needed to grow a tree; whole tiles to the left of
them never change.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from probity.publish.translog.hashing import Hashes, HashMessages, ancestors
from probity.publish.translog.merkle import HASH_BYTES, node_hash, tree_root
from probity.publish.translog.tiles import TILE_HEIGHT, TILE_WIDTH, Tile

_NO_HASHES = np.empty((0, HASH_BYTES), dtype=np.uint8)


class GrowingTree:
    """The right edge of a tree, which takes leaves and gives the tiles they complete.

    Parameters
    ----------
    size : int
        Leaves so far.
    edge : sequence of uint8, (width, 32)
        The hashes of the partial tile of every level that has one, from the leaves up; none are
        missing between.
    hash_messages : HashMessages
        How to hash.
    """

    def __init__(self, size: int, edge: Sequence[Hashes], *, hash_messages: HashMessages) -> None:
        self.size = size
        self._hash_messages = hash_messages
        self._edge = list(edge)

    def grow(self, leaves: Hashes) -> Iterator[tuple[Tile, bytes]]:
        """Take leaves; yield every tile that became full."""
        hashes, total = leaves, self.size
        self.size += len(leaves)
        level = 0
        while len(hashes):
            if level == len(self._edge):
                self._edge.append(_NO_HASHES)
            first = total // TILE_WIDTH
            hashes = np.concatenate([self._edge[level], hashes])
            full = len(hashes) // TILE_WIDTH
            for n in range(full):
                part = hashes[n * TILE_WIDTH : (n + 1) * TILE_WIDTH]
                yield Tile(level, first + n, TILE_WIDTH), part.tobytes()
            self._edge[level] = hashes[full * TILE_WIDTH :]
            whole = hashes[: full * TILE_WIDTH]
            hashes = ancestors(whole, height=TILE_HEIGHT, hash_messages=self._hash_messages)
            total //= TILE_WIDTH
            level += 1

    def partial_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """The partial tile of every level that has one."""
        total = self.size
        for level, hashes in enumerate(self._edge):
            if len(hashes):
                yield Tile(level, total // TILE_WIDTH, len(hashes)), hashes.tobytes()
            total //= TILE_WIDTH

    def root(self) -> bytes:
        """The root over all leaves."""
        return tree_root(self.size, node=self.node)

    def node(self, height: int, n: int) -> bytes:
        """The hash of a complete subtree whose leaves no longer lie in a full tile.

        Its hashes are those of the partial tile of its level.
        """
        level, below = divmod(height, TILE_HEIGHT)
        first = (n << below) % TILE_WIDTH
        hashes = self._edge[level][first : first + (1 << below)]
        return subtree_hash(hashes.tobytes())


def subtree_hash(hashes: bytes) -> bytes:
    """The hash over 2^h hashes, end to end."""
    nodes = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(nodes) > 1:
        nodes = [node_hash(nodes[n], nodes[n + 1]) for n in range(0, len(nodes), 2)]
    return nodes[0]
