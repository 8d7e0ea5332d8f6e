"""Two groups compared: difference and ratio of proportions, ratio of event rates, a test.

The interval of a difference or ratio inverts a score test: a value lies inside when the data do
not contradict it, with the two proportions estimated as that value would have them. Such
intervals need no correction for empty cells. A ratio with no case in the first group has low = 0;
with none in the second its value and high are infinite; with none in either it is undefined.
"""

from collections.abc import Callable
from math import copysign, inf, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import fisher_exact

from probity.core import Count, Estimate, Events, Undefined
from probity.stats.boschloo import boschloo
from probity.stats.interval import clopper_pearson_bounds, wilson_bounds
from probity.stats.level import tail
from probity.stats.test_result import Test


def difference(a: Count, b: Count, *, level: float = 0.95) -> Estimate | Undefined:
    """k_a/n_a - k_b/n_b with the Miettinen-Nurminen score interval.

    The d with z(d)^2 = z^2, where z(d) = (p_a - p_b - d) / sqrt(v) and
    v = (q_a (1 - q_a) / n_a + q_b (1 - q_b) / n_b) * N / (N - 1), q_a and q_b being the maximum
    likelihood proportions under q_a - q_b = d, and N = n_a + n_b.

    Returns
    -------
    Estimate or Undefined
        -1 <= low <= value <= high <= 1; Undefined when either group is empty.

    Raises
    ------
    ValueError
        ``level`` outside (0, 1).

    Source: Miettinen & Nurminen 1985, Statistics in Medicine 4, 213-226.
    """
    z = float(ndtri(1.0 - tail(level)))
    if a.n == 0 or b.n == 0:
        return _empty_group(a, b)
    value = a.k / a.n - b.k / b.n

    def score(d: float) -> float:
        return _difference_score(a, b, d)

    low = _crossing(score, z, value, -1.0)
    high = _crossing(score, -z, value, 1.0)
    return Estimate(
        value=value,
        low=low,
        high=high,
        level=level,
        method="Miettinen-Nurminen score",
        population=_against(a, b),
        counts=(a, b),
    )


