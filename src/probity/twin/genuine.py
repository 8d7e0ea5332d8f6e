"""Passes of listed people and of the operator's test subjects, made one by one.

A person's score with their own listed image is normal, as ``scenario.Recogniser`` says: mean of
the quality band, a shift of group and person, and ``mated_spread`` from pass to pass, of which
the share ``frame_share`` of variance is new in every frame. It does not depend on the scores with
other people's images. Those are as for anybody of that group and quality (see ``impostor``).
"""

from dataclasses import dataclass

import numpy as np

from probity.core import InputError
from probity.twin.arrivals import Arrivals, draw_passers, type_shares
from probity.twin.scenario import LiveScenario
from probity.twin.stages import Flags, Floats, Ints
from probity.twin.watchlists import Watchlists
from probity.twin.world import World


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListedPasses:
    """Passes with at least one usable frame, each array (n_passes,).

    ``kind`` is group times the number of bands, plus band; ``own_score`` is the best latent
    score over frames with the person's own listed image.
    """

    deployment: Ints
    time_us: Ints
    kind: Ints
    frames: Ints
    entry: Ints
    own_score: Floats


def draw_listed_passes(
    scenario: LiveScenario,
    *,
    world: World,
    lists: Watchlists,
    arrivals: Arrivals,
    rng: np.random.Generator,
) -> ListedPasses:
    """Draw who of the listed passes, when, and how well they score with their own image."""
    listed, subject = (
        _present(scenario, world=world, lists=lists, rng=rng),
        _subjects(scenario, world=world, lists=lists),
    )
    deployment = np.concatenate([listed[0], subject[0]])
    entry = np.concatenate([listed[1], subject[1]])
    hour = arrivals.draw_hours(rng, deployment=deployment)
    time_us = arrivals.draw_times(rng, deployment=deployment, hour=hour)
    frames = arrivals.draw_frames(rng, deployment=deployment, hour=hour)
    seen = np.flatnonzero(frames > 0)
    seen = seen[np.lexsort((entry[seen], time_us[seen], deployment[seen]))]
    deployment, entry, frames = deployment[seen], entry[seen], frames[seen]
    group = world.entry_group[entry]
    band = _bands(scenario, rng, group=group)
    return ListedPasses(
        deployment=deployment,
        time_us=time_us[seen],
        kind=group * world.n_bands + band,
        frames=frames,
        entry=entry,
        own_score=_own_scores(world, rng, entry=entry, band=band, frames=frames),
    )


def _present(
    scenario: LiveScenario, *, world: World, lists: Watchlists, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Deployment and entry of each pass of a listed person.

    Of n listed, those of category c pass at a rate of mean_c / (share_c n) each. Candidates come
    at the highest of these rates from the whole list; a candidate passes in proportion.
    """
    presence, categories = scenario.presence, scenario.watchlist.categories
    means = np.array([presence.listed_people_per_deployment.get(one, 0.0) for one in categories])
    shares = np.array(list(categories.values()))
    if np.any((means > 0) & (shares == 0)):
        raise InputError(
            "people pass who are of a category that no listed person has",
            column="presence.listed_people_per_deployment",
        )
    rate = np.divide(means, shares, out=np.zeros_like(means), where=shares > 0)
    highest = rate.max()
    n = len(lists.size)
    number = draw_passers(rng, expected=np.full(n, highest), dispersion=presence.dispersion)
    deployment = np.repeat(np.arange(n), number)
    rank = rng.integers(0, lists.size[deployment])
    entry = lists.entry_at(deployment=deployment, rank=rank)
    passes = rng.random(len(entry)) * highest < rate[world.category[entry]]
    deployment, entry = deployment[passes], entry[passes]
    times = rng.geometric(1 - presence.repeat_pass_share, len(entry))
    return np.repeat(deployment, times), np.repeat(entry, times)


def _subjects(scenario: LiveScenario, *, world: World, lists: Watchlists) -> tuple[Ints, Ints]:
    """Deployment and entry of each pass of a test subject."""
    blue = scenario.blue_list
    entry = world.pool_size + np.repeat(np.arange(blue.subjects), blue.passes_each)
    walked = np.flatnonzero(lists.with_subjects)
    return np.repeat(walked, len(entry)), np.tile(entry, len(walked))


def _bands(scenario: LiveScenario, rng: np.random.Generator, *, group: Ints) -> Ints:
    shares = type_shares(scenario, of_crowd=False)
    reached = np.cumsum(shares, axis=1)[group]
    return np.asarray((rng.random(len(group))[:, None] * reached[:, -1:] >= reached).sum(axis=1))


def _own_scores(
    world: World, rng: np.random.Generator, *, entry: Ints, band: Ints, frames: Ints
) -> Floats:
    most = int(frames.max(initial=1))
    spread = np.sqrt(1 - world.frame_share) * rng.standard_normal((len(entry), 1))
    spread = spread + np.sqrt(world.frame_share) * rng.standard_normal((len(entry), most))
    spread[np.arange(most) >= frames[:, None]] = -np.inf
    best = spread.max(axis=1)
    mean = world.mated_mean[band] + world.mated_shift[entry]
    return np.asarray(mean + world.mated_spread[band] * best, np.float64)


def seeded(world: World, entry: Ints) -> Flags:
    """Whether an entry is one of the operator's test subjects."""
    return entry >= world.pool_size
