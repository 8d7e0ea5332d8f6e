"""The scale a set of values is drawn on: logarithmic for rare events, linear otherwise."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

_RARE = 0.1
"""Proportions below this are drawn on a logarithmic axis, as "1 in n"."""

_WIDE_SPAN = 12.0
"""Largest over smallest value from which a linear axis would hide the small ones."""

_ONE_IN = (
    "datum.value == 1 ? ['1 in 1'] : datum.value > 5e-7 && datum.value < 2e-6 "
    "? ['1 in a', 'million'] : ['1 in', format(1/datum.value, ',.0f')]"
)

Unit = Literal["proportion", "number"]


@dataclass(frozen=True, slots=True)
class AxisScale:
    """A domain with its kind; ``place`` moves a value to the nearest point inside it."""

    kind: Literal["log", "linear"]
    unit: Unit
    low: float
    high: float

    def place(self, value: float) -> float:
        """The value where it is inside the domain, the nearer end where it is not."""
        return min(max(value, self.low), self.high)

    def vega_scale(self) -> Any:
        """The Vega-Lite scale."""
        import altair as alt

        return alt.Scale(type=self.kind, domain=[self.low, self.high], nice=False)

    def vega_axis(self) -> Any:
        """The Vega-Lite axis: "1 in n" for rare proportions, percent for others, else numbers."""
        import altair as alt

        quiet: dict[str, Any] = {"grid": True, "gridDash": [1, 3], "domain": False, "ticks": False}
        if self.unit == "number":
            ticks: dict[str, Any] = (
                {"values": self._decades()} if self._spans_decades() else {"tickCount": 5}
            )
            return alt.Axis(format=",~r", **ticks, **quiet)
        if self.kind == "linear":
            return alt.Axis(format=".2~p", tickCount=5, **quiet)
        return alt.Axis(
            values=self._decades(),
            labelExpr=_ONE_IN,
            labelLineHeight=14,
            **quiet,
        )

    def _spans_decades(self) -> bool:
        return self.kind == "log" and self.high / self.low >= 100  # noqa: PLR2004

    def _decades(self) -> list[float]:
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**n for n in range(first, last + 1)]


def scale_for(values: Iterable[float], *, unit: Unit) -> AxisScale:
    """A scale that shows every given value.

    Parameters
    ----------
    values : iterable of float
        Values, ends of intervals and limits to be shown; infinite ones, and zeros on a
        logarithmic scale, are drawn at its ends.
    unit : {"proportion", "number"}
        Proportions are shown from 0 to 1, on a logarithmic axis when rare; differences of
        proportions, which can be negative, on their own range.
    """
    finite = [v for v in values if math.isfinite(v)]
    positive = [v for v in finite if v > 0]
    if positive and min(finite) >= 0 and _spread_out(positive, unit=unit):
        low = 10.0 ** math.floor(math.log10(min(positive)) - 0.05)
        high = 10.0 ** math.ceil(math.log10(max(positive)) + 0.05)
        return AxisScale("log", unit, low, min(high, 1.0) if unit == "proportion" else high)
    if unit == "proportion" and min(finite, default=0.0) >= 0:
        return AxisScale("linear", unit, 0.0, 1.0)
    low, high = min([0.0, *finite]), max([*finite, 0.0])
    margin = 0.06 * (high - low) or 1.0
    return AxisScale("linear", unit, low - margin if low < 0 else 0.0, high + margin)


def _spread_out(positive: list[float], *, unit: Unit) -> bool:
    if unit == "proportion":
        return max(positive) < _RARE or min(positive) < _RARE / _WIDE_SPAN
    return max(positive) / min(positive) >= _WIDE_SPAN
