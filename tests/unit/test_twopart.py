"""The two-part model against closed forms, statsmodels, hand-written likelihoods and simulation."""

import warnings

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from probity.core import Estimate, Undefined
from probity.stats.separation import separated
from probity.stats.truncated import LARGEST_DISPERSION, fit_truncated, log_probability
from probity.stats.twopart import Units, fit_any, fit_number_given_any, profile_ratio, ratio


def streams(number, *, name):
    """Independent generators, the same whichever tests ran before: ``spawn`` keeps count."""
    seed = np.random.SeedSequence([20261123, *name.encode()])
    return [np.random.default_rng(child) for child in seed.spawn(number)]


def units(counts, clusters=None, **covariates):
    counts = np.asarray(counts, dtype=float)
    names = np.arange(len(counts)) % 8 if clusters is None else clusters
    return Units(
        counts=counts,
        covariates={k: np.asarray(v, dtype=float) for k, v in covariates.items()},
        clusters=np.asarray(names).astype(str),
        unit="ward",
        event="deployment",
        cluster="borough",
    )


def simulated(rng, *, clusters=32, size=20, slope=0.2, spread=0.0, dispersion=1.0):
    """Wards in boroughs: a covariate that varies between and within boroughs, a shared effect."""
    borough = np.repeat(np.arange(clusters), size)
    x = rng.normal(size=clusters)[borough] + rng.normal(size=clusters * size)
    shared = rng.normal(scale=spread, size=clusters)[borough]
    any_event = rng.random(len(x)) < 1 / (1 + np.exp(1.8 - slope * x - shared))
    mean = np.exp(0.8 + slope * x + shared)
    lowest = stats.nbinom.cdf(0, 1 / dispersion, 1 / (1 + dispersion * mean))
    draw = lowest + (1 - lowest) * rng.random(len(x))
    number = stats.nbinom.ppf(draw, 1 / dispersion, 1 / (1 + dispersion * mean))
    return units(np.where(any_event, np.maximum(number, 1), 0), borough, x=x)


class TestLogistic:
    def test_one_yes_or_no_covariate_gives_the_cross_product_ratio_of_the_table(self):
        # 2x2 table 18/30 against 9/40: odds ratio (18/12) / (9/31)
        x = np.repeat([1, 1, 0, 0], [18, 12, 9, 31])
        counts = np.repeat([1, 0, 1, 0], [18, 12, 9, 31])
        found = ratio(fit_any(units(counts, x=x)), "x")
        assert found.value == pytest.approx((18 / 12) / (9 / 31), rel=1e-8)
        assert found.low < found.value < found.high
        assert (found.counts[0].k, found.counts[0].n) == (27, 70)

    def test_a_ratio_per_ten_is_the_ratio_per_one_to_the_tenth_power(self):
        fit = fit_any(simulated(np.random.default_rng(1)))
        one, ten = ratio(fit, "x"), ratio(fit, "x", per=10)
        assert ten.value == pytest.approx(one.value**10)
        assert ten.low == pytest.approx(one.low**10)

    def test_the_jackknife_interval_is_that_of_refitting_by_hand(self):
        data = simulated(np.random.default_rng(2), clusters=10)
        fit = fit_any(data)
        b = np.log(ratio(fit, "x").value)
        without = []
        for name in np.unique(data.clusters):
            keep = data.clusters != name
            x, y = data.covariates["x"][keep], data.counts[keep] > 0
            found = minimize(
                lambda p, x=x, y=y: np.logaddexp(0, np.where(y, -1, 1) * (p[0] + p[1] * x)).sum(),
                [0.0, 0.0],
                tol=1e-12,
            )
            without.append(found.x[1])
        error = np.sqrt(9 / 10 * np.sum((np.array(without) - b) ** 2))
        assert ratio(fit, "x").high == pytest.approx(
            np.exp(b + stats.t.ppf(0.975, 9) * error), rel=1e-4
        )

    def test_the_profile_interval_is_where_the_likelihood_has_fallen_by_the_quantile(self):
        data = simulated(np.random.default_rng(3), clusters=8)
        found = profile_ratio(fit_any(data), "x", level=0.9)
        y, x = data.counts > 0, data.covariates["x"]

        def best_with(b):
            return minimize(
                lambda p: np.logaddexp(0, np.where(y, -1, 1) * (p[0] + b * x)).sum(),
                [0.0],
                tol=1e-12,
            ).fun

        fallen = best_with(np.log(found.low)) - best_with(np.log(found.value))
        assert 2 * fallen == pytest.approx(stats.chi2.ppf(0.9, 1), rel=1e-4)


