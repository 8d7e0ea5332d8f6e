"""Tipping points: the answer as a function of a number that nobody publishes.

Group share: k of n cases are of one group, whose share p of the population is not published. Cases
fall on members of the group theta (1 - p) / ((1 - theta) p) times as often as on others, where
theta, the group's share of cases, is k/n with its exact (Clopper-Pearson) interval. The ratio is
1 where p = theta: the verdict tips where p meets the ends of that interval.

Sample size: a share is published without the number it is a share of. For each possible number
the exact interval shows whether the share alone would carry the claim.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from probity.claims import words
from probity.claims.claim import GroupShareTipping, SampleSizeTipping
from probity.claims.evidence import Evidence
from probity.claims.finding import TippingPoint
from probity.claims.measures.registry import take
from probity.core import Count, InputError, Rate, Undefined

_STEPS = 100


def chance_of_at_least(k: int, n: int, share: float) -> float:
    """P(X >= k) for a binomial X of n trials with the given share: the exact one-sided p-value."""
    from scipy.stats import binom

    return float(binom.sf(k - 1, n, share))


def chance_two_sided(k: int, n: int, share: float) -> float:
    """Exact two-sided binomial p-value: twice the smaller tail, at most 1."""
    from scipy.stats import binom

    return min(1.0, 2 * min(float(binom.sf(k - 1, n, share)), float(binom.cdf(k, n, share))))


def group_share(
    tipping: GroupShareTipping, evidence: Evidence, *, level: float
) -> TippingPoint | None:
    """How much more often cases fall on a group, for every share it may have of the population.

    Returns
    -------
    TippingPoint or None
        None where the cases themselves cannot be counted.
    """
    measured = take(tipping.cases, evidence, level=level).measured
    if isinstance(measured, Undefined):
        return None
    if not isinstance(measured, Rate):
        raise InputError("a tipping point needs a share with counts", got=tipping.cases.measure)
    count = measured.count
    low, high = measured.low, measured.high
    curve = tuple(
        (p, _times(measured.value, p), _times(low, p), _times(high, p))
        for p in (step / _STEPS for step in range(1, _STEPS))
    )
    tips = tuple(end for end in (low, high) if 0 < end < 1)
    readings = (
        *((f"more often than on others: share below {words.percent(low)}",) if low > 0 else ()),
        "undecided: the counts do not tell",
        *((f"less often than on others: share above {words.percent(high)}",) if high < 1 else ()),
    )
    return TippingPoint(
        unknown=tipping.unknown,
        measure=f"times as often on {tipping.group} as on others",
        curve=curve,
        tips_at=tips,
        readings=readings,
        statement=_group_statement(tipping, count, low, high, level),
    )


def sample_size(tipping: SampleSizeTipping, *, level: float) -> TippingPoint:
    """For which numbers a bare percentage would carry the claim.

    Only numbers at which the percentage can have been printed, in whole percent, are looked at: 83%
    cannot be a share of 5.
    """
    from probity.stats.interval import clopper_pearson_bounds

    curve: list[tuple[float, float, float, float]] = []
    for n in range(1, tipping.up_to + 1):
        k = round(tipping.share * n)
        if round(100 * k / n) != round(100 * tipping.share):
            continue
        low, high = clopper_pearson_bounds(k, n, level=level)
        curve.append((float(n), k / n, low, high))
    carried = [_carried(tipping, low) for _, _, low, _ in curve]
    tips = tuple(
        curve[index + 1][0]
        for index, (before, after) in enumerate(pairwise(carried))
        if before != after
    )
    return TippingPoint(
        unknown=tipping.unknown,
        measure="the share, with its interval",
        curve=_thinned(curve, keep=set(tips)),
        tips_at=tips,
        readings=_size_readings(carried, tips),
        statement=_size_statement(tipping, carried, [point[0] for point in curve], level),
    )


def _times(theta: float, p: float) -> float:
    """How often on the group, relative to the others, for shares of cases and of population."""
    return inf if theta >= 1 else theta * (1 - p) / ((1 - theta) * p)


def _group_statement(
    tipping: GroupShareTipping, count: Count, low: float, high: float, level: float
) -> str:
    parts = [
        f"{count.k} of {count.n} cases are of {tipping.group}. Whether that is out of proportion "
        f"depends on {tipping.unknown}, which is not published."
    ]
    if low > 0:
        parts.append(
            f"Below {words.percent(low)} the cases fall on {tipping.group} more often than on "
            f"others ({100 * level:g}% exact interval)."
        )
    if high < 1:
        parts.append(f"Above {words.percent(high)} they fall on them less often.")
    parts.append("In between the counts do not tell.")
    for known in tipping.beside:
        one = chance_of_at_least(count.k, count.n, known.share)
        two = chance_two_sided(count.k, count.n, known.share)
        parts.append(
            f"Were it {words.percent(known.share)} ({known.words}), {count.k} or more of "
            f"{count.n} would have a chance of {_chance(one)} (two-sided {_chance(two)})."
        )
    return " ".join(parts)


def _size_statement(
    tipping: SampleSizeTipping, carried: Sequence[bool], sizes: Sequence[float], level: float
) -> str:
    claim = f"{words.percent(tipping.share)} is {tipping.relation} {words.percent(tipping.limit)}"
    head = f"{tipping.unknown[0].upper()}{tipping.unknown[1:]} is not published."
    if not any(carried):
        return f"{head} For no number up to {tipping.up_to:,} would it be shown that {claim}."
    if all(carried):
        return f"{head} For every number up to {tipping.up_to:,} it would be shown that {claim}."
    first = sizes[carried.index(True)]
    settled = max(number for number, shown in enumerate(carried) if not shown) + 1
    if settled == len(carried):
        always = f", though not for every number up to {tipping.up_to:,}"
    elif sizes[settled] == first:
        always = ""
    else:
        always = f", and for good from {sizes[settled]:,.0f} on"
    return (
        f"{head} That {claim} would be shown ({100 * level:g}% exact interval) from "
        f"{first:,.0f} on{always}; with fewer, the percentage alone does not tell."
    )


def _size_readings(carried: Sequence[bool], tips: Sequence[float]) -> tuple[str, ...]:
    if not carried:
        return ()
    shown, reading = carried[0], []
    for start in (None, *tips):
        where = f"from {start:,.0f} on" if start is not None else "at first"
        reading.append(f"{where}: {'shown' if shown else 'not shown'}")
        shown = not shown
    return tuple(reading)


def _carried(tipping: SampleSizeTipping, low: float) -> bool:
    return low > tipping.limit if tipping.relation == "more than" else low >= tipping.limit


def _thinned(
    curve: Sequence[tuple[float, float, float, float]], *, keep: set[float], most: int = 200
) -> tuple[tuple[float, float, float, float], ...]:
    """The curve with at most about ``most`` points, evenly on a logarithmic scale of n."""
    kept, last = [], 0.0
    step = max(1.0, (curve[-1][0] / curve[0][0]) ** (1 / most)) if curve else 1.0
    for point in curve:
        if point[0] in keep or point[0] >= last * step:
            kept.append(point)
            last = point[0]
    return tuple(kept)


def _chance(p: float) -> str:
    return f"{p:.3f}" if p >= words.SMALL_SHARE else words.one_in(p)
