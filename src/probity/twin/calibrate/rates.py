"""FPIR and TPIR of the twin's recogniser, as functions of its parameters.

What is fitted is the rate of a search, and a search is taken as one pass. The score of a search is
normal here, given the person and the listed image (see ``reached``); ``Frames`` says how the best
of several frames is one, for whoever compares frame by frame.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

from probity.twin.calibrate.parameters import DIMENSION, KNOTS, Natural
from probity.twin.calibrate.reached import (
    GROUPS,
    ONE_SCORE,
    Frames,
    Mix,
    gauss,
    person_weights,
    reached,
)

Values = NDArray[np.float64]

_PERSON_NODES = 12
_LEAST_DECADES, _MOST_DECADES = 0.05, 60.0
_LATENT_RANGE = (-20.0, 40.0)
_FIRST_SLOPE = 0.42
"""Of the root of decades over latent standard deviations, were scores of all pairs normal."""
_SECANTS = 5

THIRDS = (1 / 3, 1 / 3, 1 / 3)
TEST = Mix(probes=THIRDS, entries=THIRDS, probe_quality=0.7, entry_quality=0.9)
"""The NPL test: groups of equal size among volunteers and gallery; qualities assumed."""
TEST_FRAMES = 6
"""Frames of one pass compared in the test: assumed, as many as the bundled scenarios compare."""


def fmr_decades(theta: Natural) -> Values:
    """-log10 of the false match rate at each of ``KNOTS``, were all pairs alike; (m, knots)."""
    level, below = theta["fmr_decades_60"], theta["fall_below_60"]
    at_62 = level + theta["fall_60_62"]
    rates: Values = np.stack(
        [level - 2.0 * below, level - below, level, at_62, at_62 + theta["fall_62_64"]], axis=1
    )
    return rates


def fpir_in_test(theta: Natural, *, gallery_size: float) -> Values:
    """FPIR per non-mated probe in the test, at each of ``KNOTS``; shape (m, knots).

    1 - exp(-gallery size x false match rate): the parameters are chosen so that no more is needed.
    """
    with np.errstate(over="ignore"):
        fpir: Values = -np.expm1(-gallery_size * np.power(10.0, -fmr_decades(theta)))
    return fpir


def latent_thresholds(
    theta: Natural,
    *,
    gallery_size: float,
    frames: Frames = ONE_SCORE,
    knots: Sequence[int] = range(len(KNOTS)),
) -> Values:
    """Latent score at some of ``KNOTS``, in units of 1 / sqrt(d); shape (m, len(knots)).

    That at which groups, listed images and people, as they differ, give the FPIR of
    ``fpir_in_test`` to a search with ``frames``. The root of the decades of a rate is close to a
    straight line in the threshold, so a few secants find it.
    """
    wanted = np.clip(fmr_decades(theta)[:, list(knots)], _LEAST_DECADES, _MOST_DECADES)
    wanted = np.sqrt(wanted)

    def root(thresholds: Values) -> Values:
        chances = chances_by_group(theta, thresholds, mix=TEST, frames=frames)
        rate = np.maximum(_rate_were_all_alike(chances, gallery_size=gallery_size), 1e-300)
        return np.asarray(np.sqrt(np.maximum(-np.log10(rate), 0.0)))

    before = wanted / _FIRST_SLOPE - 1.0
    found_before, slope = root(before), np.full_like(wanted, _FIRST_SLOPE)
    at = before + (wanted - found_before) / slope
    for _ in range(_SECANTS - 1):
        found = root(at)
        moved = at - before
        steep = np.divide(found - found_before, moved, out=slope, where=moved != 0.0)
        slope = np.clip(steep, _FIRST_SLOPE / 4.0, _FIRST_SLOPE * 4.0)
        before, found_before = at, found
        at = np.clip(at + (wanted - found) / slope, *_LATENT_RANGE)
    return np.asarray(at)


def mated_margin(theta: Natural) -> Values:
    """Mean latent score of people with their own listed images, above the threshold of 0.60.

    (m,), latent scale.
    """
    total_spread = np.hypot(theta["mated_spread"], theta["mated_person_spread"])
    return np.asarray(theta["mated_margin"] * total_spread)


def fmr_per_comparison(
    theta: Natural,
    thresholds: Values,
    *,
    mix: Mix,
    probe: int,
    entry: int,
    frames: Frames = ONE_SCORE,
) -> Values:
    """Probability that a random listed image is reached by a random person, (m, t).

    The parameters are those of ``reached``.
    """
    by_person = reached(theta, thresholds, mix=mix, probe=probe, entry=entry, frames=frames)
    return np.asarray(by_person @ person_weights())


def chances_by_group(
    theta: Natural, thresholds: Values, *, mix: Mix, frames: Frames = ONE_SCORE
) -> Values:
    """Chance that a listed image is reached, by group and kind of person searched.

    Shape (m, t, groups, people).
    """
    return np.stack(
        [
            sum(
                (
                    share
                    * reached(theta, thresholds, mix=mix, probe=probe, entry=entry, frames=frames)
                    for entry, share in enumerate(mix.entries)
                ),
                start=np.zeros(1),
            )
            for probe in range(len(GROUPS))
        ],
        axis=2,
    )


def fpir_of_chances(chances: Values, *, gallery_size: float) -> Values:
    """FPIR per non-mated probe of each group, from ``chances_by_group``; (m, t, groups).

    A search has a candidate unless nobody listed is reached: given the person, independently.
    """
    return np.asarray(-np.expm1(-gallery_size * chances) @ person_weights())


def _rate_were_all_alike(chances: Values, *, gallery_size: float) -> Values:
    """False match rate that gives the test's FPIR, were all pairs of people alike; (m, t)."""
    people = np.outer(TEST.probes, person_weights()).ravel()
    candidates = gallery_size * chances.reshape(*chances.shape[:2], -1)
    fpir = -np.expm1(-candidates) @ people
    with np.errstate(divide="ignore"):
        # Close to 1, FPIR itself would lose what it lacks of 1.
        found = np.where(fpir < 0.5, -np.log1p(-fpir), -logsumexp(-candidates, b=people, axis=-1))  # noqa: PLR2004
    return np.asarray(found / gallery_size)


