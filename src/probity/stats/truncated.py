"""Zero-truncated counts: the negative binomial and the Poisson law of counts of at least one.

The negative binomial has mean mu and variance mu + dispersion * mu**2 before truncation. Its
dispersion is fitted on the log scale within bounds, so it can neither turn negative nor run off:
both happen with an unbounded optimiser when most counts are one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

SMALLEST_DISPERSION = 1e-6
"""Below this the law is the Poisson's to more than six digits."""
LARGEST_DISPERSION = 1e3
"""Above this the law is the log-series law's: ratios stay the same, only the intercept moves."""


def log_probability(counts: Vector, mean: Vector, dispersion: float) -> Vector:
    """Log probability of each count, given that it is at least one.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Whole numbers >= 1.
    mean : ndarray, shape (n,)
        Mean before truncation, > 0.
    dispersion : float
        Variance is mean + dispersion * mean**2 before truncation; > 0.

    Returns
    -------
    ndarray, shape (n,)
        log f(y) - log(1 - f(0)), f the negative binomial law.
    """
    return _with_slopes(counts, mean, dispersion)[0]


def _with_slopes(counts: Vector, mean: Vector, dispersion: float) -> tuple[Vector, Vector, Vector]:
    """Log probabilities, and their derivatives by the log mean and by the dispersion."""
    from scipy.special import gammaln

    steps = np.arange(counts.max())
    index = counts.astype(np.intp)
    growth = 1.0 + dispersion * steps
    rising = np.concatenate([[0.0], np.cumsum(np.log(growth))])[index]
    rising_slope = np.concatenate([[0.0], np.cumsum(steps / growth)])[index]
    spread = 1.0 + dispersion * mean
    log_spread = np.log1p(dispersion * mean)
    log_zero = -log_spread / dispersion
    not_zero = -np.expm1(log_zero)
    value = rising - gammaln(counts + 1.0) + counts * (np.log(mean) - log_spread)
    value += log_zero - np.log(not_zero)
    by_log_mean = (counts - mean / not_zero) / spread
    zero_slope = (log_spread / dispersion - mean / spread) / dispersion
    by_dispersion = rising_slope - counts * mean / spread + zero_slope / not_zero
    return value, by_log_mean, by_dispersion


@dataclass(frozen=True, slots=True, eq=False)
class TruncatedFit:
    """Maximum of the likelihood.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        Change of the log mean before truncation per unit of each column of the design.
    dispersion : float
        See ``log_probability``; 0 for the Poisson law.
    log_likelihood : float
    converged : bool
        The gradient per count is below 1e-6 in every direction that no bound stops.
    """

    coefficients: Vector
    dispersion: float
    log_likelihood: float
    converged: bool

    @property
    def runs_off(self) -> bool:
        """Whether the dispersion ran to its upper bound; the likelihood is flat from there on."""
        return self.dispersion > 0.99 * LARGEST_DISPERSION


def fit_truncated(
    counts: Vector,
    design: Matrix,
    *,
    offset: Vector | None = None,
    poisson: bool = False,
    start: TruncatedFit | None = None,
) -> TruncatedFit:
    """Maximise the zero-truncated likelihood.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Whole numbers >= 1.
    design : ndarray, shape (n, k)
        Full column rank, the constant included.
    offset : ndarray, shape (n,), optional
        Added to the log mean with coefficient 1.
    poisson : bool
        Fit the Poisson law: no dispersion.
    start : TruncatedFit, optional
        Where to start; without it the best of two starts is taken.
    """
    shift = np.zeros(len(counts)) if offset is None else offset
    # Columns on one scale: the search is then as quick for log counts as for percentages.
    triangle = np.linalg.qr(design, mode="r") / np.sqrt(len(counts))
    scaled = np.linalg.solve(triangle.T, design.T).T
    k = design.shape[1]

    def objective(point: Vector) -> tuple[float, Vector]:
        log_mean = np.clip(scaled @ point[:k] + shift, -30.0, 30.0)
        mean = np.exp(log_mean)
        dispersion = SMALLEST_DISPERSION if poisson else float(np.exp(point[k]))
        value, by_log_mean, by_dispersion = _with_slopes(counts, mean, dispersion)
        gradient = scaled.T @ by_log_mean
        if not poisson:
            gradient = np.append(gradient, dispersion * by_dispersion.sum())
        return -float(value.sum()) / len(counts), -gradient / len(counts)

    low, high = np.full(k, -np.inf), np.full(k, np.inf)
    if not poisson:
        low = np.append(low, np.log(SMALLEST_DISPERSION))
        high = np.append(high, np.log(LARGEST_DISPERSION))
    ends = [
        _descend(objective, first, low, high)
        for first in _starts(counts, scaled, triangle, start, poisson=poisson)
    ]
    best = min(ends, key=lambda end: end.value)
    return TruncatedFit(
        coefficients=np.linalg.solve(triangle, best.point[:k]),
        dispersion=0.0 if poisson else float(np.exp(best.point[k])),
        log_likelihood=-best.value * len(counts),
        converged=best.steepest < _LEVEL,
    )


def _starts(
    counts: Vector, scaled: Matrix, triangle: Matrix, start: TruncatedFit | None, *, poisson: bool
) -> list[Vector]:
    if start is not None:
        point = triangle @ start.coefficients
        return [point if poisson else np.append(point, np.log(start.dispersion))]
    flat: Vector = np.asarray(np.linalg.lstsq(scaled, np.log(counts), rcond=None)[0], dtype=float)
    return [flat] if poisson else [np.append(flat, np.log(0.3)), np.append(flat, np.log(5.0))]


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """Where a search ended: the steepest slope left in a direction that no bound stops."""

    point: Vector
    value: float
    steepest: float


_LEVEL = 1e-6
"""Slope per count that counts as none; the columns of the design are on one scale."""


def _descend(
    objective: Callable[[Vector], tuple[float, Vector]], first: Vector, low: Vector, high: Vector
) -> _End:
    """Damped Newton within bounds, the curvature by differences of the exact slope.

    Own code for a handful of parameters: scipy's bounded search starts BLAS threads for them,
    which on a busy machine made the thousand small fits of a jackknife eight times slower.
    """
    point = np.clip(first, low, high)
    value, slope = objective(point)
    damping = 1e-3
    for _ in range(200):
        open_ = ~(((point <= low) & (slope > 0)) | ((point >= high) & (slope < 0)))
        if np.max(np.abs(slope[open_]), initial=0.0) < _LEVEL / 100:
            break
        curve = np.array(
            [objective(point + shift)[1] - slope for shift in _TINY * np.eye(len(point))]
        )
        curve = (curve + curve.T) / (2 * _TINY)
        improved = False
        while not improved and damping < _HOPELESS:
            step = np.zeros(len(point))
            damped = curve[np.ix_(open_, open_)] + damping * np.eye(int(open_.sum()))
            step[open_] = -np.linalg.solve(damped, slope[open_])
            trial = np.clip(point + step, low, high)
            trial_value, trial_slope = objective(trial)
            improved = trial_value < value
            damping = damping / 10 if improved else damping * 10 + 1e-6
        if not improved:
            break
        point, value, slope = trial, trial_value, trial_slope
    open_ = ~(((point <= low) & (slope > 0)) | ((point >= high) & (slope < 0)))
    return _End(point, value, float(np.max(np.abs(slope[open_]), initial=0.0)))


_TINY = 1e-5
_HOPELESS = 1e8