class TestTruncated:
    def test_probabilities_given_at_least_one_sum_to_one(self):
        counts = np.arange(1.0, 3000.0)
        for mean, dispersion in ((0.02, 5.0), (3.0, 1e-6), (3.0, 0.7), (8.0, 20.0)):
            total = np.exp(log_probability(counts, np.full(len(counts), mean), dispersion)).sum()
            assert total == pytest.approx(1.0, abs=1e-9)

    def test_it_is_scipys_negative_binomial_divided_by_the_chance_of_any(self):
        counts, mean, dispersion = np.array([1.0, 2.0, 7.0]), np.array([0.5, 2.0, 4.0]), 1.7
        law = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
        assert log_probability(counts, mean, dispersion) == pytest.approx(
            law.logpmf(counts) - np.log(law.sf(0)), rel=1e-12
        )

    def test_poisson_without_covariates_solves_the_closed_equation_of_the_mean(self):
        counts = np.array([1, 1, 1, 2, 2, 3, 1, 4, 1, 2], dtype=float)
        fit = fit_truncated(counts, np.ones((10, 1)), poisson=True)
        rate = np.exp(fit.coefficients[0])
        assert rate / -np.expm1(-rate) == pytest.approx(counts.mean(), rel=1e-6)
        assert fit.converged

    def test_it_agrees_with_statsmodels_where_statsmodels_converges(self):
        from statsmodels.discrete.truncated_model import TruncatedLFNegativeBinomialP

        data = simulated(np.random.default_rng(4), dispersion=0.8)
        some = data.counts > 0
        design = np.column_stack([np.ones(some.sum()), data.covariates["x"][some]])
        ours = fit_truncated(data.counts[some], design)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = TruncatedLFNegativeBinomialP(data.counts[some], design).fit(
                start_params=[*ours.coefficients * 0.9, ours.dispersion * 1.2], maxiter=500, disp=0
            )
        assert theirs.mle_retvals["converged"]
        assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
        assert ours.coefficients == pytest.approx(theirs.params[:2], abs=1e-3)

    def test_no_other_point_is_likelier(self):
        data = simulated(np.random.default_rng(6), clusters=12)
        counts = data.counts[data.counts > 0]
        x = data.covariates["x"][data.counts > 0]
        fit = fit_truncated(counts, np.column_stack([np.ones(len(x)), x]))

        def minus(p):
            law = stats.nbinom(np.exp(-p[2]), 1 / (1 + np.exp(p[2] + p[0] + p[1] * x)))
            return -np.sum(law.logpmf(counts) - np.log(law.sf(0)))

        found = minimize(
            minus, [0.0, 0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}
        )
        assert fit.log_likelihood == pytest.approx(-found.fun, abs=1e-6)
        assert fit.coefficients == pytest.approx(found.x[:2], abs=1e-4)

    def test_under_dispersed_counts_give_the_poisson_fit(self):
        counts = np.array([2.0, 3.0, 2.0, 3.0, 3.0, 2.0, 3.0, 2.0])
        free = fit_truncated(counts, np.ones((8, 1)))
        assert free.log_likelihood == pytest.approx(
            fit_truncated(counts, np.ones((8, 1)), poisson=True).log_likelihood, abs=1e-4
        )

    def test_the_scale_of_a_covariate_does_not_matter(self):
        data = simulated(np.random.default_rng(7))
        some = data.counts > 0
        x = data.covariates["x"][some]
        small = fit_truncated(data.counts[some], np.column_stack([np.ones(len(x)), x]))
        large = fit_truncated(data.counts[some], np.column_stack([np.ones(len(x)), 1e5 + 1e4 * x]))
        assert large.coefficients[1] * 1e4 == pytest.approx(small.coefficients[1], rel=1e-4)


