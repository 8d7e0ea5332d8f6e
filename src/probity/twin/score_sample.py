"""A score set as a test laboratory would take it from the twin's recogniser.

Mated comparisons are the passes of listed people and test subjects, each with its own listed
image (the best frame). Non-mated ones are single frames of people drawn afresh, each with every
one of a random part of the pool: a complete matrix.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from probity.twin.arrivals import type_shares
from probity.twin.history import History
from probity.twin.stages import Floats, Ints
from probity.twin.world import World, make_world

NONMATED_PROBES = 400
NONMATED_REFERENCES = 250


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mated:
    """Scores of people with their own listed image, each (n,); ``person`` tells them apart."""

    score: Floats
    person: Ints
    group: Ints


def score_sample(history: History) -> pa.Table:
    """Comparisons with the columns score, mated, subjects and groups, on the vendor's scale.

    People and listed images have numbers of this sample, not those of events or truth. A pass
    without a usable frame has no score, and is left out as a failure to acquire.
    """
    scenario, passes = history.scenario, history.passes
    scored = np.flatnonzero(np.isfinite(passes.score))
    return comparisons(
        make_world(scenario, seeds=history.seeds),
        references=scenario.watchlist.pool_size,
        mated=Mated(
            score=passes.score[scored], person=passes.entry[scored], group=passes.group[scored]
        ),
        shares=type_shares(scenario),
        names=scenario.group_names,
        rng=history.seeds.stream("score sample"),
    )


def comparisons(
    world: World,
    *,
    references: int,
    mated: Mated,
    shares: Floats,
    names: tuple[str, ...],
    rng: np.random.Generator,
) -> pa.Table:
    """The mated scores, and a matrix of new people with some of the listed images.

    Parameters
    ----------
    references : int
        The first so many entries of the world may be drawn.
    shares : float64, (n_groups, n_bands)
        Of the new people.
    """
    kinds, called = shares.ravel(), np.array(names)
    group, band = np.divmod(rng.choice(len(kinds), size=NONMATED_PROBES, p=kinds), world.n_bands)
    frames = world.draw_frames(rng, group=group, band=band, frames=1)[:, 0]
    listed = rng.choice(references, size=min(NONMATED_REFERENCES, references), replace=False)
    score = world.vendor(frames @ world.entries[listed].astype(np.float64).T)
    person = np.unique(mated.person, return_inverse=True)[1].astype(np.int64)
    own, (n, m) = len(mated.score), score.shape
    entry_group = world.entry_group[listed]
    return pa.table(
        {
            "score": np.concatenate([mated.score, score.ravel()]),
            "mated": np.concatenate([np.ones(own, bool), np.zeros(n * m, bool)]),
            "probe_subject": np.concatenate(
                [_named("listed", person), np.repeat(_named("passer", np.arange(n)), m)]
            ),
            "reference_subject": np.concatenate(
                [_named("listed", person), np.tile(_named("reference", np.arange(m)), n)]
            ),
            "probe_group": np.concatenate([called[mated.group], np.repeat(called[group], m)]),
            "reference_group": np.concatenate(
                [called[mated.group], np.tile(called[entry_group], n)]
            ),
        }
    )


def _named(kind: str, numbers: Ints) -> NDArray[np.object_]:
    return np.array([f"{kind}-{number}" for number in numbers.tolist()], dtype=object)
