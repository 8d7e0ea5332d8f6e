"""Bootstrap over people of comparison rates (1:1), from the comparisons that matter alone.

Everyone is drawn again with replacement, and a comparison counts w_i w_j times when its people
were drawn w_i and w_j times. Reweighting every comparison costs a sweep for each replicate. Here
only those at or above the threshold are reweighted, from the engine's tail; the number of all
comparisons follows from the samples of each person (m and g on the two sides):

    n* = (sum w m)(sum w g) - sum w^2 m g.

All sums are of whole numbers, so the result equals full reweighting exactly.

Source: Poh & Bengio 2007, Estimating the confidence interval of expected performance curve in
biometric authentication using joint bootstrap (ICASSP), for resampling people; Owen 2007, Annals
of Applied Statistics 1, 386-411, for weights w_i w_j.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Rate, Undefined
from probity.core.compiled import compiled
from probity.stats.level import tail
from probity.stats.stream import stream

FEWEST_EVENTS = 10
"""Fewer events resample to too little variety for an interval."""

NOT_DRAWN = -1

Codes = NDArray[np.int64]
Weights = NDArray[np.int16]
Whole = NDArray[np.int64]

_DRAWN_AT_ONCE = 500_000
_REPLICATES_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Reweighted events and trials, (replicates,)."""

    k: Whole
    n: Whole


def draw_people(strata: Codes, *, replicates: int, seed: int) -> Weights:
    """How often each person is drawn in each replicate, int16, (replicates, people).

    Parameters
    ----------
    strata : int64, (people,)
        People are drawn within their stratum, as many as there are in it: a group keeps its
        size, and so does a side that no person of the other side is on. ``NOT_DRAWN``: 0.
    seed : int
        Of the draws.
    """
    generator = stream(seed, "bootstrap of people")
    weights = np.zeros((replicates, len(strata)), np.int16)
    for stratum in np.unique(strata[strata != NOT_DRAWN]):
        members = np.flatnonzero(strata == stratum)
        at_once = max(1, _DRAWN_AT_ONCE // len(members))
        for start in range(0, replicates, at_once):
            rows = min(at_once, replicates - start)
            drawn = generator.integers(len(members), size=(rows, len(members)), dtype=np.int32)
            _count(drawn, members, weights[start : start + rows])
    return weights


def false_match_replicates(
    weights: Weights,
    probe_people: Codes,
    gallery_people: Codes,
    *,
    probe_samples: Codes,
    gallery_samples: Codes,
) -> Replicates:
    """FMR in each replicate, from the comparisons at or above the threshold, all of them.

    Parameters
    ----------
    weights : int16, (replicates, people)
        From ``draw_people``.
    probe_people, gallery_people : int64, (k,)
        The people of each non-mated comparison at or above the threshold.
    probe_samples, gallery_samples : int64, (people,)
        Samples of each person on either side of the stratum.
    """
    events = np.empty(len(weights), np.int64)
    _weigh(weights, probe_people.astype(np.int32), gallery_people.astype(np.int32), events)
    return Replicates(events, nonmated_comparisons(weights, probe_samples, gallery_samples))


def nonmated_comparisons(weights: Weights, probe_samples: Codes, gallery_samples: Codes) -> Whole:
    """All non-mated comparisons of each replicate, (replicates,)."""
    both = np.flatnonzero(probe_samples * gallery_samples)
    samples = np.stack([probe_samples, gallery_samples], axis=1).astype(np.float64)
    found = np.empty(len(weights), np.int64)
    for start in range(0, len(weights), _REPLICATES_AT_ONCE):
        here = slice(start, start + _REPLICATES_AT_ONCE)
        # Whole numbers: below 2^53 float64 holds them, and the sums of their products, exactly.
        rows = weights[here].astype(np.float64)
        drawn = rows @ samples
        own = rows[:, both] ** 2 @ (samples[both, 0] * samples[both, 1])
        found[here] = (drawn[:, 0] * drawn[:, 1] - own).astype(np.int64)
    return found


def percentile_rate(
    count: Count, replicates: Replicates, *, level: float = 0.95
) -> Rate | Undefined:
    """k/n with the percentiles of the replicates' rates.

    Returns
    -------
    Rate or Undefined
        Undefined with fewer than ``FEWEST_EVENTS`` events or as few others, or where a replicate
        has no trial.
    """
    if min(count.k, count.n - count.k) < FEWEST_EVENTS:
        return too_few_events(count)
    if (replicates.n == 0).any():
        return Undefined("a replicate without any trial: too few people to resample")
    outside = tail(level)
    low, high = np.quantile(replicates.k / replicates.n, [outside, 1 - outside])
    value = count.k / count.n
    return Rate(
        count,
        low=min(float(low), value),
        high=max(float(high), value),
        level=level,
        method=f"bootstrap over people, {len(replicates.k):,} replicates, percentiles",
    )


def too_few_events(count: Count) -> Undefined:
    """Why a rate is not resampled."""
    return Undefined(
        f"{count.k} events of {count.n}: fewer than {FEWEST_EVENTS} resample to too little"
    )


@compiled
def _count(drawn: Any, members: Any, weights: Any) -> None:
    for r in range(len(drawn)):
        for n in range(drawn.shape[1]):
            weights[r, members[drawn[r, n]]] += 1


@compiled
def _weigh(weights: Any, probe: Any, gallery: Any, out: Any) -> None:
    for r in range(len(weights)):
        row = weights[r]
        total = np.int64(0)
        for e in range(len(probe)):
            total += np.int64(row[probe[e]]) * np.int64(row[gallery[e]])
        out[r] = total