class TestUndefined:
    def test_separation_is_found_complete_and_quasi_complete(self):
        x = np.array([0.0, 1, 2, 3, 4, 5])
        design = np.column_stack([np.ones(6), x])
        assert separated(x >= 3, design)
        assert separated(np.array([0, 0, 0, 1, 1, 1], dtype=bool), np.ones((6, 1))) is False
        touching = np.column_stack([np.ones(6), [0.0, 1, 2, 2, 3, 4]])
        assert separated(x >= 3, touching)
        assert not separated(np.array([0, 0, 1, 0, 1, 1], dtype=bool), design)

    def test_a_separated_model_is_undefined_not_a_huge_number(self):
        x = np.linspace(-1, 1, 40)
        found = fit_any(units(x > 0, x=x))
        assert isinstance(found, Undefined)
        assert "separate" in found.reason

    def test_a_cluster_that_alone_prevents_separation_is_named(self):
        x = np.linspace(-1, 1, 40)
        counts = (x > 0).astype(int)
        clusters = np.arange(40) % 8
        counts[3] = 1  # the only ward with an event at a low x, in cluster 3
        clusters[37:] = 2
        found = fit_any(units(counts, clusters, x=x))
        assert isinstance(found, Undefined)
        assert found.reason.startswith("without 3:")

    @pytest.mark.parametrize("value", [0, 1])
    def test_all_or_none_with_an_event_is_undefined(self, value):
        found = fit_any(units(np.full(30, value), x=np.linspace(0, 1, 30)))
        assert isinstance(found, Undefined)

    def test_linearly_dependent_covariates_are_undefined(self):
        x = np.sin(np.arange(40.0))
        data = units(np.arange(40) % 3, x=x, y=3 * x - 1)
        assert fit_any(data) == Undefined("the covariates are linearly dependent")
        assert fit_number_given_any(data) == Undefined("the covariates are linearly dependent")

    def test_more_coefficients_than_units_with_an_event_is_undefined(self):
        counts = np.zeros(30)
        counts[:2] = 3
        found = fit_number_given_any(units(counts, x=np.sin(np.arange(30.0))))
        assert isinstance(found, Undefined)
        assert "too few" in found.reason

    def test_a_runaway_dispersion_is_undefined(self):
        # 60 units with one event and a few with very many: no finite dispersion fits best
        counts = np.array([1] * 60 + [40, 90, 200])
        fit = fit_truncated(counts.astype(float), np.ones((63, 1)))
        assert fit.dispersion == pytest.approx(LARGEST_DISPERSION)
        found = fit_number_given_any(units(counts, x=np.sin(np.arange(63.0))))
        assert isinstance(found, Undefined)
        assert "runs off" in found.reason

    def test_few_clusters_are_undefined(self):
        found = fit_any(units(np.arange(40) % 2, np.arange(40) % 4, x=np.sin(np.arange(40.0))))
        assert isinstance(found, Undefined)
        assert "4 boroughs" in found.reason

    @pytest.mark.parametrize(
        ("counts", "x"),
        [([1, -1], [0, 1]), ([0.5, 1], [0, 1]), ([1, 0], [0, np.nan]), ([1], [0, 1])],
    )
    def test_what_are_no_counts_or_covariates_is_refused(self, counts, x):
        with pytest.raises(ValueError, match=r"count|finite"):
            units(counts, x=x)


@pytest.mark.verify
@pytest.mark.parametrize("part", [fit_any, fit_number_given_any])
def test_coverage_with_a_shared_effect_of_boroughs(part):
    """The jackknife stays near its 95%; wards taken as independent do not: the negative control.

    The estimand is the slope of the population-averaged model, found from one very large sample.
    On 400 other data sets, before the limits here were set: 94.2% and 92.4% for the two parts
    (independent wards 85.0% and 78.1%), and no answer from the second part in 21 of the 400, its
    dispersion having run off. A tenth without an answer is allowed for that reason.
    """
    big = simulated(streams(1, name="estimand")[0], clusters=4000, spread=0.8)
    flat = Units(
        counts=big.counts,
        covariates=big.covariates,
        clusters=np.char.mod("%d", np.arange(len(big.counts)) % 5),
        unit="ward",
        event="deployment",
        cluster="borough",
    )
    true = ratio(part(flat), "x").value
    inside = {"jackknife": 0, "profile": 0}
    runs = 400
    taken = 0
    for rng in streams(runs, name=f"shared {part.__name__}"):
        fit = part(simulated(rng, spread=0.8))
        if isinstance(fit, Undefined):
            continue
        taken += 1
        for name, found in (("jackknife", ratio(fit, "x")), ("profile", profile_ratio(fit, "x"))):
            assert isinstance(found, Estimate), found
            inside[name] += found.low <= true <= found.high
    assert taken >= 0.9 * runs
    # 95% less four standard errors of a simulated share
    assert inside["jackknife"] / taken > 0.95 - 4 * np.sqrt(0.95 * 0.05 / taken)
    assert inside["profile"] < inside["jackknife"]
    assert inside["profile"] / taken < 0.93


@pytest.mark.verify
@pytest.mark.parametrize("part", [fit_any, fit_number_given_any])
def test_coverage_where_wards_are_independent(part):
    taken, jackknife, profile = 0, 0, 0
    for rng in streams(400, name=f"independent {part.__name__}"):
        fit = part(simulated(rng))
        if isinstance(fit, Undefined):
            continue
        taken += 1
        true = np.exp(0.2)
        one, other = ratio(fit, "x"), profile_ratio(fit, "x")
        jackknife += one.low <= true <= one.high
        profile += other.low <= true <= other.high
    allowed = 4 * np.sqrt(0.95 * 0.05 / taken)
    assert taken >= 380
    assert abs(profile / taken - 0.95) < allowed
    assert 0.95 - allowed < jackknife / taken < 0.99
