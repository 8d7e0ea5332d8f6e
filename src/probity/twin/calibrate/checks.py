"""A posterior predictive check: one figure that the fit never saw, beside what it predicts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Direction = Literal["as predicted", "fewer or less", "more"]
TAIL = 0.025
ALARM = 0.05
"""Two-sided p-value below which a figure misfits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure that the fit never saw, observed and predicted.

    ``period`` names the deployments, or the figure of a test. ``low``, ``median``, ``high`` are
    the predictive 95% interval; None where no false alert is predicted or observed, so that a
    ratio to them is undefined. ``p_value`` is two-sided.
    """

    period: str
    statistic: str
    observed: float | None
    low: float | None
    median: float | None
    high: float | None
    p_value: float | None
    direction: Direction
    note: str = ""


def predictive_check(
    observed: float, *, predicted: Values, period: str, statistic: str, note: str = ""
) -> Check:
    """A figure against draws of what the fitted twin predicts, nan where it is undefined."""
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
        for q in (TAIL, 0.5, 1.0 - TAIL)
    )
    direction: Direction = "as predicted"
    if p_value < ALARM:
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
