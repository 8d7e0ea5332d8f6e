"""Zero-truncated counts: the negative binomial and the Poisson law of counts of at least one.

The negative binomial has mean mu and variance mu + dispersion * mu**2 before truncation. Its
dispersion is fitted on the log scale within bounds, so it can neither turn negative nor run off:
both happen with an unbounded optimiser when most counts are one.
"""

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
    rising, _ = _rising_logs(counts, dispersion)
    from scipy.special import gammaln

    log_zero = -np.log1p(dispersion * mean) / dispersion
    value: Vector = (
        rising
        - gammaln(counts + 1.0)
        + counts * (np.log(mean) - np.log1p(dispersion * mean))
        + log_zero
        - np.log(-np.expm1(log_zero))
    )
    return value


def _rising_logs(counts: Vector, dispersion: float) -> tuple[Vector, Vector]:
    """Sum over j < y of log(1 + dispersion j), and its derivative by the dispersion."""
    steps = np.arange(counts.max())
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(dispersion * steps))])
    slopes = np.concatenate([[0.0], np.cumsum(steps / (1.0 + dispersion * steps))])
    index = counts.astype(np.intp)
    return logs[index], slopes[index]


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
        The gradient is zero within 1e-3 of a count in every direction that no bound stops.
    """

    coefficients: Vector
    dispersion: float
    log_likelihood: float
    converged: bool


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
    from scipy.optimize import minimize

    shift = np.zeros(len(counts)) if offset is None else offset
    # Columns on one scale: the search is then as quick for log counts as for percentages.
    triangle = np.linalg.qr(design, mode="r") / np.sqrt(len(counts))
    scaled = np.linalg.solve(triangle.T, design.T).T
    k = design.shape[1]

    def objective(point: Vector) -> tuple[float, Vector]:
        log_mean = np.clip(scaled @ point[:k] + shift, -30.0, 30.0)
        mean = np.exp(log_mean)
        dispersion = SMALLEST_DISPERSION if poisson else float(np.exp(point[k]))
        value = log_probability(counts, mean, dispersion).sum()
        log_zero = -np.log1p(dispersion * mean) / dispersion
        not_zero = -np.expm1(log_zero)
        by_log_mean = (counts - mean / not_zero) / (1.0 + dispersion * mean)
        gradient = scaled.T @ by_log_mean
        if not poisson:
            _, rising = _rising_logs(counts, dispersion)
            spread = 1.0 + dispersion * mean
            zero_slope = (np.log1p(dispersion * mean) / dispersion - mean / spread) / dispersion
            slope = (rising - counts * mean / spread + zero_slope / not_zero).sum()
            gradient = np.append(gradient, dispersion * slope)
        return -float(value), -gradient

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * k
    if not poisson:
        bounds.append((np.log(SMALLEST_DISPERSION), np.log(LARGEST_DISPERSION)))
    best = None
    for first in _starts(counts, scaled, triangle, start, poisson=poisson):
        found = minimize(
            objective,
            first,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-7},
        )
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None  # noqa: S101 - there is always a start
    return TruncatedFit(
        coefficients=np.linalg.solve(triangle, best.x[:k]),
        dispersion=0.0 if poisson else float(np.exp(best.x[k])),
        log_likelihood=-float(best.fun),
        converged=bool(np.isfinite(best.fun)) and _stationary(best.x, best.jac, bounds),
    )


def _starts(
    counts: Vector, scaled: Matrix, triangle: Matrix, start: TruncatedFit | None, *, poisson: bool
) -> list[Vector]:
    if start is not None:
        point = triangle @ start.coefficients
        return [point if poisson else np.append(point, np.log(start.dispersion))]
    flat: Vector = np.asarray(np.linalg.lstsq(scaled, np.log(counts), rcond=None)[0], dtype=float)
    return [flat] if poisson else [np.append(flat, np.log(0.3)), np.append(flat, np.log(5.0))]


def _stationary(
    point: Vector, gradient: Vector, bounds: list[tuple[float | None, float | None]]
) -> bool:
    """No direction that a bound leaves open goes down by more than a thousandth of a count."""
    for x, slope, (low, high) in zip(point, gradient, bounds, strict=True):
        stopped = (low is not None and x <= low and slope > 0) or (
            high is not None and x >= high and slope < 0
        )
        if not stopped and abs(slope) > 1e-3:  # noqa: PLR2004 - a thousandth of a count
            return False
    return True
