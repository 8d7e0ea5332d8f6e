"""Entries in the form of a bundle, end to end, and their leaf hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from probity.publish.translog.hashing import LEAF, Hashes, HashMessages, Places
from probity.publish.translog.tiles import PREFIX_BYTES

# Some megabytes: enough to pay for a call, and still near the processor when it is read again.
ENTRIES_AT_ONCE = 1 << 14


@dataclass(frozen=True, slots=True)
class EntryStream:
    """Length-prefixed entries, one after the other.

    Parameters
    ----------
    data : bytes
        The entries, each behind its length as two bytes; there may be more behind the last.
    starts, lengths : int64, (n,)
        Where each entry lies in ``data``, without its length.
    """

    data: bytes
    starts: Places
    lengths: Places

    @classmethod
    def of(cls, entries: Sequence[bytes], lengths: Places) -> "EntryStream":
        """The stream of ``entries`` of these ``lengths``, at most ``MAX_ENTRY_BYTES`` each."""
        sizes = lengths.tolist()
        prefixes = {one: one.to_bytes(PREFIX_BYTES, "big") for one in set(sizes)}
        each = map(prefixes.__getitem__, sizes)
        data = b"".join(chain.from_iterable(zip(each, entries, strict=True)))
        return cls(data, np.cumsum(lengths + PREFIX_BYTES) - lengths, lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def bundle(self, first: int, last: int) -> memoryview:
        """Entries ``first`` to ``last - 1``, as they stand in a bundle."""
        end = self.starts[last - 1] + self.lengths[last - 1]
        return memoryview(self.data)[self.starts[first] - PREFIX_BYTES : end]

    def leaf_hashes(self, hash_messages: HashMessages, *, first: int = 0) -> Hashes:
        """The leaf hash of every entry from ``first`` on, (n - first, 32)."""
        return hash_messages(self.data, self.starts[first:], self.lengths[first:], prefix=LEAF)


def lengths_of(entries: Sequence[bytes]) -> Places:
    """The length of every entry."""
    return np.fromiter(map(len, entries), dtype=np.int64, count=len(entries))


def stream_of_bundles(contents: Sequence[bytes], *, width: int) -> EntryStream | None:
    """The entries of bundles of ``width`` entries each; None where one is not well formed.

    The bundles are read side by side: the lengths say, one after the other, where entries begin.
    """
    ends = np.cumsum(np.fromiter(map(len, contents), dtype=np.int64, count=len(contents)))
    data = b"".join([*contents, bytes(PREFIX_BYTES)])
    values = np.frombuffer(data, dtype=np.uint8)
    starts = np.empty((len(contents), width), dtype=np.int64)
    lengths = np.empty_like(starts)
    at = np.concatenate([[0], ends[:-1]])
    for number in range(width):
        # A length that leads out of its bundle shows at the end: places only ever grow.
        readable = np.minimum(at, len(data) - PREFIX_BYTES)
        lengths[:, number] = values[readable].astype(np.int64) << 8 | values[readable + 1]
        starts[:, number] = at + PREFIX_BYTES
        at = starts[:, number] + lengths[:, number]
    if not np.array_equal(at, ends):
        return None
    return EntryStream(data, starts.ravel(), lengths.ravel())
