"""The exact test of several groups, and the power statement that comes with it."""

import numpy as np
import pytest
from scipy.stats import binom

from probity.core import Count, Undefined
from probity.stats import group_power, groups
from probity.stats.groups import k_group_test, smallest_detectable_ratio


def named(*pairs: tuple[int, int]) -> list[Count]:
    return [Count(k, n, f"passes of group {i}") for i, (k, n) in enumerate(pairs, start=1)]


def power_by_definition(sizes: tuple[int, ...], proportions: list[float]) -> float:
    """Sum over every outcome of the chance of it, where the exact test rejects at 5%."""
    power = 0.0
    for outcome in np.ndindex(*(n + 1 for n in sizes)):
        test = p_value(outcome, sizes)
        if test <= 0.05:
            chances = (
                binom.pmf(k, n, p) for k, n, p in zip(outcome, sizes, proportions, strict=True)
            )
            power += float(np.prod(list(chances)))
    return power


def p_value(outcome: tuple[int, ...], sizes: tuple[int, ...]) -> float:
    """Fisher-Freeman-Halton by its definition, from integer binomial coefficients."""
    from itertools import product
    from math import comb, prod

    def ways(table: tuple[int, ...]) -> int:
        return prod(comb(n, k) for n, k in zip(sizes, table, strict=True))

    tables = [t for t in product(*(range(n + 1) for n in sizes)) if sum(t) == sum(outcome)]
    mine = ways(outcome)
    return sum(w for w in map(ways, tables) if w <= mine) / comb(sum(sizes), sum(outcome))


@pytest.mark.parametrize("outcome", [(0, 3, 4), (5, 0, 0), (2, 2, 2), (0, 0, 0), (5, 6, 7)])
def test_the_exact_p_value_is_its_definition(outcome: tuple[int, ...]) -> None:
    sizes = (5, 6, 7)
    test = k_group_test(named(*zip(outcome, sizes, strict=True)), seed=1)
    assert test.p_value == pytest.approx(p_value(outcome, sizes), rel=1e-9)
    assert test.p_interval == (test.p_value, test.p_value)


def test_monte_carlo_agrees_with_the_exact_p_value(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = named((2, 40), (1, 35), (6, 50), (0, 30))
    exact = k_group_test(counts, seed=1)
    monkeypatch.setattr(groups, "TABLES_MAX", 0)
    drawn = k_group_test(counts, seed=1, level=0.999)
    assert "Monte Carlo with 99,999 tables" in drawn.method
    assert drawn.p_interval[0] <= exact.p_value <= drawn.p_interval[1]
    assert drawn.p_interval[0] <= drawn.p_value <= drawn.p_interval[1]
    assert drawn.p_interval[1] - drawn.p_interval[0] < 0.01
    assert k_group_test(counts, seed=1, level=0.999) == drawn
    assert k_group_test(counts, seed=2, level=0.999) != drawn


@pytest.mark.parametrize("sizes", [(20, 14), (6, 5, 7)])
def test_the_detectable_ratio_has_its_power_by_definition(sizes: tuple[int, ...]) -> None:
    cases = [n // 2 for n in sizes]
    found = smallest_detectable_ratio(named(*zip(cases, sizes, strict=True)), power=0.4, seed=1)
    assert found.method == "exact, over all outcomes"
    powers = {}
    for worst in range(len(sizes)):
        for best in range(len(sizes)):
            if worst == best:
                continue
            together = sizes[worst] + sizes[best]
            proportions = [found.pooled_rate] * len(sizes)
            proportions[best] = (
                found.pooled_rate * together / (sizes[worst] * found.ratio + sizes[best])
            )
            proportions[worst] = proportions[best] * found.ratio
            powers[worst, best] = power_by_definition(sizes, proportions)
    assert min(powers.values()) == pytest.approx(0.4, abs=1e-4)


def test_simulated_power_agrees_with_exact_power(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = named((12, 100), (10, 75), (16, 125))
    exact = smallest_detectable_ratio(counts, seed=1)
    monkeypatch.setattr(group_power, "OUTCOMES_MAX", 0)
    simulated = smallest_detectable_ratio(counts, seed=1)
    assert exact.method != simulated.method == "10,000 simulated tables"
    assert simulated.ratio == pytest.approx(exact.ratio, rel=0.03)
    assert simulated.ratio_at_best == pytest.approx(exact.ratio_at_best, rel=0.03)
    assert smallest_detectable_ratio(counts, seed=1) == simulated


def test_more_trials_find_smaller_ratios() -> None:
    ratios = [
        smallest_detectable_ratio(named((n // 10, n), (n // 10, n)), seed=1).ratio
        for n in (100, 200, 400, 800)
    ]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] > 1


def test_seven_events_could_have_found_no_ratio_at_all() -> None:
    """Seven false alerts, all of one group of three: even so, too few to rely on."""
    test = k_group_test(named((7, 800), (0, 800), (0, 800)), seed=1)
    assert test.p_value < 0.01
    assert test.detectable.ratio is None
    assert test.power_statement == (
        "With groups of 800, 800 and 800, 7 of 2,400 in all, this test would find no ratio "
        "between the worst and the best group, however large, with 80% probability."
    )


def test_no_event_takes_the_largest_rate_that_the_data_allow() -> None:
    test = k_group_test(named((0, 133), (0, 133), (0, 133)), seed=1)
    assert test.p_value == 1.0
    assert test.detectable.rate_is_bound
    assert test.detectable.pooled_rate == pytest.approx(1 - 0.05 ** (1 / 399))
    assert test.detectable.ratio is None
    assert "a pooled rate taken as 0.00748" in test.power_statement


def test_a_tiny_group_hides_its_ratio_but_not_that_of_the_large_ones() -> None:
    test = k_group_test(named((200, 10_000), (210, 10_000), (0, 12)), seed=1)
    assert test.detectable.ratio is None
    assert 1.0 < test.detectable.ratio_at_best < 2.0
    assert "easiest to tell apart" in test.power_statement


def test_a_found_ratio_is_stated() -> None:
    test = k_group_test(named((350, 400), (340, 400)), seed=1)
    assert test.detectable.ratio == pytest.approx(1.08, abs=0.02)
    assert "would find a ratio of 1.0" in test.power_statement
    assert "more often miss a smaller one" in test.power_statement


def test_an_empty_group_is_undefined() -> None:
    assert k_group_test(named((1, 9), (0, 0)), seed=1) == Undefined(
        "no passes of group 2: a proportion of none is undefined"
    )


def test_bad_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        k_group_test(named((1, 9)), seed=1)
    with pytest.raises(ValueError, match="a power lies"):
        k_group_test(named((1, 9), (1, 9)), seed=1, power=1.0)
    with pytest.raises(ValueError, match="confidence level"):
        k_group_test(named((1, 9), (1, 9)), seed=1, level=95)
