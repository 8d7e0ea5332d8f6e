"""False match rates within groups and across them, from one sweep of all pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Rate, Undefined
from probity.performance.identification.trial import PairCounts, Population, Stratum
from probity.performance.intervals.effective import PersonRate, person_rate
from probity.performance.intervals.of_pairs import spread_of_pairs
from probity.stats.interval import clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseMatchRate:
    """FMR per non-mated comparison of a probe group with a gallery group at a threshold."""

    probe_group: str
    gallery_group: str
    threshold: float
    rate: PersonRate


def false_match_rates(
    counts: PairCounts, population: Population, *, level: float = 0.95
) -> tuple[FalseMatchRate, ...]:
    """FMR of every pair of groups at every threshold, with intervals over people."""
    return tuple(
        FalseMatchRate(
            probe_group=stratum[0],
            gallery_group=stratum[1],
            threshold=threshold,
            rate=_rate(counts, population, stratum, number, level=level),
        )
        for stratum in counts.nonmated
        for number, threshold in enumerate(counts.thresholds)
    )


def overall_fmr(counts: PairCounts, number: int) -> float:
    """FMR per comparison of everyone with everyone at threshold ``number``; 0 without any."""
    made = sum(counts.nonmated.values())
    reached = sum(int(above[number]) for above in counts.nonmated_at_or_above.values())
    return reached / made if made else 0.0


def _rate(
    counts: PairCounts, population: Population, stratum: Stratum, number: int, *, level: float
) -> PersonRate:
    probe_group, gallery_group = (population.groups.index(name) for name in stratum)
    k, n = int(counts.nonmated_at_or_above[stratum][number]), counts.nonmated[stratum]
    count = Count(k, n, f"non-mated comparisons of {stratum[0]} with {stratum[1]}")
    if counts.pairs is None:
        naive: Rate | Undefined = clopper_pearson(count, level=level)
        why = Undefined("too many comparisons at or above the lowest threshold to list each")
        return PersonRate(over_people=why, naive=naive)
    pairs = counts.pairs
    chosen = (
        (pairs.scores >= counts.thresholds[number])
        & (population.probe_groups[pairs.probes] == probe_group)
        & (population.gallery_groups[pairs.samples] == gallery_group)
    )
    spread = spread_of_pairs(
        population.probe_subjects[pairs.probes[chosen]],
        population.gallery_subjects[pairs.samples[chosen]],
        probe_samples=_samples(
            population.probe_subjects[population.probe_groups == probe_group], population.people
        ),
        gallery_samples=_samples(
            population.gallery_subjects[population.gallery_groups == gallery_group],
            population.people,
        ),
        count=count,
    )
    return person_rate(count, spread, level=level)


def _samples(people: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(people, minlength=size).astype(np.int64)
