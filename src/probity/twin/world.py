"""The recogniser's latent space: listed people as unit vectors, passers-by as random ones.

A frame of a person of group g and quality q is x = (a_g + person_spread z) m_g
+ quality_effect (1 - q) u + e, where e has variance 1/d a part, of which ``frame_share`` is new
in every frame. Given a listed image w, its score w.x is exactly normal:

    mean = a_g w.m_g + quality_effect (1 - q) w.u,  variance = (person_spread w.m_g)^2 + 1/d

The space looks the same from all sides, so m_g and u are taken along its axes, and a score's
law needs no more of w than its coordinates g and u.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.twin.draws import draw_span
from probity.twin.scenario import LiveScenario, Recogniser, by_group
from probity.twin.scenario_file import scenario_digest
from probity.twin.seeds import Seeds
from probity.twin.stages import Floats, Ints

_ENTRIES_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """What stays the same in every replicate: the pool of listed people, and how they score.

    Listed people are numbered from 0 to ``pool_size`` - 1; the operator's test subjects follow.

    Parameters
    ----------
    entries : float32, (n_entries, d)
        Unit vectors. Coordinate g lies along m_g, coordinate n_groups along u.
    entry_group, category : int64, (n_entries,)
        Group of each, and category as a number of the scenario's; -1 for a test subject.
    mated_shift : float64, (n_entries,)
        Shift of each person's scores with their own listed image: group and person.
    centre : float64, (n_groups,)
        a_g.
    blur : float64, (n_bands,)
        quality_effect (1 - q).
    quality, mated_mean, mated_spread : float64, (n_bands,)
    vendor_map : float64, (n_knots, 2)
        Latent score, vendor's score.
    """

    pool_size: int
    entries: NDArray[np.float32]
    entry_group: Ints
    category: Ints
    mated_shift: Floats
    centre: Floats
    blur: Floats
    person_spread: float
    frame_share: float
    quality: Floats
    mated_mean: Floats
    mated_spread: Floats
    vendor_map: Floats

    @property
    def dimension(self) -> int:
        """Effective dimension d."""
        return int(self.entries.shape[1])

    @property
    def n_groups(self) -> int:
        """Groups of people."""
        return len(self.centre)

    @property
    def n_bands(self) -> int:
        """Bands of quality."""
        return len(self.blur)

    def vendor(self, latent: Floats) -> Floats:
        """Latent scores on the vendor's scale, 0 to 1."""
        return np.interp(latent, self.vendor_map[:, 0], self.vendor_map[:, 1])

    def latent(self, vendor: Floats) -> Floats:
        """Thresholds of the vendor's scale, above 0 and below 1, as latent scores."""
        return np.interp(vendor, self.vendor_map[:, 1], self.vendor_map[:, 0])

    def moments(
        self, entry: Ints | slice, *, group: Ints | int, band: Ints | int
    ) -> tuple[Floats, Floats]:
        """Mean and standard deviation of non-mated scores against ``entry``.

        The arrays are broadcast against each other; a slice of entries stands for (n,).
        """
        if isinstance(entry, slice):
            entry = np.arange(*entry.indices(len(self.entries)))
        along = self.entries[entry, group].astype(np.float64)
        blurred = self.entries[entry, self.n_groups].astype(np.float64)
        mean = self.centre[group] * along + self.blur[band] * blurred
        return mean, np.sqrt(np.square(self.person_spread * along) + 1 / self.dimension)

    def draw_frames(
        self, rng: np.random.Generator, *, group: Ints, band: Ints, frames: int
    ) -> Floats:
        """Frames of passes of people, (n_passes, frames, d).

        Parameters
        ----------
        group, band : int64, (n_passes,)
        frames : int
            Frames of each pass: of one person, so alike.
        """
        n, d = len(group), self.dimension
        shared = rng.standard_normal((n, 1, d)) * np.sqrt((1 - self.frame_share) / d)
        new = rng.standard_normal((n, frames, d)) * np.sqrt(self.frame_share / d)
        drawn = cast("Floats", shared + new)
        place = self.centre[group] + self.person_spread * rng.standard_normal(n)
        drawn[np.arange(n), :, group] += place[:, None]
        drawn[:, :, self.n_groups] += self.blur[band][:, None]
        return drawn

    def condition(
        self, drawn: Floats, *, group: Ints, entry: Ints, frame: Ints, score: Floats
    ) -> None:
        """Move frames, in place, to what they are given that one of each pass has a score.

        x_f + cov(x_f, s) / var(s) (score - w.x_f) has the conditional law of x_f for a draw x
        without the condition (Matheron's rule).

        Parameters
        ----------
        drawn : float64, (n_passes, frames, d)
            As ``draw_frames`` gave them.
        entry, frame : int64, (n_passes,)
            The frame of each pass, and the entry, of which the score is known.
        score : float64, (n_passes,)
        """
        rows = np.arange(len(drawn))
        listed = self.entries[entry].astype(np.float64)
        along = listed[rows, group]
        by_person = np.square(self.person_spread) * along
        missing = score - np.einsum("nd,nd->n", listed, drawn[rows, frame])
        missing /= by_person * along + 1 / self.dimension
        shared = np.full(drawn.shape[:2], (1 - self.frame_share) / self.dimension)
        shared[rows, frame] = 1 / self.dimension
        drawn += (missing[:, None] * shared)[:, :, None] * listed[:, None, :]
        drawn[rows, :, group] += (missing * by_person)[:, None]


