"""A score set as a test laboratory would take it from the twin's recogniser.

Mated comparisons are the passes of listed people and test subjects, each with its own listed
image (the best frame). Non-mated ones are single frames of people drawn afresh, each with every
one of a random part of the pool: a complete matrix.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from probity.twin.arrivals import type_shares
from probity.twin.history import History
from probity.twin.stages import Ints
from probity.twin.world import make_world

NONMATED_PROBES = 400
NONMATED_REFERENCES = 250


def score_sample(history: History) -> pa.Table:
    """Comparisons with the columns score, mated, subjects and groups, on the vendor's scale.

    People and listed images have numbers of this sample, not those of events or truth. A pass
    without a usable frame has no score, and is left out as a failure to acquire.
    """
    scenario, passes = history.scenario, history.passes
    world = make_world(scenario, seeds=history.seeds)
    rng = history.seeds.stream("score sample")
    names = np.array(scenario.group_names)
    scored = np.flatnonzero(np.isfinite(passes.score))
    kinds = type_shares(scenario).ravel()
    group, band = np.divmod(rng.choice(len(kinds), size=NONMATED_PROBES, p=kinds), world.n_bands)
    frames = world.draw_frames(rng, group=group, band=band, frames=1)[:, 0]
    pool = scenario.watchlist.pool_size
    references = rng.choice(pool, size=min(NONMATED_REFERENCES, pool), replace=False)
    score = world.vendor(frames @ world.entries[references].astype(np.float64).T)
    person = np.unique(passes.entry[scored], return_inverse=True)[1].astype(np.int64)
    n, m = score.shape
    entry_group = world.entry_group[references]
    return pa.table(
        {
            "score": np.concatenate([passes.score[scored], score.ravel()]),
            "mated": np.concatenate([np.ones(len(scored), bool), np.zeros(n * m, bool)]),
            "probe_subject": np.concatenate(
                [_named("listed", person), np.repeat(_named("passer", np.arange(n)), m)]
            ),
            "reference_subject": np.concatenate(
                [_named("listed", person), np.tile(_named("reference", np.arange(m)), n)]
            ),
            "probe_group": np.concatenate(
                [names[passes.group[scored]], np.repeat(names[group], m)]
            ),
            "reference_group": np.concatenate(
                [names[passes.group[scored]], np.tile(names[entry_group], n)]
            ),
        }
    )


def _named(kind: str, numbers: Ints) -> NDArray[np.object_]:
    return np.array([f"{kind}-{number}" for number in numbers.tolist()], dtype=object)
