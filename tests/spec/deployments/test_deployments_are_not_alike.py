"""Cases that come in clusters are less evidence than as many that come one by one."""

from probity.core import Count
from probity.stats.dispersion import (
    beta_binomial,
    cluster_bootstrap,
    dispersion_test,
    korn_graubard,
)
from probity.stats.interval import clopper_pearson

FACES = [9_000, 15_000, 8_000, 12_000, 22_000, 10_000, 7_000, 14_000, 11_000, 13_000, 9_000, 10_000]
SPREAD_OUT = [1, 1, 0, 1, 2, 1, 0, 1, 1, 1, 1, 0]
IN_ONE_PLACE = [0, 0, 0, 0, 9, 0, 0, 1, 0, 0, 0, 0]


def width(rate) -> float:
    return rate.high - rate.low


def test_chance_explains_cases_that_are_spread_out() -> None:
    """One here, two there: no more uneven than independent cases are."""
    assert dispersion_test(SPREAD_OUT, FACES, seed=1).p_value > 0.5


def test_chance_does_not_explain_nine_in_one_deployment() -> None:
    """Nine of ten in one deployment of twelve: something there was different."""
    assert dispersion_test(IN_ONE_PLACE, FACES, seed=1).p_value < 0.001


def test_ten_in_one_place_are_weaker_evidence_than_ten_apart() -> None:
    """The same 10 of 140,000: the interval that looks at deployments knows the difference."""
    naive = clopper_pearson(Count(10, 140_000, "faces seen"))
    apart = korn_graubard(SPREAD_OUT, FACES, population="faces seen")
    together = korn_graubard(IN_ONE_PLACE, FACES, population="faces seen")
    assert width(naive) <= width(apart) * (1 + 1e-9) < width(together)
    assert width(together) > 3 * width(naive)
    model = beta_binomial(IN_ONE_PLACE, FACES, population="faces seen")
    assert width(model) > 2 * width(naive)


def test_few_deployments_with_cases_are_not_resampled() -> None:
    """Two deployments with cases make two stories, not a distribution; the method says so."""
    rate = cluster_bootstrap(IN_ONE_PLACE, FACES, population="faces seen", seed=1)
    assert rate.method.startswith("Korn-Graubard")
    assert "too few to resample: 2 deployments with cases" in rate.method


def test_no_case_anywhere_still_has_an_upper_bound() -> None:
    """Resampling zeros gives zeros, never [0, 0] here: the exact bound, and a word about it."""
    rate = cluster_bootstrap([0] * 12, FACES, population="faces seen", seed=1)
    assert rate.low == 0.0 < rate.high
    assert "as if deployments were alike" in rate.method
