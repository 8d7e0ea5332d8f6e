"""Do several groups share one proportion? An exact test, never without what it could have found.

A test of few events is silent about all but enormous differences, and "no significant
difference" is then no evidence of equality. ``k_group_test`` therefore always carries the
smallest ratio between worst and best group that it would have found on groups of these sizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probity.core import Count, Undefined
from probity.stats.group_power import DetectableRatio, smallest_detectable_ratio
from probity.stats.interval import clopper_pearson_bounds
from probity.stats.stream import stream
from probity.stats.tables import (
    LOG_TIE,
    draw_tables,
    every_table,
    log_ways,
    tables_at_most,
)

__all__ = ["DetectableRatio", "KGroupTest", "k_group_test", "smallest_detectable_ratio"]

# Above this many tables with the observed margins the p-value is estimated by Monte Carlo.
TABLES_MAX = 200_000
DRAWN_TABLES = 99_999


@dataclass(frozen=True, slots=True)
class KGroupTest:
    """A test that several groups share one proportion, and what it could have found.

    Attributes
    ----------
    p_value : float
        Exact, or the Monte Carlo estimate (1 + as improbable) / (1 + drawn), itself valid.
    p_interval : tuple of float
        Where the exact p-value lies: itself when exact, else the Clopper-Pearson interval of the
        Monte Carlo share.
    counts : tuple of Count
        The groups.
    detectable : DetectableRatio
        The smallest ratio between worst and best group that this test would have found.
    """

    p_value: float
    p_interval: tuple[float, float]
    method: str
    counts: tuple[Count, ...]
    detectable: DetectableRatio

    @property
    def power_statement(self) -> str:
        """In one sentence, what this test could have found."""
        sizes = [f"{c.n:,}" for c in self.counts]
        cases, trials = sum(c.k for c in self.counts), sum(c.n for c in self.counts)
        data = f"With groups of {', '.join(sizes[:-1])} and {sizes[-1]}, {cases:,} of {trials:,}"
        if self.detectable.rate_is_bound:
            data += f", and a pooled rate taken as {self.detectable.pooled_rate:.3g},"
        else:
            data += " in all,"
        odds = f"{self.detectable.power:.0%} probability"
        ratio, at_best = self.detectable.ratio, self.detectable.ratio_at_best
        if at_best is None:
            return (
                f"{data} this test would find no ratio between the worst and the best group, "
                f"however large, with {odds}."
            )
        if ratio is None:
            return (
                f"{data} this test would find a ratio of {at_best:.3g} between the worst and the "
                f"best group with {odds} if they are the two easiest to tell apart, and no ratio, "
                "however large, if they are the hardest."
            )
        return (
            f"{data} this test would find a ratio of {ratio:.3g} between the worst and the best "
            f"group with {odds}, whichever two they are, and would more often miss a smaller one."
        )


def k_group_test(
    counts: Sequence[Count], *, seed: int, power: float = 0.8, level: float = 0.95
) -> KGroupTest | Undefined:
    """Fisher-Freeman-Halton test that all groups share one proportion, with its power.

    Given the total of cases, the p-value is the probability of the tables that are no more
    probable than the observed one. All tables are listed when they are at most ``TABLES_MAX``;
    otherwise ``DRAWN_TABLES`` are drawn at random.

    Parameters
    ----------
    counts : sequence of Count
        One per group, at least two; no subject in two groups.
    seed : int
        Of the draws, here and in the power.
    power, level : float
        Of the detectable ratio: see ``smallest_detectable_ratio``.

    Returns
    -------
    KGroupTest or Undefined
        Undefined when a group is empty.

    Raises
    ------
    ValueError
        Fewer than two groups, ``power`` or ``level`` outside (0, 1), or more than 10^9 trials
        where tables have to be drawn.

    Source: Freeman & Halton 1951, Biometrika 38, 141-149; Phipson & Smyth 2010, Statistical
    Applications in Genetics and Molecular Biology 9, 39, on the Monte Carlo p-value.
    """
    detectable = smallest_detectable_ratio(counts, power=power, level=level, seed=seed)
    if isinstance(detectable, Undefined):
        return detectable
    sizes, observed = [c.n for c in counts], np.array([c.k for c in counts])
    cases = int(observed.sum())
    no_more_probable = log_ways(observed, sizes) + LOG_TIE
    if tables_at_most(sizes, cases) <= TABLES_MAX:
        ways = log_ways(every_table(sizes, cases), sizes)
        weights = np.exp(ways - ways.max())
        p_value = float(weights[ways <= no_more_probable].sum() / weights.sum())
        p_interval = (p_value, p_value)
        method = "Fisher-Freeman-Halton exact"
    else:
        generator = stream(seed, "k-group test")
        drawn = draw_tables(sizes, cases, tables=DRAWN_TABLES, generator=generator)
        as_improbable_drawn = int((log_ways(drawn, sizes) <= no_more_probable).sum())
        p_value = (1 + as_improbable_drawn) / (1 + DRAWN_TABLES)
        p_interval = clopper_pearson_bounds(as_improbable_drawn, DRAWN_TABLES, level=level)
        method = f"Fisher-Freeman-Halton, Monte Carlo with {DRAWN_TABLES:,} tables"
    return KGroupTest(p_value, p_interval, method, tuple(counts), detectable)
