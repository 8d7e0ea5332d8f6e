"""FPIR and TPIR of the twin's recogniser, as functions of its parameters.

A listed image of group h is a unit vector w in the direction of (a_h + entry spread) m_h +
quality + noise. Given w, the score of somebody of group g is normal: its mean is a_g w.m_g +
quality effect (1 - q) w.u, its variance (person spread w.m_g)^2 + 1/d (see
``scenario.Recogniser``). What is left is the mean over listed images, by Gauss-Hermite quadrature
over their place along m_g and over their length before they are made unit vectors. The
directions of two groups are at right angles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from probity.twin.calibrate.parameters import DIMENSION, LEVEL_KNOT, STEP_NAMES, Natural

Values = NDArray[np.float64]

GROUPS = ("White", "Asian", "Black")
_OWN_GROUP_NODES = 8
_OTHER_GROUP_NODES = 4
_LENGTH_NODES = 2
_PERSON_NODES = 12
_LEVEL_STEPS = 3


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


def latent_thresholds(theta: Natural) -> Values:
    """Latent score at each of ``KNOTS``, in units of 1 / sqrt(d); shape (m, knots)."""
    steps = np.stack([theta[name] for name in STEP_NAMES], axis=1)
    from_first = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
    level = threshold_at_fmr(theta, np.power(10.0, -theta["fmr_decades_60"]))
    thresholds: Values = level[:, np.newaxis] + from_first - from_first[:, [LEVEL_KNOT]]
    return thresholds


def threshold_at_fmr(theta: Natural, fmr: Values) -> Values:
    """Latent threshold with a given false match rate in the test, (m,), in units of 1 / sqrt(d).

    By the secant method on the rate's normal quantile, which is nearly a straight line in the
    threshold: three steps leave less than 1e-4 of the rate.
    """
    # Points far outside the prior, which a sampler may try, must not leave the numbers there are.
    target = -ndtri(np.clip(fmr, 1e-250, 0.9))

    def quantile(threshold: Values) -> Values:
        rate = mean_fmr(theta, threshold[:, np.newaxis], mix=TEST)[:, 0]
        return np.asarray(-ndtri(np.clip(rate, 1e-300, 1.0 - 1e-16)), dtype=np.float64)

    before = 1.1 * target
    at_before = quantile(before)
    now = before + target - at_before
    for _ in range(_LEVEL_STEPS):
        at_now = quantile(now)
        apart = at_now - at_before
        step = np.divide(
            (target - at_now) * (now - before), apart, out=np.zeros_like(now), where=apart != 0.0
        )
        before, now, at_before = now, now + step, at_now
    return now


def mated_mean(theta: Natural, thresholds: Values) -> Values:
    """Mean latent score of people with their own listed images, (m,), latent scale.

    ``thresholds`` are those of ``KNOTS``, (m, knots), in units of 1 / sqrt(d).
    """
    total_spread = np.hypot(theta["mated_spread"], theta["mated_person_spread"])
    mean: Values = thresholds[:, LEVEL_KNOT] / np.sqrt(DIMENSION) + (
        theta["mated_margin"] * total_spread
    )
    return mean


def mean_fmr(theta: Natural, thresholds: Values, *, mix: Mix) -> Values:
    """False match rate per comparison over the groups searched and listed; shape (m, t)."""
    rate = np.zeros_like(thresholds)
    for probe, searched in enumerate(mix.probes):
        for entry, listed in enumerate(mix.entries):
            each = fmr_per_comparison(theta, thresholds, mix=mix, probe=probe, entry=entry)
            rate += searched * listed * each
    return rate


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


def fpir_by_group(theta: Natural, thresholds: Values, *, mix: Mix, gallery_size: float) -> Values:
    """FPIR per non-mated probe of each group; shape (m, t, groups).

    Candidates of one probe are taken to come independently of each other, which the low rates
    at the thresholds in use allow.
    """
    found = np.empty((*thresholds.shape, len(GROUPS)))
    for probe in range(len(GROUPS)):
        candidates = np.zeros_like(thresholds)
        for entry, share in enumerate(mix.entries):
            candidates += share * fmr_per_comparison(
                theta, thresholds, mix=mix, probe=probe, entry=entry
            )
        found[..., probe] = -np.expm1(-gallery_size * candidates)
    return found


def fpir_per_nonmated_probe(
    theta: Natural, thresholds: Values, *, mix: Mix, gallery_size: float
) -> Values:
    """FPIR over all groups, as often as they are searched; shape (m, t)."""
    by_group = fpir_by_group(theta, thresholds, mix=mix, gallery_size=gallery_size)
    overall: Values = by_group @ np.asarray(mix.probes)
    return overall


def tpir_moments(theta: Natural, thresholds: Values, *, knot: int) -> tuple[Values, Values]:
    """Mean and variance over people of the share of their passes that is found.

    Parameters
    ----------
    thresholds : float64, (m, knots)
        Latent, at each of ``KNOTS``, in units of 1 / sqrt(d).
    knot : int
        Of the threshold in use.

    Returns
    -------
    pair of float64, (m,)
        The mean is TPIR = Phi((mated mean - threshold) / sqrt(spread^2 + person spread^2)).
    """
    nodes, weights = _gauss(_PERSON_NODES)
    margin = mated_mean(theta, thresholds) - thresholds[:, knot] / np.sqrt(DIMENSION)
    person, each = theta["mated_person_spread"], theta["mated_spread"]
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


def _gauss(number: int) -> tuple[Values, Values]:
    """Nodes and weights of a mean over a standard normal number."""
    nodes, weights = hermegauss(number)
    return nodes, weights / weights.sum()
