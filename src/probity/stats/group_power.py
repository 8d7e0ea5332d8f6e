"""The smallest ratio between worst and best group that the exact test of groups would find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.optimize import brentq
from scipy.special import bdtrik

from probity.core import Count, Undefined
from probity.stats.level import tail
from probity.stats.stream import stream
from probity.stats.tables import (
    LOG_TIE,
    Tables,
    Values,
    draw_tables,
    every_table,
    log_ways,
    p_values,
    tables_at_most,
)

# Above this many outcomes, over every total within reach, power is estimated by simulation.
OUTCOMES_MAX = 600_000
SIMULATED_TABLES = 10_000
# Totals at which a simulation works out where the test rejects; it interpolates between them.
TOTALS_MAX = 25
# Pairs of worst and best group that are tried, the hardest to tell apart first; all when m <= 4.
PAIRS_MAX = 12
# Totals of cases outside the range considered have at most this probability.
NEGLIGIBLE = 1e-6

PowerOf = Callable[[Values], float]


@dataclass(frozen=True, slots=True)
class DetectableRatio:
    """What a test on groups of these sizes could have found.

    Attributes
    ----------
    ratio : float or None
        Smallest ratio of worst to best group that is found with ``power`` whichever two groups
        they are, > 1. None when no ratio is, however large.
    ratio_at_best : float or None
        The same for the two groups that are easiest to tell apart, usually the largest.
    power : float
        The probability of finding it.
    pooled_rate : float
        Proportion over all groups at which this holds.
    rate_is_bound : bool
        True where no case was seen (or nothing but cases), so that the pooled rate is the
        one-sided bound nearest to what was seen: the most that the data allow the test.
    method : str
        How the power was computed.
    """

    ratio: float | None
    ratio_at_best: float | None
    power: float
    pooled_rate: float
    rate_is_bound: bool
    method: str


def smallest_detectable_ratio(
    counts: Sequence[Count], *, power: float = 0.8, level: float = 0.95, seed: int
) -> DetectableRatio | Undefined:
    """Smallest ratio of worst to best group that the Fisher-Freeman-Halton test would find.

    One group has the worst (highest) proportion, one the best, all others the pooled one; the
    expected total of cases is as observed. The power is that of the test of ``k_group_test`` at
    significance 1 - ``level``, over all outcomes the total included. The ratio returned is found
    with ``power`` whichever two groups are worst and best: the hardest pair decides.

    Parameters
    ----------
    counts : sequence of Count
        One per group, at least two. Only sizes and the pooled rate matter.
    power : float
        Probability of finding it, strictly between 0 and 1.
    seed : int
        Of the simulation that is used when there are too many outcomes to list.

    Returns
    -------
    DetectableRatio or Undefined
        Undefined when a group is empty.

    Raises
    ------
    ValueError
        Fewer than two groups, ``power`` or ``level`` outside (0, 1), or a simulation over more
        than 10^9 trials.
    """
    significance = tail(level, sides=1)
    if not 0.0 < power < 1.0:
        raise ValueError(f"power {power}: a power lies strictly between 0 and 1")
    if len(counts) < 2:  # noqa: PLR2004
        raise ValueError(f"{len(counts)} groups: a comparison needs at least two")
    if empty := [c.population for c in counts if c.n == 0]:
        return Undefined(f"no {empty[0]}: a proportion of none is undefined")
    sizes = [c.n for c in counts]
    cases, trials = sum(c.k for c in counts), sum(sizes)
    pooled = cases / trials
    if rate_is_bound := cases in (0, trials):
        some = -np.expm1(np.log(significance) / trials)
        pooled = float(some if cases == 0 else 1 - some)
    totals = _totals_within_reach(trials, pooled)
    if sum(tables_at_most(sizes, total) for total in totals) <= OUTCOMES_MAX:
        power_of, method = _exact_power(sizes, totals, significance), "exact, over all outcomes"
    else:
        power_of = _simulated_power(sizes, totals, significance, seed)
        method = f"{SIMULATED_TABLES:,} simulated tables"
    pairs = _pairs(sizes)
    return DetectableRatio(
        ratio=_smallest_ratio(pairs[:PAIRS_MAX], sizes, pooled, power, power_of),
        ratio_at_best=_smallest_ratio(pairs[-1:], sizes, pooled, power, power_of),
        power=power,
        pooled_rate=pooled,
        rate_is_bound=rate_is_bound,
        method=method,
    )


def _smallest_ratio(
    pairs: Sequence[tuple[int, int]],
    sizes: Sequence[int],
    pooled: float,
    power: float,
    power_of: PowerOf,
) -> float | None:
    """The ratio found with ``power`` for every one of the pairs, None if for some none is.

    Works on the gap 1 - 1/ratio: 0 when groups are equal, 1 when the best has no case at all.
    """
    smallest_gap = 0.0
    for worst, best in pairs:

        def lacking(gap: float, worst: int = worst, best: int = best) -> float:
            return power - power_of(_proportions(sizes, pooled, worst, best, gap))

        widest = _widest_gap(sizes[worst], sizes[best], pooled)
        if smallest_gap < widest and lacking(smallest_gap) <= 0:
            continue
        if smallest_gap >= widest or lacking(widest) > 0:
            return None
        smallest_gap = float(brentq(lacking, smallest_gap, widest, xtol=1e-6))
    return 1.0 / (1.0 - smallest_gap)


def _pairs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs (worst, best) of group numbers, hardest to tell apart first, one for each two sizes.

    Hardest means the smallest noncentrality of Pearson's statistic, taken at a ratio of 2.
    """

    def noncentrality(pair: tuple[int, int]) -> float:
        worst, best = sizes[pair[0]], sizes[pair[1]]
        return worst * best * (worst + best) / (2 * worst + best) ** 2

    by_sizes = {
        (sizes[worst], sizes[best]): (worst, best)
        for worst, best in permutations(range(len(sizes)), 2)
    }
    return sorted(by_sizes.values(), key=noncentrality)


