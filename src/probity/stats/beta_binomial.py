"""A model of deployments that are not alike: each has its own proportion, drawn from a beta.

Deployment i sees k_i cases in n_i trials with its own proportion, which varies between
deployments around ``mean``. With ``spread`` = 1 / (a + b) of Beta(a, b),

    log L = sum_i [ sum_{j<k_i} log(mean + j spread) + sum_{j<n_i-k_i} log(1 - mean + j spread)
                    - sum_{j<n_i} log(1 + j spread) + log C(n_i, k_i) ].

spread = 0 is the binomial model. Two trials of one deployment then correlate with
``correlation`` = spread / (1 + spread).

Source: Skellam 1948, JRSS B 10, 257-261; Griffiths 1973, Biometrics 29, 637-648.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import betaln, chdtrc, chdtri, expit, gammaln, logit

from probity.core import Rate, Undefined
from probity.stats.clusters import Clusters, clusters
from probity.stats.level import tail
from probity.stats.test_result import Test

# Spreads searched, as log(spread * mean number of trials): from almost none to all or nothing.
LOG_SPREAD_RANGE = (-14.0, 14.0)
# The mean is searched this far from the pooled proportion, in log odds.
LOG_ODDS_REACH = 10.0
# Where gamma arguments are this large, their logarithms' difference is taken from its series.
_SERIES_FROM = 32.0

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Maximum likelihood fit of the beta-binomial model.

    Attributes
    ----------
    mean : float
        Proportion of a deployment, averaged over deployments; 0 < mean < 1.
    spread : float
        1 / (a + b) of the beta distribution, >= 0; 0 is no over-dispersion at all.
    log_likelihood : float
        Of this fit.
    log_likelihood_binomial : float
        Of the binomial fit (spread = 0).
    deployments : int
        Deployments with trials.
    """

    mean: float
    spread: float
    log_likelihood: float
    log_likelihood_binomial: float
    deployments: int

    @property
    def correlation(self) -> float:
        """Correlation of two trials of one deployment, 0 <= correlation < 1."""
        return self.spread / (1.0 + self.spread)


def beta_binomial_fit(ks: Sequence[int], ns: Sequence[int]) -> BetaBinomial | Undefined:
    """Maximum likelihood mean and spread of the beta-binomial model.

    Parameters
    ----------
    ks, ns : sequence of int
        Cases and trials of each deployment; those without trials are left out.

    Returns
    -------
    BetaBinomial or Undefined
        Undefined with fewer than two deployments, without any case or with nothing but cases:
        the likelihood then says nothing about the spread.

    Raises
    ------
    CountError
        0 <= k <= n does not hold, or the sequences differ in length.
    """
    data = clusters(ks, ns)
    if why := _uninformative(data):
        return Undefined(why)
    pooled = data.cases / data.trials
    pooled_log_odds = float(logit(pooled))
    ways = float(-(betaln(data.k + 1.0, data.n - data.k + 1.0) + np.log1p(data.n)).sum())
    binomial = _log_likelihood(data, pooled_log_odds, 0.0)
    start, _ = _likeliest_spread(data, pooled_log_odds)

    def minus_log_likelihood(x: NDArray[np.float64]) -> float:
        return -_log_likelihood(data, float(x[0]), _spread(data, float(x[1])))

    found = minimize(
        minus_log_likelihood,
        x0=np.array([pooled_log_odds, start]),
        method="Nelder-Mead",
        bounds=[
            (pooled_log_odds - LOG_ODDS_REACH, pooled_log_odds + LOG_ODDS_REACH),
            LOG_SPREAD_RANGE,
        ],
        tol=1e-9,
    )
    if -found.fun <= binomial:
        return BetaBinomial(pooled, 0.0, binomial + ways, binomial + ways, len(data.n))
    return BetaBinomial(
        mean=float(expit(found.x[0])),
        spread=_spread(data, float(found.x[1])),
        log_likelihood=-float(found.fun) + ways,
        log_likelihood_binomial=binomial + ways,
        deployments=len(data.n),
    )


def beta_binomial(
    ks: Sequence[int], ns: Sequence[int], *, population: str, level: float = 0.95
) -> Rate | Undefined:
    """sum(k)/sum(n) with the profile likelihood interval of the beta-binomial mean.

    The means whose likelihood, with the spread fitted anew for each, is within
    exp(-q / 2) of the largest, q being the chi-square quantile with one degree of freedom.

    Returns
    -------
    Rate or Undefined
        The interval is for the mean over deployments. Its value is the pooled proportion, which
        weighs deployments by their trials and can differ from the fitted mean; the bounds are
        moved to include it should it lie outside. Undefined as ``beta_binomial_fit``.

    Raises
    ------
    CountError
        As ``beta_binomial_fit``.
    ValueError
        ``level`` outside (0, 1).
    """
    outside = tail(level, sides=1)
    fit = beta_binomial_fit(ks, ns)
    if isinstance(fit, Undefined):
        return fit
    data = clusters(ks, ns)
    centre = float(logit(fit.mean))
    lowest = _log_likelihood(data, centre, fit.spread) - float(chdtri(1, outside)) / 2.0

    def excess(log_odds: float) -> float:
        _, best = _likeliest_spread(data, log_odds)
        return max(best, _log_likelihood(data, log_odds, 0.0)) - lowest

    value = data.cases / data.trials
    return Rate(
        data.count(population),
        low=min(value, float(expit(_where_negative(excess, centre, -0.5)))),
        high=max(value, float(expit(_where_negative(excess, centre, 0.5)))),
        level=level,
        method=f"beta-binomial profile likelihood over {fit.deployments:,} deployments",
    )


