"""Probability of a published test table, given the recogniser's parameters.

- Non-mated searches: each falls into one band between neighbouring thresholds by its best
  candidate, so that nested counts are multinomial. How many searches there were is known within
  a range: the probability is the mean over them.
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
from scipy.special import gammaln, ndtr

from probity.twin.calibrate.anchors import Anchors, FalsePositives, TruePositives
from probity.twin.calibrate.parameters import (
    KNOTS,
    LEVEL_KNOT,
    Natural,
    natural,
)
from probity.twin.calibrate.rates import fpir_in_test, mated_margin, tpir_moments

Values = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEAST_PROBABILITY = 1e-300


@dataclass(frozen=True, slots=True)
class Likelihood:
    """log-likelihood of a table, at coordinates with a standard normal prior.

    Parameters
    ----------
    anchors : Anchors
        Every threshold of a false positive has to be one of ``KNOTS``; of a true positive, 0.60.
    """

    anchors: Anchors

    def __post_init__(self) -> None:
        stated = [s.threshold for row in self.anchors.false_positives for s in row.settings]
        unknown = sorted(set(stated) - set(KNOTS))
        if unknown:
            raise ValueError(f"thresholds {unknown} are none of the knots {KNOTS}")
        if any(row.threshold != KNOTS[LEVEL_KNOT] for row in self.anchors.true_positives):
            raise ValueError(f"TPIR is fitted at {KNOTS[LEVEL_KNOT]} only")

    def __call__(self, coordinates: Values) -> Values:
        """log-likelihoods (m,) at coordinates (m, d)."""
        theta = natural(coordinates)
        design = self.anchors.design
        fpir = fpir_in_test(theta, gallery_size=design.gallery_size)
        total = log_false_positives(self.anchors.false_positives, fpir, design.possible_searches)
        for row in self.anchors.true_positives:
            total = total + _log_true_positives(row, theta)
        return total


def log_false_positives(rows: tuple[FalsePositives, ...], fpir: Values, searches: Ints) -> Values:
    """log-probability of the nested counts.

    Parameters
    ----------
    fpir : float64, (m, knots)
        FPIR at each of ``KNOTS``, in the test's gallery.
    searches : int64, (numbers,)
        Numbers of searches that there may have been, equally probable.
    """
    counts = [row.count for row in rows]
    parts = [
        np.log(weight) + _log_nested(counts, fpir[:, columns], searches)
        for weight, columns in _settings(rows)
    ]
    mixed: Values = np.logaddexp.reduce(np.stack(parts), axis=0)
    return mixed


def simulate_table(anchors: Anchors, theta: Natural, generator: np.random.Generator) -> Anchors:
    """A table such as ``anchors`` that parameters, one of each, would have given.

    People pass one by one and are counted; nothing is taken from the likelihood but the rates.
    """
    fpir = fpir_in_test(theta, gallery_size=anchors.design.gallery_size)[0]
    best = generator.random(int(generator.choice(anchors.design.possible_searches)))
    rows = []
    for row in anchors.false_positives:
        weights = [setting.weight for setting in row.settings]
        setting = row.settings[int(generator.choice(len(weights), p=weights))]
        count = int((best < fpir[KNOTS.index(setting.threshold)]).sum())
        rows.append(row.model_copy(update={"count": count}))
    mated = tuple(
        row.model_copy(update={"printed_rate": _rounded_share(row, theta, generator)})
        for row in anchors.true_positives
    )
    return anchors.model_copy(update={"false_positives": tuple(rows), "true_positives": mated})


def _settings(rows: tuple[FalsePositives, ...]) -> Iterator[tuple[float, list[int]]]:
    """Each choice of thresholds: its weight, and the columns of ``KNOTS``."""
    for chosen in product(*(row.settings for row in rows)):
        weight = prod(setting.weight for setting in chosen)
        yield weight, [KNOTS.index(setting.threshold) for setting in chosen]


def _log_nested(counts: list[int], fpir: Values, searches: Ints) -> Values:
    """log-probability of nested counts; ``fpir`` (m, counts), thresholds falling.

    That of the largest count, times that of the others among it.
    """
    bands = np.diff(np.concatenate([[0], counts]))
    shares = np.diff(np.concatenate([np.zeros((len(fpir), 1)), fpir], axis=1), axis=1)
    within = np.log(np.maximum(shares, _LEAST_PROBABILITY))
    within -= np.log(np.maximum(fpir[:, -1:], _LEAST_PROBABILITY))
    log_probability: Values = (
        _log_mean_binomial(counts[-1], fpir[:, -1], searches)
        + gammaln(counts[-1] + 1.0)
        - gammaln(bands + 1.0).sum()
        + within @ bands
    )
    return log_probability


def _log_mean_binomial(count: int, p: Values, trials: Ints) -> Values:
    """log-probability of a count when each of several numbers of trials is equally probable."""
    enough = trials[trials >= count]
    if not len(enough):
        return np.full(len(p), -np.inf)
    ways = gammaln(enough + 1.0) - gammaln(enough - count + 1.0) - gammaln(count + 1.0)
    p = np.clip(p, _LEAST_PROBABILITY, 1.0 - 1e-16)
    each = np.multiply.outer(enough - count, np.log1p(-p)) + ways[:, np.newaxis]
    most = each.max(axis=0)
    total = most + np.log(np.exp(each - most).sum(axis=0))
    return np.asarray(total + count * np.log(p) - np.log(len(trials)))


def _log_true_positives(row: TruePositives, theta: Natural) -> Values:
    mean, between = tpir_moments(theta)
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


def _rounded_share(row: TruePositives, theta: Natural, generator: np.random.Generator) -> float:
    person, each = theta["mated_person_spread"][0], theta["mated_spread"][0]
    people = mated_margin(theta)[0] + person * generator.normal(size=row.volunteers)
    found = generator.binomial(row.passes_each, ndtr(people / each)).sum()
    unit = 2.0 * row.half_unit
    return float(np.clip(np.round(found / (row.volunteers * row.passes_each) / unit) * unit, 0, 1))
