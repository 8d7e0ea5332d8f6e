"""How heavy the tail of weights is, against samples of a known shape."""

import numpy as np
import pytest
from scipy.stats import genpareto

from probity.stats.pareto_tail import pareto_tail_shape


@pytest.mark.parametrize("shape", [0.0, 0.3, 0.6, 1.0])
def test_the_shape_of_a_generalised_pareto_sample_is_found(shape: float) -> None:
    found = [
        pareto_tail_shape(genpareto(shape).rvs(20_000, random_state=seed)) for seed in range(20)
    ]
    # 424 values in the tail: standard error (1 + shape) / sqrt(424), shrunk a little towards 0.5.
    assert np.mean(found) == pytest.approx(shape, abs=0.06)


def test_scale_does_not_matter() -> None:
    weights = np.random.default_rng(1).lognormal(sigma=2.0, size=4_000)
    assert pareto_tail_shape(weights / weights.sum()) == pytest.approx(
        pareto_tail_shape(weights), rel=1e-9
    )


def test_weights_without_a_mean_are_above_the_limit_of_use() -> None:
    weights = genpareto(1.5).rvs(8_000, random_state=3)
    assert pareto_tail_shape(weights) > 0.7


def test_equal_weights_have_no_tail() -> None:
    assert pareto_tail_shape(np.full(100, 0.01)) == -np.inf


def test_few_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="24 weights: at least 25"):
        pareto_tail_shape(np.ones(24))
