"""What if a value were another: one outcome at each value, beside the base."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from probity.publish.figures.axis_scale import AxisScale, Unit, scale_for
from probity.publish.figures.figure import Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, finished, light

Told = Literal["apart", "not apart", "not published"]
"""What a year of published records could do with a point and the base."""

_WIDE_SPAN = 12.0
"""Largest over smallest value tried from which on the axis is logarithmic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPoint:
    """The outcome at a value tried, with its interval."""

    tried: float
    value: float
    low: float
    high: float
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands around a curve.

    Parameters
    ----------
    figure_id, title, description : str
        As in ``Figure``.
    tried : str
        What was varied, as the title of its axis.
    notes : tuple of str
        As in ``Figure``.
    """

    figure_id: str
    title: str
    description: str
    tried: str
    notes: tuple[str, ...] = ()


def what_if_curve(
    points: Sequence[WhatIfPoint], *, base: float | None, unit: Unit, words: Words, table: Table
) -> Figure:
    """A point with its interval for each value tried, and a line at the base.

    Points that a year of published records could tell from the base are filled, those that it
    could not are hollow, and what is not published is a grey diamond.

    Parameters
    ----------
    points : sequence of WhatIfPoint
        Ascending in what was tried, at least one.
    base : float, optional
        The outcome of the base.
    unit : {"proportion", "number"}
    """
    return Figure(
        figure_id=words.figure_id,
        title=words.title,
        description=words.description,
        specs={"any": _chart(points, base, unit, words.tried)},
        table=table,
        notes=words.notes,
    )


def _chart(
    points: Sequence[WhatIfPoint], base: float | None, unit: Unit, tried: str
) -> dict[str, Any]:
    import altair as alt

    x = _tried_scale([p.tried for p in points])
    shown = [v for p in points for v in (p.value, p.low, p.high)]
    y = scale_for([*shown, *([] if base is None else [base])], unit=unit)
    y_scale = y.vega_scale()

    def chart(chosen: Sequence[WhatIfPoint]) -> Any:
        rows = [
            {
                "tried": p.tried,
                "value": y.place(p.value),
                "low": y.place(p.low),
                "high": y.place(p.high),
            }
            for p in chosen
        ]
        return alt.Chart(alt.InlineData(values=rows)).encode(
            x=alt.X(
                "tried:Q",
                title=label(tried),
                scale=x.vega_scale(),
                axis=x.vega_axis(),
            )
        )

    value = alt.Y("value:Q", title=None, scale=y_scale, axis=y.vega_axis())
    layers = []
    if base is not None:
        rows = [{"value": y.place(base), "from": x.low, "to": x.high}]
        layers.append(
            alt.Chart(alt.InlineData(values=rows))
            .mark_rule(strokeWidth=2, strokeDash=[5, 4], color=light("orange"))
            .encode(x=alt.X("from:Q", scale=x.vega_scale()), x2="to:Q", y=value)
        )
    layers += [
        chart(points).mark_line(strokeWidth=1.5, opacity=0.6, color=light("blue")).encode(y=value),
        chart(points)
        .mark_rule(strokeWidth=5, opacity=0.4, color=light("blue"))
        .encode(y=alt.Y("low:Q", scale=y_scale), y2="high:Q"),
    ]
    marks: dict[Told, dict[str, Any]] = {
        "apart": {"filled": True, "shape": "circle", "color": light("blue")},
        "not apart": {"filled": False, "shape": "circle", "color": light("blue")},
        "not published": {"filled": True, "shape": "diamond", "color": light("grey")},
    }
    for told, mark in marks.items():
        chosen = [p for p in points if p.told == told]
        if chosen:
            layers.append(
                chart(chosen).mark_point(size=80, opacity=1, strokeWidth=2, **mark).encode(y=value)
            )
    edge = "; on the lower edge: 0" if any(p.value < y.low for p in points) else ""
    return finished(
        alt.layer(*layers),
        width=NARROW_PX,
        height=270,
        right=16,
        title=f"Orange: the base{edge}",
    )


def _tried_scale(tried: Sequence[float]) -> AxisScale:
    low, high = min(tried), max(tried)
    if low > 0 and high / low >= _WIDE_SPAN:
        return AxisScale("log", "number", low / 1.3, high * 1.3)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    digits = 2 - math.floor(math.log10(margin))
    return AxisScale("linear", "number", round(low - margin, digits), round(high + margin, digits))
