"""Probability of a published test table, given the recogniser's parameters.

- Non-mated searches: each falls into one band between neighbouring thresholds by its best
  candidate, so that nested counts are multinomial.
- A count whose threshold the source leaves open is a mixture over its settings.
- Mated passes: people pass several times, and some are found more often than others. The share
  found is normal about its mean, with the variance of clustered binomial counts over hundreds of
  people; a rate printed rounded has the probability of all that would round to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, ndtr

from probity.twin.calibrate.anchors import Anchors, FalsePositives, TruePositives
from probity.twin.calibrate.parameters import (
    DIMENSION,
    KNOTS,
    Natural,
    Parameter,
    natural,
    parameters,
)
from probity.twin.calibrate.rates import (
    TEST,
    fpir_per_nonmated_probe,
    latent_thresholds,
    mated_mean,
    tpir_moments,
)

Values = NDArray[np.float64]
_LEAST_PROBABILITY = 1e-300


@dataclass(frozen=True, slots=True)
class Likelihood:
    """log-likelihood of a table, at coordinates with a standard normal prior.

    Parameters
    ----------
    anchors : Anchors
        Every threshold has to be one of ``KNOTS``.
    """

    anchors: Anchors

    def __post_init__(self) -> None:
        stated = [s.threshold for row in self.anchors.false_positives for s in row.settings]
        stated += [row.threshold for row in self.anchors.true_positives]
        unknown = sorted(set(stated) - set(KNOTS))
        if unknown:
            raise ValueError(f"thresholds {unknown} are none of the knots {KNOTS}")

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Parameters, in the order of the coordinates."""
        return parameters(self.anchors.design.searches)

    def __call__(self, coordinates: Values) -> Values:
        """log-likelihoods (m,) at coordinates (m, d)."""
        theta = natural(coordinates, self.parameters)
        thresholds = latent_thresholds(theta)
        fpir = fpir_per_nonmated_probe(
            theta, thresholds, mix=TEST, gallery_size=self.anchors.design.gallery_size
        )
        total = log_false_positives(self.anchors.false_positives, fpir, theta["searches"])
        for row in self.anchors.true_positives:
            total = total + _log_true_positives(row, theta, thresholds)
        return total


def log_false_positives(rows: tuple[FalsePositives, ...], fpir: Values, searches: Values) -> Values:
    """log-probability of the nested counts.

    Parameters
    ----------
    fpir : float64, (m, knots)
        FPIR at each of ``KNOTS``, in the test's gallery.
    searches : float64, (m,)
    """
    parts = [
        np.log(weight) + _log_multinomial(counts, fpir[:, columns], searches)
        for weight, counts, columns in _settings(rows)
    ]
    mixed: Values = logsumexp(np.stack(parts), axis=0)
    return mixed


def simulate_table(anchors: Anchors, theta: Natural, generator: np.random.Generator) -> Anchors:
    """A table such as ``anchors`` that parameters, one of each, would have given.

    People pass one by one and are counted; nothing is taken from the likelihood but the rates.
    """
    thresholds = latent_thresholds(theta)
    fpir = fpir_per_nonmated_probe(
        theta, thresholds, mix=TEST, gallery_size=anchors.design.gallery_size
    )[0]
    searches = round(float(theta["searches"][0]))
    best = generator.random(searches)
    rows = []
    for row in anchors.false_positives:
        weights = [setting.weight for setting in row.settings]
        setting = row.settings[int(generator.choice(len(weights), p=weights))]
        count = int((best < fpir[KNOTS.index(setting.threshold)]).sum())
        rows.append(row.model_copy(update={"count": count}))
    mated = tuple(
        row.model_copy(update={"printed_rate": _rounded_share(row, theta, thresholds, generator)})
        for row in anchors.true_positives
    )
    return anchors.model_copy(update={"false_positives": tuple(rows), "true_positives": mated})


def _settings(
    rows: tuple[FalsePositives, ...],
) -> Iterator[tuple[float, list[int], list[int]]]:
    """Each choice of thresholds: its weight, the counts, the columns of ``KNOTS``."""
    counts = [row.count for row in rows]
    for chosen in product(*(row.settings for row in rows)):
        weight = prod(setting.weight for setting in chosen)
        yield weight, counts, [KNOTS.index(setting.threshold) for setting in chosen]


def _log_multinomial(counts: list[int], fpir: Values, searches: Values) -> Values:
    """log-probability of nested counts; ``fpir`` (m, counts), thresholds falling."""
    bands = np.diff(np.concatenate([[0], counts]))
    shares = np.diff(np.concatenate([np.zeros((len(fpir), 1)), fpir], axis=1), axis=1)
    possible = searches >= counts[-1]
    none = np.where(possible, searches - counts[-1], 0.0)
    inside = bands * np.log(np.maximum(shares, _LEAST_PROBABILITY)) - gammaln(bands + 1.0)
    log_probability: Values = (
        gammaln(searches + 1.0)
        + inside.sum(axis=1)
        + none * np.log1p(-np.minimum(fpir[:, -1], 1.0 - 1e-16))
        - gammaln(none + 1.0)
    )
    return np.where(possible, log_probability, -np.inf)


def _log_true_positives(row: TruePositives, theta: Natural, thresholds: Values) -> Values:
    mean, between = tpir_moments(theta, thresholds, knot=KNOTS.index(row.threshold))
    passes = row.volunteers * row.passes_each
    variance = (mean * (1.0 - mean) + (row.passes_each - 1) * between) / passes
    deviation = np.sqrt(np.maximum(variance, 1e-18))
    low = (row.printed_rate - row.half_unit - mean) / deviation
    high = (row.printed_rate + row.half_unit - mean) / deviation
    # Taken in the tail it lies in: far from the data the difference of two ones is 0.
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    log_probability: Values = np.log(np.maximum(ndtr(high) - ndtr(low), _LEAST_PROBABILITY))
    return log_probability


def _rounded_share(
    row: TruePositives, theta: Natural, thresholds: Values, generator: np.random.Generator
) -> float:
    threshold = thresholds[:, KNOTS.index(row.threshold)] / np.sqrt(DIMENSION)
    margin = mated_mean(theta, thresholds) - threshold
    people = margin + theta["mated_person_spread"][0] * generator.normal(size=row.volunteers)
    found = generator.binomial(row.passes_each, ndtr(people / theta["mated_spread"][0])).sum()
    unit = 2.0 * row.half_unit
    return float(np.clip(np.round(found / (row.volunteers * row.passes_each) / unit) * unit, 0, 1))
