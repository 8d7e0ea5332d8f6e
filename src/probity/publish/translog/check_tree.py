"""Every entry and every tile of a log, hashed and compared up to the signed root.

Where entries and their tile do not agree, whichever of the two leads to the signed root is right,
and the other was changed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from probity.core import VerificationError
from probity.publish.translog.checkpoint import FILE_NAME, Checkpoint
from probity.publish.translog.entry_stream import ENTRIES_AT_ONCE, stream_of_bundles
from probity.publish.translog.growing_tree import GrowingTree, subtree_hash
from probity.publish.translog.hashing import as_hashes, hashing_for
from probity.publish.translog.log_files import StoredTree, entries_of, read_log_file, read_tile
from probity.publish.translog.merkle import HASH_BYTES, leaf_hash, tree_root
from probity.publish.translog.tiles import (
    MAX_BUNDLE_BYTES,
    PREFIX_BYTES,
    TILE_WIDTH,
    Tile,
    hash_at,
    tiles_of_level,
)

_BUNDLES_AT_ONCE = ENTRIES_AT_ONCE // TILE_WIDTH
_BYTES_AT_ONCE = 1 << 25

Step = Callable[[int], object]
See = Callable[[Tile, bytes], object]
"""Given each bundle with its content, the very bytes that are hashed. What it makes of them counts
only once the check has ended well."""


def no_step(entries: int) -> None:
    """Nobody wants to know how far the work has come."""


def see_nothing(bundle: Tile, content: bytes) -> None:
    """Nobody looks for an entry."""


@dataclass(slots=True)
class _Computed:
    """The tree as one pass computed it, and where what is stored disagrees.

    ``broken`` is the first bundle that is not well formed; the leaf hashes of its tile stand in
    for those of its entries. ``unlike`` is the first bundle whose entries have other hashes than
    its tile, ``tile`` the first tile above the leaves that is not what it should be, with what it
    should be and what it is.
    """

    root: bytes = b""
    broken: Tile | None = None
    unlike: Tile | None = None
    tile: tuple[Tile, bytes, bytes] | None = None


def check_tree(
    log: Path, checkpoint: Checkpoint, *, step: Step = no_step, see: See = see_nothing
) -> None:
    """Read every entry and every tile, and check that they lead to the root of a checkpoint.

    Parameters
    ----------
    log : Path
        A directory with the log's files.
    checkpoint : Checkpoint
        Its size and root.
    step : callable
        Told how many entries were read, as they are.
    see : callable
        Shown every well-formed bundle as it is read, so that nobody has to read it a second
        time, when it may have been exchanged.

    Raises
    ------
    VerificationError
        The first that does not, with the place in its file.
    """
    found = _compute(log, checkpoint.size, step, see)
    entries_are_right = found.root == checkpoint.root
    if found.broken is not None:
        _tell_entry(log, found.broken)
    if found.unlike is not None:
        if entries_are_right or not _is_authentic(log, checkpoint, _tile_of(found.unlike)):
            _tell_leaf(log, found.unlike)
        _tell_entry(log, found.unlike)
    if not entries_are_right:
        raise VerificationError(
            file=FILE_NAME,
            place="line 3",
            expected=f"the root {found.root.hex()} that all {checkpoint.size} entries lead to",
            got=checkpoint.root.hex(),
        )
    if found.tile is not None:
        _tell_hash(*found.tile)


def _compute(log: Path, size: int, step: Step, see: See) -> _Computed:
    hash_messages = hashing_for(size)
    tree = GrowingTree(0, [], hash_messages=hash_messages)
    found = _Computed()
    for bundles, contents in _batches(log, size):
        stored = b"".join(read_tile(log, _tile_of(one)) for one in bundles)
        stream = stream_of_bundles(contents, width=bundles[0].width)
        leaves = as_hashes(stored) if stream is None else stream.leaf_hashes(hash_messages)
        if stream is None:
            found.broken = found.broken or _first_broken(bundles, contents)
        elif found.unlike is None and leaves.tobytes() != stored:
            differing = (leaves != as_hashes(stored)).any(axis=1).argmax()
            found.unlike = bundles[int(differing) // TILE_WIDTH]
        if stream is not None:
            for bundle, content in zip(bundles, contents, strict=True):
                see(bundle, content)
        for tile, content in tree.grow(leaves):
            _compare(log, tile, content, found)
        step(len(leaves))
    for tile, content in tree.partial_tiles():
        _compare(log, tile, content, found)
    found.root = tree.root()
    return found


def _batches(log: Path, size: int) -> Iterator[tuple[list[Tile], list[bytes]]]:
    """The bundles with their contents, some at a time, all of one width."""
    # A few at a time: an unsigned checkpoint may state any size, and a stranger's entries may
    # all be as long as an entry can be.
    bundles, contents, held = list[Tile](), list[bytes](), 0
    for bundle in tiles_of_level(None, size):
        enough = len(bundles) == _BUNDLES_AT_ONCE or held >= _BYTES_AT_ONCE
        if enough or (bundles and bundle.width < TILE_WIDTH):
            yield bundles, contents
            bundles, contents, held = [], [], 0
        bundles.append(bundle)
        contents.append(read_log_file(log, bundle.path, limit=MAX_BUNDLE_BYTES))
        held += len(contents[-1])
    if bundles:
        yield bundles, contents


def _tile_of(bundle: Tile) -> Tile:
    """The tile with the leaf hashes of the entries of a bundle."""
    return Tile(0, bundle.index, bundle.width)


def _first_broken(bundles: Sequence[Tile], contents: Sequence[bytes]) -> Tile:
    fits = [stream_of_bundles([one], width=bundles[0].width) is not None for one in contents]
    return bundles[fits.index(False)]


def _compare(log: Path, tile: Tile, content: bytes, found: _Computed) -> None:
    """Note the first tile above the leaves that is not what it should be."""
    if tile.level and found.tile is None and (stored := read_tile(log, tile)) != content:
        found.tile = tile, content, stored


def _is_authentic(log: Path, checkpoint: Checkpoint, tile: Tile) -> bool:
    """Whether the tiles above a tile, as they are stored, lead from it to the signed root."""
    stored = StoredTree([log], checkpoint.size)
    while tile.width == TILE_WIDTH and tile.level is not None:
        index, number = divmod(tile.index, TILE_WIDTH)
        above = stored.tile(tile.level + 1, index)
        if subtree_hash(stored.content(tile)) != hash_at(stored.content(above), number):
            return False
        tile = above
    return tree_root(checkpoint.size, node=stored.node) == checkpoint.root


def _tell_entry(log: Path, bundle: Tile) -> NoReturn:
    """Name the first entry of a bundle that is not what its leaf hash says."""
    stored = read_tile(log, _tile_of(bundle))
    content = read_log_file(log, bundle.path, limit=MAX_BUNDLE_BYTES)
    at = 0
    for number in range(bundle.width):
        end = at + PREFIX_BYTES + int.from_bytes(content[at : at + PREFIX_BYTES], "big")
        found = leaf_hash(content[at + PREFIX_BYTES : end])
        if end > len(content) or found != hash_at(stored, number):
            raise VerificationError(
                file=bundle.path,
                place=f"entry {bundle.index * TILE_WIDTH + number} (byte {at})",
                expected=f"{bundle.width} entries, this one with leaf hash "
                f"{hash_at(stored, number).hex()}",
                got=f"an end at byte {len(content)}" if end > len(content) else found.hex(),
            )
        at = end
    raise VerificationError(
        file=bundle.path,
        place=f"byte {at}",
        expected=f"the end after {bundle.width} entries",
        got=f"{len(content) - at} bytes more",
    )


def _tell_leaf(log: Path, bundle: Tile) -> NoReturn:
    """Name the first hash of a tile that is not that of its entry."""
    content = read_log_file(log, bundle.path, limit=MAX_BUNDLE_BYTES)
    right = b"".join(leaf_hash(one) for one in entries_of(content, bundle))
    tile = _tile_of(bundle)
    _tell_hash(tile, right, read_tile(log, tile))


def _tell_hash(tile: Tile, right: bytes, stored: bytes) -> NoReturn:
    """Name the first hash of a tile that is not what the hashes below it lead to."""
    differing = (n for n in range(tile.width) if hash_at(stored, n) != hash_at(right, n))
    number = next(differing, 0)  # none differs where the file was changed since it was read
    raise VerificationError(
        file=tile.path,
        place=f"hash {number} (byte {number * HASH_BYTES})",
        expected=hash_at(right, number).hex(),
        got=hash_at(stored, number).hex(),
    )
