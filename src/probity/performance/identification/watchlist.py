"""FPIR against gallery size from the same scores: what if the watchlist were longer or shorter?

Three figures stand beside each other:

- the count in one random sub-gallery (``rates``);
- its mean over all sub-galleries of that size, exactly: a probe with a people at or above the
  threshold in a gallery of G raises an alert in a share 1 - C(G - a, N) / C(G, N) of them; and
  how far single sub-galleries scatter about it;
- the formula 1 - (1 - FMR)^n for n comparisons. It takes them as independent. They are not: some
  faces resemble many others, so that false matches come together in fewer searches, and the
  formula then says too much. It cannot be relied on in either direction across groups.
"""

from dataclasses import dataclass
from math import expm1, log1p

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from probity.core import Undefined
from probity.performance.identification.trial import Pairs, Population
from probity.stats.stream import stream

DRAWN_GALLERIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FpirOverGalleries:
    """FPIR per non-mated probe over the sub-galleries of one size.

    ``low`` and ``high`` are the 2.5% and 97.5% quantiles of ``DRAWN_GALLERIES`` of them: the
    luck of the draw, no confidence interval. ``binomial`` is the formula's figure.
    """

    gallery_size: int
    mean: float
    low: float
    high: float
    binomial: float


def fpir_over_galleries(
    pairs: Pairs | None,
    population: Population,
    *,
    threshold: float,
    gallery_size: int,
    fmr: float,
    seed: int,
) -> FpirOverGalleries | Undefined:
    """FPIR over all sub-galleries of ``gallery_size`` people of the gallery tested.

    Parameters
    ----------
    pairs : Pairs or None
        All non-mated comparisons at or above the threshold (lower ones are passed over).
    fmr : float
        Per comparison, at the threshold.
    seed : int
        Of the galleries drawn for the scatter.

    Returns
    -------
    FpirOverGalleries or Undefined
        Undefined where the pairs are too many to have been listed, the gallery is smaller than
        wanted (no watchlist longer than the one tested is guessed at), or every probe has its
        person in every such gallery.
    """
    members, place = np.unique(population.gallery_subjects, return_inverse=True)
    people = len(members)
    if pairs is None:
        return Undefined("too many comparisons at or above the threshold to list each")
    if gallery_size > people:
        return Undefined(f"only {people} people are in the gallery tested")
    reached = pairs.scores >= threshold
    probe, person = pairs.probes[reached], place[pairs.samples[reached]]
    probe, person = np.unique(np.stack([probe, person]), axis=1)
    alike = np.bincount(probe, minlength=len(population.probe_subjects))
    has_mate = population.has_mate()
    # A probe counts as non-mated where its person was not drawn: then N of the other G - 1 were.
    others = people - has_mate
    nonmated = np.where(has_mate, (people - gallery_size) / people, 1.0)
    alert = nonmated * (1.0 - _none_drawn(others, alike, gallery_size))
    if nonmated.sum() == 0:
        return Undefined("every probe has its person in every such gallery: no non-mated probe")
    low, high = _scatter(
        probe, person, place, population, has_mate=has_mate, size=gallery_size, seed=seed
    )
    comparisons = gallery_size * len(population.gallery_subjects) / people
    return FpirOverGalleries(
        gallery_size=gallery_size,
        mean=float(alert.sum() / nonmated.sum()),
        low=low,
        high=high,
        binomial=1.0 if fmr >= 1.0 else -expm1(comparisons * log1p(-fmr)),
    )


def _none_drawn(
    people: NDArray[np.integer], alike: NDArray[np.integer], size: int
) -> NDArray[np.float64]:
    """C(people - alike, size) / C(people, size): that none of those alike is drawn."""
    left = people - alike - size
    some = gammaln(people - alike + 1.0) - gammaln(np.maximum(left, 0) + 1.0)
    every = gammaln(people + 1.0) - gammaln(np.maximum(people - size, 0) + 1.0)
    none: NDArray[np.float64] = np.where(left >= 0, np.exp(np.minimum(some - every, 0.0)), 0.0)
    return np.where(alike == 0, 1.0, none)


def _scatter(
    probe: NDArray[np.int64],
    person: NDArray[np.int64],
    place: NDArray[np.int64],
    population: Population,
    *,
    has_mate: NDArray[np.bool_],
    size: int,
    seed: int,
) -> tuple[float, float]:
    people = int(place.max()) + 1
    member = np.full(population.people, -1, np.int64)
    member[population.gallery_subjects] = place
    mate = np.where(has_mate, member[population.probe_subjects], people)
    generator = stream(seed, "scatter of sub-galleries")
    rates = []
    for _ in range(DRAWN_GALLERIES):
        drawn = np.zeros(people + 1, np.bool_)
        drawn[generator.permutation(people)[:size]] = True
        nonmated = ~drawn[mate]
        alert = np.zeros(len(nonmated), np.bool_)
        alert[probe[drawn[person]]] = True
        if nonmated.any():
            rates.append(float((alert & nonmated).sum() / nonmated.sum()))
    return float(np.quantile(rates, 0.025)), float(np.quantile(rates, 0.975))
