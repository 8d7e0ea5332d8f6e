"""Chance that a listed image is reached, given who is searched: candidates of one search clump.

Whoever reaches one listed person reaches others more easily: people of a group share a direction,
and a long vector is near many others. Given a person's place along the direction of their group
and the length of the rest of their vector, listed people are reached independently of each
other, as directions at random are. So FPIR is a mean over people of 1 - exp(-gallery x chance).

A listed image of group h is a unit vector w in the direction of (a_h + entry spread) m_h +
quality + noise (see ``scenario.Recogniser``). Given the person, the score is their place times
w's part along m_g, a shift by poor quality, and the product of two rests whose angle is that of
directions at random in d - 1 dimensions: Student's t, taken to the normal distribution by
Wallace's approximation. What is left are means over w's place along m_g and its length before it
is made a unit vector (Gauss-Hermite). The directions of two groups are at right angles.

Source: Wallace 1959, Annals of Mathematical Statistics 30, 1121-1130 (t to normal).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import ndtr

from probity.twin.calibrate.parameters import DIMENSION, Natural

Values = NDArray[np.float64]

GROUPS = ("White", "Asian", "Black")
_OWN_GROUP_NODES, _OTHER_GROUP_NODES, _LENGTH_NODES = 5, 3, 2
_PLACES, _RESTS = np.arange(-3.2, 6.5, 0.8), np.arange(-3.2, 4.9, 0.8)
"""In standard deviations: people far out are few and reach many, which Gauss-Hermite would miss."""
_MOST_NEW = 0.9975
_REST_DIMENSIONS = DIMENSION - 1


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames of one search, of which the best counts.

    Parameters
    ----------
    number : int
        At least 1.
    new_share : float
        Share of the variance 1/d of a frame's score that is new in every frame.
    """

    number: int
    new_share: float


ONE_SCORE = Frames(number=1, new_share=0.0)


@cache
def person_weights() -> Values:
    """Weight of each kind of person that ``reached`` tells apart, (people,); sums to 1."""
    weights = np.outer(np.exp(-np.square(_PLACES) / 2.0), np.exp(-np.square(_RESTS) / 2.0))
    return np.asarray(weights.ravel() / weights.sum())


def reached(
    theta: Natural,
    thresholds: Values,
    *,
    mix: Mix,
    probe: int,
    entry: int,
    frames: Frames = ONE_SCORE,
) -> Values:
    """Chance that the best frame reaches a listed image drawn at random.

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
    float64, (m, t, people)
        For each kind of person, whose weights are ``person_weights``.
    """
    d = DIMENSION
    of_group = theta["group_separation"] * _lookalike(theta, probe)
    blur = theta["quality_effect"] * (1.0 - mix.probe_quality)
    shared = 1.0 - (min(frames.new_share, _MOST_NEW) if frames.number > 1 else 0.0)
    place_spread = np.sqrt(np.square(theta["person_spread"]) + shared / d)
    place = of_group[:, np.newaxis] + place_spread[:, np.newaxis] * _PLACES
    rest = _rest_length(blur, shared=shared)
    best, best_weights = best_of_frames(frames)
    new = np.sqrt((1.0 - shared) / d) * best
    found = np.zeros((*thresholds.shape, len(person_weights())))
    for along, shift, weight in _listed(theta, mix=mix, probe=probe, entry=entry):
        mean = along[:, np.newaxis] * place + (blur * shift)[:, np.newaxis]
        across = np.sqrt(1.0 - np.square(along))[:, np.newaxis] * rest
        for step, best_weight in zip(new, best_weights, strict=True):
            missing = thresholds[:, :, np.newaxis] / np.sqrt(d) - mean[:, np.newaxis, :] - step
            cosine = missing[:, :, :, np.newaxis] / across[:, np.newaxis, np.newaxis, :]
            found += weight * best_weight * _beyond(cosine).reshape(found.shape)
    return found


def _rest_length(blur: Values, *, shared: float) -> Values:
    """Lengths of a person's vector without its part along m_g, (m, rest nodes).

    Its square is that of poor quality plus noise: Wilson and Hilferty's cube for chi-square,
    widened by the product of the two.
    """
    k, d = _REST_DIMENSIONS, DIMENSION
    widened = np.sqrt(1.0 + 2.0 * np.square(blur) * d / (shared * k))
    z = widened[:, np.newaxis] * _RESTS
    cube = np.maximum(1.0 - 2.0 / (9.0 * k) + z * np.sqrt(2.0 / (9.0 * k)), 0.05) ** 3
    return np.asarray(np.sqrt(shared * k / d * cube + np.square(blur)[:, np.newaxis]))


def _listed(
    theta: Natural, *, mix: Mix, probe: int, entry: int
) -> list[tuple[Values, Values, float]]:
    """Listed images: part along m_g, part along poor quality, (m,) each, and weight."""
    d = DIMENSION
    of_group = theta["group_separation"] * _lookalike(theta, entry)
    blur = theta["quality_effect"] * (1.0 - mix.entry_quality)
    nodes, weights = gauss(_OWN_GROUP_NODES if probe == entry else _OTHER_GROUP_NODES)
    length_nodes, length_weights = gauss(_LENGTH_NODES)
    found = []
    for length, length_weight in zip(length_nodes, length_weights, strict=True):
        # The noise of an entry has length sqrt(chi-square(d - 2) / d), close to normal.
        noise = np.square(np.sqrt((d - 2.5) / d) + length / np.sqrt(2.0 * d))
        squared_rest = noise + np.square(blur) + 1.0 / d
        if probe == entry:
            centre, spread = of_group, np.sqrt(np.square(theta["entry_spread"]) + 1.0 / d)
        else:
            centre, spread = np.zeros_like(of_group), np.full_like(of_group, d**-0.5)
            squared_rest = squared_rest + np.square(of_group) + np.square(theta["entry_spread"])
        for node, weight in zip(nodes, weights, strict=True):
            place = centre + spread * node
            size = np.sqrt(squared_rest + np.square(place))
            found.append((place / size, blur / size, float(length_weight * weight)))
    return found


def _beyond(cosine: Values) -> Values:
    """Chance that a direction at random in d - 1 dimensions has at least this cosine."""
    freedom = _REST_DIMENSIONS - 1
    inside = np.log1p(-np.minimum(np.square(cosine), 1.0 - 1e-12))
    standard = (8 * freedom + 1) / (8 * freedom + 3) * np.sqrt(-freedom * inside)
    return np.asarray(ndtr(-np.copysign(standard, cosine)))


def _lookalike(theta: Natural, group: int) -> Values | float:
    return 1.0 if group == 0 else theta[f"lookalike_{GROUPS[group].lower()}"]


@cache
def best_of_frames(frames: Frames) -> tuple[Values, Values]:
    """Nodes and weights of a mean over the greatest of standard normal numbers, one a frame.

    Steps are finer than what frames share, in which chances are smooth.
    """
    if frames.number == 1:
        return np.zeros(1), np.ones(1)
    new = min(frames.new_share, _MOST_NEW)
    step = min(0.8, float(np.sqrt((1.0 - new) / max(new, 1e-9))))
    grid = np.arange(-3.5, 6.1, step)
    weights = np.exp(-np.square(grid) / 2.0) * ndtr(grid) ** (frames.number - 1)
    weights /= weights.sum()
    kept = weights > 1e-7  # noqa: PLR2004
    return grid[kept], weights[kept]


@cache
def gauss(number: int) -> tuple[Values, Values]:
    """Nodes and weights of a mean over a standard normal number."""
    nodes, weights = hermegauss(number)
    return nodes, weights / weights.sum()
