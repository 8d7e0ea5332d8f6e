"""A posterior from several independent runs, and whether they agree.

Data of which one thing is not known, such as the setting that a count was taken at, are read in
several ways, each with a weight. Each reading is fitted by itself, since the posterior of all
together has a mode for each, and they are mixed in the proportion of weight x evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from probity.stats.stream import stream
from probity.twin.calibrate.sampler import LogLikelihood, NotConvergedError, run_particles

Values = NDArray[np.float64]

RUNS = 4
MAX_DISAGREEMENT = 0.1
"""Greatest standard error of a mean, in posterior standard deviations, that is let pass."""
MAX_REMEMBERED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Weighted points of a posterior, of ``RUNS`` independent runs one after the other.

    Parameters
    ----------
    points : float64, (m, d)
        In coordinates with a standard normal prior.
    weights : float64, (m,)
        Sum to 1, and to the same in each run.
    log_likelihood : float64, (m,)
        Under the reading that the point was fitted with.
    readings : float64, (readings,)
        Posterior probability of each reading of the data.
    log_evidence, log_evidence_error : float
        log of the probability of the data under prior and likelihood, and its standard error
        between the runs.
    powers : int
        Most powers of the likelihood that a run took.
    remembered : float
        Greatest correlation of a coordinate with where it stood before the last moves.
    """

    points: Values
    weights: Values
    log_likelihood: Values
    readings: Values
    log_evidence: float
    log_evidence_error: float
    powers: int
    remembered: float

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
        """Standard error of the posterior mean, between the runs, in posterior deviations."""
        runs = (self.weights * quantity).reshape(RUNS, -1).sum(axis=1) * RUNS
        deviation = self.standard_deviation(quantity)
        return float(np.std(runs, ddof=1) / np.sqrt(RUNS) / deviation) if deviation > 0 else 0.0

    @property
    def most_disagreement(self) -> float:
        """Greatest ``disagreement``, over the coordinates and the log-likelihood."""
        return max(self.disagreement(x) for x in (*self.points.T, self.log_likelihood))

    def draws(self, number: int, *, seed: int) -> NDArray[np.int64]:
        """Rows of ``points`` drawn independently, each with its weight; shape (number,)."""
        generator = stream(seed, "draws of a posterior")
        return generator.choice(len(self.weights), size=number, p=self.weights)


def sample(
    readings: Sequence[tuple[float, LogLikelihood]],
    *,
    dimension: int,
    seed: int,
    particles: int = 2_048,
) -> Posterior:
    """Sample a posterior whose prior is standard normal in every coordinate.

    Parameters
    ----------
    readings : sequence of (float, callable)
        Each way to read the data: its prior weight, and its likelihood, as ``run_particles``
        takes it. The weights sum to 1.
    dimension : int
        d, at least 1.
    seed : int
        The same seed gives the same points.
    particles : int
        Of each run and reading.

    Raises
    ------
    NotConvergedError
        A run did not come to its end, the runs disagree, or particles did not forget where
        they stood.
    ValueError
        A likelihood gives not-a-number.
    """
    found = [
        [
            run_particles(
                likelihood,
                dimension=dimension,
                number=particles,
                rng=stream(seed, f"run {run}, reading {reading}"),
            )
            for reading, (_, likelihood) in enumerate(readings)
        ]
        for run in range(RUNS)
    ]
    prior = np.log([weight for weight, _ in readings])
    evidence = prior + np.array([[one.log_evidence for one in run] for run in found])
    by_run = logsumexp(evidence, axis=1)
    shares = np.exp(evidence - by_run[:, np.newaxis])
    every = [one for run in found for one in run]
    posterior = Posterior(
        points=np.concatenate([one.points for one in every]),
        weights=np.repeat(shares.ravel() / (RUNS * particles), particles),
        log_likelihood=np.concatenate([one.log_likelihood for one in every]),
        readings=shares.mean(axis=0),
        log_evidence=float(logsumexp(by_run) - np.log(RUNS)),
        log_evidence_error=float(np.std(by_run, ddof=1) / np.sqrt(RUNS)),
        powers=max(one.powers for one in every),
        remembered=max(one.remembered for one in every),
    )
    _check(posterior)
    return posterior


def _check(posterior: Posterior) -> None:
    apart = posterior.most_disagreement
    if apart > MAX_DISAGREEMENT or posterior.remembered > MAX_REMEMBERED:
        raise NotConvergedError(
            f"the fit did not converge: runs disagree by {apart:.2f} posterior standard "
            f"deviations, and correlate by {posterior.remembered:.2f} with where they stood; "
            f"allowed: {MAX_DISAGREEMENT} and {MAX_REMEMBERED} or less"
        )
