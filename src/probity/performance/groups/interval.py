"""An interval for a differential between groups, with as many trials as people make them worth.

Rates of groups are drawn from Beta(k* + 1/2, n* - k* + 1/2), Jeffreys' distribution for k* events
of n* effective trials (``intervals.effective``), and the measure is taken of each draw. A group
without any event keeps its uncertainty that way, where resampling would repeat its 0 for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Estimate, Undefined
from probity.performance.groups.differentials import ONE_RATE, TWO_RATES
from probity.performance.intervals.effective import PersonRate
from probity.stats.level import tail
from probity.stats.stream import stream

DRAWS = 10_000

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRate:
    """A rate of one group."""

    group: str
    rate: PersonRate


def differentials_of_one(
    groups: Sequence[GroupRate], *, what: str, complement: bool = False, seed: int, level: float
) -> dict[str, Estimate | Undefined]:
    """Ratio to best, ratio to geometric mean and max - min of one error rate.

    Parameters
    ----------
    groups : sequence of GroupRate
        Two or more.
    what : str
        Name of the rate.
    complement : bool
        True where the error rate is 1 minus the rate: FNIR from TPIR.
    seed : int
        Of the draws.
    """
    reason = _unusable(groups)
    if reason:
        return dict.fromkeys(ONE_RATE, Undefined(reason))
    observed, drawn = _rates(groups, what, complement=complement, seed=seed)
    counts = tuple(_count(group) for group in groups)
    return {
        name: _estimate(
            measure(observed), measure(drawn), name=f"{name} of {what}", counts=counts, level=level
        )
        for name, measure in ONE_RATE.items()
    }


def differentials_of_two(
    false_positive: Sequence[GroupRate],
    true_positive: Sequence[GroupRate],
    *,
    seed: int,
    level: float,
) -> dict[str, Estimate | Undefined]:
    """GARBE, fairness discrepancy rate and inequity rate of FPIR and FNIR = 1 - TPIR."""
    reason = _unusable(false_positive) or _unusable(true_positive)
    if reason:
        return dict.fromkeys(TWO_RATES, Undefined(reason))
    positive, drawn_positive = _rates(false_positive, "FPIR", complement=False, seed=seed)
    negative, drawn_negative = _rates(true_positive, "FNIR", complement=True, seed=seed)
    counts = tuple(_count(group) for group in (*false_positive, *true_positive))
    return {
        name: _estimate(
            measure(positive, negative),
            measure(drawn_positive, drawn_negative),
            name=f"{name} of FPIR and FNIR",
            counts=counts,
            level=level,
        )
        for name, measure in TWO_RATES.items()
    }


def _unusable(groups: Sequence[GroupRate]) -> str:
    if len(groups) < 2:  # noqa: PLR2004
        return "one group: there is nothing to compare it with"
    for group in groups:
        if isinstance(group.rate.over_people, Undefined):
            return f"{group.group}: {group.rate.over_people.reason}"
    return ""


def _count(group: GroupRate) -> Count:
    rate = group.rate.over_people
    if isinstance(rate, Undefined):
        raise TypeError(rate.reason)
    return rate.count


def _rates(
    groups: Sequence[GroupRate], what: str, *, complement: bool, seed: int
) -> tuple[Values, Values]:
    """Observed rates, (groups,), and drawn ones, (groups, DRAWS)."""
    observed, drawn = [], []
    for group in groups:
        count, effective = _count(group), group.rate.effective
        p = count.k / count.n
        generator = stream(seed, f"differential of {what} in {group.group}")
        draws = generator.beta(p * effective + 0.5, (1 - p) * effective + 0.5, size=DRAWS)
        observed.append(1 - p if complement else p)
        drawn.append(1 - draws if complement else draws)
    return np.array(observed), np.array(drawn)


def _estimate(
    value: Values, drawn: Values, *, name: str, counts: tuple[Count, ...], level: float
) -> Estimate | Undefined:
    outside = tail(level)
    low, high = (float(np.quantile(drawn, q)) for q in (outside, 1 - outside))
    if not np.isfinite(value):
        return Undefined(
            f"a group has no event, so the {name} has no value; {100 * level:g}% interval "
            f"from {low:.3g} to {high:.3g}"
        )
    return Estimate(
        float(value),
        low=min(low, float(value)),
        high=max(high, float(value)),
        level=level,
        method=f"{DRAWS:,} draws from Jeffreys' distributions on effective trials",
        population=name,
        counts=counts,
    )
