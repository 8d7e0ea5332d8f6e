"""A two-part (hurdle) model of counts: whether a unit ever had an event, and how many if any.

Part one is a logistic regression over all units. Part two is a zero-truncated negative binomial
over the units with at least one event (``probity.stats.truncated``). The likelihood of the whole
is the product of the two, so each part is fitted alone and may hold its own covariates.

Units of one cluster (wards of a borough) are not independent. The intervals of ``ratio`` leave
each cluster out in turn (cluster jackknife, CV3) and take Student's t with one degree of freedom
less than there are clusters. ``profile_ratio`` takes the units as independent; it is the check,
and too narrow where clusters matter.

Sources: Mullahy, J. Econometrics 33 (1986) 341-365 (the hurdle model); MacKinnon, Nielsen & Webb,
J. Econometrics 232 (2023) 272-299 (CV3 for few and unequal clusters).
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, Estimate, Undefined
from probity.stats.level import tail
from probity.stats.separation import separated
from probity.stats.truncated import TruncatedFit, fit_truncated

Vector = NDArray[np.float64]
FEWEST_CLUSTERS = 5
"""A jackknife over fewer clusters says next to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units with their counts of events.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Events in each unit, whole numbers >= 0.
    covariates : Mapping of str to ndarray, shape (n,) each
        Finite numbers; a ratio is stated per so many of a covariate's own units.
    clusters : ndarray of str, shape (n,)
        What each unit belongs to.
    unit, event, cluster : str
        In words, one of each: "ward", "deployment", "borough".

    Raises
    ------
    ValueError
        Lengths differ, a count is no whole number >= 0, or a covariate is not finite.
    """

    counts: Vector
    covariates: Mapping[str, Vector]
    clusters: NDArray[np.str_]
    unit: str
    event: str
    cluster: str

    def __post_init__(self) -> None:
        n = len(self.counts)
        if len(self.clusters) != n or any(len(v) != n for v in self.covariates.values()):
            raise ValueError(f"{n} counts: covariates and clusters need as many values")
        if np.any(self.counts < 0) or np.any(self.counts != np.floor(self.counts)):
            raise ValueError("counts are whole numbers >= 0")
        for name, values in self.covariates.items():
            if not np.all(np.isfinite(values)):
                raise ValueError(f"covariate {name!r} has a value that is not finite")

    def where(self, chosen: NDArray[np.bool_]) -> "Units":
        """The chosen units alone."""
        return Units(
            counts=self.counts[chosen],
            covariates={name: values[chosen] for name, values in self.covariates.items()},
            clusters=self.clusters[chosen],
            unit=self.unit,
            event=self.event,
            cluster=self.cluster,
        )

    def design(self) -> NDArray[np.float64]:
        """Constant and covariates, shape (n, 1 + number of covariates)."""
        return np.column_stack([np.ones(len(self.counts)), *self.covariates.values()])


@dataclass(frozen=True, slots=True, eq=False)
class _Maximum:
    coefficients: Vector
    log_likelihood: float
    truncated: TruncatedFit | None = None


_Fitter = Callable[
    [Units, Vector | None, NDArray[np.float64], _Maximum | None], _Maximum | Undefined
]


@dataclass(frozen=True, slots=True, eq=False)
class PartFit:
    """One part of the model, fitted.

    Attributes
    ----------
    law : str
        "logistic", "zero-truncated negative binomial" or "zero-truncated Poisson".
    ratio_of : str
        What the ratios are ratios of.
    units : Units
        What it was fitted to: all units, or those with an event.
    names : tuple of str
        The constant first, then the covariates.
    coefficients : ndarray, shape (k,)
        On the log scale.
    leaving_out : ndarray, shape (number of clusters, k)
        Coefficients without each cluster, in the order of ``np.unique(units.clusters)``.
    log_likelihood : float
    dispersion : float or None
        Of the negative binomial; None for the other laws.
    counts : tuple of Count
        Units with an event among those fitted to, or events among units.
    """

    law: str
    ratio_of: str
    units: Units
    names: tuple[str, ...]
    coefficients: Vector
    leaving_out: NDArray[np.float64]
    log_likelihood: float
    dispersion: float | None
    counts: tuple[Count, ...]
    _fit: _Fitter


def fit_any(units: Units) -> PartFit | Undefined:
    """Part one: logistic regression of whether a unit has any event, over all units.

    Returns
    -------
    PartFit or Undefined
        Undefined where all units or none have an event, the covariates are linearly dependent or
        separate the units, or leaving out some cluster does so.
    """
    k = int(np.count_nonzero(units.counts))
    count = Count(k, len(units.counts), f"{units.unit}s")
    ratio_of = f"odds that a {units.unit} has any {units.event}"
    return _fit_part(units, _logistic, "logistic", ratio_of, (count,))


def fit_number_given_any(units: Units, *, poisson: bool = False) -> PartFit | Undefined:
    """Part two: how many events, over the units that have at least one.

    The ratios are of the mean before truncation. The ratio of the mean number given any lies
    nearer to one.

    Parameters
    ----------
    units : Units
        All units; those without an event are left out here.
    poisson : bool
        Fit the Poisson law, which has no dispersion, as a check.

    Returns
    -------
    PartFit or Undefined
        Undefined where the covariates are linearly dependent, the search does not converge, the
        dispersion runs to its bound (so many single events that the covariates do not fix the
        mean before truncation), or leaving out some cluster does so.
    """
    some = units.where(units.counts > 0)
    law = "zero-truncated Poisson" if poisson else "zero-truncated negative binomial"
    ratio_of = f"{units.event}s in a {units.unit} that has any (mean before truncation)"
    count = Count(len(some.counts), len(units.counts), f"{units.unit}s")

    def fitter(
        part: Units, offset: Vector | None, design: NDArray[np.float64], start: _Maximum | None
    ) -> _Maximum | Undefined:
        before = start.truncated if start else None
        fit = fit_truncated(part.counts, design, offset=offset, poisson=poisson, start=before)
        if not fit.converged and not fit.runs_off:
            return Undefined(f"the {law} model does not converge")
        return _Maximum(fit.coefficients, fit.log_likelihood, fit)

    return _fit_part(some, fitter, law, ratio_of, (count,))


def ratio(fit: PartFit, name: str, *, per: float = 1.0, level: float = 0.95) -> Estimate:
    """Odds ratio or rate ratio for ``per`` more of a covariate, with the cluster jackknife.

    Standard error: sqrt((G - 1) / G * sum over the G clusters of (b without it - b)**2);
    interval: exp(per * (b -+ t * se)), t with G - 1 degrees of freedom.
    """
    from scipy.stats import t as student

    column = fit.names.index(name)
    clusters = len(fit.leaving_out)
    value = per * fit.coefficients[column]
    moves = per * fit.leaving_out[:, column] - value
    error = np.sqrt((clusters - 1) / clusters * np.sum(moves**2))
    reach = student.isf(tail(level), clusters - 1) * error
    return Estimate(
        value=float(np.exp(value)),
        low=float(np.exp(value - reach)),
        high=float(np.exp(value + reach)),
        level=level,
        method=f"{fit.law} regression, leaving out each of {clusters} "
        f"{fit.units.cluster}s in turn (CV3, t)",
        population=fit.ratio_of,
        counts=fit.counts,
    )


def profile_ratio(
    fit: PartFit, name: str, *, per: float = 1.0, level: float = 0.95
) -> Estimate | Undefined:
    """The same ratio with its profile-likelihood interval, units taken as independent.

    Holds every value of the coefficient at which twice the log likelihood, maximised over
    everything else, falls short of its maximum by no more than the chi-squared quantile. A side
    on which it never does is unbounded.
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2

    column = fit.names.index(name)
    design = fit.units.design()
    others, values = np.delete(design, column, axis=1), design[:, column]
    allowed = chi2.isf(2 * tail(level), 1) / 2
    best = fit.coefficients[column]
    failed: list[Undefined] = []

    def short(coefficient: float) -> float:
        found = fit._fit(fit.units, coefficient * values, others, None)
        if isinstance(found, Undefined):
            failed.append(found)
            return np.inf
        return float(fit.log_likelihood - found.log_likelihood - allowed)

    step = 1.0 / np.std(values)
    ends: list[float] = []
    for side in (-step, step):
        reach = 0.25
        while short(best + side * reach) < 0 and reach <= _FARTHEST_REACH:
            reach *= 2
        if failed:
            return failed[0]
        if reach > _FARTHEST_REACH:
            ends.append(float(side * np.inf))
            continue
        ends.append(float(brentq(short, best, best + side * reach, xtol=1e-7 * step)))
    return Estimate(
        value=float(np.exp(per * best)),
        low=float(np.exp(per * ends[0])),
        high=float(np.exp(per * ends[1])),
        level=level,
        method=f"{fit.law} regression, profile likelihood, {fit.units.unit}s as independent",
        population=fit.ratio_of,
        counts=fit.counts,
    )


