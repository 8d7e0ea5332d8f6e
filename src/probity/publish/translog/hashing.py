"""SHA-256 of many messages: one by one, or side by side where there are very many."""

from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from probity.publish.translog.merkle import HASH_BYTES

LEAF = 0
NODE = 1
_PAIR_BYTES = 2 * HASH_BYTES
# Below this, compiling and loading the faster code takes longer than hashing.
_MANY = 300_000

Hashes = NDArray[np.uint8]
Places = NDArray[np.int64]


class HashMessages(Protocol):
    """SHA-256 of one byte ``prefix`` and each message, (n, 32).

    Message i is ``data[starts[i] : starts[i] + lengths[i]]``.
    """

    def __call__(self, data: bytes, starts: Places, lengths: Places, *, prefix: int) -> Hashes: ...


def hashing_for(entries: int) -> HashMessages:
    """The way to hash a log of this many entries; both give the same hashes."""
    if entries < _MANY:
        return one_by_one
    from probity.publish.translog.sha256_lanes import side_by_side

    return side_by_side


def one_by_one(data: bytes, starts: Places, lengths: Places, *, prefix: int) -> Hashes:
    """SHA-256 of one byte ``prefix`` and each message, with the standard library."""
    head = bytes([prefix])
    spans = zip(starts.tolist(), lengths.tolist(), strict=True)
    digests = (sha256(head + data[start : start + size]).digest() for start, size in spans)
    return as_hashes(b"".join(digests))


def as_hashes(content: bytes) -> Hashes:
    """Hashes from their bytes, end to end."""
    return np.frombuffer(content, dtype=np.uint8).reshape(-1, HASH_BYTES)


def ancestors(hashes: Hashes, *, height: int, hash_messages: HashMessages) -> Hashes:
    """The hashes of the nodes ``height`` above; the number of hashes is a multiple of 2^height."""
    for _ in range(height):
        count = len(hashes) // 2
        starts = np.arange(count, dtype=np.int64) * _PAIR_BYTES
        lengths = np.full(count, _PAIR_BYTES, dtype=np.int64)
        hashes = hash_messages(hashes.tobytes(), starts, lengths, prefix=NODE)
    return hashes
