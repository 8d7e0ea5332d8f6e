"""How much evidence decides a claim: trials, clean trials, exposure, and the power of n trials.

A claim puts a proportion on one ``side`` of a limit. It is decided when the whole
Clopper-Pearson interval (Garwood for event rates) lies there. Because counts are whole numbers,
neither that nor the power of a test improves steadily with n: both go up and down like a saw.
Every search here therefore gives the smallest n *from which on* the condition holds.

Counting is done in *adverse* cases, those that speak against the claimed side: events when the
rate is to be shown below the limit, trials without an event when above. For c adverse cases
among n trials, the interval clears the limit when P(at most c adverse | limit) < tail.
"""

from collections.abc import Callable
from math import ceil, floor, gcd, log, log1p
from typing import Literal

from scipy.optimize import brentq
from scipy.special import betainc, betaincc, gammainccinv, gammaincinv

from probity.core import Count, Events
from probity.stats.level import tail

Side = Literal["below", "above"]

TRIALS_MAX = 10**12


def trials_needed(observed: Count, *, limit: float, side: Side, level: float = 0.95) -> int | None:
    """Smallest number of further trials, at the observed rate, that clears the limit for good.

    After N trials in all, k is the observed rate times N rounded against the claimed side: up
    when it is to be below the limit, down when above. 0 when the observed interval already
    clears the limit.

    Parameters
    ----------
    observed : Count
        k of n so far.
    limit : float
        The claimed limit, 0 <= limit <= 1.
    side : {"below", "above"}
        The side of the limit on which the interval is to lie.
    level : float
        Level of the two-sided Clopper-Pearson interval.

    Returns
    -------
    int or None
        None when no number of trials up to ``TRIALS_MAX`` would do: nothing was observed
        (n = 0), or the observed rate lies on the limit, next to it, or on its other side.

    Raises
    ------
    ValueError
        ``limit`` outside [0, 1] or ``level`` outside (0, 1).
    """
    outside = tail(level)
    _require_proportion(limit, "limit")
    adverse = observed.k if side == "below" else observed.n - observed.k
    if observed.n == 0 or not _on_side(observed.k / observed.n, limit, side):
        return None

    def clears(c: int, n: float) -> bool:
        return c < n and _at_most(c, n, limit, side) < outside

    if clears(adverse, observed.n):
        return 0
    if adverse == 0:
        return _further(floor(_trials_for(0, limit, side, outside)) + 1, observed.n)

    common = gcd(observed.n, adverse)
    n, per_n = observed.n // common, adverse // common

    def first_trials_with(c: int) -> int:
        return (c - 1) * n // per_n + 1

    # c adverse cases are counted from first_trials_with(c) trials on, and fewest trials are worst.
    # Those are at least ((c - 1) n + 1) / per_n, a bound in which clearing is monotone in c; it
    # is reached by one c in every per_n, so that the last c to fail is near where it is met.
    certain = _first(
        lambda c: clears(c, ((c - 1) * n + 1) / per_n), beyond=TRIALS_MAX * per_n // n + 1
    )
    if certain is None:
        return None
    c = certain - 1
    while clears(c, first_trials_with(c)):
        c -= 1
    total = min(floor(_trials_for(c, limit, side, outside)) + 1, first_trials_with(c + 1))
    return _further(total, observed.n)


def clean_trials_needed(limit: float, *, level: float = 0.95) -> int:
    """Smallest n whose exact one-sided upper bound after no event lies below the limit.

    The bound is that of ``interval.rule_of_three``; at 95% this is close to 3/limit.

    Raises
    ------
    ValueError
        ``limit`` or ``level`` not strictly between 0 and 1.
    """
    if not 0.0 < limit < 1.0:
        raise ValueError(f"limit {limit}: a limit to stay below lies strictly between 0 and 1")
    return floor(log(tail(level, sides=1)) / log1p(-limit)) + 1


def events_needed(
    observed: Events, *, limit: float, side: Side, level: float = 0.95
) -> Events | None:
    """Smallest further exposure, at the observed event rate, that clears the limit for good.

    Events in all are the observed rate times the exposure, rounded as in ``trials_needed``.

    Parameters
    ----------
    observed : Events
        k events over an exposure so far.
    limit : float
        The claimed events per unit of exposure, >= 0.
    side : {"below", "above"}
        The side of the limit on which the Garwood interval is to lie.

    Returns
    -------
    Events or None
        The further exposure and the further events in it, both 0 when the observed interval
        already clears the limit. None in the cases of ``trials_needed``.

    Raises
    ------
    ValueError
        ``limit`` negative or ``level`` outside (0, 1).
    """
    outside = tail(level)
    if limit < 0:
        raise ValueError(f"limit {limit}: a rate of events is not negative")
    if observed.exposure == 0 or not _on_side(observed.k / observed.exposure, limit, side):
        return None
    needed = _events_below if side == "below" else _events_above
    return needed(observed, limit, outside)


def _events_below(observed: Events, limit: float, outside: float) -> Events | None:
    def exposure_at_limit(k: int) -> float:
        """Exposure over which k events put the upper bound exactly on the limit."""
        return float(gammainccinv(k + 1, outside)) / limit

    if observed.exposure > exposure_at_limit(observed.k):
        return Events(0, 0.0, observed.unit)
    if observed.k == 0:
        return Events(0, exposure_at_limit(0) - observed.exposure, observed.unit)
    per_event = observed.exposure / observed.k
    # k events are counted from exposure (k - 1) * per_event on, where the bound is highest.
    certain = _first(lambda k: (k - 1) * per_event >= exposure_at_limit(k), beyond=TRIALS_MAX)
    if certain is None:
        return None
    last_run_ends = (certain - 1) * per_event
    k, exposure = min(
        (certain - 1, exposure_at_limit(certain - 1)),
        (certain, last_run_ends),
        key=lambda needed: needed[1],
    )
    return Events(k - observed.k, exposure - observed.exposure, observed.unit)


