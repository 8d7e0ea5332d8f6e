"""The fitted twin against deployments that the fit never saw: a posterior predictive table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.stats.poisson import garwood_bounds
from probity.stats.stream import stream
from probity.twin.calibrate.checks import TAIL, Check, predictive_check
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.parameters import KNOTS, LEVEL_KNOT, Natural
from probity.twin.calibrate.rates import (
    above_level,
    chances_by_group,
    fpir_of_chances,
    latent_thresholds,
    tpir_moments,
)
from probity.twin.calibrate.reached import ONE_SCORE, Frames, Mix

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
    calibration: Calibration,
    periods: Sequence[Period],
    *,
    seed: int = 0,
    searches_of_a_pass: Frames = ONE_SCORE,
) -> tuple[Found, ...]:
    """Posterior predictive checks of each period.

    Every face seen is taken for one pass, and every alert labelled false for a non-mated one.

    Parameters
    ----------
    searches_of_a_pass : Frames, optional
        A pass is one search, unless the test's searches were single frames: then the best of
        these alerts. TPIR is of a pass in any case, as the test printed it.

    Raises
    ------
    ValueError
        A period's threshold is none of those fitted.
    """
    theta = calibration.theta()
    knots = sorted({LEVEL_KNOT, *(_knot(period) for period in periods)})
    latent = latent_thresholds(theta, gallery_size=calibration.gallery_size, knots=knots)
    level = latent[:, knots.index(LEVEL_KNOT)]
    return tuple(
        _period(
            theta,
            period,
            threshold=latent[:, knots.index(_knot(period))],
            level=level,
            seed=seed,
            frames=searches_of_a_pass,
        )
        for period in periods
    )


def _knot(period: Period) -> int:
    if period.threshold not in KNOTS:
        raise ValueError(f"threshold {period.threshold}: fitted are {KNOTS}")
    return KNOTS.index(period.threshold)


def _period(
    theta: Natural,
    period: Period,
    *,
    threshold: Values,
    level: Values,
    seed: int,
    frames: Frames,
) -> Found:
    """Checks of one period; its latent threshold, and that of 0.60, (draws,)."""
    draws = len(threshold)
    generator = stream(seed, f"predictive {period.name}")
    chances = chances_by_group(theta, threshold[:, np.newaxis], mix=LONDON, frames=frames)
    exposure = period.faces_seen.astype(np.float64) * period.watchlist_size
    spread = DEPLOYMENT_SPREAD[0] * np.exp(DEPLOYMENT_SPREAD[1] * generator.normal(size=(draws, 1)))
    site = spread * generator.normal(size=(draws, len(exposure))) - np.square(spread) / 2.0
    fpir = _fpir(chances, period.watchlist_size)
    false = generator.poisson(period.faces_seen * fpir * np.exp(site)).astype(np.int64)
    tpir = tpir_moments(theta, above_level(threshold, level))[0]
    prevalence = PREVALENCE[0] * np.exp(PREVALENCE[1] * generator.normal(size=draws))
    true = generator.poisson(period.faces_seen.sum() * prevalence * tpir)
    observed_true = int((period.alerts - period.false_alerts).sum())
    seen = int(period.faces_seen.sum())
    low, high = garwood_bounds(observed_true)
    tpir_low, tpir_high = np.quantile(tpir, [TAIL, 1.0 - TAIL]).tolist()
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
            predictive_check(
                observed, predicted=predicted, period=period.name, statistic=name, note=note
            )
            for name, observed, predicted, note in rows
        ),
        found_per_face=(observed_true / seen, low / seen, high / seen),
        tpir=(tpir_low, tpir_high),
        prevalence=(low / seen / tpir_high, high / seen / tpir_low),
    )


def _fpir(chances: Values, watchlist_size: Ints) -> Values:
    """FPIR of a pass at each deployment, (draws, deployments)."""
    sizes, which = np.unique(watchlist_size, return_inverse=True)
    by_size = [
        fpir_of_chances(chances, gallery_size=int(size))[:, 0] @ np.asarray(LONDON.probes)
        for size in sizes
    ]
    return np.stack(by_size, axis=1)[:, which]


def _dispersion(observed: Ints, predicted: Ints, exposure: Values) -> tuple[float, Values]:
    """Pearson's dispersion about one rate per face and listed person; nan without any event."""

    def of(counts: Ints) -> Values:
        expected = counts.sum(axis=-1, keepdims=True) * exposure / exposure.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = np.square(counts - expected) / expected
            total: Values = squares.sum(axis=-1) / (len(exposure) - 1)
        return total

    return float(of(observed)), of(predicted)
