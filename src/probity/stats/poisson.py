"""Confidence interval for the rate of events over an exposure."""

from scipy.special import gammainccinv, gammaincinv

from probity.core import EventRate, Events, Undefined
from probity.stats.level import tail


def garwood_bounds(k: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact lower and upper bound on the expected number of events, after k were seen.

    low solves P(X >= k | mean) = tail and high solves P(X <= k | mean) = tail for a Poisson
    count X, with the two-sided tail (1 - level) / 2.

    Source: Garwood 1936, Biometrika 28, 437-442.
    """
    outside = tail(level)
    low = 0.0 if k == 0 else float(gammaincinv(k, outside))
    return low, float(gammainccinv(k + 1, outside))


def garwood(events: Events, *, level: float = 0.95) -> EventRate | Undefined:
    """Events per unit of exposure with the exact (Garwood) interval; k = 0 gives [0, u], u > 0.

    Parameters
    ----------
    events : Events
        k events over an exposure, taken to come independently of each other. Where they come
        in clusters this is too narrow: see ``stats.dispersion``.
    level : float
        Two-sided confidence level, strictly between 0 and 1.

    Returns
    -------
    EventRate or Undefined
        Undefined when the exposure is 0.
    """
    if events.exposure == 0:
        return Undefined(f"exposure of 0 {events.unit}s: a rate of events is undefined")
    low, high = garwood_bounds(events.k, level=level)
    return EventRate(
        events,
        low=low / events.exposure,
        high=high / events.exposure,
        level=level,
        method="Garwood exact Poisson",
    )
