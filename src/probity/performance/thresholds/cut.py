"""A threshold, the counts at it, and the targets that thresholds are sought for.

A comparison is accepted when its score is at or above the threshold. The candidates for a
threshold are the observed scores, and one above them all that accepts nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter

Target = Callable[[int, int], bool]
"""Whether a threshold meets a target, from the non-mated comparisons accepted there and the
mated ones rejected. Once met, it must stay met at every higher threshold."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a threshold accepts and rejects: counts of comparisons at or above and below it."""

    threshold: float
    nonmated_accepted: int
    mated_rejected: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The lowest candidate threshold that meets a target, and the candidate before it.

    ``before`` is None where the lowest score of all meets the target already.
    """

    at: Tally
    before: Tally | None


def at_most_false_matches(k: int) -> Target:
    """Met where at most k non-mated comparisons are accepted."""
    return lambda nonmated_accepted, _: nonmated_accepted <= k


def at_least_false_nonmatches(k: int) -> Target:
    """Met where at least k mated comparisons are rejected."""
    return lambda _, mated_rejected: mated_rejected >= k


def fmr_at_most_fnmr(*, nonmated: int, mated: int) -> Target:
    """Met where FMR <= FNMR, compared as whole numbers: no rounding decides."""
    return lambda accepted, rejected: accepted * mated <= rejected * nonmated


def allowed_false_matches(fmr: float, nonmated: int) -> int:
    """The most false matches that keep the FMR at or below ``fmr``, read as the decimal it is
    written as (0.1 is one tenth, not the double next to it)."""
    return int(Fraction(repr(float(fmr))) * nonmated)


def above(score: float) -> float:
    """The threshold of the candidate that accepts nothing: the next number above every score."""
    return nextafter(score, inf)
