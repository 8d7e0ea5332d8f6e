"""Two groups: score intervals against their definition by brute force, edges, exact tests."""

from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from probity.core import Count, Events, Undefined
from probity.stats.compare import (
    difference,
    difference_newcombe,
    event_rate_ratio,
    ratio,
    two_group_test,
)

Z = 1.959963984540054
PAIRS = [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (1, 1, 0, 1), (3, 40, 17, 300)]


def counts(k_a: int, n_a: int, k_b: int, n_b: int) -> tuple[Count, Count]:
    return Count(k_a, n_a, "first"), Count(k_b, n_b, "second")


def likeliest(a: Count, b: Count, p_a, q: np.ndarray) -> float:
    """The q with the largest likelihood when group a has p_a(q), by trying ever finer grids."""
    for _ in range(6):
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = [
                cases * np.log(p) if cases else 0.0
                for cases, p in (
                    (a.k, p_a(q)),
                    (a.n - a.k, 1 - p_a(q)),
                    (b.k, q),
                    (b.n - b.k, 1 - q),
                )
            ]
        best = int(np.nanargmax(sum(logs) + np.zeros_like(q)))
        q = np.linspace(q[max(0, best - 1)], q[min(len(q) - 1, best + 1)], len(q))
    return float(q[len(q) // 2])


@pytest.mark.parametrize("cells", PAIRS, ids=str)
def test_difference_bounds_are_where_the_score_is_z(cells: tuple[int, ...]) -> None:
    a, b = counts(*cells)
    found = difference(a, b)
    for d, z in ((found.low, Z), (found.high, -Z)):
        if abs(d) == 1.0:
            continue
        q_b = likeliest(a, b, lambda q, d=d: q + d, np.linspace(max(0, -d), min(1, 1 - d), 2_001))
        q_a = q_b + d
        total = a.n + b.n
        variance = (q_a * (1 - q_a) / a.n + q_b * (1 - q_b) / b.n) * total / (total - 1)
        assert (a.k / a.n - b.k / b.n - d) / sqrt(variance) == pytest.approx(z, rel=1e-5)


@pytest.mark.parametrize("cells", PAIRS, ids=str)
def test_ratio_bounds_are_where_the_score_is_z(cells: tuple[int, ...]) -> None:
    a, b = counts(*cells)
    found = ratio(a, b)
    for r, z in ((found.low, Z), (found.high, -Z)):
        if r in (0.0, inf):
            continue
        q_b = likeliest(a, b, lambda q, r=r: q * r, np.linspace(0, min(1, 1 / r), 2_001))
        q_a = q_b * r
        variance = q_a * (1 - q_a) / a.n + r * r * q_b * (1 - q_b) / b.n
        assert (a.k / a.n - r * b.k / b.n) / sqrt(variance) == pytest.approx(z, rel=1e-5)


@pytest.mark.parametrize("cells", [*PAIRS, (10, 3_147_436, 12, 900_000)], ids=str)
def test_statsmodels_gives_the_same_where_it_is_right(cells: tuple[int, ...]) -> None:
    a, b = counts(*cells)
    newcombe = confint_proportions_2indep(*cells, method="newcomb", compare="diff")
    ours = difference_newcombe(a, b)
    assert (ours.low, ours.high) == pytest.approx(newcombe, abs=1e-12)
    if 0 < a.k < a.n and b.k > 0:
        koopman = confint_proportions_2indep(
            *cells, method="score", compare="ratio", correction=False
        )
        assert (ratio(a, b).low, ratio(a, b).high) == pytest.approx(koopman, rel=1e-8)


def test_rare_cases_among_millions_keep_their_digits() -> None:
    """Where n is huge and p small, counts are Poisson and the difference scales with 1/n."""
    found = difference(*counts(10, 10**9, 20, 10**9))
    larger = difference(*counts(10, 10**12, 20, 10**12))
    assert (larger.low * 1e12, larger.high * 1e12) == pytest.approx(
        (found.low * 1e9, found.high * 1e9), rel=1e-6
    )
    few = ratio(*counts(10, 10**9, 20, 10**9))
    fewer = ratio(*counts(10, 10**12, 20, 10**12))
    assert (fewer.low, fewer.high) == pytest.approx((few.low, few.high), rel=1e-6)


def test_a_group_without_cases() -> None:
    none, some = Count(0, 50, "first"), Count(5, 60, "second")
    down, up = ratio(none, some), ratio(some, none)
    assert (down.value, down.low) == (0.0, 0.0)
    assert 0 < down.high < inf
    assert (up.value, up.high) == (inf, inf)
    assert 0 < up.low < inf
    assert up.low == pytest.approx(1 / down.high)
    assert ratio(none, none) == Undefined("no case in first nor in first: 0/0 has no ratio")


def test_nothing_but_cases_on_both_sides() -> None:
    found = ratio(*counts(10, 10, 20, 20))
    assert found.low < found.value == 1.0 < found.high


@pytest.mark.parametrize("compare", [difference, difference_newcombe, ratio, two_group_test])
def test_an_empty_group_is_undefined(compare) -> None:
    empty, some = Count(0, 0, "women"), Count(3, 9, "men")
    expected = Undefined("no women: a proportion of none is undefined")
    assert compare(empty, some) == expected
    assert compare(some, empty) == expected


def test_the_estimate_names_both_populations_and_keeps_the_counts() -> None:
    a, b = counts(3, 9, 4, 9)
    assert ratio(a, b).population == "first against second"
    assert ratio(a, b).counts == (a, b)


def test_event_rates_without_events() -> None:
    some, none = Events(4, 20.0, "hour"), Events(0, 10.0, "hour")
    assert event_rate_ratio(none, some).low == event_rate_ratio(none, some).value == 0.0
    assert event_rate_ratio(some, none).high == event_rate_ratio(some, none).value == inf
    assert isinstance(event_rate_ratio(none, none), Undefined)
    assert isinstance(event_rate_ratio(some, Events(0, 0.0, "hour")), Undefined)


def test_event_rates_in_different_units_are_not_compared() -> None:
    with pytest.raises(ValueError, match="'hour' and in 'deployment'"):
        event_rate_ratio(Events(1, 1.0, "hour"), Events(1, 1.0, "deployment"))


def test_fisher_on_the_lady_tasting_tea() -> None:
    """Fisher 1935: 3 of 4 against 1 of 4, two-sided 34/70."""
    test = two_group_test(*counts(3, 4, 1, 4))
    assert test.p_value == pytest.approx(34 / 70)
    assert test.statistic is None


@pytest.mark.parametrize("cells", [(7, 12, 2, 17), (5, 8, 1, 7), (0, 9, 4, 6), (3, 3, 0, 2)])
def test_boschloo_is_the_largest_probability_over_the_shared_proportion(cells) -> None:
    """By its definition, outcome by outcome, on a fine grid of the shared proportion."""
    k_a, n_a, k_b, n_b = cells
    fisher = np.array(
        [
            [fisher_exact([[i, j], [n_a - i, n_b - j]]).pvalue for j in range(n_b + 1)]
            for i in range(n_a + 1)
        ]
    )
    extreme = fisher <= fisher[k_a, k_b] * (1 + 1e-9)
    p = np.linspace(0, 1, 20_001)[:, None]
    first, second = binom.pmf(np.arange(n_a + 1), n_a, p), binom.pmf(np.arange(n_b + 1), n_b, p)
    largest = np.einsum("pi,ij,pj->p", first, extreme.astype(float), second).max()
    test = two_group_test(*counts(*cells), method="boschloo")
    assert test.p_value == pytest.approx(largest, rel=1e-6)
    assert test.statistic == pytest.approx(fisher[k_a, k_b])
    assert test.p_value <= test.statistic


def test_boschloo_refuses_too_many_outcomes() -> None:
    with pytest.raises(ValueError, match="use Fisher's"):
        two_group_test(*counts(1, 3_000, 1, 3_000), method="boschloo")