def beta_binomial_test(ks: Sequence[int], ns: Sequence[int]) -> Test | Undefined:
    """Likelihood ratio test that deployments are alike (spread = 0).

    spread = 0 lies on the boundary, where the statistic is 0 half the time: its p-value is half
    that of a chi-square with one degree of freedom, and 1 at 0. This holds for many deployments
    with cases; ``dispersion_test`` needs no such assumption.

    Returns
    -------
    Test or Undefined
        Undefined as ``beta_binomial_fit``.

    Source: Self & Liang 1987, JASA 82, 605-610, case 5.
    """
    fit = beta_binomial_fit(ks, ns)
    if isinstance(fit, Undefined):
        return fit
    statistic = 2.0 * (fit.log_likelihood - fit.log_likelihood_binomial)
    return Test(
        p_value=0.5 * float(chdtrc(1, statistic)) if statistic > 0 else 1.0,
        method="beta-binomial likelihood ratio, half chi-square(0) and half chi-square(1)",
        statistic=statistic,
    )


def _uninformative(data: Clusters) -> str | None:
    if len(data.n) < 2:  # noqa: PLR2004
        return (
            f"{len(data.n)} deployments with trials: "
            "the spread between deployments needs at least two"
        )
    if data.cases == 0:
        return "no case in any deployment: their spread cannot be seen"
    if data.cases == data.trials:
        return "nothing but cases in every deployment: their spread cannot be seen"
    return None


def _spread(data: Clusters, log_spread: float) -> float:
    return exp(log_spread) / float(data.n.mean())


def _log_likelihood(data: Clusters, log_odds: float, spread: float) -> float:
    """log L without its constant, of the mean with these log odds.

    Log odds keep their digits for means near 0 and near 1.
    """
    cases = _log_rising(float(expit(log_odds)), spread, data.k)
    others = _log_rising(float(expit(-log_odds)), spread, data.n - data.k)
    return float((cases + others - _log_rising(1.0, spread, data.n)).sum())


def _log_rising(start: float, step: float, terms: Values) -> Values:
    """sum_{j < terms} log(start + j step), accurate also for tiny steps and millions of terms."""
    if step == 0:
        return terms * log(start)
    x = start / step
    if x < _SERIES_FROM:
        return np.asarray(gammaln(x + terms) - gammaln(x) + terms * log(step), dtype=np.float64)
    # log gamma(x) = (x - 1/2) log x - x + log(2 pi) / 2 + 1/(12 x) - 1/(360 x^3) + 1/(1260 x^5)
    y = x + terms
    series = (1 / y - 1 / x) / 12 - (1 / y**3 - 1 / x**3) / 360 + (1 / y**5 - 1 / x**5) / 1260
    return (x - 0.5) * np.log1p(terms / x) - terms + terms * np.log(step * y) + series


def _likeliest_spread(data: Clusters, log_odds: float) -> tuple[float, float]:
    """The log spread that is likeliest with this mean, and its log likelihood.

    A grid first: the likelihood is flat towards no spread, and can have two peaks.
    """

    def log_likelihood(log_spread: float) -> float:
        return _log_likelihood(data, log_odds, _spread(data, log_spread))

    grid = np.linspace(*LOG_SPREAD_RANGE, 15)
    values = [log_likelihood(float(x)) for x in grid]
    top = int(np.argmax(values))
    found = minimize_scalar(
        lambda x: -log_likelihood(float(x)),
        bounds=(float(grid[max(0, top - 1)]), float(grid[min(len(grid) - 1, top + 1)])),
        method="bounded",
        options={"xatol": 1e-5},
    )
    if -float(found.fun) < values[top]:
        return float(grid[top]), values[top]
    return float(found.x), -float(found.fun)


def _where_negative(function: Callable[[float], float], start: float, step: float) -> float:
    """Where a function that is positive at ``start`` becomes negative in the direction of step."""
    near, far = start, start + step
    while function(far) > 0:
        near, far = far, far + 2.0 * (far - near)
    return float(brentq(function, near, far, xtol=1e-7))
