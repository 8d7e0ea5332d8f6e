"""FPIR, TPIR, CMC and selectivity from candidate lists (1:N, open set).

A probe is mated when its person is in the gallery searched, with a sample other than the probe
itself. In a sub-gallery without its person a probe is non-mated.

    FPIR(t) = non-mated probes with at least one candidate at or above t / non-mated probes
    TPIR(t, R) = mated probes whose person is at rank R or better, at or above t / mated probes
    FNIR = 1 - TPIR
    selectivity(t) = candidates at or above t on the lists of non-mated probes / non-mated probes

The cumulative match characteristic (CMC) is TPIR over R without a threshold. Definitions after
ISO/IEC 19795-1.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, EventRate, Rate, Undefined
from probity.performance.identification.candidates import NOBODY, Candidates
from probity.performance.identification.gallery import NestedGalleries
from probity.performance.identification.trial import Population
from probity.performance.intervals.effective import PersonRate, person_rate
from probity.performance.intervals.of_searches import spread_of_searches
from probity.stats.event_clusters import clustered_garwood
from probity.stats.resampling import RESAMPLED_MIN, cluster_bootstrap

NONMATED = "non-mated probes"
MATED = "mated probes"
REPLICATES = 1_000

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searches:
    """All probes searched in one gallery.

    Parameters
    ----------
    gallery_size : int
        People in it.
    candidates : Candidates
        One place longer than the list that is returned: a tie at its end, and who moves up when
        somebody is left out, can then be told.
    mated : bool, (probes,)
    person : int64, (probes,)
    """

    gallery_size: int
    candidates: Candidates
    mated: Mask
    person: NDArray[np.int64]

    @staticmethod
    def of(
        candidates: Candidates, population: Population, galleries: NestedGalleries, *, number: int
    ) -> "Searches":
        """The searches in sub-gallery ``number``."""
        size = galleries.sizes[number]
        place = galleries.place[population.probe_subjects]
        return Searches(
            gallery_size=size,
            candidates=candidates,
            mated=population.has_mate() & (place >= 0) & (place < size),
            person=population.probe_subjects,
        )

    def alerts(self, threshold: float) -> Mask:
        """Probes with a candidate at or above the threshold, (probes,)."""
        best = self.candidates.scores[:, 0]
        alert: Mask = (best >= threshold) & (self.candidates.subjects[:, 0] != NOBODY)
        return alert

    def found(self, threshold: float, *, rank: int) -> Mask:
        """Probes whose person is at this rank or better, at or above the threshold, (probes,)."""
        place = self.candidates.mate_rank(self.person)
        score = self.candidates.mate_score(self.person)
        found: Mask = (place > 0) & (place <= rank) & (score >= threshold)
        return found


def fpir_per_nonmated_probe(
    searches: Searches, threshold: float, *, among: Mask, label: str = "", level: float = 0.95
) -> PersonRate:
    """FPIR of the probes chosen by ``among``, (probes,)."""
    chosen = np.flatnonzero(among & ~searches.mated)
    alert = searches.alerts(threshold)[chosen]
    scores = searches.candidates.scores[chosen]
    second = scores[:, 1] if scores.shape[1] > 1 else np.full(len(chosen), -np.inf)
    alone = np.flatnonzero(alert & (second < threshold))
    spread = spread_of_searches(
        alert,
        searches.person[chosen],
        decided=alone,
        decider=searches.candidates.subjects[chosen[alone], 0],
        gallery_people=searches.gallery_size,
    )
    return person_rate(
        Count(int(alert.sum()), len(chosen), f"{NONMATED}{label}"), spread, level=level
    )


def tpir_per_mated_probe(
    searches: Searches,
    threshold: float,
    *,
    rank: int,
    among: Mask,
    label: str = "",
    level: float = 0.95,
) -> PersonRate:
    """TPIR of the probes chosen by ``among``, (probes,)."""
    chosen = np.flatnonzero(among & searches.mated)
    found = searches.found(threshold, rank=rank)[chosen]
    subjects, scores = searches.candidates.subjects[chosen], searches.candidates.scores[chosen]
    lists = Candidates(subjects, scores)
    person = searches.person[chosen]
    score = lists.mate_score(person)
    # One place short of the rank: any of those ahead, if absent, would let the person on it.
    displaced = np.flatnonzero((lists.mate_rank(person) == rank + 1) & (score >= threshold))
    ahead = (scores[displaced] >= score[displaced, None]) & (
        subjects[displaced] != person[displaced, None]
    )
    row, place = np.nonzero(ahead)
    spread = spread_of_searches(
        found,
        person,
        decided=displaced[row],
        decider=subjects[displaced][row, place],
        gallery_people=searches.gallery_size,
    )
    return person_rate(Count(int(found.sum()), len(chosen), f"{MATED}{label}"), spread, level=level)


def resampled_fpir(
    searches: Searches, threshold: float, *, seed: int, level: float = 0.95
) -> Rate | Undefined:
    """FPIR with the bootstrap over people searched for, the gallery being held as it is."""
    chosen = ~searches.mated
    outcome, person = searches.alerts(threshold)[chosen], searches.person[chosen]
    return _resampled(outcome, person, population=NONMATED, seed=seed, level=level)


def resampled_tpir(
    searches: Searches, threshold: float, *, rank: int, seed: int, level: float = 0.95
) -> Rate | Undefined:
    """TPIR with the bootstrap over people searched for, the gallery being held as it is."""
    chosen = searches.mated
    outcome = searches.found(threshold, rank=rank)[chosen]
    return _resampled(outcome, searches.person[chosen], population=MATED, seed=seed, level=level)


def _resampled(
    outcome: Mask, person: NDArray[np.int64], *, population: str, seed: int, level: float
) -> Rate | Undefined:
    codes, place = np.unique(person, return_inverse=True)
    counted = np.bincount(place, weights=outcome).astype(np.int64)
    with_events, with_others = (
        int((counted > 0).sum()),
        int((counted < np.bincount(place)).sum()),
    )
    if min(with_events, with_others) < RESAMPLED_MIN:
        return Undefined(
            f"{with_events} people with events and {with_others} with others: too few to resample"
        )
    rate = cluster_bootstrap(
        counted.tolist(),
        np.bincount(place).tolist(),
        population=population,
        replicates=REPLICATES,
        seed=seed,
        level=level,
    )
    if isinstance(rate, Undefined):
        return rate
    method = f"BCa bootstrap over {len(codes):,} people searched for, {REPLICATES:,} replicates"
    return replace(rate, method=f"{method}; gallery held")


def cumulative_match(
    searches: Searches, *, ranks: tuple[int, ...], among: Mask, level: float = 0.95
) -> tuple[tuple[int, PersonRate], ...]:
    """CMC: TPIR without a threshold, at each rank."""
    return tuple(
        (rank, tpir_per_mated_probe(searches, -np.inf, rank=rank, among=among, level=level))
        for rank in ranks
    )


def candidates_per_nonmated_probe(
    searches: Searches, threshold: float, *, length: int, among: Mask, level: float = 0.95
) -> EventRate | Undefined:
    """Selectivity: wrong candidates that a search hands to its reviewer, on lists of ``length``.

    The interval is Garwood's, widened for the spread between the people searched for.
    """
    chosen = among & ~searches.mated
    listed = (searches.candidates.scores[chosen, :length] >= threshold) & (
        searches.candidates.subjects[chosen, :length] != NOBODY
    )
    codes, place = np.unique(searches.person[chosen], return_inverse=True)
    if not len(codes):
        return Undefined(f"no {NONMATED}: selectivity is undefined")
    returned = np.bincount(place, weights=listed.sum(axis=1)).astype(np.int64)
    if len(codes) == 1:
        return Undefined("one person: an interval over people needs two")
    rate = clustered_garwood(
        returned.tolist(), np.bincount(place).tolist(), unit="non-mated probe", level=level
    )
    if isinstance(rate, Undefined):
        return rate
    return replace(rate, method=f"Garwood, effective events over {len(codes):,} people")
