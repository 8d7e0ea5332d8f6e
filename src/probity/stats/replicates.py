"""Ratios of sums over replicates of a simulation, compared between two sides.

Each replicate r gives a numerator k_r and a denominator n_r; the value is sum(k) / sum(n). Its
variance is that of the linearised residuals (k_r - value n_r) / mean(n), which is exact in the
limit of many replicates. Two sides that share random numbers are compared replicate by
replicate, so that what they share cancels out.

Where a side has few events in all, no spread over replicates can be trusted: then events are
taken as independent of each other and of the other side, and intervals are exact (Garwood,
Clopper-Pearson) or built from exact ones.
"""

from dataclasses import dataclass
from math import exp, inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from probity.core import Estimate, Events, Undefined
from probity.stats.compare import event_rate_ratio
from probity.stats.level import tail
from probity.stats.poisson import garwood_bounds

FEW_EVENTS = 20
"""Events of a side, over all replicates, below which its intervals are exact."""

OVER_REPLICATES = "t over replicates"
OVER_PAIRS = "t over pairs of replicates"
EXACT = "exact Poisson, few events"
FROM_EXACT = "from the exact Poisson intervals of both sides, few events"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicated:
    """One measure of one side.

    Parameters
    ----------
    k, n : float64, (n_replicates,)
        Numerators and denominators, at least 0.
    per : str
        What one unit of the denominator is: "face seen", "year".
    events : bool
        Numerators are counts of events; else they are sums, such as of seconds.
    most : float
        No value is above it: 1 for a proportion.
    """

    k: Floats
    n: Floats
    per: str
    events: bool = True
    most: float = inf

    @property
    def value(self) -> float | None:
        """sum(k) / sum(n); None without a denominator."""
        return float(self.k.sum() / self.n.sum()) if self.n.sum() > 0 else None

    @property
    def is_few(self) -> bool:
        """Intervals have to be exact: few events, or a single replicate."""
        return self.events and (len(self.k) == 1 or self.k.sum() < FEW_EVENTS)


def estimate(side: Replicated, *, level: float = 0.95) -> Estimate | Undefined:
    """The value of one side with its interval.

    Returns
    -------
    Estimate or Undefined
        0 <= low <= value <= high. Undefined without a denominator, or for sums of one replicate.
    """
    value = side.value
    if value is None:
        return _nothing(side)
    if side.is_few:
        low, high = _exact_bounds(side, level)
        return _estimate((value, low, min(high, side.most)), level, EXACT, side)
    if len(side.k) == 1:
        return Undefined("one replicate has no spread")
    reach = _reach(_residuals(side), level)
    bounds = max(0.0, value - reach), min(side.most, value + reach)
    return _estimate((value, *bounds), level, OVER_REPLICATES, side)


def difference(a: Replicated, b: Replicated, *, level: float = 0.95) -> Estimate | Undefined:
    """value(b) - value(a): replicates in pairs, or from both exact intervals where events are few.

    The latter is low = d - sqrt((b - b_low)^2 + (a_high - a)^2) and the like upwards.

    Raises
    ------
    ValueError
        The sides have different numbers of replicates.

    Source: Zou & Donner 2008, Statistics in Medicine 27, 1693-1702 (the second kind).
    """
    _require_pairs(a, b)
    first, second = a.value, b.value
    if first is None or second is None:
        return _nothing(a if first is None else b)
    gap = second - first
    if a.is_few or b.is_few:
        (a_low, a_high), (b_low, b_high) = _exact_bounds(a, level), _exact_bounds(b, level)
        down = sqrt((second - b_low) ** 2 + (a_high - first) ** 2)
        up = sqrt((b_high - second) ** 2 + (first - a_low) ** 2)
        return _estimate((gap, gap - down, gap + up), level, FROM_EXACT, b)
    if len(a.k) == 1:
        return Undefined("one replicate has no spread")
    reach = _reach(_residuals(b) - _residuals(a), level)
    return _estimate((gap, gap - reach, gap + reach), level, OVER_PAIRS, b)


def ratio(a: Replicated, b: Replicated, *, level: float = 0.95) -> Estimate | Undefined:
    """value(b) / value(a): on the logarithm over pairs, or exact where events are few.

    Returns
    -------
    Estimate or Undefined
        high is inf where the data set no upper bound; Undefined where both are 0.

    Raises
    ------
    ValueError
        The sides have different numbers of replicates.
    """
    _require_pairs(a, b)
    first, second = a.value, b.value
    if first is None or second is None:
        return _nothing(a if first is None else b)
    if a.is_few or b.is_few:
        exact = event_rate_ratio(_events(b), _events(a), level=level)
        if isinstance(exact, Undefined):
            return exact
        return _estimate((exact.value, exact.low, exact.high), level, EXACT, b)
    if len(a.k) == 1:
        return Undefined("one replicate has no spread")
    if first == 0 or second == 0:
        return Undefined("a ratio to 0, or of 0, has no interval over replicates")
    reach = _reach(_residuals(b) / second - _residuals(a) / first, level)
    value = second / first
    return _estimate((value, value * exp(-reach), value * exp(reach)), level, OVER_PAIRS, b)


def _residuals(side: Replicated) -> Floats:
    residuals: Floats = (side.k - side.k.sum() / side.n.sum() * side.n) / side.n.mean()
    return residuals


def _reach(residuals: Floats, level: float) -> float:
    count = len(residuals)
    quantile = float(stats.t.isf(tail(level), count - 1))
    return quantile * float(residuals.std(ddof=1)) / sqrt(count)


def _exact_bounds(side: Replicated, level: float) -> tuple[float, float]:
    exposure = float(side.n.sum())
    low, high = garwood_bounds(round(side.k.sum()), level=level)
    return low / exposure, high / exposure


def _events(side: Replicated) -> Events:
    return Events(round(side.k.sum()), float(side.n.sum()), side.per)


def _estimate(
    found: tuple[float, float, float], level: float, method: str, side: Replicated
) -> Estimate:
    value, low, high = found
    return Estimate(
        value=value, low=low, high=high, level=level, method=method, population=f"per {side.per}"
    )


def _nothing(side: Replicated) -> Undefined:
    return Undefined(f"no {side.per} in any replicate")


def _require_pairs(a: Replicated, b: Replicated) -> None:
    if len(a.k) != len(b.k):
        raise ValueError(f"{len(a.k)} replicates cannot be paired with {len(b.k)}")
