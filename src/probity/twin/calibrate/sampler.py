"""Draws from a posterior by sequential Monte Carlo: particles that follow a growing likelihood.

Every parameter stands in a coordinate in which its prior is the standard normal distribution.
Particles drawn from the prior meet the likelihood raised to a power that grows from 0 to 1, so
far at a time that half of them still count; each time they are resampled by their weights and
then moved, by Metropolis steps that leave the posterior of that power as it is, until they have
forgotten where they stood. The steps are those of an autoregression about a multivariate t with
the particles' own mean and covariance: in a posterior of that shape every one is accepted, in a
bent one shorter steps follow the bend.

Sources: Del Moral, Doucet & Jasra 2006, J. R. Statist. Soc. B 68, 411-436 (the method); Jasra et
al. 2011, Scand. J. Statist. 38, 1-22 (powers by effective size); Grumitt, Karamanis & Seljak
2023, arXiv 2306.16923 (the step); no code was taken over.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from probity.core.errors import ProbityError

Values = NDArray[np.float64]
LogLikelihood = Callable[[Values], Values]

FREEDOM = 5.0
"""Degrees of freedom of the steps' t: its tails are heavier than those of most posteriors."""
MAX_POWERS = 60
MAX_MOVES = 100
FORGOTTEN = 0.2
"""Particles are moved until no coordinate correlates more with where it stood."""
_EFFECTIVE_SHARE = 0.5
_ACCEPTED = 0.3
_LONGEST_STEP = 0.95
_SHORTEST_STEP = 0.01


