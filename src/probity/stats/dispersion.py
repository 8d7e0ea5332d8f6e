"""Are deployments alike, and what interval holds when they are not?

Cases that come in clusters carry less information than as many independent ones.

- ``dispersion_test`` and ``event_dispersion_test``: do deployments differ more than chance?
- ``cluster_bootstrap``: an interval from resampling deployments.
- ``korn_graubard``: the Clopper-Pearson interval, widened for the spread between deployments.
- ``beta_binomial``: an interval from a model of that spread, with its fit and test.
"""

from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from probity.core import CountError, Undefined
from probity.stats.beta_binomial import (
    BetaBinomial,
    beta_binomial,
    beta_binomial_fit,
    beta_binomial_test,
)
from probity.stats.clusters import clusters
from probity.stats.resampling import cluster_bootstrap, korn_graubard
from probity.stats.stream import stream
from probity.stats.tables import draw_tables
from probity.stats.test_result import Test

__all__ = [
    "BetaBinomial",
    "beta_binomial",
    "beta_binomial_fit",
    "beta_binomial_test",
    "cluster_bootstrap",
    "dispersion_test",
    "event_dispersion_test",
    "korn_graubard",
]

Values = NDArray[np.float64]
Draw = Callable[[int], NDArray[np.int64]]

# Numbers of cases drawn at once, to bound memory.
_DRAWN_AT_ONCE = 2_000_000


def dispersion_test(
    ks: Sequence[int], ns: Sequence[int], *, replicates: int = 9_999, seed: int
) -> Test | Undefined:
    """Test that deployments share one proportion, against their differing more than chance.

    The statistic is Pearson's dispersion sum((k_i - n_i p)^2 / (n_i p (1 - p))) / (m - 1), with p
    the pooled proportion: near 1 when deployments are alike, larger when they are not. Its
    distribution is that of tables with the observed total, drawn at random, so that it holds for
    few cases too.

    Parameters
    ----------
    ks, ns : sequence of int
        Cases and trials of each deployment; those without trials are left out.
    replicates : int
        Tables drawn, at least 1.
    seed : int
        Of the draws.

    Returns
    -------
    Test or Undefined
        One-sided. Undefined with fewer than two deployments, without any case or with nothing
        but cases.

    Raises
    ------
    CountError
        0 <= k <= n does not hold, or the sequences differ in length.
    ValueError
        More than 10^9 trials in all, or no replicate.
    """
    data = clusters(ks, ns)
    if len(data.n) < 2 or data.cases in (0, data.trials):  # noqa: PLR2004
        return Undefined(
            f"{data.cases} of {data.trials} cases in {len(data.n)} deployments: no spread to test"
        )
    generator = stream(seed, "dispersion test")
    sizes = [int(n) for n in data.n]
    p = data.cases / data.trials

    def draw(tables: int) -> NDArray[np.int64]:
        return draw_tables(sizes, data.cases, tables=tables, generator=generator)

    expected = data.n * p
    return _monte_carlo(
        data.k, expected, expected * (1.0 - p), draw, replicates=replicates, name="Pearson"
    )


def event_dispersion_test(
    ks: Sequence[int], exposures: Sequence[float], *, replicates: int = 9_999, seed: int
) -> Test | Undefined:
    """Test that deployments share one event rate, against their differing more than chance.

    As ``dispersion_test``, for events that are no subset of the exposure: the statistic is
    sum((k_i - e_i r)^2 / (e_i r)) / (m - 1) with r the pooled rate.

    Parameters
    ----------
    ks : sequence of int
        Events in each deployment.
    exposures : sequence of float
        What they were counted over, in one unit throughout; deployments without are left out.

    Returns
    -------
    Test or Undefined
        One-sided. Undefined with fewer than two deployments or without any event.

    Raises
    ------
    CountError
        A number is negative, an exposure is not finite, events have no exposure, or the sequences
        differ in length.
    ValueError
        No replicate.
    """
    if len(ks) != len(exposures):
        raise CountError(f"{len(ks)} numbers of events for {len(exposures)} deployments")
    for k, e in zip(ks, exposures, strict=True):
        if k < 0 or e < 0 or not isfinite(e) or (k > 0 and e == 0):
            raise CountError(f"{k} events over {e} in one deployment")
    some = np.asarray(exposures, dtype=np.float64) > 0
    events = np.asarray(ks, dtype=np.float64)[some]
    exposure = np.asarray(exposures, dtype=np.float64)[some]
    total = int(events.sum())
    if len(events) < 2 or total == 0:  # noqa: PLR2004
        return Undefined(f"{total} events in {len(events)} deployments: no spread to test")
    generator = stream(seed, "event dispersion test")
    shares = exposure / exposure.sum()

    def draw(tables: int) -> NDArray[np.int64]:
        return generator.multinomial(total, shares, size=tables)

    expected = total * shares
    return _monte_carlo(events, expected, expected, draw, replicates=replicates, name="Poisson")


def _monte_carlo(
    cases: Values, expected: Values, variance: Values, draw: Draw, *, replicates: int, name: str
) -> Test:
    """One-sided Monte Carlo p-value of Pearson's dispersion of ``cases`` about ``expected``."""
    if replicates < 1:
        raise ValueError(f"{replicates} replicates: at least one is needed")

    def dispersion(drawn: Values | NDArray[np.int64]) -> Values:
        squared: Values = ((drawn - expected) ** 2 / variance).sum(axis=-1)
        return squared / (len(expected) - 1)

    observed = float(dispersion(cases))
    at_once = max(1, _DRAWN_AT_ONCE // len(expected))
    reached = 0
    for start in range(0, replicates, at_once):
        drawn = dispersion(draw(min(at_once, replicates - start)))
        # Rounding must not separate a drawn table from the same table observed.
        reached += int((drawn >= observed * (1.0 - 1e-12)).sum())
    return Test(
        p_value=(1 + reached) / (1 + replicates),
        method=(
            f"{name} dispersion given the total, one-sided, Monte Carlo with {replicates:,} tables"
        ),
        statistic=observed,
    )
