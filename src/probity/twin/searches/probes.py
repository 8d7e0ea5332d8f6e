"""Who is searched for, when, why, and with what image."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from probity.twin.calendar import day_us
from probity.twin.draws import draw_span
from probity.twin.scenario import by_group
from probity.twin.searches.gallery import PEOPLE_IN_BLOCK, Gallery
from probity.twin.seeds import Seeds
from probity.twin.stages import Floats, Ints
from probity.twin.world import normalised

NOBODY = -1
PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probes:
    """Searches of one replicate in the order of time, each array (n_searches,).

    Parameters
    ----------
    time_us : int64
        When the image was submitted.
    group, band : int64
        Group of the person, and quality band of the image, as numbers of the scenario's.
    mate : int64
        Truth: number of the person in the gallery, ``NOBODY`` where they are not.
    mate_score : float64
        Truth: score with their own listed image, latent scale; -inf where there is none.
    actor, device, reason, place_type : int64
        Numbers of the scenario's.
    eye_pixels : float64
    """

    time_us: Ints
    group: Ints
    band: Ints
    mate: Ints
    mate_score: Floats
    actor: Ints
    device: Ints
    reason: Ints
    place_type: Ints
    eye_pixels: Floats

    def __len__(self) -> int:
        return len(self.time_us)


def draw_probes(gallery: Gallery, *, seeds: Seeds) -> Probes:
    """The searches of a replicate: a Poisson number, evenly over the days and their hours.

    A mated probe is of a person of the gallery, everybody as likely; any other is of a person of
    a group in the groups' ``crowd_share``.
    """
    scenario, search = gallery.scenario, gallery.scenario.search
    names = scenario.group_names
    rng = seeds.stream("probes")
    n = int(rng.poisson(scenario.expected_searches_per_replicate))
    from_us, to_us = day_us(search.first_day), day_us(search.last_day + timedelta(days=1))
    time_us = np.sort(rng.integers(from_us, to_us, n))
    crowd = normalised([group.crowd_share for group in scenario.groups])
    group = rng.choice(len(names), size=n, p=crowd)
    mate = np.where(rng.random(n) < search.mated_share, rng.integers(0, gallery.size, n), NOBODY)
    shift = np.zeros(n)
    for start in np.unique(mate[mate != NOBODY] // PEOPLE_IN_BLOCK * PEOPLE_IN_BLOCK).tolist():
        groups, shifts = gallery.people(start)
        here = np.flatnonzero((mate >= start) & (mate < start + PEOPLE_IN_BLOCK))
        group[here], shift[here] = groups[mate[here] - start], shifts[mate[here] - start]
    shares = np.array([by_group(band.share, names) for band in search.bands])
    reached = np.cumsum(shares / shares.sum(axis=0), axis=0)[:-1]
    band = (rng.random(n) >= reached[:, group]).sum(axis=0)
    mean, spread = (
        np.array([getattr(one, name) for one in search.bands])[band]
        for name in ("mated_mean", "mated_spread")
    )
    score = mean + shift + spread * rng.standard_normal(n)
    place_type = rng.choice(
        len(search.place_types), n, p=normalised([*search.place_types.values()])
    )
    reason = rng.choice(len(search.reasons), n, p=normalised([*search.reasons.values()]))
    if search.private_place_reason is not None:
        private = np.array([name != PUBLIC for name in search.place_types])[place_type]
        reason[private] = list(search.reasons).index(search.private_place_reason)
    return Probes(
        time_us=time_us,
        group=group,
        band=band,
        mate=mate,
        mate_score=np.where(mate == NOBODY, -np.inf, score),
        actor=rng.integers(0, search.actors, n),
        device=rng.integers(0, search.devices, n),
        reason=reason,
        place_type=place_type,
        eye_pixels=np.rint(draw_span(search.eye_pixels, rng, size=n)),
    )
