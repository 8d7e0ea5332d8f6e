"""How heavy the tail of importance weights is."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def pareto_tail_shape(weights: Values) -> float:
    """Shape of the generalised Pareto distribution of the largest weights.

    Above 0.5 the weights have no variance, above 0.7 no useful mean at any feasible number of
    points. The tail is the largest min(m / 5, 3 sqrt(m)) weights; the estimate is shrunk towards
    0.5 as if ten weights more had been seen there.

    Parameters
    ----------
    weights : float64, (m,)
        Positive or zero, at least 25 of them; their scale does not matter.

    Returns
    -------
    float
        Infinite where the tail is of equal weights after one that outweighs them.

    Raises
    ------
    ValueError
        Fewer than 25 weights.

    Source: Zhang & Stephens 2009, Technometrics 51, 316-325 (the estimate); Vehtari, Simpson,
    Gelman, Yao & Gabry 2024, Journal of Machine Learning Research 25(72) (its use).
    """
    if len(weights) < 25:  # noqa: PLR2004
        raise ValueError(f"{len(weights)} weights: at least 25 are needed")
    number = int(min(0.2 * len(weights), 3.0 * np.sqrt(len(weights))))
    largest = np.sort(weights)[-number - 1 :]
    excess = largest[1:] - largest[0]
    if excess[-1] == 0.0:
        return -np.inf
    shape = _zhang_stephens(excess[excess > 0.0])
    return (number * shape + 10 * 0.5) / (number + 10)


def _zhang_stephens(excess: Values) -> float:
    """Shape of a generalised Pareto sample, ascending; mean over a data-chosen prior."""
    n = len(excess)
    grid = 30 + int(np.sqrt(n))
    quartile = excess[max(0, int(n / 4 + 0.5) - 1)]
    steps = np.arange(1, grid + 1) - 0.5
    inverse_scale = 1.0 / excess[-1] + (1.0 - np.sqrt(grid / steps)) / (3.0 * quartile)
    shapes = np.log1p(-inverse_scale[:, np.newaxis] * excess).mean(axis=1)
    log_profile = n * (np.log(-inverse_scale / shapes) - shapes - 1.0)
    weights = np.exp(log_profile - log_profile.max())
    best = float(inverse_scale @ weights / weights.sum())
    return float(np.log1p(-best * excess).mean())
