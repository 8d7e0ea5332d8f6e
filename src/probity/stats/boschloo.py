"""Boschloo's exact test that two groups share one proportion."""

from math import pi, sqrt

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from probity.core import Count
from probity.stats.tables import LOG_TIE, every_table, log_ways, p_values
from probity.stats.test_result import Test

# Every outcome is looked at, (n_a + 1) * (n_b + 1) of them.
OUTCOMES_MAX = 4_000_000
# Probabilities worked out at once, to bound memory.
_AT_ONCE = 1_000_000


def boschloo(a: Count, b: Count) -> Test:
    """Two-sided test: the largest probability, over the proportion shared by both groups, of
    outcomes whose two-sided Fisher p-value is at most the observed one.

    Never above Fisher's p-value, since it does not keep the total of cases fixed.

    Parameters
    ----------
    a, b : Count
        Two groups, n > 0 in each.

    Returns
    -------
    Test
        The statistic is Fisher's p-value.

    Raises
    ------
    ValueError
        More than ``OUTCOMES_MAX`` possible outcomes.

    Source: Boschloo 1970, Statistica Neerlandica 24, 1-9.
    """
    if (a.n + 1) * (b.n + 1) > OUTCOMES_MAX:
        raise ValueError(
            f"groups of {a.n} and {b.n}: Boschloo's test takes at most {OUTCOMES_MAX} possible "
            "outcomes; use Fisher's"
        )
    sizes, trials = (a.n, b.n), a.n + b.n
    fisher = [p_values(log_ways(every_table(sizes, total), sizes)) for total in range(trials + 1)]
    observed = float(fisher[a.k + b.k][a.k - max(0, a.k + b.k - b.n)])
    # Given a total, the outcomes with a p-value up to some bound have the largest such p-value as
    # their probability.
    as_extreme = np.array([p[p <= observed * (1 + LOG_TIE)].max(initial=0.0) for p in fisher])
    totals = np.arange(trials + 1)

    def probability(angle: float) -> float:
        return float(binom.pmf(totals, trials, np.sin(angle) ** 2) @ as_extreme)

    # On this scale a total is spread by 1 / (2 sqrt(N)) whatever the proportion: 20 steps for it.
    angles = np.linspace(0.0, pi / 2, 2 + int(20 * pi * sqrt(trials)))
    best = int(
        np.argmax(
            np.concatenate(
                [
                    binom.pmf(totals, trials, np.sin(some[:, np.newaxis]) ** 2) @ as_extreme
                    for some in np.array_split(angles, 1 + len(angles) * trials // _AT_ONCE)
                ]
            )
        )
    )
    refined = minimize_scalar(
        lambda angle: -probability(float(angle)),
        bounds=(angles[max(0, best - 1)], angles[min(len(angles) - 1, best + 1)]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    largest = max(probability(float(angles[best])), -float(refined.fun))
    return Test(
        p_value=min(largest, observed), method="Boschloo exact, two-sided", statistic=observed
    )
