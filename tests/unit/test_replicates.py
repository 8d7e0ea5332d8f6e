"""Ratios of sums over replicates, and two sides compared pair by pair."""

import numpy as np
import pytest
from scipy import stats

from probity.core import Estimate, Undefined
from probity.stats.poisson import garwood_bounds
from probity.stats.replicates import (
    EXACT,
    FROM_EXACT,
    OVER_PAIRS,
    Replicated,
    difference,
    estimate,
    ratio,
)


def side(k: object, n: object = 1.0, *, events: bool = True, most: float = np.inf) -> Replicated:
    k = np.asarray(k, float)
    return Replicated(
        k=k, n=np.broadcast_to(np.asarray(n, float), k.shape), per="year", events=events, most=most
    )


def test_with_equal_denominators_it_is_the_paired_t_interval() -> None:
    a, b = [30.0, 36, 28, 41], [35.0, 40, 30, 48]
    found = difference(side(a), side(b))
    gaps = np.subtract(b, a)
    low, high = stats.t.interval(0.95, 3, gaps.mean(), stats.sem(gaps))
    assert isinstance(found, Estimate)
    assert (found.value, found.low, found.high) == pytest.approx((gaps.mean(), low, high))
    assert found.method == OVER_PAIRS
    single = estimate(side(a))
    assert isinstance(single, Estimate)
    assert (single.low, single.high) == pytest.approx(
        stats.t.interval(0.95, 3, np.mean(a), stats.sem(a))
    )


def test_identical_sides_do_not_differ_at_all() -> None:
    a = side([30, 36, 28, 41], [10, 11, 12, 13])
    gap, times = difference(a, a), ratio(a, a)
    assert isinstance(gap, Estimate)
    assert isinstance(times, Estimate)
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)
    assert (times.value, times.low, times.high) == (1, 1, 1)


def test_few_events_have_exact_intervals() -> None:
    few = estimate(side([0, 1, 2, 0]))
    low, high = garwood_bounds(3)
    assert isinstance(few, Estimate)
    assert (few.value, few.low, few.high) == pytest.approx((0.75, low / 4, high / 4))
    assert few.method == EXACT
    none = estimate(side([0, 0], most=1.0))
    assert isinstance(none, Estimate)
    assert none.low == 0 < none.high <= 1
    gap = difference(side([0, 1, 2, 0]), side([30, 40, 28, 36]))
    assert isinstance(gap, Estimate)
    assert gap.method == FROM_EXACT
    assert gap.value == pytest.approx(33.5 - 0.75)
    assert gap.low < gap.value < gap.high


def test_one_replicate_of_counts_is_exact_and_of_sums_has_no_spread() -> None:
    assert isinstance(estimate(side([50])), Estimate)
    assert isinstance(estimate(side([50.5], events=False)), Undefined)
    assert isinstance(difference(side([50.5], events=False), side([1.0], events=False)), Undefined)


def test_nothing_to_divide_by_is_undefined() -> None:
    nothing = side([0, 0], [0, 0])
    assert isinstance(estimate(nothing), Undefined)
    assert isinstance(difference(nothing, side([1, 2])), Undefined)
    assert isinstance(ratio(side([1, 2]), nothing), Undefined)
    assert isinstance(ratio(side([0, 0]), side([0, 0])), Undefined)


def test_a_ratio_to_nothing_has_no_upper_bound() -> None:
    found = ratio(side([0, 0]), side([30, 40]))
    assert isinstance(found, Estimate)
    assert found.value == found.high == np.inf
    assert found.low > 1


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        difference(side([1, 2, 3]), side([1, 2]))


def test_intervals_hold_what_they_promise() -> None:
    """Of sides with shared crowds: the difference and the ratio in 95% of 400 experiments."""
    rng = np.random.default_rng(5)
    held = np.zeros(2)
    for _ in range(400):
        crowd = rng.gamma(20, 50, 30)
        a, b = (side(rng.poisson(crowd * rate), crowd) for rate in (0.05, 0.08))
        gap, times = difference(a, b), ratio(a, b)
        assert isinstance(gap, Estimate)
        assert isinstance(times, Estimate)
        held += gap.low <= 0.03 <= gap.high, times.low <= 1.6 <= times.high
    # 0.95 of 400, four standard errors
    assert np.all(np.abs(held / 400 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 400))
