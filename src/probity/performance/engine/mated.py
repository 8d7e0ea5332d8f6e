"""The pairs of one person within a block."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PAIRS_AT_A_TIME = 1 << 20


def mated_pairs(
    probe_subjects: NDArray[np.int64], reference_subjects: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Positions (probe, reference) of every pair with equal subjects, in bounded pieces.

    ``reference_subjects`` must be sorted.
    """
    first = np.searchsorted(reference_subjects, probe_subjects, side="left")
    last = np.searchsorted(reference_subjects, probe_subjects, side="right")
    pairs = np.concatenate([[0], np.cumsum(last - first)])
    start = 0
    while start < len(probe_subjects):
        stop = int(np.searchsorted(pairs, pairs[start] + PAIRS_AT_A_TIME, side="right")) - 1
        stop = max(stop, start + 1)
        here = slice(start, stop)
        count = last[here] - first[here]
        i = np.repeat(np.arange(start, stop), count)
        j = np.arange(pairs[stop] - pairs[start]) - np.repeat(
            pairs[here] - pairs[start] - first[here], count
        )
        if len(i):
            yield i, j
        start = stop
