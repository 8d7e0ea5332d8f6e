"""The fitted twin against deployments that the fit never saw: a posterior predictive table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from probity.stats.poisson import garwood_bounds
from probity.stats.stream import stream
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.parameters import KNOTS
from probity.twin.calibrate.rates import (
    Mix,
    fpir_per_nonmated_probe,
    latent_thresholds,
    tpir_moments,
)

Values = NDArray[np.float64]
Ints = NDArray[np.int64]
LONDON = Mix(
    probes=(0.61, 0.235, 0.155), entries=(0.61, 0.235, 0.155), probe_quality=0.7, entry_quality=0.9
)
"""Residents of London in three groups (Census 2021, other groups left out); who passes and who is
listed is not published, nor is quality: assumed as in the test."""
DEPLOYMENT_SPREAD = (0.5, 0.5)
"""Standard deviation of the log false alert rate between deployments: log-normal, median and
log-spread. The test had one design, so that nothing in it informs this: our judgement."""
PREVALENCE = (5e-4, 1.5)
"""Listed people per face seen: log-normal, median and log-spread. Assumed: no source says."""
_TAIL = 0.025
_ALARM = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Period:
    """Deployments of one period at one threshold, arrays (deployments,).

    ``watchlist_imputed`` deployments print no watchlist size and are given the median of others.
    """

    name: str
    threshold: float
    faces_seen: Ints
    watchlist_size: Ints
    alerts: Ints
    false_alerts: Ints
    watchlist_imputed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One statistic of a period, observed and predicted.

    ``low``, ``median``, ``high`` are the predictive 95% interval; None where no false alert is
    predicted or observed, so that a ratio to them is undefined. ``p_value`` is two-sided.
    """

    period: str
    statistic: str
    observed: float | None
    low: float | None
    median: float | None
    high: float | None
    p_value: float | None
    direction: Literal["as predicted", "fewer or less", "more"]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All checks of one period, and what of the listed people its record does identify.

    ``found_per_face`` is prevalence x TPIR, with its exact 95% interval over faces seen;
    ``prevalence`` what that leaves for prevalence when TPIR is as fitted.
    """

    period: str
    checks: tuple[Check, ...]
    found_per_face: tuple[float, float, float]
    tpir: tuple[float, float]
    prevalence: tuple[float, float]


def validate(
    calibration: Calibration, periods: Sequence[Period], *, seed: int = 0
) -> tuple[Found, ...]:
    """Posterior predictive checks of each period.

    Every face seen is taken for one non-mated search, and every alert labelled false for a
    non-mated one.

    Raises
    ------
    ValueError
        A period's threshold is none of those fitted.
    """
    return tuple(_period(calibration, period, seed=seed) for period in periods)


def _period(calibration: Calibration, period: Period, *, seed: int) -> Found:
    if period.threshold not in KNOTS:
        raise ValueError(f"threshold {period.threshold}: fitted are {KNOTS}")
    knot = KNOTS.index(period.threshold)
    theta = calibration.theta()
    draws = len(calibration.draws)
    generator = stream(seed, f"predictive {period.name}")
    thresholds = latent_thresholds(theta)
    per_comparison = fpir_per_nonmated_probe(
        theta, thresholds[:, [knot]], mix=LONDON, gallery_size=1
    )
    exposure = period.faces_seen.astype(np.float64) * period.watchlist_size
    spread = DEPLOYMENT_SPREAD[0] * np.exp(DEPLOYMENT_SPREAD[1] * generator.normal(size=(draws, 1)))
    site = spread * generator.normal(size=(draws, len(exposure))) - np.square(spread) / 2.0
    fpir = -np.expm1(-per_comparison * period.watchlist_size)
    false = generator.poisson(period.faces_seen * fpir * np.exp(site)).astype(np.int64)
    tpir = tpir_moments(theta, thresholds, knot=knot)[0]
    prevalence = PREVALENCE[0] * np.exp(PREVALENCE[1] * generator.normal(size=draws))
    true = generator.poisson(period.faces_seen.sum() * prevalence * tpir)
    observed_true = int((period.alerts - period.false_alerts).sum())
    seen = int(period.faces_seen.sum())
    low, high = garwood_bounds(observed_true)
    tpir_low, tpir_high = np.quantile(tpir, [_TAIL, 1.0 - _TAIL]).tolist()
    total = false.sum(axis=1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(total > 0, true / total, np.inf)
        own_total = float(period.false_alerts.sum())
        own_ratio = observed_true / own_total if own_total else np.inf
    rows = (
        ("false alerts", own_total, total, ""),
        (
            "dispersion over deployments",
            *_dispersion(period.false_alerts, false, exposure),
            "rests on the prior of the spread between deployments",
        ),
        (
            "share of deployments with none",
            float((period.false_alerts == 0).mean()),
            (false == 0).mean(axis=1),
            "",
        ),
        (
            "most in one deployment",
            float(period.false_alerts.max()),
            false.max(axis=1).astype(np.float64),
            "",
        ),
        (
            "true alerts per false alert",
            own_ratio,
            ratio,
            "no test: set by the assumed prevalence of listed people",
        ),
    )
    return Found(
        period=period.name,
        checks=tuple(
            _check(period.name, name, observed, predicted, note)
            for name, observed, predicted, note in rows
        ),
        found_per_face=(observed_true / seen, low / seen, high / seen),
        tpir=(tpir_low, tpir_high),
        prevalence=(low / seen / tpir_high, high / seen / tpir_low),
    )


def _dispersion(observed: Ints, predicted: Ints, exposure: Values) -> tuple[float, Values]:
    """Pearson's dispersion about one rate per face and listed person; nan without any event."""

    def of(counts: Ints) -> Values:
        expected = counts.sum(axis=-1, keepdims=True) * exposure / exposure.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = np.square(counts - expected) / expected
            total: Values = squares.sum(axis=-1) / (len(exposure) - 1)
        return total

    return float(of(observed)), of(predicted)


