"""The answer to a claim as a function of a number that nobody publishes."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from probity.publish.figures.axis_scale import AxisScale, scale_for
from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, finished, light
from probity.publish.sentences import capital

_HEIGHT_PX = 260
_BRACKETS = "ABCDEFGHIJ"


def tipping_curve(
    curve: Sequence[tuple[float, float, float, float]],
    tips_at: Sequence[float],
    *,
    figure_id: str,
    unknown: str,
    measure: str,
    limit: float | None = None,
) -> Figure:
    """A line with its interval over the unknown; stretches between tips are lettered.

    Parameters
    ----------
    curve : sequence of (unknown, value, low, high)
        In order of the unknown; values above the drawn range are cut at its edge.
    tips_at : sequence of float
        Values of the unknown where the verdict changes, in order.
    figure_id : str
        As in ``Figure``.
    unknown, measure : str
        The axes in words.
    limit : float, optional
        The value of the measure that the verdict turns on, drawn across.
    """
    return Figure(
        figure_id=figure_id,
        title="How the answer depends on what is not published",
        description=(
            f"Line of {measure} with its interval, for each value of: {unknown}. The verdict "
            f"changes where a dashed line is drawn, {len(tips_at)} in all; the lettered "
            "stretches are explained below."
        ),
        specs={"any": _chart(curve, tips_at, unknown=unknown, measure=measure, limit=limit)},
        table=Table(
            columns=tuple(
                Column(heading, number=True)
                for heading in (label(unknown), label(measure), "Lower bound", "Upper bound")
            ),
            rows=tuple(tuple(None if math.isinf(cell) else cell for cell in row) for row in curve),
        ),
    )


def _chart(
    curve: Sequence[tuple[float, float, float, float]],
    tips_at: Sequence[float],
    *,
    unknown: str,
    measure: str,
    limit: float | None,
) -> dict[str, Any]:
    import altair as alt

    x_range = _range_of_unknown([row[0] for row in curve])
    y_range = _range_of_measure([v for row in curve for v in row[1:]])
    drawn = [
        {"x": x, "y": y_range.place(y), "low": y_range.place(low), "high": y_range.place(high)}
        for x, y, low, high in curve
    ]
    x = alt.X(
        "x:Q", title=capital(label(unknown)), scale=x_range.vega_scale(), axis=x_range.vega_axis()
    )
    y_scale = y_range.vega_scale()
    base = alt.Chart(alt.InlineData(values=drawn))
    band = base.mark_area(color=light("blue"), opacity=0.18).encode(
        x=x, y=alt.Y("low:Q", scale=y_scale), y2="high:Q"
    )
    line = base.mark_line(color=light("blue"), strokeWidth=2.5).encode(
        x=x, y=alt.Y("y:Q", title=None, scale=y_scale, axis=y_range.vega_axis())
    )
    layers = [band, line, *_tips(tips_at, x_range), _letters(tips_at, x_range)]
    if limit is not None:
        layers.insert(1, _limit(limit, y_scale))
    return finished(
        alt.layer(*layers),
        width=NARROW_PX,
        height=_HEIGHT_PX,
        right=18,
        title=capital(label(measure)),
    )


def _range_of_measure(values: Sequence[float]) -> AxisScale:
    """A range for the measure that stops at a hundred times more, or less, than 1."""
    scale = scale_for(values, unit="number")
    if scale.kind == "linear":
        return scale
    return AxisScale("log", "number", max(scale.low, 0.01), min(scale.high, 100.0))


def _range_of_unknown(values: Sequence[float]) -> AxisScale:
    low, high = min(values), max(values)
    if high <= 1:
        return AxisScale("linear", "proportion", low, high)
    log = low > 0 and high / low >= 100  # noqa: PLR2004
    return AxisScale("log" if log else "linear", "number", low, high)


def _tips(tips_at: Sequence[float], x_range: AxisScale) -> list[Any]:
    import altair as alt

    words = [f"{tip:.1%}" if x_range.unit == "proportion" else f"{tip:,.4g}" for tip in tips_at]
    base = alt.Chart(
        alt.InlineData(values=[{"tip": t, "words": w} for t, w in zip(tips_at, words, strict=True)])
    ).encode(x=alt.X("tip:Q", scale=x_range.vega_scale()))
    rule = base.mark_rule(color=light("ink"), strokeWidth=1.5, strokeDash=[4, 3])
    text: dict[str, Any] = {"baseline": "top", "fontWeight": "bold"}
    place: dict[str, Any] = {"y": alt.value(20), "text": "words:N"}
    near_end = f"datum.tip > {x_range.low + 0.75 * (x_range.high - x_range.low)!r}"
    return [
        rule,
        base.mark_text(align="left", dx=4, **text)
        .encode(**place)
        .transform_filter(f"!({near_end})"),
        base.mark_text(align="right", dx=-4, **text).encode(**place).transform_filter(near_end),
    ]


def _letters(tips_at: Sequence[float], x_range: AxisScale) -> Any:
    import altair as alt

    ends = [x_range.low, *tips_at, x_range.high]
    middle = [
        (low * high) ** 0.5 if x_range.kind == "log" else (low + high) / 2
        for low, high in pairwise(ends)
    ]
    # The letter of a last stretch too narrow for it stands just right of the plot.
    if len(ends) > 2 and ends[-1] - ends[-2] < 0.05 * (ends[-1] - ends[0]):  # noqa: PLR2004
        middle[-1] = ends[-1] + 0.03 * (ends[-1] - ends[0])
    values = [{"x": x, "letter": _BRACKETS[i]} for i, x in enumerate(middle)]
    return (
        alt.Chart(alt.InlineData(values=values))
        .mark_text(baseline="top", fontSize=14, fontWeight="bold", color=light("muted"))
        .encode(x=alt.X("x:Q", scale=x_range.vega_scale()), y=alt.value(2), text="letter:N")
    )


def _limit(limit: float, y_scale: Any) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.InlineData(values=[{"limit": limit}]))
        .mark_rule(color=light("line"), strokeWidth=1.5)
        .encode(y=alt.Y("limit:Q", scale=y_scale))
    )
