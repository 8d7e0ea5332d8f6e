"""Verification (1:1): FMR, FNMR, operating points, equal error rate and DET from scores.

A comparison matches when its score is at or above the threshold, so

    FMR(t)  = non-mated comparisons with score >= t / all non-mated comparisons
    FNMR(t) = mated comparisons with score < t / all mated comparisons

The threshold for a wanted FMR is the lowest observed score at which the FMR is at most that.
Scores tied at a threshold are all accepted, so the FMR reached may be well below the one wanted.
The equal error rate is the mean of FMR and FNMR at the observed score where they are closest;
of two equally close ones the higher. Both are exact: integers decide, no bin blurs them.

Naive intervals treat comparisons as independent. Comparisons of one person are not, so where the
subjects are known the intervals over people stand beside them. Both take a threshold as given,
also one that the same scores chose for a wanted FMR.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log, log1p

from probity.core import Count, InputError, Rate, Undefined
from probity.performance.group_pairs import GroupCells, GroupRates, rates_by_group
from probity.performance.intervals.effective import PART_RATIO, PersonRate, person_rate
from probity.performance.people import NO_SUBJECTS, SUBJECT_COLUMNS, spreads_over_people
from probity.performance.scores.batch import GROUP_COLUMNS, ScoreBatch, ScoreSet
from probity.performance.thresholds.cut import (
    Cut,
    Tally,
    allowed_false_matches,
    at_least_false_nonmatches,
    at_most_false_matches,
    fmr_at_most_fnmr,
)
from probity.performance.thresholds.search import Ladder, exact_cuts
from probity.performance.thresholds.sweep import Counts, count_coarsely
from probity.stats.interval import rule_of_three

FMRS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
"""The false match rates that are reported unless others are asked for."""

NONMATED = "non-mated comparisons"
MATED = "mated comparisons"

_DET_POINTS_PER_DECADE = 20
_DET_DECADES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A threshold and the rates at it, each with its interval over people and its naive one."""

    threshold: float
    false_matches: PersonRate
    false_nonmatches: PersonRate

    @property
    def fmr(self) -> Rate | Undefined:
        """With the naive interval."""
        return self.false_matches.naive

    @property
    def fnmr(self) -> Rate | Undefined:
        """With the naive interval."""
        return self.false_nonmatches.naive


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualErrorRate:
    """``value`` is the mean of the FMR and FNMR at ``at``, where they are closest."""

    value: float
    at: OperatingPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The figures of a score set. ``det`` ascends in threshold; see ``det_points``."""

    source: str
    nonmated: int
    mated: int
    level: float
    fnmr_at_fmr: tuple[tuple[float, OperatingPoint | Undefined], ...]
    eer: EqualErrorRate | Undefined
    det: tuple[Tally, ...]
    groups: tuple[GroupRates, ...]

    @property
    def comparisons(self) -> int:
        return self.nonmated + self.mated

    @property
    def points(self) -> tuple[OperatingPoint, ...]:
        """All that were found: at the FMRs wanted, and at the equal error rate."""
        wanted = [point for _, point in self.fnmr_at_fmr if isinstance(point, OperatingPoint)]
        return (*wanted, *([self.eer.at] if isinstance(self.eer, EqualErrorRate) else []))

    @property
    def about_intervals(self) -> tuple[str, ...]:
        """What a reader of the intervals must know, a sentence each; warnings first."""
        return _about_intervals(self)


def verification(
    scores: ScoreSet,
    *,
    fmrs: Sequence[float] = FMRS,
    level: float = 0.95,
    on_batch: Callable[[int], None] | None = None,
) -> Verification:
    """Verification figures of a score set, by group where it has groups.

    The set is read two to four times (once more for groups, twice more for subjects), each time
    batch by batch. Memory does not grow with the number of comparisons.

    Parameters
    ----------
    scores : ScoreSet
        At least one comparison.
    fmrs : sequence of float
        False match rates wanted, each in (0, 1).
    level : float
        Confidence level of the intervals, strictly between 0 and 1.
    on_batch : callable, optional
        Told the number of comparisons of every batch read, for a progress display.

    Raises
    ------
    InputError
        Bad input found while reading, no comparison, or an ``fmrs`` entry outside (0, 1).
    """
    for fmr in fmrs:
        if not 0.0 < fmr < 1.0:
            raise InputError("a false match rate is out of range", got=fmr, allowed="0 < FMR < 1")

    def sweep(labels: Sequence[str] = ()) -> Iterator[ScoreBatch]:
        for batch in scores.batches(labels):
            yield batch
            if on_batch is not None:
                on_batch(len(batch.score))

    coarse = count_coarsely(sweep())
    nonmated, mated = int(coarse[:, 0].sum()), int(coarse[:, 1].sum())
    if nonmated + mated == 0:
        raise InputError("there is no comparison", file=scores.source, allowed="at least one")

    showable = {fmr: showable_fmr(fmr, nonmated, level=level) for fmr in fmrs}
    shown = [fmr for fmr in fmrs if showable[fmr] is None]
    targets = [at_most_false_matches(allowed_false_matches(fmr, nonmated)) for fmr in shown]
    has_eer = bool(nonmated and mated)
    if has_eer:
        targets.append(fmr_at_most_fnmr(nonmated=nonmated, mated=mated))
    cuts = exact_cuts(sweep, coarse, targets)

    tallies = dict(zip(shown, (cut.at for cut in cuts), strict=False))
    crossing = closest(cuts[-1], nonmated=nonmated, mated=mated) if has_eer else None
    reported = [*tallies.values(), *([crossing] if crossing else [])]
    columns = [column for column in GROUP_COLUMNS if column in scores.columns]
    cells = GroupCells()
    spreads = (
        spreads_over_people(
            sweep,
            scores.names,
            false_matches_at={tally.threshold: tally.nonmated_accepted for tally in reported},
            group_columns=columns,
            cell_of=cells.of if columns else None,
        )
        if scores.columns.issuperset(SUBJECT_COLUMNS)
        else NO_SUBJECTS
    )

    def point(tally: Tally) -> OperatingPoint:
        fmr = spreads if isinstance(spreads, Undefined) else spreads.whole[tally.threshold].fmr
        fnmr = spreads if isinstance(spreads, Undefined) else spreads.whole[tally.threshold].fnmr
        return OperatingPoint(
            threshold=tally.threshold,
            false_matches=person_rate(
                Count(tally.nonmated_accepted, nonmated, NONMATED), fmr, level=level
            ),
            false_nonmatches=person_rate(
                Count(tally.mated_rejected, mated, MATED), fnmr, level=level
            ),
        )

    at = {fmr: point(tally) for fmr, tally in tallies.items()}
    eer: EqualErrorRate | Undefined = Undefined(
        f"no {MATED if nonmated else NONMATED}: FMR and FNMR cannot be compared"
    )
    if crossing:
        value = (crossing.nonmated_accepted / nonmated + crossing.mated_rejected / mated) / 2
        eer = EqualErrorRate(value=value, at=point(crossing))
    return Verification(
        source=scores.source,
        nonmated=nonmated,
        mated=mated,
        level=level,
        fnmr_at_fmr=tuple((fmr, showable[fmr] or at[fmr]) for fmr in fmrs),
        eer=eer,
        det=det_points(coarse),
        groups=rates_by_group(
            sweep(columns),
            columns=columns,
            names=scores.names,
            thresholds=[tally.threshold for tally in reported],
            cells=cells,
            spreads=spreads if isinstance(spreads, Undefined) else spreads.by_cell,
            level=level,
        )
        if columns
        else (),
    )


def _about_intervals(found: Verification) -> tuple[str, ...]:
    said = []
    parted = False
    for point in found.points:
        for name, rate in (("FMR", point.false_matches), ("FNMR", point.false_nonmatches)):
            if rate.parts and rate.widening is not None:
                parted = True
                said.append(
                    f"{name} at {point.threshold:.9g}: the interval over people is "
                    f"{rate.widening:.3g} times as wide as the naive one."
                )
    if parted:
        said.append(
            f"More than {PART_RATIO:g} times as wide: the naive intervals claim too much there."
        )
    whys = {
        rate.over_people.reason: None
        for point in found.points
        for rate in (point.false_matches, point.false_nonmatches)
        if isinstance(rate.over_people, Undefined)
    }
    said += [f"No interval over people: {why}." for why in whys]
    said.append("Naive intervals take comparisons as independent.")
    said.append("Both take the threshold as given, also where these scores chose it.")
    return tuple(said)


def showable_fmr(fmr: float, nonmated: int, *, level: float = 0.95) -> Undefined | None:
    """Why a sample of this many non-mated comparisons cannot show so low an FMR; None if it can.

    Even with no false match at all, n comparisons show only that the FMR is below
    1 - (1 - level)^(1/n), the rule of three: about 3/n. A lower FMR is not reported.
    """
    floor = lowest_showable(nonmated, NONMATED, level=level)
    if isinstance(floor, Undefined):
        return floor
    if floor <= fmr:
        return None
    needed = ceil(log(1.0 - level) / log1p(-fmr))
    return Undefined(
        f"{nonmated} {NONMATED} cannot show an FMR of {fmr:g}: none false would only show it to "
        f"be below {floor:.2g}; it takes at least {needed}"
    )


def lowest_showable(comparisons: int, population: str, *, level: float) -> float | Undefined:
    """The lowest rate that this many comparisons can show: the rule of three's bound."""
    floor = rule_of_three(Count(0, comparisons, population), level=level)
    return floor if isinstance(floor, Undefined) else floor.high


