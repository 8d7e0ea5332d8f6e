"""Two rates are compared by their difference or their ratio, each with bounds."""

from math import inf

from probity.core import Count, Undefined
from probity.stats.compare import difference, ratio, two_group_test

SOME = Count(6, 400, "women searched")
NONE = Count(0, 400, "men searched")


def test_a_difference_of_rates() -> None:
    """80% against 60% is 20 points, between 5.3 and 33.8."""
    found = difference(Count(56, 70, "first"), Count(48, 80, "second"))
    assert [round(100 * x, 1) for x in (found.low, found.value, found.high)] == [5.3, 20.0, 33.8]


def test_a_ratio_to_nothing_has_no_upper_bound() -> None:
    """6 against 0: the ratio is infinite, and may be as low as 1.6. It is not "6 times"."""
    found = ratio(SOME, NONE)
    assert (found.value, found.high) == (inf, inf)
    assert round(found.low, 1) == 1.6


def test_a_ratio_of_nothing_is_0_with_an_upper_bound() -> None:
    """0 against 6: not "never", but at most 0.64 times."""
    found = ratio(NONE, SOME)
    assert found.value == found.low == 0.0
    assert round(found.high, 2) == 0.64


def test_nothing_against_nothing_has_no_ratio() -> None:
    """0 of 400 against 0 of 400 has a difference, with bounds, and no ratio."""
    assert isinstance(ratio(NONE, NONE), Undefined)
    gap = difference(NONE, NONE)
    assert gap.low < gap.value == 0.0 < gap.high


def test_the_exact_test_of_two_groups() -> None:
    """6 of 400 against 0 of 400 by chance alone: 3.1% of the time."""
    assert round(two_group_test(SOME, NONE).p_value, 3) == 0.031