def _proportions(sizes: Sequence[int], pooled: float, worst: int, best: int, gap: float) -> Values:
    """Proportion of each group: the pair's expected cases stay as with the pooled proportion."""
    proportions = np.full(len(sizes), pooled)
    together = sizes[worst] + sizes[best]
    proportions[worst] = pooled * together / (sizes[worst] + sizes[best] * (1 - gap))
    proportions[best] = proportions[worst] * (1 - gap)
    within: Values = np.clip(proportions, 0.0, 1.0)
    return within


def _widest_gap(worst: int, best: int, pooled: float) -> float:
    """The gap at which the worst group's proportion is 1, or that of the best 0."""
    return min(1.0, (1.0 - pooled) * (worst + best) / best)


def _totals_within_reach(trials: int, pooled: float) -> range:
    """Totals of cases outside which there is a negligible probability.

    The total is at most as spread out as a binomial one with the same mean, whatever the
    proportions of the groups (Hoeffding 1956, Annals of Mathematical Statistics 27, 713-721).
    """
    least = int(bdtrik(NEGLIGIBLE / 2, trials, pooled)) - 1
    most = int(bdtrik(1 - NEGLIGIBLE / 2, trials, pooled)) + 2
    return range(max(0, least), min(trials, most) + 1)


def _exact_power(sizes: Sequence[int], totals: range, significance: float) -> PowerOf:
    rejected, rejected_ways = [], []
    for total in totals:
        tables = every_table(sizes, total)
        ways = log_ways(tables, sizes)
        rejects = p_values(ways) <= significance
        rejected.append(tables[rejects].astype(np.float64))
        rejected_ways.append(ways[rejects])
    cases, ways = np.concatenate(rejected), np.concatenate(rejected_ways)
    n = np.asarray(sizes, dtype=np.float64)

    def power_of(proportions: Values) -> float:
        p = np.clip(proportions, 1e-300, 1 - 1e-16)
        log_probability = ways + cases @ (np.log(p) - np.log1p(-p)) + n @ np.log1p(-p)
        return float(np.exp(log_probability).sum())

    return power_of


def _simulated_power(
    sizes: Sequence[int], totals: range, significance: float, seed: int
) -> PowerOf:
    null = stream(seed, "group power: where the test rejects")
    nodes = np.unique(np.linspace(totals[0], totals[-1], TOTALS_MAX).astype(np.int64))
    critical = [
        _critical_surprise(
            draw_tables(sizes, int(total), tables=SIMULATED_TABLES, generator=null),
            sizes,
            significance,
        )
        for total in nodes
    ]

    def power_of(proportions: Values) -> float:
        # The same random numbers for every proportion, so that power changes smoothly with it.
        generator = stream(seed, "group power: tables")
        tables = generator.binomial(sizes, proportions, size=(SIMULATED_TABLES, len(sizes)))
        at_least = np.interp(tables.sum(axis=1), nodes, critical)
        return float(np.mean(_surprise(tables, sizes) >= at_least - LOG_TIE))

    return power_of


def _surprise(tables: Tables, sizes: Sequence[int]) -> Values:
    """-log of a table's probability relative to that of the expected table of the same total.

    Near half a chi-square variable whatever the total, so that it can be interpolated over it.
    """
    shares = np.asarray(sizes) / sum(sizes)
    expected = tables.sum(axis=1, keepdims=True) * shares
    return log_ways(expected, sizes) - log_ways(tables, sizes)


def _critical_surprise(tables: Tables, sizes: Sequence[int], significance: float) -> float:
    """Smallest surprise that at most a share ``significance`` of the tables reach."""
    surprise = np.sort(_surprise(tables, sizes))
    reached = 1.0 - np.searchsorted(surprise, surprise - LOG_TIE, side="left") / len(surprise)
    rare = np.flatnonzero(reached <= significance)
    return float(surprise[rare[0]]) if len(rare) else float(surprise[-1] + 1.0)