def closest(cut: Cut, *, nonmated: int, mated: int) -> Tally:
    """Of the two candidates about the crossing of FMR and FNMR, where they are closest."""
    if cut.before is None:
        return cut.at

    def gap(tally: Tally) -> int:
        return abs(tally.nonmated_accepted * mated - tally.mated_rejected * nonmated)

    return cut.before if gap(cut.before) < gap(cut.at) else cut.at


def det_points(coarse: Counts) -> tuple[Tally, ...]:
    """Points of the detection error trade-off curve, exact, thinned evenly on its log axes.

    From what ``count_coarsely`` counted. The thresholds are edges of bins, 256 to a doubling of
    the score: every point lies on the curve, and which ones are drawn does not depend on
    batches. About 20 points to a decade of FMR and of FNMR.
    """
    nonmated, mated = int(coarse[:, 0].sum()), int(coarse[:, 1].sum())
    ladder = Ladder.of(coarse, accepted=nonmated, rejected=0)
    places = {0, len(ladder.bins)}
    for step in range(_DET_DECADES * _DET_POINTS_PER_DECADE + 1):
        part = 10.0 ** (-step / _DET_POINTS_PER_DECADE)
        places.add(ladder.first_met(at_most_false_matches(int(part * nonmated))))
        places.add(ladder.first_met(at_least_false_nonmatches(ceil(part * mated))))
    return tuple(ladder.tally(place) for place in sorted(places))
