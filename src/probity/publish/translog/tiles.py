"""The files of a log: tiles of hashes and bundles of entries (C2SP tlog-tiles v0.1.0).

Tile ``n`` of level ``l`` holds up to 256 hashes of complete subtrees of ``256**l`` leaves; the
bundle beside each tile of level 0 holds the entries themselves. A full one never changes. The
last one of a level may be partial, and then has its width in its name.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from probity.publish.translog.merkle import HASH_BYTES

TILE_WIDTH = 256
TILE_HEIGHT = 8
MAX_ENTRY_BYTES = (1 << 16) - 1
PREFIX_BYTES = 2
MAX_BUNDLE_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + PREFIX_BYTES)
MAX_SIZE = 1 << 40
_GROUP = 1000
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class BundleError(ValueError):
    """Bytes that are not as many length-prefixed entries as they should be.

    Parameters
    ----------
    entry : int
        The entry of the bundle, counting from 0, that cannot be read.
    byte : int
        Where it begins.
    problem : str
        What was found.
    """

    def __init__(self, *, entry: int, byte: int, problem: str) -> None:
        self.entry = entry
        self.byte = byte
        self.problem = problem
        super().__init__(f"entry {entry} (byte {byte}): {problem}")


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of hashes, or with ``level`` None a bundle of entries."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Its file, from the directory of the log."""
        level = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{_index_path(self.index)}{partial}"


def _index_path(index: int) -> str:
    groups = [f"{index % _GROUP:03d}"]
    while index := index // _GROUP:
        groups.append(f"x{index % _GROUP:03d}")
    return "/".join(reversed(groups))


def parse_path(path: str) -> Tile | None:
    """The tile that a path names, in the one way it may be written; None for any other path."""
    form = _PATH.fullmatch(path)
    if form is None:
        return None
    level = None if form["level"] == "entries" else int(form["level"])
    index = int(form["index"].replace("/", "").replace("x", ""))
    tile = Tile(level, index, int(form["width"] or TILE_WIDTH))
    # Equal only where nothing was written with zeroes too many, or a full width.
    return tile if tile.path == path and 1 <= tile.width <= TILE_WIDTH else None


def level_sizes(size: int) -> list[int]:
    """How many hashes each level of a log of ``size`` entries has, from the leaves up."""
    sizes = []
    while size:
        sizes.append(size)
        size //= TILE_WIDTH
    return sizes


def tiles_of_level(level: int | None, hashes: int, *, start: int = 0) -> Iterator[Tile]:
    """The tiles that hold ``hashes`` hashes of a level, or entries, from tile ``start`` on."""
    for index in range(start, hashes // TILE_WIDTH):
        yield Tile(level, index, TILE_WIDTH)
    if hashes % TILE_WIDTH:
        yield Tile(level, hashes // TILE_WIDTH, hashes % TILE_WIDTH)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each behind its length as two bytes."""
    parts = []
    for entry in entries:
        parts += [struct.pack(">H", len(entry)), entry]
    return b"".join(parts)


def decode_bundle(content: bytes, *, count: int) -> list[bytes]:
    """The ``count`` entries of a bundle.

    Raises
    ------
    BundleError
        It ends too early, or goes on after them.
    """
    entries = []
    at = 0
    for number in range(count):
        end = at + 2
        if end <= len(content):
            end += int.from_bytes(content[at:end], "big")
        if end > len(content):
            problem = f"it ends at byte {len(content)}"
            raise BundleError(entry=number, byte=at, problem=problem)
        entries.append(content[at + 2 : end])
        at = end
    if at < len(content):
        raise BundleError(entry=count, byte=at, problem=f"{len(content) - at} bytes too many")
    return entries


@dataclass(frozen=True, slots=True)
class Place:
    """Where entry ``index`` of a log lies: its bundle, and which of the bundle's it is."""

    bundle: Tile
    number: int

    @classmethod
    def of(cls, index: int, *, size: int) -> "Place":
        """The place of an entry in a log of ``size`` entries."""
        tile = index // TILE_WIDTH
        width = min(TILE_WIDTH, size - tile * TILE_WIDTH)
        return cls(Tile(None, tile, width), index % TILE_WIDTH)


def hash_at(tile: bytes, number: int) -> bytes:
    """Hash ``number`` of a tile."""
    return tile[number * HASH_BYTES : (number + 1) * HASH_BYTES]
