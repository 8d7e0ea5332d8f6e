"""Exact thresholds in a few sweeps and bounded memory, by refining integer histograms.

The first sweep counts every comparison by the coarse part of its key. A target is met from some
candidate on; the bins show between which two neighbouring candidates at most, so only the bin
that holds the last candidate before it needs a finer look. Each further sweep adds 16 bits to
that bin, until it holds one distinct score: at most four sweeps, two for float32 scores, and
two for float64 unless two distinct scores in the bin agree in their first 36 bits.

The results equal those of ``reference``, which sorts. The same tests run on both.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from probity.core import InputError
from probity.performance.scores.batch import ScoreBatch
from probity.performance.thresholds.cut import Cut, Tally, Target, above
from probity.performance.thresholds.order import KEY_BITS, score_of
from probity.performance.thresholds.sweep import (
    COARSE_BITS,
    FINE_BITS,
    Counts,
    Within,
    count_coarsely,
    count_within,
)

Sweep = Callable[[], Iterator[ScoreBatch]]
"""Starts another reading of the same comparisons."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Bins in ascending order, none empty, with the counts at the start of each.

    ``accepted[i]`` non-mated comparisons are at or above the start of bin i and ``rejected[i]``
    mated ones below it; one more entry stands for the end. ``bins`` are the bins' own numbers.
    """

    bins: np.ndarray[tuple[int], np.dtype[np.int64]]
    accepted: np.ndarray[tuple[int], np.dtype[np.int64]]
    rejected: np.ndarray[tuple[int], np.dtype[np.int64]]

    @classmethod
    def of(cls, counts: Counts, *, accepted: int, rejected: int) -> "Ladder":
        """From counts of shape (bins, 2) and the counts at the start of the first bin."""
        bins = np.flatnonzero(counts[:, 0] | counts[:, 1])
        steps = np.cumsum(counts[bins], axis=0)
        return cls(
            bins,
            accepted - np.concatenate([[0], steps[:, 0]]),
            rejected + np.concatenate([[0], steps[:, 1]]),
        )

    def tally(self, place: int) -> Tally:
        """The counts at the lower edge of a bin of the coarse sweep, or above every score."""
        if place < len(self.bins):
            threshold = score_of(int(self.bins[place]) << (KEY_BITS - COARSE_BITS))
        else:
            threshold = score_of((int(self.bins[-1]) + 1) << (KEY_BITS - COARSE_BITS))
        return Tally(threshold, int(self.accepted[place]), int(self.rejected[place]))

    def first_met(self, target: Target) -> int:
        """The first place whose counts meet the target; ``len(bins)`` is the end."""
        low, high = 0, len(self.bins)
        while low < high:
            middle = (low + high) // 2
            if target(int(self.accepted[middle]), int(self.rejected[middle])):
                high = middle
            else:
                low = middle + 1
        return low


@dataclass(frozen=True, slots=True)
class _Pending:
    """A target whose last unmet candidate lies in the interval with this prefix.

    ``next_key`` is the lowest key after the interval, None where there is none.
    """

    target: Target
    prefix: int
    accepted: int
    rejected: int
    next_key: int | None


def exact_cuts(sweep: Sweep, coarse: Counts, targets: Sequence[Target]) -> tuple[Cut, ...]:
    """The exact cut of every target.

    Parameters
    ----------
    sweep : callable
        Gives the batches again, from the start; called once or more.
    coarse : int64 array
        What ``count_coarsely`` counted over the same comparisons; at least one.
    targets : sequence of Target
        Each must be met by the threshold that accepts nothing.

    Raises
    ------
    InputError
        The comparisons changed between two sweeps.
    """
    if not targets:
        return ()
    nonmated = int(coarse[:, 0].sum())
    ladder = Ladder.of(coarse, accepted=nonmated, rejected=0)
    places = [ladder.first_met(target) for target in targets]
    ends = len(ladder.bins)
    wanted = sorted({p for met in places for p in (met - 1, met) if 0 <= p < ends})
    prefixes = ladder.bins[wanted].astype(np.uint64)
    bits = COARSE_BITS
    within = count_within(sweep(), prefixes, prefix_bits=bits)
    if not np.array_equal(within.counts.sum(axis=1), coarse[ladder.bins[wanted]]):
        raise InputError("the scores changed while they were being read")
    slot = {place: i for i, place in enumerate(wanted)}
    lowest = {place: int(within.lowest[i].min()) for place, i in slot.items()}

    cuts: dict[int, Cut] = {}
    pending: dict[int, _Pending] = {}
    for index, (target, met) in enumerate(zip(targets, places, strict=True)):
        if met == 0:
            cuts[index] = Cut(Tally(score_of(lowest[0]), nonmated, 0), None)
            continue
        before = met - 1
        pending[index] = _Pending(
            target,
            prefix=int(ladder.bins[before]),
            accepted=int(ladder.accepted[before]),
            rejected=int(ladder.rejected[before]),
            next_key=lowest[met] if met < ends else None,
        )
    while True:
        bits_below = min(FINE_BITS, KEY_BITS - bits)
        for index, wait in list(pending.items()):
            place = int(np.searchsorted(prefixes, np.uint64(wait.prefix)))
            found = _look(wait, within, place, bits_below)
            if isinstance(found, Cut):
                cuts[index] = found
                del pending[index]
            else:
                pending[index] = found
        if not pending:
            return tuple(cuts[index] for index in range(len(targets)))
        bits += bits_below
        prefixes = np.array(sorted({wait.prefix for wait in pending.values()}), dtype=np.uint64)
        within = count_within(sweep(), prefixes, prefix_bits=bits)


def _look(wait: _Pending, within: Within, place: int, bits_below: int) -> Cut | _Pending:
    """Resolve a target inside its interval, or narrow the interval."""
    ladder = Ladder.of(within.counts[place], accepted=wait.accepted, rejected=wait.rejected)
    met = ladder.first_met(wait.target)
    last = ladder.bins[met - 1]
    low, high = int(within.lowest[place, last]), int(within.highest[place, last])
    accepted, rejected = int(ladder.accepted[met - 1]), int(ladder.rejected[met - 1])
    next_key = wait.next_key
    if met < len(ladder.bins):
        next_key = int(within.lowest[place, ladder.bins[met]])
    if low < high:
        prefix = (wait.prefix << bits_below) | int(last)
        return _Pending(wait.target, prefix, accepted, rejected, next_key)
    before = Tally(score_of(low), accepted, rejected)
    threshold = above(before.threshold) if next_key is None else score_of(next_key)
    at = Tally(threshold, int(ladder.accepted[met]), int(ladder.rejected[met]))
    return Cut(at, before)


__all__ = ["Ladder", "Sweep", "count_coarsely", "exact_cuts"]