def fpir_by_group(
    theta: Natural,
    thresholds: Values,
    *,
    mix: Mix,
    gallery_size: float,
    frames: Frames = ONE_SCORE,
) -> Values:
    """FPIR per non-mated probe of each group; shape (m, t, groups)."""
    chances = chances_by_group(theta, thresholds, mix=mix, frames=frames)
    return fpir_of_chances(chances, gallery_size=gallery_size)


def fpir_per_nonmated_probe(
    theta: Natural,
    thresholds: Values,
    *,
    mix: Mix,
    gallery_size: float,
    frames: Frames = ONE_SCORE,
) -> Values:
    """FPIR over all groups, as often as they are searched; shape (m, t)."""
    by_group = fpir_by_group(theta, thresholds, mix=mix, gallery_size=gallery_size, frames=frames)
    overall: Values = by_group @ np.asarray(mix.probes)
    return overall


def above_level(thresholds: Values, level: Values) -> Values:
    """How far latent thresholds lie above those of 0.60, (m,) each, on the latent scale."""
    return np.asarray((thresholds - level) / np.sqrt(DIMENSION))


def tpir_moments(theta: Natural, above: Values | float = 0.0) -> tuple[Values, Values]:
    """Mean and variance over people of the share of their passes that is found.

    Parameters
    ----------
    above : float64, (m,), optional
        How far the threshold lies above that of the vendor's 0.60, latent scale.

    Returns
    -------
    pair of float64, (m,)
        The mean is TPIR = Phi((mated mean - threshold) / sqrt(spread^2 + person spread^2)).
    """
    nodes, weights = gauss(_PERSON_NODES)
    person, each = theta["mated_person_spread"], theta["mated_spread"]
    margin = mated_margin(theta) - above
    mean = ndtr(margin / np.hypot(person, each))
    shares = ndtr((margin + np.multiply.outer(nodes, person)) / each)
    variance = weights @ np.square(shares) - np.square(mean)
    return mean, np.maximum(variance, 0.0)