class NotConvergedError(ProbityError):
    """The posterior could not be sampled well enough to be reported."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Particles:
    """Equally probable points of a posterior.

    Parameters
    ----------
    points : float64, (n, d)
        In coordinates with a standard normal prior.
    log_likelihood : float64, (n,)
        At each point.
    log_evidence : float
        log of the probability of the data under prior and likelihood.
    powers : int
        Powers of the likelihood that led to 1.
    remembered : float
        Greatest correlation of a coordinate with where it stood before the last moves.
    """

    points: Values
    log_likelihood: Values
    log_evidence: float
    powers: int
    remembered: float


def run_particles(
    log_likelihood: LogLikelihood, *, dimension: int, number: int, rng: np.random.Generator
) -> Particles:
    """One run of ``number`` particles.

    Parameters
    ----------
    log_likelihood : callable
        Points (n, d) to log-likelihoods (n,); -inf where the data are impossible.
    dimension : int
        d, at least 1.

    Raises
    ------
    NotConvergedError
        The data are impossible at every point, or 60 powers did not lead to 1.
    ValueError
        The likelihood gives not-a-number.
    """
    points = rng.standard_normal((number, dimension))
    likelihood = _evaluate(log_likelihood, points)
    power, log_evidence, step = 0.0, 0.0, _LONGEST_STEP
    for powers in range(1, MAX_POWERS + 1):
        before, power = power, _next_power(likelihood, power)
        log_weights = (power - before) * likelihood
        total = logsumexp(log_weights)
        log_evidence += float(total) - np.log(number)
        weights = np.exp(log_weights - total)
        shape = _Shape.of(points, weights)
        kept = _resampled(weights, rng)
        moving = _Moving(
            points[kept], likelihood[kept], shape=shape, power=power, target=log_likelihood, rng=rng
        )
        step, remembered = moving.until_forgotten(step)
        points, likelihood = moving.points, moving.likelihood
        if power == 1.0:
            return Particles(
                points=points,
                log_likelihood=likelihood,
                log_evidence=log_evidence,
                powers=powers,
                remembered=remembered,
            )
    raise NotConvergedError(
        f"the fit did not converge: after {MAX_POWERS} powers the likelihood counts to the power "
        f"{power:.3g} only; data and prior may contradict each other"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """Mean and covariance of particles: standard = (points - mean) @ inverse.T."""

    mean: Values
    factor: Values
    inverse: Values

    @classmethod
    def of(cls, points: Values, weights: Values) -> "_Shape":
        mean = weights @ points
        centred = points - mean
        covariance = (centred * weights[:, np.newaxis]).T @ centred
        factor = np.asarray(np.linalg.cholesky(covariance + 1e-12 * np.eye(len(mean))), np.float64)
        return cls(mean, factor, np.asarray(np.linalg.inv(factor), np.float64))


class _Moving:
    """Particles under way in the posterior of one power."""

    def __init__(
        self,
        points: Values,
        likelihood: Values,
        *,
        shape: _Shape,
        power: float,
        target: LogLikelihood,
        rng: np.random.Generator,
    ) -> None:
        self.points = points
        self.likelihood = likelihood
        self._shape, self._power, self._target, self._rng = shape, power, target, rng
        self._standard = (points - shape.mean) @ shape.inverse.T
        self._log_ratio = self._posterior_over_t(points, likelihood, self._standard)

    def until_forgotten(self, step: float) -> tuple[float, float]:
        """Move until nothing is remembered, or 100 times; the step in the end, and the memory."""
        start = _standardised(self._standard)
        remembered = 1.0
        for _ in range(MAX_MOVES):
            accepted = self._move(step)
            step *= np.exp(0.5 * (accepted - _ACCEPTED))
            step = float(np.clip(step, _SHORTEST_STEP, _LONGEST_STEP))
            remembered = float((start * _standardised(self._standard)).mean(axis=0).max())
            if remembered <= FORGOTTEN:
                break
        return step, remembered

    def _move(self, step: float) -> float:
        """Move each particle once, where accepted; the mean probability of that."""
        number, d = self._standard.shape
        squares = np.square(self._standard).sum(axis=1)
        # Given this scale, a point of the t is normal, which an autoregression leaves as it is.
        scale = (FREEDOM + squares) / (2.0 * self._rng.standard_gamma((FREEDOM + d) / 2, number))
        noise = self._rng.standard_normal((number, d)) * np.sqrt(scale)[:, np.newaxis]
        standard = np.sqrt(1.0 - step**2) * self._standard + step * noise
        points = self._shape.mean + standard @ self._shape.factor.T
        likelihood = _evaluate(self._target, points)
        log_ratio = self._posterior_over_t(points, likelihood, standard)
        probability = np.exp(np.minimum(0.0, log_ratio - self._log_ratio))
        taken = self._rng.random(number) < probability
        for mine, new in (
            (self.points, points),
            (self.likelihood, likelihood),
            (self._standard, standard),
            (self._log_ratio, log_ratio),
        ):
            mine[taken] = new[taken]
        return float(probability.mean())

    def _posterior_over_t(self, points: Values, likelihood: Values, standard: Values) -> Values:
        freedom = FREEDOM + points.shape[1]
        log_t = -0.5 * freedom * np.log1p(np.square(standard).sum(axis=1) / FREEDOM)
        log_prior = -0.5 * np.square(points).sum(axis=1)
        ratio: Values = log_prior + self._power * likelihood - log_t
        return ratio


def _standardised(values: Values) -> Values:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _evaluate(log_likelihood: LogLikelihood, points: Values) -> Values:
    likelihood = np.asarray(log_likelihood(points), dtype=np.float64)
    if np.isnan(likelihood).any():
        raise ValueError("the likelihood gives not-a-number")
    return likelihood


def _next_power(likelihood: Values, power: float) -> float:
    """Largest power up to 1 at which half of the possible particles still count; by halving."""
    possible = likelihood[np.isfinite(likelihood)]
    if not len(possible):
        raise NotConvergedError("the fit did not converge: the data are impossible at every point")

    def enough(candidate: float) -> bool:
        weights = np.exp((candidate - power) * (possible - possible.max()))
        effective = np.square(weights.sum()) / np.square(weights).sum()
        return bool(effective >= _EFFECTIVE_SHARE * len(possible))

    if enough(1.0):
        return 1.0
    low, high = power, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def _resampled(weights: Values, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows in number as their weights, by one random start and even steps."""
    places = (np.arange(len(weights)) + rng.random()) / len(weights)
    reached = np.cumsum(weights)
    rows = np.searchsorted(reached / reached[-1], places)
    return rows.astype(np.int64)
