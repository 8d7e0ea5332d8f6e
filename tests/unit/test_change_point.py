"""Pettitt's test and binary segmentation."""

import math

import numpy as np
import pytest

from probity.stats.change_point import change_points

OPTIONS = {"alpha": 0.001, "factor": 2.0, "shortest": 10}


def test_the_statistic_is_that_of_the_definition() -> None:
    """U_t = sum over i <= t < j of sign(x_i - x_j), straight from Pettitt (1979)."""
    rng = np.random.default_rng(1)
    series = np.concatenate([rng.integers(0, 50, 20), rng.integers(200, 300, 25)])
    n = len(series)
    signs = np.sign(series[:, None] - series[None, :])
    u = [abs(signs[:t, t:].sum()) for t in range(1, n)]
    (point,) = change_points(series, **OPTIONS)
    assert point.index == 1 + int(np.argmax(u))
    assert point.p_value == pytest.approx(2 * math.exp(-6 * max(u) ** 2 / (n**3 + n**2)))


def test_several_levels() -> None:
    rng = np.random.default_rng(2)
    levels = [1_000, 100, 900]
    series = np.concatenate([level * rng.uniform(0.8, 1.2, 40) for level in levels])
    points = change_points(series, **OPTIONS)
    assert [p.index for p in points] == [40, 80]
    assert points[0].before == pytest.approx(1_000, rel=0.1)
    assert points[0].after == pytest.approx(100, rel=0.1)
    assert points[1].factor == pytest.approx(9, rel=0.15)


def test_a_single_outlier_is_no_change() -> None:
    assert change_points([100.0] * 30 + [1e9] + [100.0] * 30, **OPTIONS) == ()


def test_scale_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    series = np.concatenate([rng.uniform(1, 2, 30), rng.uniform(10, 20, 30)])
    small = change_points(series, **OPTIONS)
    assert [p.index for p in change_points(series * 1e6, **OPTIONS)] == [p.index for p in small]


def test_false_alarms_are_rare() -> None:
    """Of 400 series without a change, fewer than 1% have one found at p < 0.001."""
    rng = np.random.default_rng(4)
    found = sum(
        bool(change_points(rng.lognormal(0, 2, 100), alpha=0.001, factor=1.0, shortest=10))
        for _ in range(400)
    )
    assert found < 4


@pytest.mark.parametrize("series", [[], [1.0], [5.0] * 50, list(range(19))])
def test_series_too_short_or_without_any_change(series: list[float]) -> None:
    assert change_points(series, **OPTIONS) == ()
