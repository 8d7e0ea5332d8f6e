"""Deployments that are not alike: tests, intervals, and what holds when there is little to see."""

from math import fsum, log

import numpy as np
import pytest
from scipy.stats import betabinom

from probity.core import CountError, Rate, Undefined
from probity.stats import beta_binomial as model
from probity.stats.beta_binomial import BetaBinomial
from probity.stats.dispersion import (
    beta_binomial,
    beta_binomial_fit,
    beta_binomial_test,
    cluster_bootstrap,
    dispersion_test,
    event_dispersion_test,
    korn_graubard,
)
from probity.stats.interval import clopper_pearson_bounds
from probity.stats.stream import stream

ALIKE = ([4, 5, 6, 5, 4, 6, 5, 5, 5, 5, 5, 5], [50] * 12)
UNLIKE = ([0, 20, 1, 0, 18, 2, 1, 0, 15, 0, 2, 1], [50] * 12)


@pytest.mark.parametrize(
    ("start", "step", "terms"),
    [
        (5e-6, 1e-7, 40),
        (0.3, 1e-9, 100_000),
        (0.3, 1e-3, 1_000),
        (1 - 5e-6, 3e-2, 200_000),
        (0.02, 0.0, 12),
        (0.9, 5.0, 30),
        (0.3, 0.3 / 31, 500),
        (0.3, 0.3 / 33, 500),
    ],
)
def test_the_likelihood_keeps_its_digits(start: float, step: float, terms: int) -> None:
    direct = fsum(log(start + j * step) for j in range(terms))
    assert model._log_rising(start, step, np.array([float(terms)]))[0] == pytest.approx(
        direct, rel=1e-11
    )


def test_the_likelihood_is_that_of_scipy_and_no_neighbour_is_likelier() -> None:
    ks, ns = (np.array(x) for x in UNLIKE)
    fit = beta_binomial_fit(*UNLIKE)

    def log_likelihood(mean: float, spread: float) -> float:
        return float(betabinom.logpmf(ks, ns, mean / spread, (1 - mean) / spread).sum())

    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.mean, fit.spread))
    for mean in (0.98, 1.0, 1.02):
        for spread in (0.98, 1.0, 1.02):
            assert log_likelihood(fit.mean * mean, fit.spread * spread) <= fit.log_likelihood + 1e-9


def test_alike_deployments_fit_without_spread() -> None:
    fit = beta_binomial_fit(*ALIKE)
    assert isinstance(fit, BetaBinomial)
    assert (fit.spread, fit.correlation, fit.mean) == (0.0, 0.0, 60 / 600)
    assert beta_binomial_test(*ALIKE).p_value == 1.0
    assert dispersion_test(*ALIKE, seed=1).p_value > 0.9
    assert event_dispersion_test(*ALIKE, seed=1).p_value > 0.9


def test_unlike_deployments_are_found_so() -> None:
    assert beta_binomial_fit(*UNLIKE).correlation > 0.1
    assert beta_binomial_test(*UNLIKE).p_value < 1e-6
    assert dispersion_test(*UNLIKE, seed=1).p_value == 1 / 10_000
    assert dispersion_test(*UNLIKE, seed=1).statistic > 5
    assert event_dispersion_test(*UNLIKE, seed=1).p_value == 1 / 10_000


def test_intervals_of_unlike_deployments_are_wider_than_the_naive_one() -> None:
    naive = clopper_pearson_bounds(60, 600)
    for interval in (
        korn_graubard(*UNLIKE, population="x"),
        beta_binomial(*UNLIKE, population="x"),
    ):
        assert interval.low < naive[0] < naive[1] < interval.high


def test_no_interval_of_alike_deployments_is_narrower_than_by_chance() -> None:
    widened = korn_graubard(*ALIKE, population="x")
    low, high = clopper_pearson_bounds(60, 600)
    assert (widened.low, widened.high) == pytest.approx((low, high))


