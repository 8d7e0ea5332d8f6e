"""False match rates within groups and across them, from one sweep of all pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Rate, Undefined
from probity.performance.identification.trial import PairCounts, Pairs, Population, Stratum
from probity.performance.intervals.bootstrap import (
    FEWEST_EVENTS,
    NOT_DRAWN,
    Weights,
    draw_people,
    false_match_replicates,
    percentile_rate,
    too_few_events,
)
from probity.performance.intervals.effective import PersonRate, person_rate
from probity.performance.intervals.of_pairs import spread_of_pairs
from probity.stats.interval import clopper_pearson

REPLICATES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseMatchRate:
    """FMR per non-mated comparison of a probe group with a gallery group at a threshold.

    ``bootstrap`` is the interval from resampling people, beside the analytic one of ``rate``.
    """

    probe_group: str
    gallery_group: str
    threshold: float
    rate: PersonRate
    bootstrap: Rate | Undefined


def false_match_rates(
    counts: PairCounts, population: Population, *, seed: int, level: float = 0.95
) -> tuple[FalseMatchRate, ...]:
    """FMR of every pair of groups at every threshold, with intervals over people."""
    weights = draw_people(_strata(population), replicates=REPLICATES, seed=seed)
    found = []
    for stratum in counts.nonmated:
        side = _Stratum.of(population, stratum)
        for number, threshold in enumerate(counts.thresholds):
            k, n = int(counts.nonmated_at_or_above[stratum][number]), counts.nonmated[stratum]
            count = Count(k, n, f"non-mated comparisons of {stratum[0]} with {stratum[1]}")
            rate, bootstrap = _intervals(
                count, side, counts.pairs, threshold, weights=weights, level=level
            )
            found.append(
                FalseMatchRate(
                    probe_group=stratum[0],
                    gallery_group=stratum[1],
                    threshold=threshold,
                    rate=rate,
                    bootstrap=bootstrap,
                )
            )
    return tuple(found)


def overall_fmr(counts: PairCounts, number: int) -> float:
    """FMR per comparison of everyone with everyone at threshold ``number``; 0 without any."""
    made = sum(counts.nonmated.values())
    reached = sum(int(above[number]) for above in counts.nonmated_at_or_above.values())
    return reached / made if made else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """The two sides of a stratum: which samples belong, and how many each person has."""

    population: Population
    in_probes: NDArray[np.bool_]
    in_gallery: NDArray[np.bool_]
    probe_samples: NDArray[np.int64]
    gallery_samples: NDArray[np.int64]

    @staticmethod
    def of(population: Population, stratum: Stratum) -> "_Stratum":
        probe_group, gallery_group = (population.groups.index(name) for name in stratum)
        in_probes = population.probe_groups == probe_group
        in_gallery = population.gallery_groups == gallery_group
        return _Stratum(
            population,
            in_probes,
            in_gallery,
            np.bincount(population.probe_subjects[in_probes], minlength=population.people),
            np.bincount(population.gallery_subjects[in_gallery], minlength=population.people),
        )

    def people(self, pairs: Pairs, threshold: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The people of the stratum's pairs at or above the threshold, on either side."""
        chosen = (
            (pairs.scores >= threshold)
            & self.in_probes[pairs.probes]
            & self.in_gallery[pairs.samples]
        )
        return (
            self.population.probe_subjects[pairs.probes[chosen]],
            self.population.gallery_subjects[pairs.samples[chosen]],
        )


def _intervals(
    count: Count,
    side: _Stratum,
    pairs: Pairs | None,
    threshold: float,
    *,
    weights: Weights,
    level: float,
) -> tuple[PersonRate, Rate | Undefined]:
    if pairs is None:
        naive = clopper_pearson(count, level=level)
        why = Undefined("too many comparisons at or above the lowest threshold to list each")
        return PersonRate(over_people=why, naive=naive), why
    probe_people, gallery_people = side.people(pairs, threshold)
    rate = person_rate(
        count,
        spread_of_pairs(
            probe_people,
            gallery_people,
            probe_samples=side.probe_samples,
            gallery_samples=side.gallery_samples,
            count=count,
        ),
        level=level,
    )
    if min(count.k, count.n - count.k) < FEWEST_EVENTS:
        return rate, too_few_events(count)
    replicates = false_match_replicates(
        weights,
        probe_people,
        gallery_people,
        probe_samples=side.probe_samples,
        gallery_samples=side.gallery_samples,
    )
    return rate, percentile_rate(count, replicates, level=level)


def _strata(population: Population) -> NDArray[np.int64]:
    """People are drawn within their first group and the sides that they are on."""
    strata = np.full(population.people, NOT_DRAWN, np.int64)
    sides = np.zeros(population.people, np.int64)
    for bit, subjects, groups in (
        (1, population.gallery_subjects, population.gallery_groups),
        (2, population.probe_subjects, population.probe_groups),
    ):
        sides[subjects] |= bit
        strata[subjects] = groups
    return np.where(strata == NOT_DRAWN, NOT_DRAWN, 4 * strata + sides)