def difference_newcombe(a: Count, b: Count, *, level: float = 0.95) -> Estimate | Undefined:
    """k_a/n_a - k_b/n_b with Newcombe's interval, built from the two Wilson intervals.

    low = d - sqrt((p_a - l_a)^2 + (u_b - p_b)^2), high = d + sqrt((u_a - p_a)^2 + (p_b - l_b)^2).

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    if a.n == 0 or b.n == 0:
        return _empty_group(a, b)
    p_a, p_b = a.k / a.n, b.k / b.n
    low_a, high_a = wilson_bounds(a.k, a.n, level=level)
    low_b, high_b = wilson_bounds(b.k, b.n, level=level)
    return Estimate(
        value=p_a - p_b,
        low=max(-1.0, p_a - p_b - sqrt((p_a - low_a) ** 2 + (high_b - p_b) ** 2)),
        high=min(1.0, p_a - p_b + sqrt((high_a - p_a) ** 2 + (p_b - low_b) ** 2)),
        level=level,
        method="Newcombe (from Wilson intervals)",
        population=_against(a, b),
        counts=(a, b),
    )


def ratio(a: Count, b: Count, *, level: float = 0.95) -> Estimate | Undefined:
    """(k_a/n_a) / (k_b/n_b) with the Koopman score interval.

    The r with z(r)^2 = z^2, where z(r) = (p_a - r p_b) / sqrt(v) and
    v = q_a (1 - q_a) / n_a + r^2 q_b (1 - q_b) / n_b, q_a and q_b being the maximum likelihood
    proportions under q_a = r q_b.

    Returns
    -------
    Estimate or Undefined
        0 <= low <= value <= high. k_a = 0 gives low = value = 0, k_b = 0 gives value = high = inf.
        Undefined when either group is empty or neither has a case.

    Raises
    ------
    ValueError
        ``level`` outside (0, 1).

    Source: Koopman 1984, Biometrics 40, 513-517.
    """
    z = float(ndtri(1.0 - tail(level)))
    if a.n == 0 or b.n == 0:
        return _empty_group(a, b)
    if a.k == b.k == 0:
        return Undefined(f"no case in {a.population} nor in {b.population}: 0/0 has no ratio")
    value = inf if b.k == 0 else (a.k / a.n) / (b.k / b.n)

    def score(r: float) -> float:
        return _ratio_score(a, b, r)

    return Estimate(
        value=value,
        low=0.0 if a.k == 0 else min(value, _crossing_ratio(score, z)),
        high=inf if b.k == 0 else max(value, _crossing_ratio(score, -z)),
        level=level,
        method="Koopman score",
        population=_against(a, b),
        counts=(a, b),
    )


def event_rate_ratio(a: Events, b: Events, *, level: float = 0.95) -> Estimate | Undefined:
    """(k_a/exposure_a) / (k_b/exposure_b) with the exact conditional interval.

    Given k_a + k_b, k_a is binomial with share r e_a / (r e_a + e_b); the Clopper-Pearson
    bounds of that share give those of r.

    Returns
    -------
    Estimate or Undefined
        0 <= low <= value <= high, with 0 and inf as in ``ratio``. Undefined when either exposure
        is 0 or there is no event at all.

    Raises
    ------
    ValueError
        The exposures are in different units, or ``level`` is outside (0, 1).

    Source: Przyborowski & Wilenski 1940, Biometrika 31, 313-323.
    """
    if a.unit != b.unit:
        raise ValueError(f"exposures in {a.unit!r} and in {b.unit!r} cannot be compared")
    if a.exposure == 0 or b.exposure == 0:
        return Undefined(f"exposure of 0 {a.unit}s: a rate of events is undefined")
    total = a.k + b.k
    if total == 0:
        return Undefined("no event on either side: 0/0 has no ratio")
    # The complement's bounds are computed, not 1 - share, which loses the digits of a rare event.
    share_low, share_high = clopper_pearson_bounds(a.k, total, level=level)
    rest_low, rest_high = clopper_pearson_bounds(b.k, total, level=level)
    exposures = b.exposure / a.exposure
    return Estimate(
        value=inf if b.k == 0 else a.k / b.k * exposures,
        low=share_low / rest_high * exposures,
        high=inf if b.k == 0 else share_high / rest_low * exposures,
        level=level,
        method="exact conditional (Clopper-Pearson on the share of events)",
        population=f"events per {a.unit}, first against second",
    )


def two_group_test(
    a: Count, b: Count, *, method: Literal["fisher", "boschloo"] = "fisher"
) -> Test | Undefined:
    """Exact two-sided test that two groups have the same proportion.

    ``fisher`` keeps the total of cases fixed: valid for groups of any size, cautious when counts
    are small. ``boschloo`` does not, and its p-value is never larger.

    Returns
    -------
    Test or Undefined
        Undefined when a group is empty. The statistic is None for Fisher and Fisher's p-value
        for Boschloo.

    Raises
    ------
    ValueError
        Boschloo's test with groups too large for it: see ``stats.boschloo``.

    Source: Fisher 1935, JRSS 98, 39-82; Boschloo 1970.
    """
    if a.n == 0 or b.n == 0:
        return _empty_group(a, b)
    if method == "boschloo":
        return boschloo(a, b)
    table = np.array([[a.k, b.k], [a.n - a.k, b.n - b.k]])
    fisher = fisher_exact(table, alternative="two-sided")
    return Test(p_value=min(1.0, float(fisher.pvalue)), method="Fisher exact, two-sided")


def _difference_score(a: Count, b: Count, d: float) -> float:
    """z(d) of ``difference``: falls as d grows from -1 to 1."""
    gap = a.k / a.n - b.k / b.n - d
    q_b = _restricted_proportion(a, b, d)
    q_a = min(1.0, max(0.0, q_b + d))
    total = a.n + b.n
    variance = (q_a * (1 - q_a) / a.n + q_b * (1 - q_b) / b.n) * total / (total - 1)
    return _standardised(gap, variance)


def _restricted_proportion(a: Count, b: Count, d: float) -> float:
    """Maximum likelihood proportion of group b when that of group a is larger by d.

    Found from the score equation, which falls in q_b, rather than from the cubic it multiplies
    out to: that one loses all digits for rare cases among millions.
    """
    bottom, top = max(0.0, -d), min(1.0, 1.0 - d)

    def slope(q_b: float) -> float:
        q_a = q_b + d
        return _per(a.k, q_a) - _per(a.n - a.k, 1 - q_a) + _per(b.k, q_b) - _per(b.n - b.k, 1 - q_b)

    if slope(bottom) <= 0:
        return bottom
    if slope(top) >= 0:
        return top
    return float(brentq(slope, bottom, top, xtol=1e-300, rtol=1e-14))


def _per(cases: int, proportion: float) -> float:
    """cases / proportion, with 0/0 = 0 and a bound large enough to steer by for k/0."""
    if cases == 0:
        return 0.0
    return cases / proportion if proportion > 0 else 1e300


def _ratio_score(a: Count, b: Count, r: float) -> float:
    """z(r) of ``ratio``: falls as r grows from 0 to infinity."""
    # q_b is the smaller root of (n_a + n_b) r q^2 - (x + y) q + (k_a + k_b) = 0. Its discriminant
    # is written as a sum: as (x + y)^2 - 4 ... it cancels when nearly all are cases.
    x, y = r * (a.n + b.k), a.k + b.n
    root = sqrt((x - y) ** 2 + 4.0 * r * (a.n - a.k) * (b.n - b.k))
    q_b = min(1.0, 1.0 / r, 2.0 * (a.k + b.k) / (x + y + root))
    q_a = min(1.0, q_b * r)
    variance = q_a * (1 - q_a) / a.n + r * r * q_b * (1 - q_b) / b.n
    return _standardised(a.k / a.n - r * b.k / b.n, variance)


def _standardised(gap: float, variance: float) -> float:
    """gap / sqrt(variance); without variance any gap is infinitely far out, and none is none."""
    if variance > 0:
        return gap / sqrt(variance)
    return copysign(inf, gap) if gap != 0 else 0.0


def _crossing(score: Callable[[float], float], target: float, start: float, end: float) -> float:
    """Where a falling ``score`` meets ``target`` between ``start`` and ``end``, else ``end``."""

    def above(x: float) -> float:
        return max(-1e9, min(1e9, score(x) - target))

    if above(start) * above(end) >= 0:
        return end
    return float(brentq(above, start, end, xtol=1e-300, rtol=1e-13))


def _crossing_ratio(score: Callable[[float], float], target: float) -> float:
    """Where a falling ``score`` of a ratio meets ``target``, searched over (0, inf)."""
    low = high = 1.0
    while score(low) < target:
        low /= 4.0
    while score(high) > target:
        high *= 4.0
    if low == high:
        return low
    return float(brentq(lambda r: score(r) - target, low, high, xtol=1e-300, rtol=1e-13))


def _empty_group(a: Count, b: Count) -> Undefined:
    empty = a if a.n == 0 else b
    return Undefined(f"no {empty.population}: a proportion of none is undefined")


def _against(a: Count, b: Count) -> str:
    return f"{a.population} against {b.population}"
