"""Passers-by, listed people and alerts of one replicate: only alerts exist as objects.

``reference.cross`` does the same by comparing every frame of everybody with every listed person;
tests hold the two to the same law.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from probity.twin.arrivals import Arrivals, draw_passers, make_arrivals, type_shares
from probity.twin.crossing import Candidate, assemble
from probity.twin.genuine import ListedPasses, draw_listed_passes
from probity.twin.impostor import (
    NOBODY,
    Best,
    Chances,
    Visits,
    alerting,
    make_chances,
    propose,
    rarely,
    require_few,
)
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Crowd, Floats, Ints, Passes
from probity.twin.watchlists import Watchlists, make_watchlists
from probity.twin.world import World, make_world


def cross(
    scenario: LiveScenario, *, calendar: Calendar, seeds: Seeds
) -> tuple[Crowd, Passes, Alerts]:
    """Everybody who passes in one replicate, and the alerts they raise."""
    world = make_world(scenario, seeds=seeds)
    lists = make_watchlists(scenario, calendar=calendar, seeds=seeds)
    arrivals = make_arrivals(scenario, calendar=calendar)
    passers = _passers(scenario, arrivals, rng=seeds.stream("crowd"))
    listed = draw_listed_passes(
        scenario, world=world, lists=lists, arrivals=arrivals, rng=seeds.stream("listed")
    )
    threshold = world.latent(calendar.threshold)
    crowd_rng = seeds.stream("crowd alerts")
    visits, best = _impostors(
        world,
        passes=_crowd_passes(passers, most=scenario.capture.most_frames),
        thresholds=threshold,
        lists=lists,
        rng=crowd_rng,
    )
    visits = visits.take(best.visit)
    hour = arrivals.draw_hours_given_frames(
        crowd_rng, deployment=visits.deployment, frames=visits.frames
    )
    strangers = Candidate(
        deployment=visits.deployment,
        time_us=arrivals.draw_times(crowd_rng, deployment=visits.deployment, hour=hour),
        kind=visits.kind,
        entry=best.entry,
        score=best.score,
        candidates=best.candidates,
    )
    others = _others(
        world, listed=listed, thresholds=threshold, lists=lists, rng=seeds.stream("listed alerts")
    )
    return assemble(
        world,
        calendar=calendar,
        nonmated_passes=passers,
        strangers=strangers,
        listed=listed,
        others=others,
    )


def _passers(scenario: LiveScenario, arrivals: Arrivals, *, rng: np.random.Generator) -> Ints:
    """Passes with a usable frame by type, (n_deployments, n_kinds * most_frames)."""
    number = draw_passers(
        rng, expected=arrivals.expected_passers, dispersion=scenario.crowd.dispersion
    )
    frames = np.einsum("dh,dhf->df", arrivals.share, arrivals.frames)
    seen = rng.binomial(number, np.clip(1 - frames[:, 0], 0, 1))
    usable = np.maximum(frames[:, 1:], np.finfo(float).tiny)
    usable /= usable.sum(axis=1, keepdims=True)
    types = type_shares(scenario).reshape(1, -1, 1) * usable[:, None, :]
    return np.asarray(rng.multinomial(seen, types.reshape(len(seen), -1)), np.int64)


def _crowd_passes(passers: Ints, *, most: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Deployment, kind, frames and number of passes of every type that anybody is of."""
    deployment, kind_frames = np.nonzero(passers)
    kind, fewer = np.divmod(kind_frames, most)
    return deployment, kind, fewer + 1, passers[deployment, kind_frames]


def _impostors(
    world: World,
    *,
    passes: tuple[Ints, Ints, Ints, Ints],
    thresholds: Floats,
    lists: Watchlists,
    rng: np.random.Generator,
    own: Ints | None = None,
) -> tuple[Visits, Best]:
    """Passes with a candidate who is not the person, and their best candidate.

    ``own`` is the entry of the person of each row of ``passes``; then each row is one pass.
    """
    deployment, kind, frames, number = passes
    threshold = thresholds[deployment]
    parts: list[Visits] = []
    for cut in np.unique(thresholds).tolist():
        chances = _chances_of(world)(cut)
        rows = np.flatnonzero(threshold == cut)
        events = frames[rows] * chances.total[kind[rows]]
        rare = rarely(events)
        drawn = np.where(rare, rng.binomial(number[rows], np.minimum(events, 1)), number[rows])
        require_few(int(drawn[~rare].sum()))
        row = np.repeat(rows, drawn)
        visits = Visits(
            deployment=deployment[row],
            kind=kind[row],
            frames=frames[row],
            own=np.full(len(row), NOBODY) if own is None else own[row],
            threshold=np.full(len(row), cut),
            planted=np.full(len(row), NOBODY),
            number=row,
        )
        planted = np.repeat(rare, drawn)
        parts.append(
            propose(
                world, chances, visits=visits.take(np.flatnonzero(planted)), lists=lists, rng=rng
            )
        )
        parts.append(visits.take(np.flatnonzero(~planted)))
    visits = Visits.join(parts)
    return visits, alerting(world, visits=visits, lists=lists, rng=rng)


def _others(
    world: World,
    *,
    listed: ListedPasses,
    thresholds: Floats,
    lists: Watchlists,
    rng: np.random.Generator,
) -> Best:
    """Other people's entries that passes of listed people reach; ``visit`` is the pass."""
    once = np.ones(len(listed.entry), np.int64)
    visits, best = _impostors(
        world,
        passes=(listed.deployment, listed.kind, listed.frames, once),
        thresholds=thresholds,
        lists=lists,
        rng=rng,
        own=listed.entry,
    )
    return Best(
        visit=visits.number[best.visit],
        entry=best.entry,
        score=best.score,
        candidates=best.candidates,
    )


@lru_cache(maxsize=2)
def _chances_of(world: World) -> Callable[[float], Chances]:
    """Chances by latent threshold. No more worlds are held than ``make_world`` holds: with a fit
    every replicate has one of its own, and a pool of a million is 256 MB."""

    @lru_cache(maxsize=16)
    def at(threshold: float) -> Chances:
        return make_chances(world, threshold=threshold)

    return at
