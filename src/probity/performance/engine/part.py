"""The counts of a block, and their sum: merging in any order and grouping gives the same."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from probity.performance.engine.fixed_point import BINS


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """The extreme scores of a stratum with the rows they belong to, the most extreme first.

    Equal scores are ordered by probe row, then reference row.
    """

    scores: NDArray[np.float64]
    probes: NDArray[np.int64]
    references: NDArray[np.int64]

    @staticmethod
    def of(
        scores: NDArray[np.float64],
        probes: NDArray[np.int64],
        references: NDArray[np.int64],
        *,
        size: int,
        highest: bool,
    ) -> "Tail":
        """The ``size`` highest, or lowest, of the pairs given."""
        key = -scores if highest else scores
        if len(key) > size:
            last = np.partition(key, size - 1)[size - 1] if size else -np.inf
            near = np.flatnonzero(key <= last)
            key, scores = key[near], scores[near]
            probes, references = probes[near], references[near]
        order = np.lexsort((references, probes, key))[:size]
        return Tail(scores[order], probes[order], references[order])

    @staticmethod
    def joined(tails: "tuple[Tail, ...]", *, size: int, highest: bool) -> "Tail":
        """The most extreme of several tails."""
        return Tail.of(
            np.concatenate([tail.scores for tail in tails]),
            np.concatenate([tail.probes for tail in tails]),
            np.concatenate([tail.references for tail in tails]),
            size=size,
            highest=highest,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Comparisons of one kind (mated or not) in a stratum.

    Parameters
    ----------
    histogram : int64, (65536,)
        Screened scores by bin.
    at_or_above : int64, (thresholds,)
        Comparisons whose exact score is at or above each threshold.
    tail : Tail
        The highest non-mated, or lowest mated, exact scores.
    """

    histogram: NDArray[np.int64]
    at_or_above: NDArray[np.int64]
    tail: Tail

    @property
    def comparisons(self) -> int:
        """How many comparisons were counted."""
        return int(self.histogram.sum())


@dataclass(frozen=True, slots=True)
class Check:
    """How the screen compared with float64 recomputation: pairs checked, largest difference."""

    pairs: int
    largest_difference: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Counts of one stratum (probe group x reference group) over some of its blocks."""

    nonmated: Counts
    mated: Counts
    probe_residual: float
    reference_residual: float
    check: Check


@dataclass(frozen=True, slots=True)
class TailSizes:
    """How many of the highest non-mated and of the lowest mated scores are kept, per stratum."""

    nonmated: int
    mated: int


def merge(parts: tuple[Part, ...], *, sizes: TailSizes) -> Part:
    """The sum of parts of one stratum, at least one, that share no comparison."""
    return reduce(lambda a, b: _two(a, b, sizes=sizes), parts)


def empty(*, thresholds: int) -> Part:
    """The part of no comparison."""
    none = Tail(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
    counts = [
        Counts(np.zeros(BINS, np.int64), np.zeros(thresholds, np.int64), none) for _ in range(2)
    ]
    return Part(counts[0], counts[1], 0.0, 0.0, Check(0, 0.0))


def _two(a: Part, b: Part, *, sizes: TailSizes) -> Part:
    return Part(
        _sum(a.nonmated, b.nonmated, size=sizes.nonmated, highest=True),
        _sum(a.mated, b.mated, size=sizes.mated, highest=False),
        max(a.probe_residual, b.probe_residual),
        max(a.reference_residual, b.reference_residual),
        Check(
            a.check.pairs + b.check.pairs,
            max(a.check.largest_difference, b.check.largest_difference),
        ),
    )


def _sum(a: Counts, b: Counts, *, size: int, highest: bool) -> Counts:
    return Counts(
        a.histogram + b.histogram,
        a.at_or_above + b.at_or_above,
        Tail.joined((a.tail, b.tail), size=size, highest=highest),
    )
