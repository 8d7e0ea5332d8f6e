"""What if the watchlist were longer or shorter: FPIR against the number of people in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.axis_scale import AxisScale, scale_for
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, finished, light


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """FPIR over all sub-galleries of a size: mean, scatter of single ones, and the formula's."""

    gallery_size: int
    mean: float
    low: float
    high: float
    formula: float


def watchlist_size(
    sizes: Sequence[WhatIf], *, threshold: float, notes: Sequence[str] = ()
) -> Figure:
    """A point for each size, with the scatter of single galleries; the formula beside it.

    Parameters
    ----------
    sizes : sequence of WhatIf
        Ascending in size, at least one.
    threshold : float
        Of all of them.
    notes : sequence of str
        As in ``Figure``.
    """
    return Figure(
        figure_id="watchlist-size",
        title=f"FPIR if the watchlist were shorter, at threshold {threshold:.6g}",
        description=(
            f"Points of the false-positive identification rate for {len(sizes)} sizes of the "
            "watchlist, with the scatter of single watchlists drawn at random (blue), and what "
            "the formula for independent comparisons would say (orange squares)."
        ),
        specs={"any": _chart(sizes)},
        table=Table(
            columns=tuple(
                Column(heading, number=heading != "Gallery size")
                for heading in (
                    "Gallery size",
                    "FPIR, mean of all such galleries",
                    "2.5% quantile of single galleries",
                    "97.5% quantile",
                    "1 - (1 - FMR)^n",
                )
            ),
            rows=tuple((s.gallery_size, s.mean, s.low, s.high, s.formula) for s in sizes),
        ),
        notes=tuple(notes),
    )


def _chart(sizes: Sequence[WhatIf]) -> dict[str, Any]:
    import altair as alt

    most = max(s.gallery_size for s in sizes)
    x_scale = AxisScale("linear", "number", 0.0, 1.08 * most)
    rates = scale_for([v for s in sizes for v in (s.mean, s.high, s.formula)], unit="proportion")
    if rates.kind == "linear":
        top = max(v for s in sizes for v in (s.mean, s.high, s.formula))
        rates = AxisScale("linear", "proportion", 0.0, min(1.0, math.ceil(top * 11) / 10))
    rows = [
        {
            "size": s.gallery_size,
            "mean": rates.place(s.mean),
            "low": rates.place(s.low),
            "high": rates.place(s.high),
            "formula": rates.place(s.formula),
        }
        for s in sizes
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "size:Q",
            title="People in the watchlist",
            scale=x_scale.vega_scale(),
            axis=x_scale.vega_axis(),
        )
    )
    y_scale = rates.vega_scale()
    return finished(
        alt.layer(
            base.mark_rule(strokeWidth=6, opacity=0.4, color=light("blue")).encode(
                y=alt.Y("low:Q", scale=y_scale), y2="high:Q"
            ),
            base.mark_line(strokeWidth=2, color=light("blue")).encode(
                y=alt.Y("mean:Q", title=None, scale=y_scale, axis=rates.vega_axis())
            ),
            base.mark_point(size=70, filled=True, opacity=1, color=light("blue")).encode(
                y=alt.Y("mean:Q", scale=y_scale)
            ),
            base.mark_point(
                size=70, filled=False, opacity=1, shape="square", color=light("orange")
            ).encode(y=alt.Y("formula:Q", scale=y_scale)),
        ),
        width=NARROW_PX,
        height=270,
        right=14,
        title="FPIR. Orange: 1 - (1 - FMR)^n",
    )
