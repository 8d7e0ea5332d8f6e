"""What both engines end with: passes of listed people and strangers become columns of alerts."""

from dataclasses import dataclass

import numpy as np

from probity.twin.genuine import ListedPasses, seeded
from probity.twin.impostor import Best
from probity.twin.stages import Alerts, Calendar, Crowd, Floats, Ints, Passes
from probity.twin.world import World

SEEN_ONCE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """Alerting passes of people who are not listed; each array (n,). Scores are latent."""

    deployment: Ints
    time_us: Ints
    kind: Ints
    entry: Ints
    score: Floats
    candidates: Ints


def assemble(
    world: World,
    *,
    calendar: Calendar,
    nonmated_passes: Ints,
    strangers: Candidate,
    listed: ListedPasses,
    others: Best,
) -> tuple[Crowd, Passes, Alerts]:
    """One alert for each pass with a candidate: duplicates within a pass are merged.

    Parameters
    ----------
    others : Best
        For the passes of listed people that reach somebody else's entry: the best of these.
    """
    reach = world.latent(calendar.threshold)[listed.deployment]
    own = listed.own_score >= reach
    entry = np.where(own, listed.entry, -1)
    score = np.where(own, listed.own_score, -np.inf)
    candidates = own.astype(np.int64)
    candidates[others.visit] += others.candidates
    better = others.score > score[others.visit]
    entry[others.visit[better]] = others.entry[better]
    score[others.visit[better]] = others.score[better]
    raised = np.flatnonzero(candidates > 0)

    def both(stranger: Ints, of_listed: Ints) -> Ints:
        return np.concatenate([stranger, of_listed[raised]])

    deployment = both(strangers.deployment, listed.deployment)
    time_us = both(strangers.time_us, listed.time_us)
    kind = both(strangers.kind, listed.kind)
    chosen = both(strangers.entry, entry)
    person = both(np.full(len(strangers.entry), SEEN_ONCE), listed.entry)
    vendor = world.vendor(np.concatenate([strangers.score, score[raised]]))
    order = np.lexsort((chosen, time_us, deployment))
    group, band = np.divmod(kind[order], world.n_bands)
    alerts = Alerts(
        deployment=deployment[order],
        time_us=time_us[order],
        group=group,
        entry_group=world.entry_group[chosen[order]],
        quality=world.quality[band],
        entry=chosen[order],
        score=np.maximum(vendor[order], calendar.threshold[deployment[order]]),
        candidates=both(strangers.candidates, candidates)[order],
        mated=chosen[order] == person[order],
        seeded=seeded(world, person[order]),
        person=person[order],
    )
    passes = Passes(
        deployment=listed.deployment,
        time_us=listed.time_us,
        group=listed.kind // world.n_bands,
        entry=listed.entry,
        person=listed.entry,
        seeded=seeded(world, listed.entry),
        score=world.vendor(listed.own_score),
        alerted=candidates > 0,
    )
    of_listed = np.bincount(listed.deployment, minlength=len(calendar.start_us))
    crowd = Crowd(
        faces_seen=nonmated_passes.sum(axis=1) + of_listed, nonmated_passes=nonmated_passes
    )
    return crowd, passes, alerts
