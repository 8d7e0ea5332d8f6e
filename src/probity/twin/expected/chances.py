"""Chances that a pass reaches a score, in closed form: no pool of people is drawn.

A listed image of group h is v / |v|, where v is normal with variance 1/d a part about
(a_h + entry spread) m_h + quality; a frame of a person of group g scores normal given it (see
``world``). What is left is a mean over three numbers of the listed image (its parts along m_g and
along the direction of poor quality, and its length) and over the best of the new parts of F
frames. Each is a sum of a few terms: Gauss-Hermite for the image, an even grid for the best of F.

Somebody who reaches one listed person reaches others more easily: people of a group share m_g,
and a long vector is near many others. So chances are kept for a few places of the person along
m_g and a few lengths of the rest. Given both, listed people are reached independently of each
other, as directions at random are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy import special
from scipy.interpolate import PchipInterpolator

from probity.twin.scenario import LiveScenario, by_group
from probity.twin.stages import Floats
from probity.twin.world import normalised

_ALONG_NODES, _BLUR_NODES, _LENGTH_NODES, _PLACE_NODES, _REST_NODES = 10, 4, 2, 16, 12
_BEST = np.arange(-3.5, 6.1, 0.8)
"""Best of the new parts of the frames of a pass, in standard deviations."""
LEVELS = np.arange(0.74, 1.31, 0.04)
"""Latent scores at which chances are kept; in between, their logarithms are interpolated."""

_LEAST, _SMALLEST = 1e-9, 1e-280


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chances:
    """Chances that the best frame of a pass reaches a latent score.

    Parameters
    ----------
    stranger : interpolator of (n_groups, n_bands, most_frames, n_people)
        Logarithm of the chance against one listed person, drawn at random, who is not the
        person who passes: for each place of that one along m_g, and each length of the rest.
    weight : float64, (n_people,)
        Of each place and length; sums to 1.
    own : interpolator of (n_groups, n_bands, most_frames)
        Logarithm of the chance with the person's own listed image.
    """

    stranger: PchipInterpolator
    weight: Floats
    own: PchipInterpolator

    def alerts(self, level: float, *, listed: float) -> Floats:
        """Chance that a pass of a stranger alerts, (n_groups, n_bands, most_frames).

        Parameters
        ----------
        level : float
            Latent, from the first to the last of ``LEVELS``.
        listed : float
            People on the list.
        """
        none = np.exp(-listed * np.exp(self.stranger(level)))
        return np.asarray((1 - none) @ self.weight, np.float64)

    def found(self, level: float) -> Floats:
        """Chance that a pass of a listed person alerts, (n_groups, n_bands, most_frames)."""
        return np.asarray(np.exp(self.own(level)), np.float64)


def make_chances(scenario: LiveScenario) -> Chances:
    """Chances of every kind of pass of a scenario."""
    best = _best_of_frames(scenario.capture.most_frames)
    by_place = _strangers(scenario, best)
    by_length, length_weight = _by_length(scenario, by_place)
    stranger = by_length.reshape(*by_place.shape[:3], -1, len(LEVELS))
    return Chances(
        stranger=PchipInterpolator(LEVELS, np.log(stranger), axis=-1),
        weight=np.outer(_gauss(_PLACE_NODES)[1], length_weight).ravel(),
        own=PchipInterpolator(LEVELS, np.log(_own(scenario, best)), axis=-1),
    )


def _best_of_frames(most: int) -> Floats:
    """Weight of each of ``_BEST`` for 1, 2, ... frames, (most, n_best); each row sums to 1."""
    frames = np.arange(1, most + 1)[:, None]
    density = np.exp(-np.square(_BEST) / 2) * special.ndtr(_BEST) ** (frames - 1)
    weights: Floats = density / density.sum(axis=1, keepdims=True)
    return weights


def _strangers(scenario: LiveScenario, best: Floats) -> Floats:
    groups, bands = scenario.groups, scenario.capture.bands
    listed = normalised([one.listed_share for one in groups])
    found = np.zeros((len(groups), len(bands), len(best), _PLACE_NODES, len(LEVELS)))
    for g in range(len(groups)):
        for h, share in enumerate(listed.tolist()):
            along, blurred, weight = _listed_images(scenario, probe=g, entry=h)
            for b, band in enumerate(bands):
                reached = _reached(scenario, g, band.quality, along, blurred)
                found[g, b] += share * np.einsum(
                    "fm,n,npml->fpl", best, weight, reached, optimize=True
                )
    return found


def _listed_images(
    scenario: LiveScenario, *, probe: int, entry: int
) -> tuple[Floats, Floats, Floats]:
    """Listed images' parts along m_g and along u, and the weight of each node; (n_nodes,) each."""
    stated, quality = scenario.recogniser, scenario.watchlist.item_quality
    d = stated.dimension
    centres = [stated.group_separation * one.lookalike for one in scenario.groups]
    (x, wx), (y, wy), (z, wz) = (_gauss(n) for n in (_ALONG_NODES, _BLUR_NODES, _LENGTH_NODES))
    of_group = stated.entry_spread**2 + 1 / d
    rest_mean, rest_square = (d - 2) / d, 2 * (d - 2) / d**2
    if probe == entry:
        along = centres[probe] + np.sqrt(of_group) * x
    else:
        along = x / np.sqrt(d)
        rest_mean += centres[entry] ** 2 + stated.entry_spread**2
        rest_square += 4 * centres[entry] ** 2 * of_group
    blur = stated.quality_effect * (1 - quality.mean) + y * np.hypot(
        stated.quality_effect * quality.sd, 1 / np.sqrt(d)
    )
    rest = np.maximum(rest_mean + np.sqrt(rest_square) * z, 1 / d)
    a, u, r = (one.ravel() for one in np.meshgrid(along, blur, rest, indexing="ij"))
    length = np.sqrt(a**2 + u**2 + r)
    weight = (wx[:, None, None] * wy[None, :, None] * wz[None, None, :]).ravel()
    return a / length, u / length, weight


