"""The detection error trade-off: FNMR against FMR, as far as a test can show them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.axis_scale import AxisScale
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light


@dataclass(frozen=True, slots=True)
class DetPoint:
    """A threshold with the share of non-mated comparisons accepted and of mated ones rejected."""

    threshold: float
    fmr: float
    fnmr: float


def det_curve(
    points: Sequence[DetPoint],
    *,
    lowest_fmr: float,
    lowest_fnmr: float,
    marked: Sequence[DetPoint] = (),
    notes: Sequence[str] = (),
) -> Figure:
    """The curve, which ends where the comparisons are too few to show lower rates.

    Parameters
    ----------
    points : sequence of DetPoint
        Of all thresholds, ascending.
    lowest_fmr, lowest_fnmr : float
        The lowest rates that the test can show, > 0. Points below either are not drawn; the
        table has them all.
    marked : sequence of DetPoint
        Points to be marked: those at the false match rates that were asked for.
    notes : sequence of str
        As in ``Figure``.
    """
    shown = [p for p in points if p.fmr >= lowest_fmr and p.fnmr >= lowest_fnmr]
    return Figure(
        figure_id="det-curve",
        title="FNMR against FMR, over all thresholds",
        description=(
            f"Line of the false non-match rate against the false match rate on logarithmic axes, "
            f"{len(shown)} points. It ends at a false match rate of {lowest_fmr:.2g}, the lowest "
            "that this test can show; below that is shaded."
        ),
        specs={
            "wide": _chart(shown, marked, lowest_fmr, lowest_fnmr, width=WIDE_PX, height=420),
            "narrow": _chart(shown, marked, lowest_fmr, lowest_fnmr, width=NARROW_PX, height=330),
        },
        table=Table(
            columns=(
                *(Column(heading, number=True) for heading in ("Threshold", "FMR", "FNMR")),
                Column("Drawn"),
            ),
            rows=tuple(
                (
                    p.threshold,
                    p.fmr,
                    p.fnmr,
                    "yes"
                    if p.fmr >= lowest_fmr and p.fnmr >= lowest_fnmr
                    else "no: lower than this test can show",
                )
                for p in points
                if math.isfinite(p.threshold)
            ),
        ),
        notes=tuple(notes),
    )


def _chart(
    shown: Sequence[DetPoint],
    marked: Sequence[DetPoint],
    lowest_fmr: float,
    lowest_fnmr: float,
    *,
    width: int,
    height: int,
) -> dict[str, Any]:
    import altair as alt

    fmr_scale, fnmr_scale = _decades(lowest_fmr), _decades(lowest_fnmr)
    x = alt.X("fmr:Q", title="FMR", scale=fmr_scale.vega_scale(), axis=fmr_scale.vega_axis())
    y = alt.Y("fnmr:Q", title=None, scale=fnmr_scale.vega_scale(), axis=fnmr_scale.vega_axis())
    corners = [
        {"x": fmr_scale.low, "x2": lowest_fmr, "y": fnmr_scale.low, "y2": fnmr_scale.high},
        {"x": lowest_fmr, "x2": fmr_scale.high, "y": fnmr_scale.low, "y2": lowest_fnmr},
    ]
    beyond = (
        alt.Chart(alt.InlineData(values=corners))
        .mark_rect(color=light("band"))
        .encode(
            x=alt.X("x:Q", scale=fmr_scale.vega_scale()),
            x2="x2:Q",
            y=alt.Y("y:Q", scale=fnmr_scale.vega_scale()),
            y2="y2:Q",
        )
    )
    limit = (
        alt.Chart(alt.InlineData(values=[{"fmr": lowest_fmr}]))
        .mark_rule(color=light("ink"), strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=alt.X("fmr:Q", scale=fmr_scale.vega_scale()))
    )
    line = (
        alt.Chart(alt.InlineData(values=[{"fmr": p.fmr, "fnmr": p.fnmr} for p in shown]))
        .mark_line(color=light("blue"), strokeWidth=2.5, interpolate="linear")
        .encode(x=x, y=y, order=alt.Order("fmr:Q"))
    )
    points = (
        alt.Chart(
            alt.InlineData(
                values=[
                    {"fmr": fmr_scale.place(p.fmr), "fnmr": fnmr_scale.place(p.fnmr)}
                    for p in marked
                    if p.fmr >= lowest_fmr
                ]
            )
        )
        .mark_point(size=80, filled=True, opacity=1, color=light("blue"))
        .encode(x=x, y=y)
    )
    return finished(
        alt.layer(beyond, limit, line, points),
        width=width,
        height=height,
        right=18,
        title="FNMR. Shaded: lower than this test can show",
    )


def _decades(lowest: float) -> AxisScale:
    return AxisScale("log", "proportion", 10.0 ** min(-1, math.floor(math.log10(lowest))), 1.0)
