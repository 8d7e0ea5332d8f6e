"""Files of a log: names, bundles, the growing tree, and hashes computed side by side."""

import hashlib
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probity.publish.translog import sha256_lanes
from probity.publish.translog.entry_stream import EntryStream, lengths_of, stream_of_bundles
from probity.publish.translog.growing_tree import GrowingTree
from probity.publish.translog.hashing import HashMessages, as_hashes, one_by_one
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.publishing import new_tiles
from probity.publish.translog.tiles import (
    BundleError,
    Tile,
    decode_bundle,
    encode_bundle,
    parse_path,
)
from translog_samples import tiles_of_size


def test_a_tree_of_70_000_has_the_tiles_of_the_specification() -> None:
    """C2SP tlog-tiles v0.1.0, section "Partial Tiles"."""
    paths = [tile.path for tile in tiles_of_size(70_000) if tile.level is not None]
    assert len(paths) == 273 + 1 + 1 + 1 + 1
    assert paths[-5:] == [
        "tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
    ]  # fmt: skip
    assert [tile.path for tile in tiles_of_size(256)] == [
        "tile/entries/000", "tile/0/000", "tile/1/000.p/1",
    ]  # fmt: skip
    assert list(tiles_of_size(0)) == []


def test_large_numbers_are_written_in_groups_of_three() -> None:
    assert Tile(0, 1_234_067, 256).path == "tile/0/x001/x234/067"
    assert Tile(None, 1_000, 3).path == "tile/entries/x001/000.p/3"


@given(
    tile=st.builds(
        Tile,
        st.none() | st.integers(0, 63),
        st.integers(0, 10**18 - 1),
        st.integers(1, 256),
    )
)
def test_a_path_names_one_tile(tile: Tile) -> None:
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "checkpoint", "tile/0", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/0/x000/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/0/001/000",
        "tile/0/x001", "tile/-1/000", "tile/entry/000", "Tile/0/000", "tile/0/000/", "tile/0/٠٠٠",
        "tile/0/000\n",
    ],
)  # fmt: skip
def test_other_paths_name_none(path: str) -> None:
    assert parse_path(path) is None


def test_bundles_are_length_prefixed() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 300]) == b"\0\2ab\0\0\1\x2c" + b"c" * 300


@pytest.mark.parametrize(
    ("content", "entry", "byte"),
    [(b"\0\2ab\0", 1, 4), (b"\0\2ab\0\2c", 1, 4), (b"\0\2ab", 1, 4), (b"\0\1a\0\1bc", 2, 6)],
)
def test_a_bundle_that_does_not_fit_names_the_entry(content: bytes, entry: int, byte: int) -> None:
    with pytest.raises(BundleError) as failed:
        decode_bundle(content, count=2)
    assert (failed.value.entry, failed.value.byte) == (entry, byte)
    assert stream_of_bundles([content], width=2) is None


@given(st.lists(st.lists(st.binary(max_size=300), min_size=3, max_size=3), max_size=4))
def test_streams_hold_what_bundles_hold(bundles: list[list[bytes]]) -> None:
    contents = [encode_bundle(one) for one in bundles]
    flat = [entry for one in bundles for entry in one]
    if not bundles:
        return
    stream, made = stream_of_bundles(contents, width=3), EntryStream.of(flat, lengths_of(flat))
    assert stream is not None
    assert made.data == b"".join(contents)
    assert stream.data.startswith(made.data)
    assert stream.starts.tolist() == made.starts.tolist()
    assert [made.bundle(n, n + 3) for n in range(0, len(flat), 3)] == contents
    expected = [leaf_hash(entry) for entry in flat]
    assert [one.tobytes() for one in stream.leaf_hashes(one_by_one)] == expected


@pytest.mark.parametrize("hash_messages", [one_by_one, sha256_lanes.side_by_side])
@pytest.mark.parametrize("prefix", [0, 1])
def test_many_hashes_at_once_are_those_of_hashlib(hash_messages: HashMessages, prefix: int) -> None:
    # Every length about every border of a block, and messages at both ends of the data.
    rng = random.Random(1)  # noqa: S311
    messages = [rng.randbytes(n) for n in [*range(260), 4_000, 65_535]]
    rng.shuffle(messages)
    lengths = np.array([len(one) for one in messages], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    found = hash_messages(b"".join(messages), starts, lengths, prefix=prefix)
    head = bytes([prefix])
    assert [one.tobytes() for one in found] == [
        hashlib.sha256(head + one).digest() for one in messages
    ]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_793])
def test_a_growing_tree_gives_every_tile_of_its_size_once(size: int) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    rng = random.Random(size)  # noqa: S311
    tree, tiles = GrowingTree(0, [], hash_messages=one_by_one), []
    while tree.size < size:
        step = min(size - tree.size, rng.choice([1, 100, 256, 700, 40_000]))
        tiles += tree.grow(as_hashes(b"".join(leaves[tree.size : tree.size + step])))
    tiles += tree.partial_tiles()
    expected = {tile for tile in tiles_of_size(size) if tile.level is not None}
    assert len(tiles) == len(expected)
    assert {tile for tile, _ in tiles} == expected
    assert all(len(content) == 32 * tile.width for tile, content in tiles)
    assert tree.root() == _root(leaves)


def _root(hashes: list[bytes]) -> bytes:
    """RFC 6962's root, with an odd node going up alone: another way to the same tree."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        above = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        hashes = above + hashes[len(above) * 2 :]
    return hashes[0]


@given(before=st.integers(0, 140_000), more=st.integers(0, 140_000))
def test_a_log_that_grows_needs_the_files_it_did_not_have(before: int, more: int) -> None:
    had, has = set(tiles_of_size(before)), set(tiles_of_size(before + more))
    assert set(new_tiles(before, before + more)) == has - had
