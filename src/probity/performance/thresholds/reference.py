"""The readable truth: sort everything, look at every candidate. Needs all scores in memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from probity.performance.scores.batch import Scores
from probity.performance.thresholds.cut import Cut, Tally, Target, above


def sorted_cuts(
    score: Scores, mated: NDArray[np.bool_], targets: Sequence[Target]
) -> tuple[Cut, ...]:
    """The cut of every target, by a full sort of the scores; at least one comparison."""
    candidates = np.unique(score.astype(np.float64))
    nonmated_scores = np.sort(score[~mated].astype(np.float64))
    mated_scores = np.sort(score[mated].astype(np.float64))
    accepted = len(nonmated_scores) - np.searchsorted(nonmated_scores, candidates, side="left")
    rejected = np.searchsorted(mated_scores, candidates, side="left")
    tallies = [
        Tally(float(t), int(k), int(m))
        for t, k, m in zip(candidates, accepted, rejected, strict=True)
    ]
    tallies.append(Tally(above(float(candidates[-1])), 0, len(mated_scores)))
    return tuple(_first(tallies, target) for target in targets)


def _first(tallies: Sequence[Tally], target: Target) -> Cut:
    """The first tally that meets the target, looked for one by one."""
    for i, tally in enumerate(tallies):
        if target(tally.nonmated_accepted, tally.mated_rejected):
            return Cut(tally, tallies[i - 1] if i else None)
    raise ValueError("no candidate meets the target, not even the one that accepts nothing")
