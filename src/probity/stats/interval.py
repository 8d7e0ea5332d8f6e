"""Confidence intervals for one proportion.

``clopper_pearson`` is exact: it covers the true proportion at least as often as its level says,
whatever the proportion. It is the interval of the decision rule. ``wilson`` and ``jeffreys``
are shorter and cover at their level on average only.

Every function gives ``Undefined`` for n = 0. No event at all still leaves an upper bound above 0.
"""

from math import expm1, log, sqrt

from scipy.special import betainccinv, betaincinv, ndtri

from probity.core import Count, Rate, Undefined
from probity.stats.level import tail

Bounds = tuple[float, float]


def clopper_pearson_bounds(k: float, n: float, *, level: float = 0.95) -> Bounds:
    """Lower and upper Clopper-Pearson bound for k of n.

    low solves P(X >= k | p) = tail and high solves P(X <= k | p) = tail, with the two-sided
    tail (1 - level) / 2; both are beta quantiles, so k and n need not be whole numbers
    (an effective sample size is not). Requires 0 <= k <= n and n > 0.

    Source: Clopper & Pearson 1934, Biometrika 26, 404-413.
    """
    outside = tail(level)
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, outside))
    high = 1.0 if k == n else float(betainccinv(k + 1, n - k, outside))
    return low, high


def clopper_pearson(count: Count, *, level: float = 0.95) -> Rate | Undefined:
    """k/n with the exact (Clopper-Pearson) interval; k = 0 gives [0, u] with u > 0.

    Parameters
    ----------
    count : Count
        k cases of n.
    level : float
        Two-sided confidence level, strictly between 0 and 1.

    Returns
    -------
    Rate or Undefined
        Undefined when n = 0.

    Raises
    ------
    ValueError
        ``level`` outside (0, 1).
    """
    if count.n == 0:
        return _no_population(count)
    low, high = clopper_pearson_bounds(count.k, count.n, level=level)
    return Rate(count, low=low, high=high, level=level, method="Clopper-Pearson")


def wilson_bounds(k: int, n: int, *, level: float = 0.95) -> Bounds:
    """Lower and upper Wilson score bound for k of n, without continuity correction; n > 0.

    The p with |k/n - p| = z * sqrt(p (1 - p) / n).

    Source: Wilson 1927, JASA 22, 209-212.
    """
    z = float(ndtri(1.0 - tail(level)))
    half_width = z * sqrt(k * (n - k) / n + z * z / 4.0)
    # Each bound in the form that does not cancel: x = c / (b + root) for the smaller root.
    low = 0.0 if k == 0 else (k * k / n) / (k + z * z / 2.0 + half_width)
    high = 1.0 if k == n else (k + z * z / 2.0 + half_width) / (n + z * z)
    return low, high


def wilson(count: Count, *, level: float = 0.95) -> Rate | Undefined:
    """k/n with the Wilson score interval; Undefined when n = 0. See ``wilson_bounds``."""
    if count.n == 0:
        return _no_population(count)
    low, high = wilson_bounds(count.k, count.n, level=level)
    return Rate(count, low=low, high=high, level=level, method="Wilson score")


def jeffreys(count: Count, *, level: float = 0.95) -> Rate | Undefined:
    """k/n with the Jeffreys interval; Undefined when n = 0.

    Equal-tailed quantiles of Beta(k + 1/2, n - k + 1/2), with low = 0 at k = 0 and high = 1 at
    k = n. At k = 0 the upper bound stays the (1 - tail) quantile, as at any other k.

    Source: Brown, Cai & DasGupta 2001, Statistical Science 16, 101-133, section 3.1.
    """
    if count.n == 0:
        return _no_population(count)
    k, n, outside = count.k, count.n, tail(level)
    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, outside))
    high = 1.0 if k == n else float(betainccinv(k + 0.5, n - k + 0.5, outside))
    return Rate(count, low=low, high=high, level=level, method="Jeffreys")


def rule_of_three(count: Count, *, level: float = 0.95) -> Rate | Undefined:
    """The exact one-sided upper bound after no event in n: 1 - (1 - level)^(1/n).

    Being one-sided it is lower than the upper end of the two-sided Clopper-Pearson interval at
    the same level. ``three_over_n`` is the rounding that gave the rule its name.

    Returns
    -------
    Rate or Undefined
        0/n with low = 0; Undefined when n = 0.

    Raises
    ------
    ValueError
        k > 0: the rule is for no event at all.
    """
    if count.n == 0:
        return _no_population(count)
    _require_no_event(count)
    high = -expm1(log(tail(level, sides=1)) / count.n)
    method = "exact one-sided upper bound after no event (rule of three)"
    return Rate(count, low=0.0, high=high, level=level, method=method)


def three_over_n(count: Count) -> Rate | Undefined:
    """The approximation 3/n to the one-sided 95% upper bound after no event in n.

    Always above the exact bound of ``rule_of_three``, since -log(0.05) = 2.9957 < 3; 1 at most.

    Source: Hanley & Lippman-Hand 1983, JAMA 249, 1743-1745.

    Raises
    ------
    ValueError
        k > 0.
    """
    if count.n == 0:
        return _no_population(count)
    _require_no_event(count)
    method = "one-sided upper bound after no event, approximated by 3/n"
    return Rate(count, low=0.0, high=min(1.0, 3.0 / count.n), level=0.95, method=method)


def _require_no_event(count: Count) -> None:
    if count.k != 0:
        raise ValueError(f"{count.k} of {count.n}: the rule of three is for no event at all")


def _no_population(count: Count) -> Undefined:
    return Undefined(f"no {count.population}: a proportion of none is undefined")
