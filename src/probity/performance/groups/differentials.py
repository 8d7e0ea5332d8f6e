"""How far the rates of groups lie apart: the measures in use, as functions of the rates.

Rates are arrays of shape (groups, ...): the same functions serve one set of rates and many
simulated ones. x / 0 is inf and 0 / 0 is NaN here; ``interval`` turns both into reasons.

A measure over groups is biased upward: even groups that are treated alike differ by chance, the
more so the fewer the events. The test in ``group_test`` says whether there is a difference.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
OneRate = Callable[[Values], Values]
TwoRates = Callable[[Values, Values], Values]

ALPHA = 0.5
"""Weight of false positives where two rates are put together."""


def ratio_to_best(rates: Values) -> Values:
    """Highest rate over lowest: of an error rate, the worst group over the best."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Values = rates.max(axis=0) / rates.min(axis=0)
    return ratio


def ratio_to_geometric_mean(rates: Values) -> Values:
    """Highest rate over the geometric mean of all.

    Source: Grother, NIST IR 8429 (2022).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Values = rates.max(axis=0) / np.exp(np.log(rates).mean(axis=0))
    return ratio


def max_minus_min(rates: Values) -> Values:
    """Highest rate less lowest."""
    difference: Values = rates.max(axis=0) - rates.min(axis=0)
    return difference


def gini(rates: Values) -> Values:
    """Gini coefficient for few groups: m / (m - 1) * sum |x_i - x_j| / (2 m^2 mean).

    0 when all are equal, 1 when one group has all events.

    Source: Howard et al. 2022, Evaluating proposed fairness models for face recognition
    algorithms (ICPR workshops).
    """
    m = len(rates)
    apart = np.abs(rates[:, None] - rates[None]).sum(axis=(0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = m / (m - 1) * apart / (2 * m**2 * rates.mean(axis=0))
    return found


def garbe(false_positive: Values, false_negative: Values, *, alpha: float = ALPHA) -> Values:
    """Gini aggregation rate: alpha * gini(false positives) + (1 - alpha) * gini(false negatives).

    Source: Howard et al. 2022, as ``gini``.
    """
    return alpha * gini(false_positive) + (1 - alpha) * gini(false_negative)


def fairness_discrepancy_rate(
    false_positive: Values, false_negative: Values, *, alpha: float = ALPHA
) -> Values:
    """FDR = 1 - (alpha * (max - min) of false positives + (1 - alpha) * that of negatives).

    1 when all groups are equal.

    Source: Pereira & Marcel 2022, IEEE Transactions on Biometrics, Behavior, and Identity
    Science 4, 19-29.
    """
    return 1 - (alpha * max_minus_min(false_positive) + (1 - alpha) * max_minus_min(false_negative))


def inequity_rate(
    false_positive: Values, false_negative: Values, *, alpha: float = ALPHA
) -> Values:
    """(max/min of false positives)^alpha * (max/min of false negatives)^(1 - alpha).

    Source: Grother 2021, Demographic differentials in face recognition algorithms (NIST), as
    described by Howard et al. 2022.
    """
    both: Values = ratio_to_best(false_positive) ** alpha * ratio_to_best(false_negative) ** (
        1 - alpha
    )
    return both


ONE_RATE: dict[str, OneRate] = {
    "ratio_to_best": ratio_to_best,
    "ratio_to_geometric_mean": ratio_to_geometric_mean,
    "max_minus_min": max_minus_min,
}
TWO_RATES: dict[str, TwoRates] = {
    "garbe": garbe,
    "fairness_discrepancy_rate": fairness_discrepancy_rate,
    "inequity_rate": inequity_rate,
}
