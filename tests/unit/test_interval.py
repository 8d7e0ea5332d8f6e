"""Intervals for one proportion: edges, accuracy, bad levels."""

from decimal import Decimal, getcontext
from math import comb

import pytest
from scipy.stats import binomtest

from probity.core import Count, Rate, Undefined
from probity.stats.interval import (
    clopper_pearson,
    clopper_pearson_bounds,
    jeffreys,
    rule_of_three,
    three_over_n,
    wilson,
)

INTERVALS = [clopper_pearson, wilson, jeffreys]


@pytest.mark.parametrize("interval", [*INTERVALS, rule_of_three, three_over_n])
def test_none_of_none_is_undefined(interval) -> None:
    assert interval(Count(0, 0, "alerts")) == Undefined(
        "no alerts: a proportion of none is undefined"
    )


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("n", [1, 7, 6_000, 10**12])
def test_the_ends_are_exactly_0_and_1(interval, n: int) -> None:
    none, every = interval(Count(0, n, "alerts")), interval(Count(n, n, "alerts"))
    assert none.low == 0.0 < none.high < 1.0
    assert every.high == 1.0 > every.low > 0.0


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95, float("nan")])
@pytest.mark.parametrize("interval", [*INTERVALS, rule_of_three])
def test_a_level_outside_0_and_1_is_refused(interval, level: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        interval(Count(0, 10, "alerts"), level=level)


def test_the_rate_keeps_its_count_level_and_method() -> None:
    count = Count(10, 2_077, "alerts")
    rate = clopper_pearson(count, level=0.9)
    assert isinstance(rate, Rate)
    assert (rate.count, rate.level, rate.method) == (count, 0.9, "Clopper-Pearson")
    assert rate.value == 10 / 2_077


@pytest.mark.parametrize(("k", "n"), [(10, 3_147_436), (1, 6_000), (3, 10), (40, 2_000)])
def test_clopper_pearson_bounds_solve_their_definition(k: int, n: int) -> None:
    """Tail sums in 60-digit arithmetic, term by term."""
    getcontext().prec = 60

    def at_most(cases: int, p: float) -> Decimal:
        exact = Decimal(p)
        return sum(
            Decimal(comb(n, i)) * exact**i * (1 - exact) ** (n - i) for i in range(cases + 1)
        )

    low, high = clopper_pearson_bounds(k, n)
    assert float(1 - at_most(k - 1, low)) == pytest.approx(0.025, rel=1e-9)
    assert float(at_most(k, high)) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize(("k", "n"), [(0, 9), (4, 9), (9, 9), (17, 2_000)])
def test_scipy_gives_the_same(k: int, n: int) -> None:
    count = Count(k, n, "alerts")
    for interval, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        ours, theirs = interval(count), binomtest(k, n).proportion_ci(0.95, method=method)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_the_rule_of_three_is_exact_and_its_rounding_lies_above() -> None:
    exact = rule_of_three(Count(0, 6_000, "passes"))
    assert (1 - exact.high) ** 6_000 == pytest.approx(0.05)
    assert exact.high < three_over_n(Count(0, 6_000, "passes")).high == 3 / 6_000
    assert "one-sided" in exact.method
    assert "approximated" in three_over_n(Count(0, 6_000, "passes")).method


def test_three_over_n_is_at_most_1() -> None:
    assert three_over_n(Count(0, 2, "passes")).high == 1.0


@pytest.mark.parametrize("rule", [rule_of_three, three_over_n])
def test_the_rule_of_three_refuses_events(rule) -> None:
    with pytest.raises(ValueError, match="1 of 6000: the rule of three is for no event at all"):
        rule(Count(1, 6_000, "passes"))


def test_jeffreys_lies_within_clopper_pearson() -> None:
    for k in range(31):
        exact, bayes = clopper_pearson(Count(k, 30, "x")), jeffreys(Count(k, 30, "x"))
        assert exact.low <= bayes.low <= bayes.high <= exact.high
