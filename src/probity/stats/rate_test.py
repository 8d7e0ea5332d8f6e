"""Two counts over two exposures: the exact conditional test, its power, and how much it needs.

Given k_a + k_b = m events, k_a is binomial with share e_a / (e_a + e_b) when both sides have one
rate. The test rejects when the exact interval of ``compare.event_rate_ratio`` leaves out 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from probity.core import Events, Undefined
from probity.stats.level import tail
from probity.stats.test_result import Test

MOST_UNITS = 1_000_000
"""Units of exposure on each side up to which ``units_for_power`` searches."""

_NEGLIGIBLE = 1e-7
_MOST_TOTALS = 2_000
"""Totals of events that a power is summed over; of a wider range, evenly spaced ones."""


def rate_test(a: Events, b: Events) -> Test | Undefined:
    """Exact two-sided test that events come at one rate on both sides.

    p = min(1, 2 min(P(X <= k_a), P(X >= k_a))), X binomial as the module says.

    Returns
    -------
    Test or Undefined
        Undefined when an exposure is 0. Without any event, p is 1.

    Raises
    ------
    ValueError
        The exposures are in different units.

    Source: Przyborowski & Wilenski 1940, Biometrika 31, 313-323.
    """
    if a.unit != b.unit:
        raise ValueError(f"exposures in {a.unit!r} and in {b.unit!r} cannot be compared")
    if a.exposure == 0 or b.exposure == 0:
        return Undefined(f"exposure of 0 {a.unit}s: a rate of events is undefined")
    total, share = a.k + b.k, a.exposure / (a.exposure + b.exposure)
    below = float(stats.binom.cdf(a.k, total, share))
    above = float(stats.binom.sf(a.k - 1, total, share))
    return Test(p_value=min(1.0, 2 * min(below, above)), method="exact conditional, two-sided")


def rate_test_power(
    mean_a: float, mean_b: float, *, share: float = 0.5, level: float = 0.95
) -> float:
    """Probability that ``rate_test`` rejects at 1 - ``level``, for Poisson counts.

    Summed over the total of events, on which the test is conditional.

    Parameters
    ----------
    mean_a, mean_b : float
        Expected events on each side, at least 0.
    share : float
        e_a / (e_a + e_b), strictly between 0 and 1.

    Raises
    ------
    ValueError
        A mean is negative or not finite, or ``share`` or ``level`` is outside (0, 1).
    """
    outside = tail(level)
    if not 0 < share < 1:
        raise ValueError(f"share {share}: a share of exposure lies strictly between 0 and 1")
    mean = mean_a + mean_b
    if not (mean_a >= 0 and mean_b >= 0 and np.isfinite(mean)):
        raise ValueError(f"means {mean_a} and {mean_b}: expected events are finite and at least 0")
    if mean == 0:
        return 0.0
    first = float(stats.poisson.ppf(_NEGLIGIBLE, mean))
    last = float(stats.poisson.isf(_NEGLIGIBLE, mean))
    step = max(1, round((last - first) / _MOST_TOTALS))
    total = np.arange(first, last + 1, step)
    weight = stats.poisson.pmf(total, mean)
    few = _quantiles(total, share=share, outside=outside, above=False) - 1
    many = _quantiles(total, share=share, outside=outside, above=True)
    truly = mean_a / mean
    rejects = stats.binom.cdf(few, total, truly) + stats.binom.sf(many, total, truly)
    return float(min(1.0, np.sum(weight * rejects) / np.sum(weight)))


def units_for_power(
    per_unit_a: float,
    per_unit_b: float,
    *,
    share: float = 0.5,
    power: float = 0.8,
    level: float = 0.95,
) -> int | None:
    """Units of exposure that each side needs for ``rate_test`` to have ``power``.

    Found by bisection. Power rises with the units but for teeth of a few thousandths, which
    counts being whole numbers give it, so the smallest number may lie a little lower.

    Parameters
    ----------
    per_unit_a, per_unit_b : float
        Expected events in one unit, such as a deployment.
    share : float
        As in ``rate_test_power``.

    Returns
    -------
    int or None
        None when ``MOST_UNITS`` units would not do, as when both sides have one rate.

    Raises
    ------
    ValueError
        As ``rate_test_power``; ``power`` not strictly between 0 and 1.
    """
    if not 0 < power < 1:
        raise ValueError(f"power {power}: a power lies strictly between 0 and 1")

    def enough(units: int) -> bool:
        found = rate_test_power(units * per_unit_a, units * per_unit_b, share=share, level=level)
        return found >= power

    high = min(MOST_UNITS, _roughly(per_unit_a, per_unit_b, share, power, tail(level)))
    low = 0
    while not enough(high):
        if high == MOST_UNITS:
            return None
        low, high = high, min(MOST_UNITS, high + max(1, high // 4))
    while low < high * 4 // 5 and enough(high * 4 // 5):
        high = high * 4 // 5
    low = max(low, high * 4 // 5)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _quantiles(
    total: NDArray[np.float64], *, share: float, outside: float, above: bool
) -> NDArray[np.float64]:
    """``stats.binom.ppf`` of ``outside`` for each total, or ``isf`` where ``above``.

    The same whole numbers several times sooner: the expansion of Cornish and Fisher, and scipy's
    search only where the expansion falls too near a whole number to tell: always where totals are
    small, since what it leaves out is of the order of z^4 over the variance.

    Source: Cornish & Fisher 1938, Revue de l'Institut International de Statistique 5, 307-320.
    """
    exact = stats.binom.isf if above else stats.binom.ppf
    z = stats.norm.isf(outside) if above else stats.norm.ppf(outside)
    variance = np.maximum(total * share * (1 - share), 1.0)
    # A whole number stands for the unit of length around it, which alone varies by 1/12.
    sd = np.sqrt(variance - 1 / 12)
    skew, tails = (1 - 2 * share) / sd, (1 - 6 * share * (1 - share)) / sd**2
    standard = z + skew * (z**2 - 1) / 6 + tails * (z**3 - 3 * z) / 24
    standard -= skew**2 * (2 * z**3 - 5 * z) / 36
    found = total * share + sd * standard - 1 / 2
    doubtful = np.abs(found - np.rint(found)) <= (1 + z**4) / 2 / variance
    found = np.ceil(found)
    found[doubtful] = exact(outside, total[doubtful], share)
    return found


def _roughly(per_a: float, per_b: float, share: float, power: float, outside: float) -> int:
    """Units by the normal approximation of the binomial share: where the search starts."""
    total = per_a + per_b
    gap = abs(per_a / total - share) if total > 0 else 0.0
    if gap == 0:
        return MOST_UNITS
    truly = per_a / total
    spread = stats.norm.isf(outside) * np.sqrt(share * (1 - share))
    spread += stats.norm.ppf(power) * np.sqrt(truly * (1 - truly))
    return int(min(MOST_UNITS, max(1.0, np.ceil((spread / gap) ** 2 / total))))
