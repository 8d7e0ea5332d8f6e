"""Comparing units within strata only: boroughs, or matched pairs.

Conditional logistic regression conditions on how many units of each stratum had an event, so
whatever the units of a stratum share, measured or not, drops out.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Estimate, Undefined
from probity.stats.level import tail
from probity.stats.twopart import Units

_RUNAWAY = 15.0
"""A change of this much in log odds per standard deviation within strata is a runaway search."""
_FLAT = 1e-3
"""Largest slope of the log likelihood, per standard deviation, taken for its maximum."""


def within_ratio(
    units: Units, strata: NDArray[np.str_], name: str, *, per: float = 1.0, level: float = 0.95
) -> Estimate | Undefined:
    """Odds ratio for ``per`` more of a covariate among units of the same stratum.

    Parameters
    ----------
    units : Units
    strata : ndarray of str, shape (n,)
        Strata in which all units or none have an event say nothing and are left out.
    name : str
        One of the units' covariates; all of them are in the model.

    Returns
    -------
    Estimate or Undefined
        With the Wald interval of the conditional likelihood. Undefined where no stratum has both
        kinds of units, a covariate does not vary within strata, or the search does not converge.

    Source: Breslow & Day, Statistical Methods in Cancer Research I (IARC 1980), chapter 7.
    """
    from scipy.stats import norm
    from statsmodels.discrete.conditional_models import ConditionalLogit

    response = (units.counts > 0).astype(float)
    said = [s for s in np.unique(strata) if 0 < response[strata == s].mean() < 1]
    telling = np.isin(strata, said)
    if not said:
        return Undefined(f"no stratum has {units.unit}s both with and without a {units.event}")
    design = np.column_stack(list(units.covariates.values()))[telling]
    groups = np.searchsorted(np.array(said), strata[telling])
    means = np.array([design[groups == g].mean(axis=0) for g in range(len(said))])
    centred = design - means[groups]
    spread = centred.std(axis=0)
    if np.linalg.matrix_rank(centred / spread.clip(1e-300)) < design.shape[1]:
        return Undefined("the covariates do not vary independently within strata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is checked below
        try:
            fit = ConditionalLogit(response[telling], centred / spread, groups=groups).fit(
                method="newton", disp=0, maxiter=100
            )
        except np.linalg.LinAlgError:
            return Undefined("the conditional logistic model has no single maximum")
    column = list(units.covariates).index(name)
    coefficients, errors = np.asarray(fit.params), np.asarray(fit.bse)
    level_ground = np.max(np.abs(fit.model.score(coefficients))) < _FLAT
    if not level_ground or not np.all(np.isfinite(errors)) or np.any(abs(coefficients) > _RUNAWAY):
        return Undefined("the conditional logistic model does not converge")
    value = per * coefficients[column] / spread[column]
    reach = norm.isf(tail(level)) * per * errors[column] / spread[column]
    return Estimate(
        value=float(np.exp(value)),
        low=float(np.exp(value - reach)),
        high=float(np.exp(value + reach)),
        level=level,
        method=f"conditional logistic regression within {len(said)} strata, Wald",
        population=f"odds that a {units.unit} has any {units.event}, within strata",
        counts=(Count(int(response[telling].sum()), int(telling.sum()), f"{units.unit}s"),),
    )
