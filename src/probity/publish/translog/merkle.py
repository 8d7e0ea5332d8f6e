"""Merkle trees of RFC 6962, section 2.1: roots, inclusion proofs, consistency proofs.

Pure functions on 32-byte SHA-256 hashes. A tree is read through a function that gives the hash
of a *complete subtree*: ``node(height, n)`` is the hash over the leaves from ``n * 2**height`` to
``(n + 1) * 2**height``. Checking a proof follows RFC 9162, sections 2.1.3.2 and 2.1.4.2, whose
trees are the same.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(size: int, *, node: Node) -> bytes:
    """The root over the first ``size`` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, *, node: Node) -> list[bytes]:
    """The hashes that lead from leaf ``index`` to the root over ``size`` leaves (2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(old: int, new: int, *, node: Node) -> list[bytes]:
    """The hashes that show the tree of ``old`` leaves to be the beginning of ``new`` (2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not begin with one of {old}")
    return _sub_proof(old, 0, new, node, known=True) if 0 < old < new else []


def root_of_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2).

    Raises
    ------
    ValueError
        No such leaf, or a proof of the wrong length.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return found


def is_consistent(
    old: int, old_root: bytes, *, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows one tree to be the beginning of the other (RFC 9162, 2.1.4.2)."""
    # Every tree begins with itself, and with the empty one: nothing to prove.
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    return old < new and roots_of_consistency(old, old_root, new=new, proof=proof) == (
        old_root,
        new_root,
    )


def roots_of_consistency(
    old: int, old_root: bytes, *, new: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The roots over ``old`` and ``new`` leaves, 0 < old < new, that a proof leads to.

    ``old_root`` takes part only where ``old`` is a power of two, so that the proof leaves it out.
    None for a proof of the wrong length.
    """
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not hashes:
        return None
    first = second = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, one)
        place, last = place >> 1, last >> 1
    return (first, second) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, node), _range_hash(middle, end, node))


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _range_hash(middle, end, node)]
    return [*_path(index, middle, end, node), _range_hash(start, middle, node)]


def _sub_proof(old: int, start: int, end: int, node: Node, *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962; ``known``: the reader knows the root of what is left."""
    if old == end:
        return [] if known else [_range_hash(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        return [
            *_sub_proof(old, start, middle, node, known=known),
            _range_hash(middle, end, node),
        ]
    return [
        *_sub_proof(old, middle, end, node, known=False),
        _range_hash(start, middle, node),
    ]
