"""TPIR against FPIR at the thresholds measured, a line for each gallery size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.core import Rate
from probity.publish.figures.axis_scale import AxisScale
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.figures.rate_cells import RATE_COLUMNS, rate_cells
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light

MOST_DRAWN = 4
"""Gallery sizes in the drawing; the table holds every one."""

_COLOURS = ("blue", "orange", "grey", "ink")
_SHAPES = ("circle", "square", "triangle-up", "diamond")


@dataclass(frozen=True, slots=True)
class SearchPoint:
    """FPIR and TPIR at a threshold in a gallery of so many people."""

    gallery_size: int
    threshold: float
    fpir: Rate
    tpir: Rate


def fpir_tpir_curves(points: Sequence[SearchPoint], *, notes: Sequence[str] = ()) -> Figure:
    """A point with both intervals for each threshold, joined within a gallery size.

    Parameters
    ----------
    points : sequence of SearchPoint
        At least one.
    notes : sequence of str
        As in ``Figure``.
    """
    sizes = sorted({p.gallery_size for p in points})
    drawn = sizes if len(sizes) <= MOST_DRAWN else [*sizes[: MOST_DRAWN - 1], sizes[-1]]
    told = list(notes)
    if len(sizes) > len(drawn):
        told.append(f"{len(drawn)} of {len(sizes)} gallery sizes are drawn; the table has all.")
    shown = [p for p in points if p.gallery_size in drawn]
    rows: list[tuple[Cell, ...]] = [
        (p.gallery_size, _threshold(p.threshold), name, *rate_cells(rate))
        for p in points
        for name, rate in (("FPIR", p.fpir), ("TPIR", p.tpir))
    ]
    return Figure(
        figure_id="fpir-tpir",
        title="TPIR against FPIR, by size of the gallery",
        description=(
            "Lines of the true-positive against the false-positive identification rate at "
            f"{len({p.threshold for p in points})} thresholds, for galleries of "
            f"{', '.join(f'{size:,}' for size in drawn)} people, each point with its intervals."
        ),
        specs={
            "wide": _chart(shown, drawn, width=WIDE_PX, height=380),
            "narrow": _chart(shown, drawn, width=NARROW_PX, height=320),
        },
        table=Table(
            columns=(
                Column("Gallery size"),
                Column("Threshold"),
                Column("Rate"),
                *RATE_COLUMNS,
            ),
            rows=tuple(rows),
        ),
        notes=tuple(told),
    )


def _threshold(threshold: float) -> Cell:
    return threshold if math.isfinite(threshold) else "none"


def _chart(
    points: Sequence[SearchPoint], sizes: Sequence[int], *, width: int, height: int
) -> dict[str, Any]:
    import altair as alt

    # An interval that reaches down to 0 has no end on a logarithmic axis, and a very low one
    # would leave no room for the rest: both are drawn to the axis' end.
    lowest = min((p.fpir.value for p in points if p.fpir.count.k), default=0.01)
    low = 10.0 ** min(-1, math.floor(math.log10(lowest / 3)))
    scale = AxisScale("log", "proportion", low, 1.0)
    rows = [
        {
            "size": f"{p.gallery_size:,}",
            "x": scale.place(p.fpir.value),
            "xlow": scale.place(p.fpir.low),
            "xhigh": scale.place(p.fpir.high),
            "y": p.tpir.value,
            "ylow": p.tpir.low,
            "yhigh": p.tpir.high,
        }
        for p in points
    ]
    names = [f"{size:,}" for size in sizes]
    legend = alt.Legend(title="People in the gallery", columns=4)
    colour = alt.Color(
        "size:N",
        scale=alt.Scale(domain=names, range=[light(c) for c in _COLOURS[: len(names)]]),
        legend=legend,
    )
    shape = alt.Shape(
        "size:N",
        scale=alt.Scale(domain=names, range=list(_SHAPES[: len(names)])),
        legend=legend,
    )
    x_scale, y_scale = scale.vega_scale(), alt.Scale(domain=[0, 1])
    y_axis = alt.Axis(format=".0%", tickCount=5, grid=True, gridDash=[1, 3])
    base = alt.Chart(alt.InlineData(values=rows)).encode(color=colour)
    x = alt.X("x:Q", title="FPIR", scale=x_scale, axis=scale.vega_axis())
    y = alt.Y("y:Q", title=None, scale=y_scale, axis=y_axis)
    layers = [
        base.mark_rule(strokeWidth=4, opacity=0.35).encode(
            x=alt.X("xlow:Q", scale=x_scale), x2="xhigh:Q", y=y
        ),
        base.mark_rule(strokeWidth=4, opacity=0.35).encode(
            x=x, y=alt.Y("ylow:Q", scale=y_scale), y2="yhigh:Q"
        ),
        base.mark_line(strokeWidth=2).encode(x=x, y=y, order=alt.Order("x:Q")),
        base.mark_point(size=70, filled=True, opacity=1).encode(x=x, y=y, shape=shape),
    ]
    return finished(alt.layer(*layers), width=width, height=height, right=18, title="TPIR")
