"""Are ranks spread evenly? A test of the whole distribution, and the band it draws.

Simulation-based calibration ranks a known truth among draws of a posterior. Where simulation and
fit belong together, every rank is equally probable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from probity.core import CountError
from probity.stats.stream import stream
from probity.stats.test_result import Test

Values = NDArray[np.float64]
_DRAWN_AT_ONCE = 500


@dataclass(frozen=True, slots=True, eq=False)
class RankBand:
    """Where the distribution function of uniform ranks lies, all over, with probability ``level``.

    Parameters
    ----------
    at : float64, (levels - 1,)
        Share of ranks expected below each cut between neighbouring ranks.
    low, high : float64, (levels - 1,)
        Least and greatest observed share inside the band.
    level : float
        Probability that uniform ranks stay inside at every cut at once.
    """

    at: Values
    low: Values
    high: Values
    level: float


def uniform_ranks_test(
    ranks: Sequence[int] | NDArray[np.int64],
    *,
    levels: int,
    simulations: int = 9_999,
    seed: int = 0,
) -> Test:
    """Test that ranks 0 .. levels - 1 are equally probable.

    At every cut the number of ranks below it is binomial; the statistic is the smallest of the
    two-sided binomial tail probabilities over all cuts. Its distribution is that of simulated
    uniform ranks, which keeps the level whatever the number of ranks.

    Parameters
    ----------
    ranks : sequence of int, (n,)
        Each from 0 to ``levels`` - 1.
    levels : int
        Ranks there are, at least 2: one more than the draws that were ranked among.
    simulations, seed : int
        Of the sets of uniform ranks.

    Raises
    ------
    CountError
        No rank, a rank outside, or fewer than two levels.

    Source: Säilynoja, Bürkner & Vehtari 2022, Statistics and Computing 32:32 (bands for the
    distribution function that hold at every point at once).
    """
    found = np.asarray(ranks, dtype=np.int64)
    if levels < 2 or not len(found) or found.min() < 0 or found.max() >= levels:  # noqa: PLR2004
        raise CountError(f"ranks have to be from 0 to levels - 1 = {levels - 1}, and one at least")
    below = np.cumsum(np.bincount(found, minlength=levels))[:-1]
    observed = float(_smallest_tail(below[np.newaxis], len(found), levels)[0])
    null = _null_statistics(len(found), levels, simulations, seed)
    reached = int((null <= observed * (1.0 + 1e-12)).sum())
    return Test(
        p_value=(1 + reached) / (1 + simulations),
        method=f"uniform ranks, distribution function, Monte Carlo with {simulations:,} sets",
        statistic=observed,
    )


def uniform_rank_band(
    number: int, *, levels: int, level: float = 0.95, simulations: int = 9_999, seed: int = 0
) -> RankBand:
    """Band of ``uniform_ranks_test`` for ``number`` ranks at a confidence level."""
    cut = float(np.quantile(_null_statistics(number, levels, simulations, seed), 1.0 - level))
    at = np.arange(1, levels) / levels
    return RankBand(
        at=at,
        low=np.asarray(binom.ppf(cut / 2.0, number, at)) / number,
        high=np.asarray(binom.isf(cut / 2.0, number, at)) / number,
        level=level,
    )


def _smallest_tail(below: NDArray[np.int64], number: int, levels: int) -> Values:
    """Smallest two-sided tail over the cuts of each set; ``below`` is (sets, levels - 1)."""
    tails = _tails(number, levels)
    return np.asarray(tails[np.arange(levels - 1), below].min(axis=1), dtype=np.float64)


@lru_cache(maxsize=4)
def _tails(number: int, levels: int) -> Values:
    """Two-sided tail of each possible count at each cut; (levels - 1, number + 1)."""
    at = (np.arange(1, levels) / levels)[:, np.newaxis]
    counts = np.arange(number + 1)
    low, high = binom.cdf(counts, number, at), binom.sf(counts - 1, number, at)
    return np.minimum(1.0, 2.0 * np.minimum(low, high))


@lru_cache(maxsize=4)
def _null_statistics(number: int, levels: int, simulations: int, seed: int) -> Values:
    generator = stream(seed, "uniform ranks")
    parts = []
    for start in range(0, simulations, _DRAWN_AT_ONCE):
        sets = min(_DRAWN_AT_ONCE, simulations - start)
        counts = generator.multinomial(number, np.full(levels, 1.0 / levels), size=sets)
        parts.append(_smallest_tail(np.cumsum(counts, axis=1)[:, :-1], number, levels))
    return np.concatenate(parts)