def _places(scenario: LiveScenario, group: int) -> Floats:
    """Places of a person of a group along its direction, (n_places,)."""
    stated = scenario.recogniser
    spread = np.hypot(stated.person_spread, np.sqrt((1 - stated.frame_share) / stated.dimension))
    centre = stated.group_separation * scenario.groups[group].lookalike
    return np.asarray(centre + spread * _gauss(_PLACE_NODES)[0], np.float64)


def _reached(
    scenario: LiveScenario, group: int, quality: float, along: Floats, blurred: Floats
) -> Floats:
    """Chance that the best frame reaches a level; (n_nodes, n_places, n_best, n_levels).

    The person's place along the direction of their group and the new part of the best frame are
    known; what else all frames of the pass share is normal.
    """
    stated = scenario.recogniser
    d, share = stated.dimension, stated.frame_share
    blur = stated.quality_effect * (1 - quality) * blurred
    given = along[:, None] * _places(scenario, group) + blur[:, None]
    given = given[:, :, None] + np.sqrt(share / d) * _BEST
    shared = np.sqrt(max(1 - share, _LEAST) / d * (1 - np.square(along)))
    standard = (given[:, :, :, None] - LEVELS) / shared[:, None, None, None]
    return np.asarray(special.ndtr(standard), np.float64)


def _by_length(scenario: LiveScenario, chance: Floats) -> tuple[Floats, Floats]:
    """Chances with a new axis before the last, for lengths of the rest of a vector; and weights.

    The variance of a score, given the person's place, is that of the rest, which goes with the
    square of its length, and that of where listed images lie along m_g. So chances far out in
    the tail depend on the length. Their mean is left as it was.
    """
    stated = scenario.recogniser
    rest = stated.dimension - 2
    x, weight = _gauss(_REST_NODES)
    # Wilson and Hilferty's cube for the square of the length, which is chi-squared.
    square = np.maximum(1 - 2 / (9 * rest) + x * np.sqrt(2 / (9 * rest)), _LEAST) ** 3
    places = np.stack([_places(scenario, group) for group in range(len(scenario.groups))])
    of_listed = np.square(places) * (1 + stated.entry_spread**2 * stated.dimension)
    share = 1 / (1 + of_listed[:, None, None, :, None, None])
    spread = np.sqrt(1 - share + share * square[:, None])
    beyond = -special.ndtri(np.clip(chance, _SMALLEST, 1 - 1e-15))[..., None, :]
    given = np.maximum(special.ndtr(-beyond / spread), _SMALLEST)
    mean = np.einsum("...rl,r->...l", given, weight)
    return given * (chance / mean)[..., None, :], weight


def _own(scenario: LiveScenario, best: Floats) -> Floats:
    stated, bands, names = scenario.recogniser, scenario.capture.bands, scenario.group_names
    shift = by_group(stated.mated_shift, names)
    found = np.empty((len(names), len(bands), len(best), len(LEVELS)))
    for b, band in enumerate(bands):
        shared = np.hypot(
            stated.mated_person_spread, band.mated_spread * np.sqrt(1 - stated.frame_share)
        )
        given = band.mated_mean + band.mated_spread * np.sqrt(stated.frame_share) * _BEST
        above = (shift[:, None, None] + given[:, None] - LEVELS) / max(shared, _LEAST)
        found[:, b] = np.einsum("fm,gml->gfl", best, special.ndtr(above))
    return found


def _gauss(number: int) -> tuple[Floats, Floats]:
    """Nodes and weights of a mean over a standard normal number."""
    nodes, weights = hermegauss(number)
    return nodes, weights / weights.sum()
