"""FPIR and TPIR of the twin's recogniser, as functions of its parameters.

A listed image of group h is a unit vector w in the direction of (a_h + entry spread) m_h +
quality + noise. Given w, the score of somebody of group g is normal: its mean is a_g w.m_g +
quality effect (1 - q) w.u, its variance (person spread w.m_g)^2 + 1/d (see
``scenario.Recogniser``). What is left is the mean over listed images, by Gauss-Hermite quadrature
over their place along m_g and over their length before they are made unit vectors. The
directions of two groups are at right angles.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.optimize.elementwise import find_root
from scipy.special import ndtr

from probity.twin.calibrate.parameters import DIMENSION, KNOTS, LEVEL_KNOT, Natural

Values = NDArray[np.float64]

GROUPS = ("White", "Asian", "Black")
_OWN_GROUP_NODES = 8
_OTHER_GROUP_NODES = 4
_LENGTH_NODES = 2
_PERSON_NODES = 12
_LEAST_DECADES, _MOST_DECADES = 0.05, 60.0
_LATENT_RANGE = (-60.0, 100.0)
_OF_SCORES = (
    "group_separation",
    "entry_spread",
    "person_spread",
    "quality_effect",
    "lookalike_asian",
    "lookalike_black",
)
"""Parameters of the scores of different people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Who is searched and who is listed.

    Parameters
    ----------
    probes, entries : tuple of float
        Shares of ``GROUPS`` among the people searched, and among those listed.
    probe_quality, entry_quality : float
        Of their images, 0 to 1.
    """

    probes: tuple[float, float, float]
    entries: tuple[float, float, float]
    probe_quality: float
    entry_quality: float


THIRDS = (1 / 3, 1 / 3, 1 / 3)
TEST = Mix(probes=THIRDS, entries=THIRDS, probe_quality=0.7, entry_quality=0.9)
"""The NPL test: groups of equal size among volunteers and gallery; qualities assumed."""


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


def latent_thresholds(theta: Natural, *, gallery_size: float) -> Values:
    """Latent score at each of ``KNOTS``, in units of 1 / sqrt(d); shape (m, knots).

    That at which groups, listed images and people, as they differ, give the FPIR of
    ``fpir_in_test``.
    """
    decades = np.clip(fmr_decades(theta), _LEAST_DECADES, _MOST_DECADES)
    columns = [np.repeat(theta[name], len(KNOTS)) for name in _OF_SCORES]

    def too_high(threshold: Values, wanted: Values, *values: Values) -> Values:
        by_group = candidates_by_group(
            dict(zip(_OF_SCORES, values, strict=True)),
            threshold[:, np.newaxis],
            mix=TEST,
            gallery_size=gallery_size,
        )[:, 0]
        # 1 - FPIR is a mean of exp(-candidates): about the smallest of them, lest it be 0.
        least = by_group.min(axis=1)
        beyond = np.expm1(least[:, np.newaxis] - by_group) @ np.asarray(TEST.probes)
        alike = (least - np.log1p(beyond)) / gallery_size
        return np.asarray(wanted + np.log10(np.maximum(alike, 1e-300)))

    found = find_root(
        too_high, _LATENT_RANGE, args=(decades.ravel(), *columns), tolerances={"xatol": 1e-7}
    )
    thresholds: Values = found.x.reshape(decades.shape)
    return thresholds


def mated_margin(theta: Natural) -> Values:
    """Mean latent score of people with their own listed images, above the threshold of 0.60.

    (m,), latent scale.
    """
    total_spread = np.hypot(theta["mated_spread"], theta["mated_person_spread"])
    return np.asarray(theta["mated_margin"] * total_spread)


def fmr_per_comparison(
    theta: Natural, thresholds: Values, *, mix: Mix, probe: int, entry: int
) -> Values:
    """Probability that a random listed image scores at or above a threshold.

    Parameters
    ----------
    theta : mapping
        Parameters by name, each (m,).
    thresholds : float64, (m, t)
        Latent, in units of 1 / sqrt(d).
    probe, entry : int
        Numbers in ``GROUPS`` of the person searched and of the listed one.

    Returns
    -------
    float64, (m, t)
    """
    d = DIMENSION
    lookalike = _lookalike(theta)
    a_probe = theta["group_separation"] * lookalike[probe]
    a_entry = theta["group_separation"] * lookalike[entry]
    blur_probe = theta["quality_effect"] * (1.0 - mix.probe_quality)
    blur_entry = theta["quality_effect"] * (1.0 - mix.entry_quality)
    rate = np.zeros_like(thresholds)
    nodes, weights = _gauss(_OWN_GROUP_NODES if probe == entry else _OTHER_GROUP_NODES)
    length_nodes, length_weights = _gauss(_LENGTH_NODES)
    for length, length_weight in zip(length_nodes, length_weights, strict=True):
        # The noise of an entry has length sqrt(chi-square(d - 2) / d), close to normal.
        rest = np.square(np.sqrt((d - 2.5) / d) + length / np.sqrt(2.0 * d))
        squared_rest = rest + np.square(blur_entry) + 1.0 / d
        if probe == entry:
            centre, spread = a_entry, np.sqrt(np.square(theta["entry_spread"]) + 1.0 / d)
        else:
            centre, spread = np.zeros_like(a_entry), np.full_like(a_entry, d**-0.5)
            squared_rest = squared_rest + np.square(a_entry) + np.square(theta["entry_spread"])
        for node, weight in zip(nodes, weights, strict=True):
            place = centre + spread * node
            squared = squared_rest + np.square(place)
            along = place / np.sqrt(squared)
            mean = a_probe * along + blur_probe * blur_entry / np.sqrt(squared)
            variance = (
                1.0 / d
                + np.square(theta["person_spread"] * along)
                + np.square(blur_probe) / (d * squared)
            )
            deviation = np.sqrt(variance)[:, np.newaxis]
            standard = (thresholds / np.sqrt(d) - mean[:, np.newaxis]) / deviation
            rate += length_weight * weight * ndtr(-standard)
    return rate


def candidates_by_group(
    theta: Natural, thresholds: Values, *, mix: Mix, gallery_size: float
) -> Values:
    """Mean number of candidates of a non-mated probe of each group; shape (m, t, groups)."""
    found = np.zeros((*thresholds.shape, len(GROUPS)))
    for probe in range(len(GROUPS)):
        for entry, share in enumerate(mix.entries):
            found[..., probe] += share * fmr_per_comparison(
                theta, thresholds, mix=mix, probe=probe, entry=entry
            )
    return gallery_size * found


def fpir_by_group(theta: Natural, thresholds: Values, *, mix: Mix, gallery_size: float) -> Values:
    """FPIR per non-mated probe of each group; shape (m, t, groups).

    Candidates of one probe are taken to come independently of each other, which the low rates
    at the thresholds in use allow.
    """
    candidates = candidates_by_group(theta, thresholds, mix=mix, gallery_size=gallery_size)
    fpir: Values = -np.expm1(-candidates)
    return fpir


def fpir_per_nonmated_probe(
    theta: Natural, thresholds: Values, *, mix: Mix, gallery_size: float
) -> Values:
    """FPIR over all groups, as often as they are searched; shape (m, t)."""
    by_group = fpir_by_group(theta, thresholds, mix=mix, gallery_size=gallery_size)
    overall: Values = by_group @ np.asarray(mix.probes)
    return overall


def above_level(thresholds: Values, *, knot: int) -> Values:
    """How far a knot's latent threshold lies above that of 0.60, (m,), latent scale."""
    apart: Values = (thresholds[:, knot] - thresholds[:, LEVEL_KNOT]) / np.sqrt(DIMENSION)
    return apart


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
    nodes, weights = _gauss(_PERSON_NODES)
    person, each = theta["mated_person_spread"], theta["mated_spread"]
    margin = mated_margin(theta) - above
    mean = ndtr(margin / np.hypot(person, each))
    shares = ndtr((margin + np.multiply.outer(nodes, person)) / each)
    variance = weights @ np.square(shares) - np.square(mean)
    return mean, np.maximum(variance, 0.0)


def _lookalike(theta: Natural) -> tuple[Values, Values, Values]:
    return (
        np.ones_like(theta["group_separation"]),
        theta["lookalike_asian"],
        theta["lookalike_black"],
    )


@cache
def _gauss(number: int) -> tuple[Values, Values]:
    """Nodes and weights of a mean over a standard normal number."""
    nodes, weights = hermegauss(number)
    return nodes, weights / weights.sum()