def make_world(scenario: LiveScenario, *, seeds: Seeds) -> World:
    """The world of a scenario and a user's seed; the same for every replicate.

    Raises
    ------
    InputError
        More groups than the latent space has room for.
    """
    return _made(_ById(scenario), replace(seeds, replicate=0))


class _ById:
    """A scenario as a key, by all that a run depends on: its tables cannot be hashed."""

    def __init__(self, scenario: LiveScenario) -> None:
        self.scenario = scenario
        self.digest = scenario_digest(scenario)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.digest == self.digest


@lru_cache(maxsize=2)
def _made(key: _ById, seeds: Seeds) -> World:
    scenario = key.scenario
    recogniser, bands, names = scenario.recogniser, scenario.capture.bands, scenario.group_names
    if recogniser.dimension <= len(names):
        raise InputError(
            "every group needs a direction of its own",
            column="recogniser.dimension",
            got=recogniser.dimension,
            allowed=f"more than {len(names)}, the number of groups",
        )
    pool, subjects = scenario.watchlist.pool_size, scenario.blue_list.subjects
    n = pool + subjects
    rng = seeds.stream("pool")
    centre = recogniser.group_separation * np.array([one.lookalike for one in scenario.groups])
    entry_group = rng.choice(
        len(names), size=n, p=normalised([g.listed_share for g in scenario.groups])
    )
    category = rng.choice(
        len(scenario.watchlist.categories),
        size=n,
        p=normalised([*scenario.watchlist.categories.values()]),
    )
    category[pool:] = -1
    shift = by_group(recogniser.mated_shift, names)[entry_group]
    shift += recogniser.mated_person_spread * rng.standard_normal(n)
    return World(
        pool_size=pool,
        entries=listed_vectors(
            recogniser,
            draw_span(scenario.watchlist.item_quality, rng, size=n),
            rng,
            centre=centre,
            group=entry_group,
        ),
        entry_group=entry_group,
        category=category,
        mated_shift=shift,
        centre=centre,
        blur=recogniser.quality_effect * np.array([1 - band.quality for band in bands]),
        person_spread=recogniser.person_spread,
        frame_share=recogniser.frame_share,
        quality=np.array([band.quality for band in bands]),
        mated_mean=np.array([band.mated_mean for band in bands]),
        mated_spread=np.array([band.mated_spread for band in bands]),
        vendor_map=np.array(recogniser.vendor_map),
    )


def normalised(shares: Sequence[float]) -> Floats:
    """Shares that sum to 1 exactly enough to be drawn from."""
    return np.array(shares) / sum(shares)


def listed_vectors(
    recogniser: Recogniser,
    quality: Floats,
    rng: np.random.Generator,
    *,
    centre: Floats,
    group: Ints,
) -> NDArray[np.float32]:
    """Unit vectors of listed images, (n, d).

    Parameters
    ----------
    quality : float64, (n,)
        Of each image, 0 to 1.
    centre : float64, (n_groups,)
        a_g.
    group : int64, (n,)
    """
    d, n = recogniser.dimension, len(group)
    listed = np.empty((n, d), np.float32)
    for start in range(0, n, _ENTRIES_AT_ONCE):
        here = slice(start, start + _ENTRIES_AT_ONCE)
        own = group[here]
        drawn = rng.standard_normal((len(own), d)) / np.sqrt(d)
        drawn[np.arange(len(own)), own] += centre[
            own
        ] + recogniser.entry_spread * rng.standard_normal(len(own))
        drawn[:, len(centre)] += recogniser.quality_effect * (1 - quality[here])
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        listed[here] = drawn
    return listed
