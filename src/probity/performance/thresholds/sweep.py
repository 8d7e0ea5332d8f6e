"""The compiled loops: one sweep over the scores counts them all, in integers.

Every table is a sum over comparisons (or a minimum, or a maximum), so tables of parts of a
score set merge in any order and the result does not depend on how the set was cut up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probity.core.compiled import compiled
from probity.performance.scores.batch import ScoreBatch
from probity.performance.thresholds.order import KEY_BITS, score_of

COARSE_BITS = 20
"""Bits of the first sweep: sign, exponent and 8 bits of fraction, 256 bins per doubling."""

FINE_BITS = 16
"""Bits added by each further sweep. 20 + 16 hold a float32 whole: two sweeps are enough."""

_COARSE_SHIFT = KEY_BITS - COARSE_BITS
_SIGN_BIT = np.int64(-(2**63))
_NO_KEY = np.iinfo(np.uint64).max

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Within:
    """What lies in each of some intervals of keys, by finer bins.

    ``counts`` has shape (intervals, bins, 2), the last axis non-mated then mated; ``lowest`` and
    ``highest``, shape (intervals, bins), hold the extreme keys seen in each bin.
    """

    counts: Counts
    lowest: NDArray[np.uint64]
    highest: NDArray[np.uint64]


def count_coarsely(batches: Iterable[ScoreBatch]) -> Counts:
    """Counts by the first ``COARSE_BITS`` of the key, shape (2**COARSE_BITS, 2)."""
    counts = np.zeros((1 << COARSE_BITS, 2), dtype=np.int64)
    for batch in batches:
        _count(batch.score, batch.mated, counts)
    return counts


def count_within(
    batches: Iterable[ScoreBatch], prefixes: NDArray[np.uint64], *, prefix_bits: int
) -> Within:
    """Counts inside the intervals of keys that start with the given prefixes.

    Parameters
    ----------
    batches : iterable of ScoreBatch
    prefixes : array of uint64, shape (intervals,)
        At least one; ascending, distinct, each below 2**prefix_bits.
    prefix_bits : int
        At least ``COARSE_BITS``. The bins of the result add up to ``FINE_BITS`` more.
    """
    bins = 1 << (min(KEY_BITS, prefix_bits + FINE_BITS) - prefix_bits)
    shape = (len(prefixes), bins)
    found = Within(
        np.zeros((*shape, 2), dtype=np.int64),
        np.full(shape, _NO_KEY, dtype=np.uint64),
        np.zeros(shape, dtype=np.uint64),
    )
    coarse, first = np.unique(prefixes >> np.uint64(prefix_bits - COARSE_BITS), return_index=True)
    first_slot = np.full(1 << COARSE_BITS, -1, dtype=np.int32)
    first_slot[coarse] = first
    shift = KEY_BITS - prefix_bits
    low, high = (
        score_of(int(prefixes[0]) << shift),
        score_of(((int(prefixes[-1]) + 1) << shift) - 1),
    )
    for batch in batches:
        _refine(
            batch.score,
            batch.mated,
            low,
            high,
            first_slot,
            prefixes,
            shift,
            max(0, KEY_BITS - prefix_bits - FINE_BITS),
            found.counts,
            found.lowest,
            found.highest,
        )
    return found


def count_cells(
    batch: ScoreBatch, cell: NDArray[np.int32], thresholds: NDArray[np.float64], counts: Counts
) -> None:
    """Add a batch to counts by cell and by how many thresholds the score reaches.

    ``counts`` has shape (cells, 2, thresholds + 1): [c, m, j] is the number of comparisons of
    cell c, mated or not, whose score is at or above exactly the j lowest ``thresholds``, which
    ascend. ``cell`` gives each comparison's cell.
    """
    _cells(batch.score, batch.mated, cell, thresholds, counts)


@compiled
def _key(score: Any) -> Any:
    # Adding 0.0 turns -0.0 into 0.0: they are one score, so they must be one key.
    bits = np.float64(score + np.float64(0.0)).view(np.int64)
    return np.uint64(bits ^ ((bits >> np.int64(63)) | _SIGN_BIT))


@compiled
def _count(score: Any, mated: Any, counts: Any) -> None:
    for i in range(score.shape[0]):
        counts[np.int64(_key(score[i]) >> np.uint64(_COARSE_SHIFT)), np.int64(mated[i])] += 1


@compiled
def _refine(  # noqa: PLR0917 - compiled
    score: Any,
    mated: Any,
    low: Any,
    high: Any,
    first_slot: Any,
    prefixes: Any,
    shift: Any,
    fine_shift: Any,
    counts: Any,
    lowest: Any,
    highest: Any,
) -> None:
    bins = np.uint64(counts.shape[1] - 1)
    for i in range(score.shape[0]):
        # Nearly every score lies outside all the intervals: one comparison settles those.
        if score[i] < low or score[i] > high:
            continue
        key = _key(score[i])
        slot = first_slot[np.int64(key >> np.uint64(_COARSE_SHIFT))]
        if slot < 0:
            continue
        prefix = key >> np.uint64(shift)
        while slot < prefixes.shape[0] and prefixes[slot] < prefix:
            slot += 1
        if slot == prefixes.shape[0] or prefixes[slot] != prefix:
            continue
        place = np.int64((key >> np.uint64(fine_shift)) & bins)
        counts[slot, place, np.int64(mated[i])] += 1
        lowest[slot, place] = min(lowest[slot, place], key)
        highest[slot, place] = max(highest[slot, place], key)


@compiled
def _cells(score: Any, mated: Any, cell: Any, thresholds: Any, counts: Any) -> None:
    for i in range(score.shape[0]):
        reached = np.int64(0)
        for j in range(thresholds.shape[0]):
            reached += np.int64(score[i] >= thresholds[j])
        counts[cell[i], np.int64(mated[i]), reached] += 1
