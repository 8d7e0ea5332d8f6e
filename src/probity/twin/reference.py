"""The crossing stage in full: every passer-by, every frame, every listed person compared.

Slow, and meant to be read: it is what ``fast.cross`` has to agree with in law. It shares with it
the listed people, the lists, and who of the listed passes; the frames of everybody, and what the
system finds in them, are made here from the formula of ``scenario.Recogniser`` alone.
"""

import numpy as np

from probity.twin.arrivals import Arrivals, draw_passers, make_arrivals, type_shares
from probity.twin.capture import dwell_quantiles, usable_frames_per_s
from probity.twin.crossing import Candidate, assemble
from probity.twin.genuine import draw_listed_passes
from probity.twin.impostor import Best, best_of, join_best
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Crowd, Floats, Ints, Passes
from probity.twin.watchlists import make_watchlists
from probity.twin.world import World, make_world

_PEOPLE_AT_ONCE = 1_000


def cross(
    scenario: LiveScenario, *, calendar: Calendar, seeds: Seeds
) -> tuple[Crowd, Passes, Alerts]:
    """Everybody who passes in one replicate, and the alerts they raise."""
    world = make_world(scenario, seeds=seeds)
    lists = make_watchlists(scenario, calendar=calendar, seeds=seeds)
    arrivals = make_arrivals(scenario, calendar=calendar)
    listed = draw_listed_passes(
        scenario, world=world, lists=lists, arrivals=arrivals, rng=seeds.stream("listed")
    )
    rng = seeds.stream("every frame")
    passers = draw_passers(
        rng, expected=arrivals.expected_passers, dispersion=scenario.crowd.dispersion
    )
    most = scenario.capture.most_frames
    passes = np.zeros((len(passers), world.n_groups * world.n_bands * most), np.int64)
    strangers, others = [], []
    everybody = np.arange(len(world.entries))
    for deployment, people in enumerate(passers.tolist()):
        where = np.full(len(everybody), deployment)
        on_list = everybody[lists.contain(deployment=where, entry=everybody)]
        threshold = float(world.latent(calendar.threshold[deployment]))
        for start in range(0, people, _PEOPLE_AT_ONCE):
            number = min(_PEOPLE_AT_ONCE, people - start)
            kind = rng.choice(type_shares(scenario).size, number, p=type_shares(scenario).ravel())
            hour, frames = _hours_and_frames(scenario, arrivals, rng, deployment, number)
            np.add.at(passes[deployment], kind[frames > 0] * most + frames[frames > 0] - 1, 1)
            best = _search(
                world, rng, kind=kind, frames=frames, on_list=on_list, threshold=threshold
            )
            at = np.full(len(best.visit), deployment)
            time_us = arrivals.draw_times(rng, deployment=at, hour=hour[best.visit])
            strangers.append((at, time_us, kind[best.visit], best))
        of_listed = np.flatnonzero(listed.deployment == deployment)
        best = _search(
            world,
            rng,
            kind=listed.kind[of_listed],
            frames=listed.frames[of_listed],
            on_list=on_list,
            threshold=threshold,
            own=listed.entry[of_listed],
        )
        others.append(
            Best(
                visit=of_listed[best.visit],
                entry=best.entry,
                score=best.score,
                candidates=best.candidates,
            )
        )
    found = join_best([best for *_, best in strangers])
    none = np.empty(0, np.int64)
    return assemble(
        world,
        calendar=calendar,
        nonmated_passes=passes,
        strangers=Candidate(
            deployment=np.concatenate([none, *(one[0] for one in strangers)]),
            time_us=np.concatenate([none, *(one[1] for one in strangers)]),
            kind=np.concatenate([none, *(one[2] for one in strangers)]),
            entry=found.entry,
            score=found.score,
            candidates=found.candidates,
        ),
        listed=listed,
        others=join_best(others),
    )


def _hours_and_frames(
    scenario: LiveScenario,
    arrivals: Arrivals,
    rng: np.random.Generator,
    deployment: int,
    number: int,
) -> tuple[Ints, Ints]:
    """When each person passes, how long they are in view, and how many frames can be used."""
    hour = rng.choice(arrivals.share.shape[1], number, p=arrivals.share[deployment])
    dwell_s = rng.choice(dwell_quantiles(scenario.capture), number)
    hours = (arrivals.to_us - arrivals.from_us)[deployment] / 3.6e9
    people = arrivals.share[deployment] * arrivals.expected_passers[deployment]
    faces_per_hour = people[hour] / hours[hour]
    per_s = usable_frames_per_s(scenario.capture, hour=hour, faces_per_hour=faces_per_hour)
    return hour, np.minimum(rng.poisson(dwell_s * per_s), scenario.capture.most_frames)


def _search(
    world: World,
    rng: np.random.Generator,
    *,
    kind: Ints,
    frames: Ints,
    on_list: Ints,
    threshold: float,
    own: Ints | None = None,
) -> Best:
    """Compare all frames of some passes with everybody on the list but ``own``."""
    visit = np.repeat(np.arange(len(kind)), frames)
    scores = _frames(world, rng, kind=kind, visit=visit) @ world.entries[on_list].T.astype(float)
    row, column = np.nonzero(scores >= threshold)
    score, visit, entry = scores[row, column], visit[row], on_list[column]
    if own is not None:
        other = entry != own[visit]
        score, visit, entry = score[other], visit[other], entry[other]
    return best_of(visit=visit, entry=entry, score=score)


def _frames(world: World, rng: np.random.Generator, *, kind: Ints, visit: Ints) -> Floats:
    """x = (a_g + person_spread z) m_g + quality_effect (1 - q) u + e of every frame."""
    group, band = np.divmod(kind, world.n_bands)
    axes = np.eye(world.dimension)
    place = world.centre[group] + world.person_spread * rng.standard_normal(len(kind))
    same = rng.standard_normal((len(kind), world.dimension))
    person = (
        place[:, None] * axes[group]
        + world.blur[band][:, None] * axes[world.n_groups]
        + np.sqrt((1 - world.frame_share) / world.dimension) * same
    )
    new = rng.standard_normal((len(visit), world.dimension))
    return np.asarray(person[visit] + np.sqrt(world.frame_share / world.dimension) * new)
