"""The test of uniform ranks keeps its level and sees what it should."""

import numpy as np
import pytest
from scipy.stats import binomtest

from probity.core import CountError
from probity.stats.uniform_ranks import uniform_rank_band, uniform_ranks_test

LEVELS = 100


def _p(ranks: np.ndarray) -> float:
    return uniform_ranks_test(ranks, levels=LEVELS).p_value


def test_it_rejects_uniform_ranks_as_often_as_its_level_says() -> None:
    generator = np.random.default_rng(20)
    rejected = sum(_p(generator.integers(0, LEVELS, 200)) <= 0.05 for _ in range(1_000))
    assert binomtest(rejected, 1_000, 0.05).pvalue > 0.001


@pytest.mark.parametrize(
    ("fault", "a", "b"),
    [("shifted", 1.4, 1.0), ("too narrow a posterior", 0.7, 0.7), ("too wide", 1.5, 1.5)],
)
def test_it_sees_a_posterior_that_is(fault: str, a: float, b: float) -> None:
    ranks = (np.random.default_rng(5).beta(a, b, 500) * LEVELS).astype(int)
    assert _p(ranks) < 0.001, fault


def test_two_levels_are_a_binomial_test() -> None:
    ranks = np.array([0] * 62 + [1] * 38)
    found = uniform_ranks_test(ranks, levels=2, simulations=99_999)
    assert found.p_value == pytest.approx(binomtest(62, 100).pvalue, abs=0.002)


def test_the_band_holds_uniform_ranks_all_over_as_often_as_it_says() -> None:
    band = uniform_rank_band(200, levels=LEVELS)
    generator = np.random.default_rng(8)
    inside = 0
    for _ in range(1_000):
        ranks = generator.integers(0, LEVELS, 200)
        below = np.cumsum(np.bincount(ranks, minlength=LEVELS))[:-1] / 200
        inside += bool(((below >= band.low) & (below <= band.high)).all())
    assert binomtest(inside, 1_000, 0.95).pvalue > 0.001


@pytest.mark.parametrize(("ranks", "levels"), [([], 10), ([10], 10), ([-1], 10), ([0], 1)])
def test_ranks_that_cannot_be_are_refused(ranks: list[int], levels: int) -> None:
    with pytest.raises(CountError, match="ranks have to be from 0"):
        uniform_ranks_test(ranks, levels=levels)
