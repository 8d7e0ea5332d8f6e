"""All figures of an identification test, at every threshold and gallery size asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite

import numpy as np

from probity.core import Estimate, EventRate, InputError, Rate, Undefined
from probity.performance.groups.group_test import group_test
from probity.performance.groups.intersections import Grouping, groupings
from probity.performance.groups.interval import (
    GroupRate,
    differentials_of_one,
    differentials_of_two,
)
from probity.performance.groups.pair_rates import (
    FalseMatchRate,
    false_match_rates,
    overall_fmr,
)
from probity.performance.identification.gallery import nested_galleries
from probity.performance.identification.modes import MODES, Mode
from probity.performance.identification.rates import (
    Mask,
    Searches,
    candidates_per_nonmated_probe,
    cumulative_match,
    fpir_per_nonmated_probe,
    resampled_fpir,
    resampled_tpir,
    tpir_per_mated_probe,
)
from probity.performance.identification.trial import PairCounts, Population, Trial
from probity.performance.identification.watchlist import FpirOverGalleries, fpir_over_galleries
from probity.performance.intervals.effective import PART_RATIO, PersonRate
from probity.stats.groups import KGroupTest

NO_THRESHOLD = float("-inf")
"""The list is returned whatever its scores."""

FPIRS = (0.1, 0.01, 0.001)
"""Where no threshold is given, the lowest that reach these FPIR in the largest gallery."""

_CMC_RANKS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """FPIR and TPIR of the probes of one group."""

    fpir: PersonRate
    tpir: PersonRate


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How the groups of one grouping differ: measures with intervals, and tests."""

    groups: Mapping[str, GroupFigures]
    fpir: Mapping[str, Estimate | Undefined]
    fnir: Mapping[str, Estimate | Undefined]
    both: Mapping[str, Estimate | Undefined]
    fpir_test: KGroupTest | Undefined
    tpir_test: KGroupTest | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """The figures at one threshold and gallery size.

    ``groupings`` begins with the groups as named; the parts of intersections follow. The
    bootstraps stand beside the analytic intervals of ``fpir`` and ``tpir``.
    """

    threshold: float
    gallery_size: int
    fpir: PersonRate
    tpir: PersonRate
    fpir_bootstrap: Rate | Undefined
    tpir_bootstrap: Rate | Undefined
    selectivity: EventRate | Undefined
    over_galleries: FpirOverGalleries | Undefined
    groupings: tuple[Differences, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """The figures of a trial. ``cmc`` holds, for each gallery size, TPIR by rank."""

    source: str
    mode: Mode
    level: float
    seed: int
    probes: int
    gallery_samples: int
    comparisons: int
    score_error_bound: float
    at: tuple[At, ...]
    cmc: Mapping[int, tuple[tuple[int, PersonRate], ...]]
    false_matches: tuple[FalseMatchRate, ...]
    warnings: tuple[str, ...]


def identification(
    trial: Trial,
    *,
    thresholds: Sequence[float] = (),
    gallery_sizes: Sequence[int] = (),
    mode: Mode = MODES["live"],
    separator: str | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> Identification:
    """Measure an identification test.

    Parameters
    ----------
    trial : Trial
        From templates or scores.
    thresholds : sequence of float
        An alert needs a score at or above; none: see ``FPIRS`` for a mode that needs one, else
        the candidate list is returned whatever its scores.
    gallery_sizes : sequence of int
        People in random sub-galleries, each within the next; none: the whole gallery.
    mode : Mode
        Length of candidate lists and the rank that counts.
    separator : str, optional
        Between the parts of a group's name, for intersections.
    seed : int
        Of everything random, 0 or more.
    level : float
        Confidence level, strictly between 0 and 1.

    Raises
    ------
    InputError
        Thresholds, sizes or groups that cannot be used.
    """
    who = trial.population
    for threshold in thresholds:
        if not isfinite(threshold):
            raise InputError("a threshold is not a number", got=threshold, allowed="finite")
    divisions = groupings(who.groups, separator=separator)
    galleries = nested_galleries(
        who.gallery_subjects, people=who.people, sizes=gallery_sizes, seed=seed
    )
    lists = trial.search(galleries, length=mode.list_length + 1)
    searches = [
        Searches.of(found, who, galleries, number=number) for number, found in enumerate(lists)
    ]
    chosen = sorted(set(thresholds)) or _default_thresholds(searches[-1], mode)
    counts = trial.count_pairs([t for t in chosen if isfinite(t)])
    everyone = np.ones(len(who.probe_subjects), np.bool_)
    ranks = tuple(rank for rank in _CMC_RANKS if rank <= mode.list_length)
    at = tuple(
        _at(
            one,
            threshold,
            counts,
            who,
            divisions,
            is_largest=one is searches[-1],
            mode=mode,
            seed=seed,
            level=level,
        )
        for threshold in chosen
        for one in searches
    )
    false_matches = false_match_rates(counts, who, seed=seed, level=level)
    return Identification(
        source=trial.source,
        mode=mode,
        level=level,
        seed=seed,
        probes=len(who.probe_subjects),
        gallery_samples=len(who.gallery_subjects),
        comparisons=counts.comparisons,
        score_error_bound=counts.score_error_bound,
        at=at,
        cmc={
            one.gallery_size: cumulative_match(one, ranks=ranks, among=everyone, level=level)
            for one in searches
        },
        false_matches=false_matches,
        warnings=_warnings(at, false_matches, who),
    )


def _default_thresholds(searches: Searches, mode: Mode) -> list[float]:
    """Exact: the lowest observed score at which FPIR is at most each of ``FPIRS``."""
    if not mode.needs_threshold:
        return [NO_THRESHOLD]
    best = np.sort(searches.candidates.scores[~searches.mated, 0])[::-1]
    best = best[np.isfinite(best)]
    if not best.size:
        raise InputError(
            "a threshold is needed",
            got="none, and no non-mated probe to choose one by",
            allowed="--threshold",
        )
    found = set()
    for fpir in FPIRS:
        allowed = floor(fpir * int((~searches.mated).sum()))
        if 0 < allowed < len(best):
            # Tied scores are accepted or rejected together.
            above = best[best > best[allowed]]
            if above.size:
                found.add(float(above[-1]))
    return sorted(found) or [float(best[0])]


def _at(
    searches: Searches,
    threshold: float,
    counts: PairCounts,
    who: Population,
    divisions: Sequence[Grouping],
    *,
    is_largest: bool,
    mode: Mode,
    seed: int,
    level: float,
) -> At:
    everyone = np.ones(len(who.probe_subjects), np.bool_)
    over: FpirOverGalleries | Undefined = Undefined("without a threshold every search returns")
    if isfinite(threshold):
        over = fpir_over_galleries(
            counts.pairs,
            who,
            threshold=threshold,
            gallery_size=searches.gallery_size,
            fmr=overall_fmr(counts, counts.thresholds.index(threshold)),
            seed=seed,
        )
    overall = _figures(searches, threshold, everyone, rank=mode.rank, label="", level=level)
    return At(
        threshold=threshold,
        gallery_size=searches.gallery_size,
        fpir=overall.fpir,
        tpir=overall.tpir,
        fpir_bootstrap=resampled_fpir(searches, threshold, seed=seed, level=level),
        tpir_bootstrap=resampled_tpir(searches, threshold, rank=mode.rank, seed=seed, level=level),
        selectivity=candidates_per_nonmated_probe(
            searches, threshold, length=mode.list_length, among=everyone, level=level
        ),
        over_galleries=over,
        groupings=tuple(
            _differences(
                searches,
                threshold,
                {
                    name: division.member(who.probe_groups, number)
                    for number, name in enumerate(division.classes)
                },
                overall=overall,
                is_tested=is_largest,
                mode=mode,
                seed=seed,
                level=level,
            )
            for division in divisions
        ),
    )


def _figures(
    searches: Searches, threshold: float, among: Mask, *, rank: int, label: str, level: float
) -> GroupFigures:
    return GroupFigures(
        fpir=fpir_per_nonmated_probe(searches, threshold, among=among, label=label, level=level),
        tpir=tpir_per_mated_probe(
            searches, threshold, rank=rank, among=among, label=label, level=level
        ),
    )


def _differences(
    searches: Searches,
    threshold: float,
    members: Mapping[str, Mask],
    *,
    overall: GroupFigures,
    is_tested: bool,
    mode: Mode,
    seed: int,
    level: float,
) -> Differences:
    groups = {
        name: _figures(
            searches, threshold, member, rank=mode.rank, label=f" of {name}", level=level
        )
        for name, member in members.items()
        if member.any()
    }
    fpir = [GroupRate(group=name, rate=figures.fpir) for name, figures in groups.items()]
    tpir = [GroupRate(group=name, rate=figures.tpir) for name, figures in groups.items()]
    tests: list[KGroupTest | Undefined] = [Undefined("tested in the largest gallery")] * 2
    if is_tested:
        tests = [
            group_test(fpir, overall=overall.fpir, seed=seed, level=level),
            group_test(tpir, overall=overall.tpir, seed=seed, level=level),
        ]
    return Differences(
        groups=groups,
        fpir=differentials_of_one(fpir, what="FPIR", seed=seed, level=level),
        fnir=differentials_of_one(tpir, what="FNIR", complement=True, seed=seed, level=level),
        both=differentials_of_two(fpir, tpir, seed=seed, level=level),
        fpir_test=tests[0],
        tpir_test=tests[1],
    )


def _warnings(
    at: Sequence[At], false_matches: Sequence[FalseMatchRate], who: Population
) -> tuple[str, ...]:
    """What a reader must not overlook."""
    found = []
    people = np.concatenate([who.probe_subjects, who.gallery_subjects])
    group = np.concatenate([who.probe_groups, who.gallery_groups])
    several = len(np.unique(np.stack([people, group]), axis=1).T) - len(np.unique(people))
    if several:
        found.append(f"{several} people are in more than one group; each sample counts in its own")
    for what, rates in (
        ("searches of one person", [rate for one in at for rate in (one.fpir, one.tpir)]),
        ("comparisons that share a person", [one.rate for one in false_matches]),
    ):
        widest = max((rate.widening or 0.0 for rate in rates if rate.shows_spread), default=0.0)
        if widest > PART_RATIO:
            found.append(
                f"{what} come out alike: taken as independent, their intervals would be up to "
                f"{widest:.2g} times too narrow"
            )
    return tuple(found)
