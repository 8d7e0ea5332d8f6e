"""Two counts over two exposures: the exact test, its power, and how much it needs."""

import numpy as np
import pytest
from scipy import stats

from probity.core import Estimate, Events, Undefined
from probity.stats.compare import event_rate_ratio
from probity.stats.rate_test import (
    MOST_UNITS,
    _quantiles,
    rate_test,
    rate_test_power,
    units_for_power,
)


def p_value(k_a: int, k_b: int, *, e_a: float = 1.0, e_b: float = 1.0) -> float:
    found = rate_test(Events(k_a, e_a, "year"), Events(k_b, e_b, "year"))
    assert not isinstance(found, Undefined)
    return found.p_value


def test_the_p_value_by_hand() -> None:
    """Three events against none over equal exposures: twice (1/2)^3."""
    assert p_value(3, 0) == pytest.approx(0.25)
    assert p_value(0, 3) == pytest.approx(0.25)
    assert p_value(2, 0, e_a=1, e_b=3) == pytest.approx(2 * (1 / 4) ** 2)
    assert p_value(0, 0) == 1.0
    assert p_value(4, 4) == 1.0


def test_it_rejects_exactly_when_the_interval_of_the_ratio_leaves_out_1() -> None:
    for k_a in range(14):
        for k_b in range(14):
            a, b = Events(k_a, 2.0, "year"), Events(k_b, 3.0, "year")
            interval = event_rate_ratio(a, b)
            if isinstance(interval, Estimate):
                outside = not interval.low <= 1 <= interval.high
                assert (p_value(k_a, k_b, e_a=2, e_b=3) < 0.05) == outside


def test_without_exposure_there_is_no_test() -> None:
    assert isinstance(rate_test(Events(0, 0.0, "year"), Events(1, 1.0, "year")), Undefined)
    with pytest.raises(ValueError, match="cannot be compared"):
        rate_test(Events(1, 1.0, "hour"), Events(1, 1.0, "year"))


@pytest.mark.parametrize(("mean_a", "mean_b", "share"), [(5, 14, 0.5), (3, 9, 0.4), (8, 8, 0.3)])
def test_the_power_is_the_sum_over_every_pair_of_counts(
    mean_a: float, mean_b: float, share: float
) -> None:
    counts = np.arange(60)
    chance = np.outer(stats.poisson.pmf(counts, mean_a), stats.poisson.pmf(counts, mean_b))
    rejected = np.array(
        [[p_value(a, b, e_a=share, e_b=1 - share) < 0.05 for b in counts] for a in counts]
    )
    assert rate_test_power(mean_a, mean_b, share=share) == pytest.approx(
        float(chance[rejected].sum()), abs=1e-5
    )


def test_the_level_is_kept_where_rates_are_alike() -> None:
    for mean in (0.0, 1.0, 13.0, 2_000.0, 3e6):
        assert rate_test_power(mean, mean) <= 0.05


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.77, 0.995])
@pytest.mark.parametrize("level", [0.2, 0.95, 0.999, 0.999999])
def test_where_it_rejects_is_what_scipy_says_for_every_total(share: float, level: float) -> None:
    outside = (1 - level) / 2
    total = np.concatenate(
        [np.arange(3_000.0), np.arange(20_000.0, 21_000), np.arange(3e6, 3e6 + 500)]
    )
    for above, exact in ((False, stats.binom.ppf), (True, stats.binom.isf)):
        found = _quantiles(total, share=share, outside=outside, above=above)
        np.testing.assert_array_equal(found, exact(outside, total, share))


def test_the_units_needed_reach_the_power_and_a_tenth_less_does_not() -> None:
    for per_a, per_b, share in ((0.06, 0.12, 0.5), (0.0, 0.01, 0.5), (10.0, 10.5, 0.5),
                                (0.1, 0.1, 0.3)):  # fmt: skip
        units = units_for_power(per_a, per_b, share=share)
        assert units is not None
        assert rate_test_power(units * per_a, units * per_b, share=share) >= 0.8
        fewer = int(0.9 * units)
        assert rate_test_power(fewer * per_a, fewer * per_b, share=share) < 0.8


def test_equal_rates_need_more_than_anybody_has() -> None:
    assert units_for_power(0.06, 0.06) is None
    assert units_for_power(0.0, 0.0) is None
    assert units_for_power(1.0, 1.0001) is None
    assert MOST_UNITS == 1_000_000


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_shares_that_are_none_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        rate_test_power(1.0, 2.0, share=share)


def test_numbers_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="expected events"):
        rate_test_power(-1.0, 2.0)
    with pytest.raises(ValueError, match="expected events"):
        rate_test_power(float("inf"), 2.0)
    with pytest.raises(ValueError, match="power"):
        units_for_power(1.0, 2.0, power=1.0)
