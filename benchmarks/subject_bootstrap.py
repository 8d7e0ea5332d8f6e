"""Bootstrap over people by group: from the tail, against reweighting every comparison.

    python benchmarks/subject_bootstrap.py [people] [replicates] [full replicates]

One sample per person on either side, two groups, all pairs: people^2 comparisons. FMR of each of
the four pairs of groups at a threshold near FMR 1e-4. Reweighting every comparison is one compiled
pass over the scores, w_i w_j added up over those at or above the threshold and over all; it is
timed on fewer replicates, the same ones, and scaled. CPU seconds of one thread.
"""

import sys
import time

import numba
import numpy as np

from probity.performance.intervals.bootstrap import draw_people, false_match_replicates


@numba.njit(cache=True, nogil=True)
def reweigh(scores, threshold, row, probes, gallery):
    """Events and comparisons of one replicate, over all pairs of two groups."""
    events = np.int64(0)
    comparisons = np.int64(0)
    for i in probes:
        if row[i] == 0:
            continue
        above = np.int32(0)
        every = np.int32(0)
        line = scores[i, gallery[0] : gallery[-1] + 1]
        drawn = row[gallery[0] : gallery[-1] + 1]
        for j in range(len(line)):
            every += drawn[j]
            above += drawn[j] if line[j] >= threshold else np.int32(0)
        if gallery[0] <= i <= gallery[-1]:
            every -= row[i]
            above -= row[i] * (scores[i, i] >= threshold)
        events += np.int64(row[i]) * np.int64(above)
        comparisons += np.int64(row[i]) * np.int64(every)
    return events, comparisons


def main(people: int = 10_000, replicates: int = 1_000, full: int = 10) -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(people, people)).astype(np.float32)
    person = rng.normal(scale=0.3, size=people).astype(np.float32)
    scores += person[:, None]
    scores += person
    threshold = np.float32(np.quantile(scores[:500], 1 - 1e-4))
    group = (np.arange(people) >= people // 2).astype(np.int64)
    members = [np.flatnonzero(group == g) for g in (0, 1)]

    probe, gallery = np.nonzero(scores >= threshold)
    probe, gallery = probe[probe != gallery], gallery[probe != gallery]
    strata = {(a, b): (group[probe] == a) & (group[gallery] == b) for a in (0, 1) for b in (0, 1)}

    def fast(count):
        weights = draw_people(group, replicates=count, seed=7)
        return weights, {
            (a, b): false_match_replicates(
                weights,
                probe[events],
                gallery[events],
                probe_samples=(group == a).astype(np.int64),
                gallery_samples=(group == b).astype(np.int64),
            )
            for (a, b), events in strata.items()
        }

    fast(2)
    reweigh(scores, threshold, np.ones(people, np.int32), members[0][:2], members[1][:2])
    started = time.process_time()
    weights, found = fast(replicates)
    fast_seconds = time.process_time() - started

    started = time.process_time()
    whole = [
        {
            (a, b): reweigh(scores, threshold, weights[r].astype(np.int32), members[a], members[b])
            for a, b in strata
        }
        for r in range(full)
    ]
    full_seconds = (time.process_time() - started) / full * replicates
    difference = max(
        max(abs(found[key].k[r] - k), abs(found[key].n[r] - n))
        for r in range(full)
        for key, (k, n) in whole[r].items()
    )
    comparisons = people * (people - 1)
    print(f"{comparisons:,} comparisons, {len(probe):,} at or above the threshold, 2 x 2 groups")
    print(f"from the tail          {fast_seconds:10.3f} CPU-s for {replicates:,} replicates")
    print(f"every comparison       {full_seconds:10.1f} CPU-s (from {full} replicates)")
    print(f"times faster           {full_seconds / fast_seconds:10.0f}")
    print(f"largest difference in any count over {full} shared replicates: {difference}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