def _events_above(observed: Events, limit: float, outside: float) -> Events | None:
    def exposure_at_limit(k: int) -> float:
        """Exposure over which k events, k > 0, put the lower bound exactly on the limit."""
        return float(gammaincinv(k, outside)) / limit

    if limit == 0 or observed.exposure < exposure_at_limit(observed.k):
        return Events(0, 0.0, observed.unit)
    per_event = observed.exposure / observed.k
    # k events are counted until exposure (k + 1) * per_event, where the bound is lowest.
    certain = _first(lambda k: (k + 1) * per_event <= exposure_at_limit(k), beyond=TRIALS_MAX)
    if certain is None:
        return None
    exposure = certain * per_event - observed.exposure
    return Events(certain - observed.k, exposure, observed.unit)


def power_one_sample(
    n: int, *, rate: float, limit: float, side: Side, level: float = 0.95
) -> float:
    """Probability that the Clopper-Pearson interval of n trials clears the limit, exactly.

    Parameters
    ----------
    n : int
        Trials, n >= 0.
    rate : float
        The true proportion, 0 <= rate <= 1.
    limit, side, level
        As in ``trials_needed``.

    Raises
    ------
    ValueError
        ``n`` negative, ``rate`` or ``limit`` outside [0, 1], ``level`` outside (0, 1).
    """
    outside = tail(level)
    _require_proportion(limit, "limit")
    _require_proportion(rate, "rate")
    if n < 0:
        raise ValueError(f"n {n}: a number of trials is not negative")
    first_not_clear = _first(
        lambda c: c >= n or _at_most(c, n, limit, side) >= outside, start=0, beyond=n
    )
    if not first_not_clear:
        return 0.0
    return _at_most(first_not_clear - 1, n, rate, side)


def trials_for_power(
    *, rate: float, limit: float, side: Side, power: float = 0.8, level: float = 0.95
) -> int | None:
    """Smallest n from which on ``power_one_sample`` stays at or above ``power``.

    Returns
    -------
    int or None
        None when no n up to ``TRIALS_MAX`` would do, as when the rate is not on the side.

    Raises
    ------
    ValueError
        As in ``power_one_sample``; ``power`` not strictly between 0 and 1.
    """
    outside = tail(level)
    _require_proportion(limit, "limit")
    _require_proportion(rate, "rate")
    if not 0.0 < power < 1.0:
        raise ValueError(f"power {power}: a power lies strictly between 0 and 1")
    if not _on_side(rate, limit, side):
        return None
    if limit in (0.0, 1.0):  # one trial without an adverse case clears such a limit
        return _trials_for_one_favourable(rate if side == "above" else 1.0 - rate, power)

    def powerful(c: int, trials: Callable[[float], float]) -> bool:
        """Power with the most trials for which c adverse cases are the most allowed."""
        return _at_most(c, trials(_trials_for(c + 1, limit, side, outside)), rate, side) >= power

    # Monotone in c without rounding to whole trials, and then implied with it: see trials_needed.
    certain = _first(lambda c: powerful(c, trials=float), start=0, beyond=TRIALS_MAX)
    if certain is None:
        return None
    c = certain - 1
    while c >= 0 and powerful(c, trials=floor):
        c -= 1
    total = floor(_trials_for(c + 1, limit, side, outside)) + 1
    return total if total <= TRIALS_MAX else None


def _at_most(c: float, n: float, rate: float, side: Side) -> float:
    """P(at most c adverse cases among n trials) when events have probability ``rate``; c < n."""
    if side == "below":
        return float(betaincc(c + 1, n - c, rate))
    return float(betainc(n - c, c + 1, rate))


def _trials_for(c: int, limit: float, side: Side, outside: float) -> float:
    """The real number of trials at which P(at most c adverse | limit) falls to ``outside``.

    Where that is above ``TRIALS_MAX``, some number above it.
    """

    def excess(favourable: float) -> float:
        if favourable == 0:
            return 1.0 - outside
        return _at_most(c, c + favourable, limit, side) - outside

    few, many = 0.0, 1.0
    while excess(many) > 0:
        few, many = many, 2.0 * many
        if few > TRIALS_MAX:
            return c + few
    return c + float(brentq(excess, few, many, xtol=1e-9, rtol=1e-14))


def _further(total: int, so_far: int) -> int | None:
    return total - so_far if total <= TRIALS_MAX else None


def _trials_for_one_favourable(probability: float, power: float) -> int:
    """Smallest n with 1 - (1 - probability)^n >= power."""
    return 1 if probability == 1 else max(1, ceil(log1p(-power) / log1p(-probability)))


def _first(condition: Callable[[int], bool], *, beyond: int, start: int = 1) -> int | None:
    """Smallest whole number from ``start`` on where a condition that stays true becomes true."""
    step, low = 1, start - 1
    while not condition(low + step):
        low += step
        step *= 2
        if low > beyond:
            return None
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if condition(middle) else (middle, high)
    return high


def _on_side(rate: float, limit: float, side: Side) -> bool:
    return rate < limit if side == "below" else rate > limit


def _require_proportion(value: float, name: str) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} {value}: a proportion lies between 0 and 1")