def _check(period: str, statistic: str, observed: float, predicted: Values, note: str) -> Check:
    usable = np.sort(predicted[~np.isnan(predicted)])
    if np.isnan(observed) or not len(usable):
        return Check(
            period=period, statistic=statistic, observed=None, low=None, median=None, high=None,
            p_value=None, direction="as predicted", note="undefined without any false alert",
        )  # fmt: skip
    at_most = (1 + int((usable <= observed * (1 + 1e-12)).sum())) / (1 + len(usable))
    at_least = (1 + int((usable >= observed * (1 - 1e-12)).sum())) / (1 + len(usable))
    p_value = min(1.0, 2.0 * min(at_most, at_least))
    low, median, high = (
        _finite(float(usable[min(len(usable) - 1, int(q * len(usable)))]))
        for q in (_TAIL, 0.5, 1.0 - _TAIL)
    )
    direction: Literal["as predicted", "fewer or less", "more"] = "as predicted"
    if p_value < _ALARM:
        direction = "fewer or less" if at_most < at_least else "more"
    return Check(
        period=period,
        statistic=statistic,
        observed=_finite(observed),
        low=low,
        median=median,
        high=high,
        p_value=p_value,
        direction=direction,
        note=note,
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def honest_reading(calibration: Calibration, found: Sequence[Found]) -> str:
    """One paragraph about what the checks say and cannot say, from their numbers."""
    tests = [
        c
        for f in found
        for c in f.checks
        if not c.note.startswith("no test") and c.p_value is not None
    ]
    failed = [c for c in tests if (c.p_value or 0.0) < _ALARM]
    parts = [
        f"Of {len(tests)} checks in {len(found)} periods {len(failed)} lie in the outer 5% of "
        f"what the fitted twin predicts."
    ]
    for one in found:
        total = one.checks[0]
        if total.low is None or total.high is None or total.median is None:
            continue
        word = {"as predicted": "inside", "fewer or less": "below", "more": "above"}
        parts.append(
            f"{one.period}: {total.observed:.0f} false alerts were published, "
            f"{word[total.direction]} the {total.low:.0f} to {total.high:.0f} predicted "
            f"(p = {total.p_value:.3f})."
        )
        if total.direction == "as predicted" and total.high > 10 * max(total.low, 1.0):
            parts.append("An interval that wide would have held almost anything: weak support.")
    directions = {c.direction for c in failed if c.statistic == "false alerts"}
    if {"more", "fewer or less"} <= directions:
        parts.append(
            "Misfit runs both ways, so that no one false match rate repairs it: what a face seen "
            "is, or what officers label false, differed between periods."
        )
    elif directions:
        parts.append(
            f"Totals that misfit are all {'above' if 'more' in directions else 'below'} prediction."
        )
    for one in found[:1]:
        value, low, high = one.found_per_face
        parts.append(
            f"The record of {one.period} identifies prevalence x TPIR, {1e6 * value:.0f} per "
            f"million faces ({1e6 * low:.0f} to {1e6 * high:.0f}), and neither factor: with the "
            f"fitted TPIR of {one.tpir[0]:.2f} to {one.tpir[1]:.2f}, prevalence may be anything "
            f"from {1e6 * one.prevalence[0]:.0f} to {1e6 * one.prevalence[1]:.0f} per million."
        )
    names = ", ".join(one.name for one in calibration.not_informed)
    parts.append(
        "A false alert is what the operator labelled so, not ground truth. "
        f"Not informed by the anchors, and so as assumed: {names}."
    )
    return " ".join(parts)
