"""Test plans: the numbers they give are enough, one fewer is not, and passes are discounted."""

import numpy as np
import pytest
from scipy.stats import binom, poisson

from probity.core import Count, InputError
from probity.performance.plan import Repeats, plan_rate_below, plan_ratio_below
from probity.stats.interval import clopper_pearson_bounds, rule_of_three


def test_a_test_without_event_is_the_rule_of_three():
    (plan,) = plan_rate_below(1 / 6000)
    assert plan.independent_probes == plan.probes == plan.subjects == 17_973
    assert rule_of_three(Count(0, 17_973, "probes")).high <= 1 / 6000
    assert rule_of_three(Count(0, 17_972, "probes")).high > 1 / 6000
    assert (plan.most_events, plan.power) == (0, 1.0)


@pytest.mark.parametrize(
    ("limit", "expected"), [(0.01, 0.001), (0.01, 0.005), (0.01, 0.008), (0.3, 0.2), (1e-4, 2e-5)]
)
def test_the_events_allowed_put_the_bound_below_the_limit_and_one_more_does_not(limit, expected):
    (plan,) = plan_rate_below(limit, expected=expected, level=0.9, power=0.7)
    k, n = plan.most_events, plan.independent_probes

    def upper(events: int, probes: int) -> float:
        return clopper_pearson_bounds(events, probes, level=0.8)[1]  # one-sided 0.9

    assert upper(k, n) <= limit * (1 + 1e-12) < upper(k + 1, n)
    assert upper(k, n - 1) > limit
    assert plan.power == pytest.approx(binom.cdf(k, n, expected), rel=1e-9)
    assert plan.power >= 0.7
    if k:
        fewer = max(m for m in range(k, n) if upper(k - 1, m - 1) > limit >= upper(k - 1, m))
        assert binom.cdf(k - 1, fewer, expected) < 0.7


def test_alike_passes_need_more_probes_but_fewer_subjects():
    (alone,) = plan_rate_below(0.001)
    (repeated,) = plan_rate_below(0.001, repeats=Repeats(passes=10, correlation=0.1))
    assert Repeats(passes=10, correlation=0.1).design_effect == pytest.approx(1.9)
    assert repeated.subjects == int(np.ceil(alone.independent_probes * 1.9 / 10))
    assert repeated.probes == 10 * repeated.subjects
    assert alone.subjects > repeated.subjects
    assert repeated.probes >= alone.probes


def test_passes_that_repeat_each_other_add_nothing():
    (alone,) = plan_rate_below(0.01)
    (same,) = plan_rate_below(0.01, repeats=Repeats(passes=5, correlation=1.0))
    assert same.subjects == alone.subjects
    (independent,) = plan_rate_below(0.01, repeats=Repeats(passes=5, correlation=0.0))
    assert independent.subjects == int(np.ceil(alone.probes / 5))


def test_groups_shown_together_share_the_error():
    plans = plan_rate_below(0.01, groups=("a", "b", "c"), joint=True)
    (alone,) = plan_rate_below(0.01, level=1 - 0.05 / 3)
    assert {p.independent_probes for p in plans} == {alone.independent_probes}
    assert [p.level for p in plans] == pytest.approx([1 - 0.05 / 3] * 3)


def test_the_power_of_a_ratio_plan_is_what_simulation_shows():
    """A hundred thousand simulated tests succeed as often as the plan says."""
    plans = plan_ratio_below(2.0, rate=1e-3, true_ratio=1.2, groups=("a", "b"))
    n = plans[0].independent_probes
    rng = np.random.default_rng(7)
    first = rng.poisson(n * 1e-3, 100_000)
    other = rng.poisson(n * 1.2e-3, 100_000)
    shown = binom.cdf(other, first + other, 2.0 / 3.0) <= 0.05
    assert plans[0].power == pytest.approx(shown.mean(), abs=0.006)
    assert plans[0].power >= 0.8
    assert poisson.mean(n * 1e-3) > 20


def test_a_true_ratio_at_the_limit_is_shown_at_most_as_often_as_the_level_allows():
    rng = np.random.default_rng(8)
    n = plan_ratio_below(1.5, rate=1e-3, groups=("a", "b"))[0].independent_probes
    first, other = rng.poisson(n * 1e-3, 50_000), rng.poisson(n * 1.5e-3, 50_000)
    assert (binom.cdf(other, first + other, 1.5 / 2.5) <= 0.05).mean() <= 0.05 + 0.004


def test_every_group_after_the_first_is_a_test():
    two = plan_ratio_below(2.0, rate=1e-3, groups=("a", "b"))
    four = plan_ratio_below(2.0, rate=1e-3, groups=("a", "b", "c", "d"))
    assert four[0].tests == 3
    assert four[0].independent_probes > two[0].independent_probes


@pytest.mark.parametrize(
    "call",
    [
        lambda: plan_rate_below(0.0),
        lambda: plan_rate_below(1.0),
        lambda: plan_rate_below(float("nan")),
        lambda: plan_rate_below(0.1, expected=0.1),
        lambda: plan_rate_below(0.1, expected=-0.1),
        lambda: plan_rate_below(0.1, level=1.0),
        lambda: plan_rate_below(0.1, power=0.0),
        lambda: plan_rate_below(0.1, groups=()),
        lambda: plan_rate_below(0.1, groups=("a", "a")),
        lambda: plan_rate_below(1e-15),
        lambda: plan_rate_below(0.1, repeats=Repeats(passes=0)),
        lambda: plan_rate_below(0.1, repeats=Repeats(correlation=1.5)),
        lambda: plan_rate_below(0.1, repeats=Repeats(correlation=float("nan"))),
        lambda: plan_ratio_below(2.0, rate=0.5, groups=("a", "b")),
        lambda: plan_ratio_below(2.0, rate=0.001, groups=("a",)),
        lambda: plan_ratio_below(1.0, rate=0.001, groups=("a", "b")),
        lambda: plan_ratio_below(2.0, rate=0.001, true_ratio=0.0, groups=("a", "b")),
    ],
)
def test_numbers_out_of_range_are_refused(call):
    with pytest.raises(InputError):
        call()
