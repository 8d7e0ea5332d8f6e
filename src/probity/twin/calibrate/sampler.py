"""Draws from a posterior, by importance sampling that finds its own proposal.

Every parameter stands in a coordinate in which its prior is the standard normal distribution, so
that prior and proposal are one family and a parameter about which the data say nothing stays as
it was. From the prior, the likelihood is let in step by step (tempering); each step fits mean and
covariance of a multivariate t, from which the next draws its points. The last proposal gives the
weighted points of the answer. Points are scrambled Sobol nets, several of them, independent of
each other: where they disagree, more points are needed, and the spread between them says so.

Sources: Neal 2001, Statistics and Computing 11, 125-139 (tempered importance sampling); Cappé et
al. 2008, Statistics and Computing 18, 447-459 (adapting a proposal of t components); Owen 1997,
SIAM Journal on Numerical Analysis 34, 1884-1910 (scrambled nets).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, gammaln, logsumexp, ndtri
from scipy.stats import qmc

from probity.core.errors import ProbityError
from probity.stats.pareto_tail import pareto_tail_shape
from probity.stats.stream import stream

Values = NDArray[np.float64]
LogLikelihood = Callable[[Values], Values]

FREEDOM = 8.0
"""Degrees of freedom of the proposal: heavier tails than a posterior of few counts has."""
NETS = 4
_STEP_EFFECTIVE_SHARE = 0.1
_MAX_STEPS = 40
_SETTLING_STEPS = 2
MIN_EFFECTIVE_SHARE = 0.02
MAX_PARETO_SHAPE = 0.7
"""Above it the weights have too heavy a tail for means to be trusted (Vehtari et al. 2024)."""


class NotConvergedError(ProbityError):
    """The posterior could not be sampled well enough to be reported."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Weighted points of a posterior.

    Parameters
    ----------
    points : float64, (m, d)
        In coordinates with a standard normal prior.
    weights : float64, (m,)
        Sum to 1.
    log_likelihood : float64, (m,)
        At each point.
    log_evidence : float
        log of the probability of the data under prior and likelihood.
    pareto_shape : float
        Of the tail of the weights; at most ``MAX_PARETO_SHAPE``.
    steps : int
        Steps that the likelihood was let in by.
    """

    points: Values
    weights: Values
    log_likelihood: Values
    log_evidence: float
    pareto_shape: float
    steps: int

    @property
    def effective_points(self) -> float:
        """Number of independent draws that the points are worth: 1 / sum of squared weights."""
        return float(1.0 / np.square(self.weights).sum())

    def mean(self, quantity: Values) -> float:
        """Posterior mean of a quantity given at each point, (m,)."""
        return float(self.weights @ quantity)

    def standard_deviation(self, quantity: Values) -> float:
        """Posterior standard deviation of a quantity given at each point, (m,)."""
        return float(np.sqrt(self.weights @ np.square(quantity - self.mean(quantity))))

    def quantile(self, quantity: Values, probability: float) -> float:
        """Smallest value of a quantity, (m,), with at least ``probability`` at or below it."""
        order = np.argsort(quantity, kind="stable")
        reached = np.cumsum(self.weights[order])
        place = int(np.searchsorted(reached, probability * reached[-1]))
        return float(quantity[order[min(place, len(order) - 1)]])

    def disagreement(self, quantity: Values) -> float:
        """Standard error of the posterior mean, between the nets, in posterior deviations."""
        parts = np.array_split(np.arange(len(self.weights)), NETS)
        means = [self.weights[p] @ quantity[p] / self.weights[p].sum() for p in parts]
        spread = float(np.std(means, ddof=1) / np.sqrt(NETS))
        deviation = self.standard_deviation(quantity)
        return spread / deviation if deviation > 0 else 0.0

    def draws(self, number: int, *, seed: int) -> NDArray[np.int64]:
        """Rows of ``points`` drawn independently, each with its weight; shape (number,)."""
        generator = stream(seed, "draws of a posterior")
        return generator.choice(len(self.weights), size=number, p=self.weights)


def sample(
    log_likelihood: LogLikelihood, *, dimension: int, seed: int, points: int = 8_192
) -> Posterior:
    """Sample a posterior whose prior is standard normal in every coordinate.

    Parameters
    ----------
    log_likelihood : callable
        Points (m, d) to log-likelihoods (m,); -inf where the data are impossible.
    dimension : int
        d, at least 1.
    seed : int
        The same seed gives the same points.
    points : int
        Of the answer, a multiple of ``NETS`` x 2; rounded up to powers of two within a net.

    Raises
    ------
    NotConvergedError
        The likelihood could not be let in within 40 steps, too few effective points remain, or
        the weights have too heavy a tail.
    ValueError
        The likelihood gives not-a-number.
    """
    proposal = _Proposal(np.zeros(dimension), np.eye(dimension))
    power = 0.0
    settled = 0
    for step in range(_MAX_STEPS):
        found = proposal.points(points // 2, generator=stream(seed, f"step {step}"))
        likelihood = _evaluate(log_likelihood, found.points)
        power = _next_power(found, likelihood, power)
        weights = _normalised(found.log_prior + _tempered(likelihood, power) - found.log_density)
        proposal = _Proposal.fitted(found.points, weights)
        settled += power == 1.0
        if settled > _SETTLING_STEPS:
            return _answer(log_likelihood, proposal, seed=seed, points=points, steps=step + 1)
    raise NotConvergedError(
        f"the fit did not converge: after {_MAX_STEPS} steps the likelihood counts to the power "
        f"{power:.3g} only; data and prior may contradict each other"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    points: Values
    log_density: Values

    @property
    def log_prior(self) -> Values:
        d = self.points.shape[1]
        squares = np.square(self.points).sum(axis=1)
        log_prior: Values = -0.5 * (squares + d * np.log(2.0 * np.pi))
        return log_prior


@dataclass(frozen=True, slots=True, eq=False)
class _Proposal:
    """A multivariate t with ``FREEDOM`` degrees of freedom, by its mean and covariance."""

    mean: Values
    covariance: Values

    @classmethod
    def fitted(cls, points: Values, weights: Values) -> "_Proposal":
        mean = weights @ points
        centred = points - mean
        return cls(mean, (centred * weights[:, np.newaxis]).T @ centred)

    def points(self, number: int, *, generator: np.random.Generator) -> _Points:
        """``number`` points of ``NETS`` nets, one net after the other, with their density."""
        d = len(self.mean)
        scale = self.covariance * (FREEDOM - 2.0) / FREEDOM
        factor = np.linalg.cholesky(scale + 1e-12 * np.eye(d))
        power = max(1, int(np.ceil(np.log2(number / NETS))))
        nets = [
            qmc.Sobol(d + 1, scramble=True, rng=child).random_base2(power)
            for child in generator.spawn(NETS)
        ]
        uniform = np.clip(np.concatenate(nets), 1e-12, 1.0 - 1e-12)
        normal = ndtri(uniform[:, :d])
        stretch = np.sqrt(FREEDOM / chdtri(FREEDOM, uniform[:, d]))
        standard = normal * stretch[:, np.newaxis]
        log_constant = (
            gammaln((FREEDOM + d) / 2.0)
            - gammaln(FREEDOM / 2.0)
            - 0.5 * d * np.log(FREEDOM * np.pi)
            - np.log(np.diag(factor)).sum()
        )
        squares = np.square(standard).sum(axis=1)
        density = log_constant - 0.5 * (FREEDOM + d) * np.log1p(squares / FREEDOM)
        return _Points(self.mean + standard @ factor.T, density)


def _answer(
    log_likelihood: LogLikelihood, proposal: _Proposal, *, seed: int, points: int, steps: int
) -> Posterior:
    found = proposal.points(points, generator=stream(seed, "answer"))
    likelihood = _evaluate(log_likelihood, found.points)
    log_weights = found.log_prior + likelihood - found.log_density
    weights = _normalised(log_weights)
    answer = Posterior(
        points=found.points,
        weights=weights,
        log_likelihood=likelihood,
        log_evidence=float(logsumexp(log_weights) - np.log(len(log_weights))),
        pareto_shape=pareto_tail_shape(weights),
        steps=steps,
    )
    share = answer.effective_points / len(weights)
    if share < MIN_EFFECTIVE_SHARE or answer.pareto_shape > MAX_PARETO_SHAPE:
        raise NotConvergedError(
            f"the fit did not converge: {answer.effective_points:.0f} effective of "
            f"{len(weights)} points, weights with a tail of shape {answer.pareto_shape:.2f}; "
            f"allowed: a share of {MIN_EFFECTIVE_SHARE} or more, a shape of "
            f"{MAX_PARETO_SHAPE} or less"
        )
    return answer


def _evaluate(log_likelihood: LogLikelihood, points: Values) -> Values:
    likelihood = np.asarray(log_likelihood(points), dtype=np.float64)
    if np.isnan(likelihood).any():
        raise ValueError("the likelihood gives not-a-number")
    return likelihood


def _tempered(likelihood: Values, power: float) -> Values:
    # 0 x -inf is not a number, but an impossible point has no weight at any power above 0.
    return power * likelihood if power > 0 else np.zeros_like(likelihood)


def _normalised(log_weights: Values) -> Values:
    total = logsumexp(log_weights)
    if not np.isfinite(total):
        raise NotConvergedError("the fit did not converge: the data are impossible at every point")
    weights = np.exp(log_weights - total)
    shares: Values = weights / weights.sum()
    return shares


def _next_power(found: _Points, likelihood: Values, power: float) -> float:
    """Largest power up to 1 at which enough of the points still count; by halving."""

    def enough(candidate: float) -> bool:
        log_weights = found.log_prior + _tempered(likelihood, candidate) - found.log_density
        weights = _normalised(log_weights)
        return bool(1.0 / np.square(weights).sum() >= _STEP_EFFECTIVE_SHARE * len(weights))

    if enough(1.0):
        return 1.0
    low, high = power, 1.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low
