"""Failures to enrol and to acquire, carried through to whole-system rates.

A comparison is only made where a reference was enrolled and a probe acquired. Rates over
comparisons alone flatter a system that refuses difficult images; these do not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from probity.core import Count, Estimate, Undefined
from probity.stats.interval import clopper_pearson_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """Attempts that gave no template, out of all attempts; None where it was not recorded.

    ``not_enrolled``: subjects that could not be enrolled (failure-to-enrol rate, FTE).
    ``not_acquired``: probe captures that gave no usable sample (failure-to-acquire rate, FTA).
    """

    not_enrolled: Count | None = None
    not_acquired: Count | None = None


def generalised_false_accept_rate(
    fmr: Count, acquisition: Acquisition, *, level: float = 0.95
) -> Estimate | Undefined:
    """GFAR = FMR (1 - FTA) (1 - FTE), for zero-effort attempts of one comparison each.

    Parameters
    ----------
    fmr : Count
        False matches of all non-mated comparisons.
    acquisition : Acquisition
        A failure that was not recorded enters as no failure, and the population says so.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate or Undefined
        The interval joins exact intervals of the factors, each at level 1 - (1 - level)/m for m
        factors, so it covers at least at ``level``. Undefined where a factor has n = 0.

    Source: the definitions of ISO/IEC 19795-1 (FAR, FTA and FTE combined).
    """
    return _combined(
        fmr,
        acquisition,
        lambda match, lost: match * (1.0 - lost),
        grows_with_loss=False,
        level=level,
    )


def generalised_false_reject_rate(
    fnmr: Count, acquisition: Acquisition, *, level: float = 0.95
) -> Estimate | Undefined:
    """GFRR = FTE + (1 - FTE) FTA + (1 - FTE) (1 - FTA) FNMR; see the rate above for the rest.

    ``fnmr`` counts the false non-matches of all mated comparisons.
    """
    return _combined(
        fnmr,
        acquisition,
        lambda reject, lost: lost + (1.0 - lost) * reject,
        grows_with_loss=True,
        level=level,
    )


def _combined(
    compared: Count,
    acquisition: Acquisition,
    formula: Callable[[float, float], float],
    *,
    grows_with_loss: bool,
    level: float,
) -> Estimate | Undefined:
    failures = [c for c in (acquisition.not_enrolled, acquisition.not_acquired) if c is not None]
    counts = (compared, *failures)
    for count in counts:
        if count.n == 0:
            return Undefined(f"no {count.population}: a rate of none is undefined")
    each = 1.0 - (1.0 - level) / len(counts)
    bounds = [clopper_pearson_bounds(c.k, c.n, level=each) for c in counts]
    lost = [_either([b[side] for b in bounds[1:]]) for side in (0, 1)]
    if not grows_with_loss:
        lost.reverse()
    return Estimate(
        formula(compared.k / compared.n, _either([c.k / c.n for c in failures])),
        low=formula(bounds[0][0], lost[0]),
        high=formula(bounds[0][1], lost[1]),
        level=level,
        method=f"Clopper-Pearson of {len(counts)} factors, Bonferroni",
        population="attempts, " + _what_is_counted(acquisition),
        counts=counts,
    )


def _either(rates: list[float]) -> float:
    """The rate of failing at any of some independent steps."""
    passed = 1.0
    for rate in rates:
        passed *= 1.0 - rate
    return 1.0 - passed


def _what_is_counted(acquisition: Acquisition) -> str:
    enrol = "counted" if acquisition.not_enrolled is not None else "not recorded"
    acquire = "counted" if acquisition.not_acquired is not None else "not recorded"
    return f"failures to enrol {enrol}, failures to acquire {acquire}"
