"""The files of a log, read within limits, and the hashes that lie in them."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from probity.core import InputError, VerificationError
from probity.core.files import read_regular_file
from probity.publish.translog.checkpoint import (
    FILE_NAME,
    Checkpoint,
    SignedCheckpoint,
    parse_checkpoint,
)
from probity.publish.translog.growing_tree import subtree_hash
from probity.publish.translog.merkle import (
    HASH_BYTES,
    consistency_proof,
    is_consistent,
    leaf_hash,
    tree_root,
)
from probity.publish.translog.note import MAX_NOTE_BYTES
from probity.publish.translog.tiles import (
    MAX_BUNDLE_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    BundleError,
    Place,
    Tile,
    decode_bundle,
    level_sizes,
)

_TILES_HELD = 1024


def read_checkpoint(log: Path) -> SignedCheckpoint:
    """The checkpoint that a log publishes.

    Raises
    ------
    VerificationError
        There is none, or it is not a checkpoint.
    """
    return parse_checkpoint(read_log_file(log, FILE_NAME, limit=MAX_NOTE_BYTES))


def read_log_file(log: Path, path: str, *, limit: int) -> bytes:
    """A file of a log, named from its directory.

    Raises
    ------
    VerificationError
        No such file, not a regular file (a link is none), empty, or larger than ``limit``.
    """
    try:
        # As text: building thousands of paths takes longer than reading the files.
        return read_regular_file(f"{log}/{path}", limit=limit, follow_link=False)
    except InputError as error:
        got = error.problem if error.allowed is None else f"{error.problem} ({error.allowed})"
        raise VerificationError(file=path, expected="a file of the log", got=got) from None


def read_tile(log: Path, tile: Tile) -> bytes:
    """The hashes of a tile, end to end.

    Raises
    ------
    VerificationError
        No such file, or one of the wrong length.
    """
    content = read_log_file(log, tile.path, limit=TILE_WIDTH * HASH_BYTES)
    if len(content) != tile.width * HASH_BYTES:
        raise VerificationError(
            file=tile.path,
            expected=f"{tile.width * HASH_BYTES} bytes ({tile.width} hashes)",
            got=f"{len(content)} bytes",
        )
    return content


def read_bundle(log: Path, bundle: Tile) -> list[bytes]:
    """The entries of a bundle.

    Raises
    ------
    VerificationError
        No such file, or not as many entries as its name says.
    """
    return entries_of(read_log_file(log, bundle.path, limit=MAX_BUNDLE_BYTES), bundle)


def entries_of(content: bytes, bundle: Tile) -> list[bytes]:
    """The entries in the content of a bundle.

    Raises
    ------
    VerificationError
        Not as many entries as the bundle's name says.
    """
    try:
        return decode_bundle(content, count=bundle.width)
    except BundleError as error:
        raise VerificationError(
            file=bundle.path,
            place=f"entry {bundle.index * TILE_WIDTH + error.entry} (byte {error.byte})",
            expected=f"{bundle.width} entries, each behind its length",
            got=error.problem,
        ) from None


def require_leaf(entry: bytes, *, expected: bytes, bundle: Tile, number: int) -> None:
    """Refuse an entry of a bundle that is not what its leaf hash says.

    Raises
    ------
    VerificationError
        Names the bundle and the entry.
    """
    found = leaf_hash(entry)
    if found != expected:
        raise VerificationError(
            file=bundle.path,
            place=f"entry {bundle.index * TILE_WIDTH + number}",
            expected=f"leaf hash {expected.hex()}",
            got=found.hex(),
        )


def read_entry(log: Path, index: int, *, size: int) -> bytes:
    """One entry of a log of ``size`` entries.

    Raises
    ------
    VerificationError
        As ``read_bundle``.
    """
    place = Place.of(index, size=size)
    return read_bundle(log, place.bundle)[place.number]


class StoredTree:
    """The tree of ``size`` entries as its tiles say it is; nothing is checked against anything.

    A tile is looked for in each of the directories in turn.
    """

    def __init__(self, directories: Sequence[Path], size: int) -> None:
        self._directories = directories
        self._sizes = level_sizes(size)
        self._held: OrderedDict[Tile, bytes] = OrderedDict()

    def tile(self, level: int, index: int) -> Tile:
        """The tile that holds the hashes of a level from ``256 * index`` on."""
        width = min(TILE_WIDTH, self._sizes[level] - index * TILE_WIDTH)
        return Tile(level, index, width)

    def node(self, height: int, n: int) -> bytes:
        """The hash of a complete subtree.

        Raises
        ------
        VerificationError
            The tile it lies in is missing or of the wrong length.
        """
        level, below = divmod(height, TILE_HEIGHT)
        index, number = divmod(n << below, TILE_WIDTH)
        content = self.content(self.tile(level, index))
        return subtree_hash(content[number * HASH_BYTES : (number + (1 << below)) * HASH_BYTES])

    def content(self, tile: Tile) -> bytes:
        """The hashes of a tile, end to end.

        Raises
        ------
        VerificationError
            No such file, or one of the wrong length.
        """
        if tile not in self._held:
            holding = [one for one in self._directories if (one / tile.path).exists()]
            self._held[tile] = read_tile([*holding, self._directories[-1]][0], tile)
            if len(self._held) > _TILES_HELD:
                self._held.popitem(last=False)
        return self._held[tile]


def earlier_root(log: Path, size: int, *, now: Checkpoint) -> tuple[bytes, tuple[bytes, ...]]:
    """The root that the tree of a checkpoint had at a smaller size, and the proof that it had.

    The tiles are not taken at their word: those that lead to the root of now need not be those
    that lead to the smaller one.

    Raises
    ------
    VerificationError
        The tiles do not lead from the one root to the other.
    """
    node = StoredTree([log], now.size).node
    root = tree_root(size, node=node)
    proof = tuple(consistency_proof(size, now.size, node=node))
    if not is_consistent(size, root, new=now.size, new_root=now.root, proof=proof):
        raise VerificationError(
            file="tile",
            expected=f"the hashes of a log whose {now.size} entries have the root {now.root.hex()}",
            got=f"others, from its first {size} entries on",
        )
    return root, proof