_FARTHEST_REACH = 64.0
"""Standard deviations of a covariate; a ratio this far out is no bound at all."""


def _logistic(
    units: Units, offset: Vector | None, design: NDArray[np.float64], start: _Maximum | None
) -> _Maximum | Undefined:
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import ModelWarning

    events = units.counts > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("error", ModelWarning)
        try:
            fit = Logit(events.astype(float), design, offset=offset).fit(
                start_params=None if start is None else start.coefficients, maxiter=100, disp=0
            )
            converged = bool(fit.mle_retvals["converged"])
        except (ModelWarning, np.linalg.LinAlgError):
            converged = False
    if (not converged or np.abs(fit.fittedvalues).max() > _FARTHEST_LOG_ODDS) and separated(
        events, design
    ):
        return Undefined(f"the covariates separate the {units.unit}s with a {units.event}")
    if not converged:
        return Undefined("the logistic model does not converge")
    return _Maximum(np.asarray(fit.params), float(fit.llf))


_FARTHEST_LOG_ODDS = 12.0
"""Fitted log odds beyond this (1 in 160,000) are looked at for separation."""


def _fit_part(
    units: Units, fitter: _Fitter, law: str, ratio_of: str, counts: tuple[Count, ...]
) -> PartFit | Undefined:
    whole = _fit_checked(units, fitter, None)
    if isinstance(whole, Undefined):
        return whole
    names = np.unique(units.clusters)
    if len(names) < FEWEST_CLUSTERS:
        return Undefined(
            f"the {units.unit}s are of {len(names)} {units.cluster}s; "
            f"an interval needs {FEWEST_CLUSTERS}"
        )
    leaving_out = []
    for name in names:
        found = _fit_checked(units.where(units.clusters != name), fitter, whole)
        if isinstance(found, Undefined):
            return Undefined(f"without {name}: {found.reason}")
        leaving_out.append(found.coefficients)
    return PartFit(
        law=law,
        ratio_of=ratio_of,
        units=units,
        names=("constant", *units.covariates),
        coefficients=whole.coefficients,
        leaving_out=np.array(leaving_out),
        log_likelihood=whole.log_likelihood,
        dispersion=whole.truncated.dispersion if whole.truncated else None,
        counts=counts,
        _fit=fitter,
    )


def _fit_checked(units: Units, fitter: _Fitter, start: _Maximum | None) -> _Maximum | Undefined:
    design = units.design()
    with_event = int(np.count_nonzero(units.counts))
    if len(design) <= design.shape[1]:
        return Undefined(
            f"{len(design)} {units.unit}s are too few for {design.shape[1]} coefficients"
        )
    if np.linalg.matrix_rank(design / np.abs(design).max(axis=0).clip(1e-300)) < design.shape[1]:
        return Undefined("the covariates are linearly dependent")
    if fitter is _logistic and with_event in (0, len(design)):
        return Undefined(f"{with_event} of {len(design)} {units.unit}s have a {units.event}")
    found = fitter(units, None, design, start)
    if isinstance(found, _Maximum) and found.truncated and found.truncated.runs_off:
        return Undefined(
            f"the dispersion runs off: with so many {units.unit}s of a single {units.event} the "
            "covariates do not fix the mean before truncation"
        )
    return found
