"""A Clopper-Pearson interval on as many trials as people make them worth.

Comparisons, or searches, of one person come out alike, so n of them say less than n independent
ones. Given the variance V of the rate p = k/n between people, the trials are replaced by their
effective number

    n* = p (1 - p) / V * (z / t)^2, at most n,

where z and t are normal and Student quantiles. Rare events gather on few people, and a variance
that rests on few is itself uncertain: with D_s what person s adds to the rate, its degrees of
freedom are 2 m / (K - 1), K = m sum D^4 / (sum D^2)^2 (Satterthwaite), at most m - 1.

The interval is never narrower than that of n independent trials. Without any event, or with
nothing but events, no spread can be seen: then n* is the number of trials that share no person,
the only ones sure to be independent.

Sources: Korn & Graubard 1998, Survey Methodology 24, 193-201; Satterthwaite 1946, Biometrics
Bulletin 2, 110-114.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from probity.core import Count, Rate, Undefined
from probity.stats.interval import clopper_pearson, clopper_pearson_bounds
from probity.stats.level import tail

PART_RATIO = 1.25
"""The two intervals part when that over people is more than this many times as wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What is known about how a rate varies between people.

    Parameters
    ----------
    variance : float
        Of the rate, over people; may be 0 or less where an estimate came out so.
    people : int
        The number that limits what is known: the smaller one where there are two sides.
    freedom : float
        Degrees of freedom of the variance, > 0.
    apart : float
        Trials that share no person, at most n.
    """

    variance: float
    people: int
    freedom: float
    apart: float


def degrees_of_freedom(contributions: NDArray[np.float64], *, people: int) -> float:
    """Of a variance that is a sum of squares of these, (persons,): at least 1."""
    squares = contributions**2
    total, most = fsum(squares), max(1.0, people - 1.0)
    if not total:
        return most
    kurtosis = len(squares) * fsum(squares**2) / total**2
    return most if kurtosis <= 1 else min(most, max(1.0, 2 * len(squares) / (kurtosis - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRate:
    """One rate with both intervals.

    Parameters
    ----------
    over_people : Rate or Undefined
        Undefined without trials or with fewer than two people.
    naive : Rate or Undefined
        Clopper-Pearson, as if every trial were independent.
    effective : float
        Independent trials that these are worth; 0 where ``over_people`` is undefined.
    """

    over_people: Rate | Undefined
    naive: Rate | Undefined
    effective: float = 0.0

    @property
    def widening(self) -> float | None:
        """How many times as wide the interval over people is; None where either is undefined."""
        if isinstance(self.over_people, Undefined) or isinstance(self.naive, Undefined):
            return None
        return (self.over_people.high - self.over_people.low) / (self.naive.high - self.naive.low)

    @property
    def parts(self) -> bool:
        """Whether the naive interval claims too much: the widening exceeds ``PART_RATIO``."""
        return self.widening is not None and self.widening > PART_RATIO

    @property
    def shows_spread(self) -> bool:
        """Whether there were events and non-events, so that the widening is measured."""
        rate = self.over_people
        return isinstance(rate, Rate) and 0 < rate.count.k < rate.count.n


def person_rate(count: Count, spread: Spread | Undefined, *, level: float = 0.95) -> PersonRate:
    """k/n with the interval over people and the naive one.

    Parameters
    ----------
    count : Count
        Events of trials.
    spread : Spread or Undefined
        Of the rate between people; Undefined where that is not known.
    """
    naive = clopper_pearson(count, level=level)
    if isinstance(spread, Undefined):
        return PersonRate(over_people=spread, naive=naive)
    if isinstance(naive, Undefined):
        return PersonRate(over_people=naive, naive=naive)
    if spread.people < 2:  # noqa: PLR2004
        one = Undefined(
            f"{count.population}: {spread.people} person; an interval over people needs two"
        )
        return PersonRate(over_people=one, naive=naive)
    effective, seen = effective_trials(count, spread, level=level)
    if effective == count.n:
        low, high = naive.low, naive.high
    else:
        share = effective / count.n
        low, high = clopper_pearson_bounds(count.k * share, effective, level=level)
    rate = Rate(
        count,
        low=low,
        high=high,
        level=level,
        method=f"Clopper-Pearson, {effective:.6g} effective trials ({seen})",
    )
    return PersonRate(over_people=rate, naive=naive, effective=effective)


def effective_trials(count: Count, spread: Spread, *, level: float = 0.95) -> tuple[float, str]:
    """How many independent trials these are worth, at least 1 and at most n; and why."""
    if count.k in (0, count.n):
        seen = "no event" if count.k == 0 else "nothing but events"
        return min(float(count.n), spread.apart), f"{seen}: trials that share no person"
    outside = tail(level)
    p = count.k / count.n
    if spread.variance <= 0:
        return float(count.n), f"Korn-Graubard over {spread.people:,} people"
    student = (float(ndtri(outside)) / float(stdtrit(spread.freedom, outside))) ** 2
    effective = min(float(count.n), max(1.0, p * (1 - p) / spread.variance * student))
    return effective, f"Korn-Graubard over {spread.people:,} people"
