"""Scores as integers: the one binning formula, and the windows around reported thresholds.

A screened score is an int32 at scale 2^30 (templates at scale 2^15, twice). Bin b of 65,536
holds the scores s with floor(s x 2^15) = b - 2^15. Rounding can push the score of two unit
templates a little over 1 in size, so counters have a margin on both sides that is folded into
the first and last bin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TEMPLATE_SCALE = 1 << 15
SCORE_SCALE = 1 << 30
BINS = 1 << 16
BIN_SHIFT = 15
MARGIN = 512
BIN_OFFSET = BINS // 2 + MARGIN
COUNTERS = BINS + 2 * MARGIN
# Rounding adds at most sqrt(dimension) / 2 to the length of a template at scale 2^15, hence
# about sqrt(dimension) bins to its score with itself: well inside the margin up to here.
LARGEST_DIMENSION = 1 << 16


def bin_edges() -> NDArray[np.float64]:
    """The 65,537 edges of the histogram's bins, from -1 to 1, each an exact binary fraction."""
    return np.arange(-BINS // 2, BINS // 2 + 1) / TEMPLATE_SCALE


def counter_of(score: float) -> int:
    """Counter that a screened score falls in, held within the counters."""
    place = np.floor(np.clip(score, -2.0, 2.0) * TEMPLATE_SCALE)
    return int(np.clip(int(place) + BIN_OFFSET, 0, COUNTERS - 1))


def fold(counters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counters, (COUNTERS,), to the histogram, (BINS,), with the margins in the outer bins."""
    histogram = counters[MARGIN : MARGIN + BINS].copy()
    histogram[0] += counters[:MARGIN].sum()
    histogram[-1] += counters[MARGIN + BINS :].sum()
    return histogram


@dataclass(frozen=True, slots=True)
class Window:
    """Counters first..last that may hold scores on either side of a threshold.

    Above ``last`` every exact score is at or above the threshold, below ``first`` none is.
    """

    threshold: float
    first: int
    last: int

    @staticmethod
    def around(threshold: float, *, bound: float) -> "Window":
        """The window for screened scores within ``bound`` of the exact ones."""
        return Window(threshold, counter_of(threshold - bound), counter_of(threshold + bound))