def test_the_bootstrap_resamples_deployments() -> None:
    ks = [0, 3, 1, 4, 0, 9, 2, 0, 5, 1, 7, 2, 1, 3, 0, 6]
    ns = [40, 60, 30, 80, 20, 90, 40, 10, 70, 50, 90, 40, 30, 60, 20, 70]
    rate = cluster_bootstrap(ks, ns, population="faces seen", seed=3)
    assert rate.method == "BCa bootstrap over 16 deployments, 9,999 replicates"
    assert (rate.count.k, rate.count.n) == (sum(ks), sum(ns))
    assert rate == cluster_bootstrap(ks, ns, population="faces seen", seed=3)
    assert rate != cluster_bootstrap(ks, ns, population="faces seen", seed=4)
    from scipy.stats import bootstrap

    theirs = bootstrap(
        (ks, ns),
        lambda k, n, axis: k.sum(axis) / n.sum(axis),
        paired=True,
        vectorized=True,
        n_resamples=9_999,
        method="BCa",
        rng=stream(5, "scipy"),
    ).confidence_interval
    assert (rate.low, rate.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)


def test_a_deployment_that_is_split_in_two_is_not_more_evidence_than_its_spread_shows() -> None:
    """Twice every deployment is twice the data: the interval shrinks by about sqrt(2), no more."""
    ks, ns = UNLIKE
    once, twice = (korn_graubard(ks * t, ns * t, population="x") for t in (1, 2))
    assert (once.high - once.low) / (twice.high - twice.low) == pytest.approx(2**0.5, rel=0.15)


@pytest.mark.parametrize("interval", [cluster_bootstrap, korn_graubard])
def test_no_case_at_all_leaves_an_upper_bound_and_says_so(interval) -> None:
    more = {"seed": 1} if interval is cluster_bootstrap else {}
    rate = interval([0] * 20, [300] * 20, population="x", **more)
    assert isinstance(rate, Rate)
    assert (rate.low, rate.high) == clopper_pearson_bounds(0, 6_000)
    assert "as if deployments were alike (no case" in rate.method


def test_few_deployments_with_cases_are_not_resampled() -> None:
    rate = cluster_bootstrap([1, 0, 0, 2], [10, 10, 10, 10], population="x", seed=1)
    assert rate.method == (
        "Korn-Graubard over 4 deployments (Clopper-Pearson, effective trials); "
        "too few to resample: 2 deployments with cases, 4 with others"
    )


@pytest.mark.parametrize(
    "function",
    [
        lambda k, n: cluster_bootstrap(k, n, population="x", seed=1),
        lambda k, n: korn_graubard(k, n, population="x"),
        lambda k, n: beta_binomial(k, n, population="x"),
        beta_binomial_fit,
        beta_binomial_test,
        lambda k, n: dispersion_test(k, n, seed=1),
        lambda k, n: event_dispersion_test(k, n, seed=1),
    ],
)
class TestEveryFunction:
    def test_one_deployment_says_nothing_about_spread(self, function) -> None:
        assert isinstance(function([3], [10]), Undefined)
        assert isinstance(function([], []), Undefined)
        assert isinstance(function([3, 0], [10, 0]), Undefined)

    def test_impossible_counts_are_refused(self, function) -> None:
        for ks, ns in (([1, -1], [5, 5]), ([1, 1], [5]), ([1, 1], [5, -5])):
            with pytest.raises(CountError):
                function(ks, ns)

    def test_deployments_without_trials_change_nothing(self, function) -> None:
        ks, ns = UNLIKE
        assert function([*ks, 0], [*ns, 0]) == function(ks, ns)


@pytest.mark.parametrize("cases", [0, 10])
def test_a_model_needs_cases_and_others(cases: int) -> None:
    assert isinstance(beta_binomial([cases] * 5, [10] * 5, population="x"), Undefined)
    assert isinstance(beta_binomial_test([cases] * 5, [10] * 5), Undefined)
    assert isinstance(dispersion_test([cases] * 5, [10] * 5, seed=1), Undefined)


def test_all_or_nothing_deployments_are_four_trials() -> None:
    """Two of four deployments with nothing but cases: as uncertain as 2 of 4."""
    rate = beta_binomial([0, 10, 0, 10], [10] * 4, population="x")
    low, high = clopper_pearson_bounds(2, 4)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=0.06)


def test_numbers_of_replicates_are_checked() -> None:
    with pytest.raises(ValueError, match="at least 1,000"):
        cluster_bootstrap(*UNLIKE, population="x", seed=1, replicates=10)
    with pytest.raises(ValueError, match="at least one"):
        dispersion_test(*UNLIKE, seed=1, replicates=0)


def test_events_without_exposure_are_refused() -> None:
    with pytest.raises(CountError, match="1 events over 0"):
        event_dispersion_test([1, 2], [0.0, 3.0], seed=1)
    with pytest.raises(CountError):
        event_dispersion_test([1, 2], [float("inf"), 3.0], seed=1)
