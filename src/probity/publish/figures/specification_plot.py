"""One estimate under every definition that was tried, so that nobody can pick the one they like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.axis_scale import AxisScale
from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light

_SAME = 1.0
"""The ratio that says "no difference"."""
_RANGE = AxisScale("log", "number", 1 / 8, 8.0)
"""Ratios drawn: an interval that goes further is cut at the edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """A ratio under one set of definitions; ``reference`` marks the one used.

    ``value``, ``low`` and ``high`` are None where the definitions give no estimate, and
    ``reason`` says why.
    """

    words: str
    value: float | None
    low: float | None
    high: float | None
    reference: bool
    reason: str = ""


def specification_plot(
    specifications: Sequence[Specification], *, figure_id: str, title: str
) -> Figure:
    """A row per specification: its words, the estimate and its interval.

    Parameters
    ----------
    specifications : sequence of Specification
        The reference first.
    figure_id, title : str
        As in ``Figure``.
    """
    above = sum(s.low is not None and s.low > _SAME for s in specifications)
    below = sum(s.high is not None and s.high < _SAME for s in specifications)
    return Figure(
        figure_id=figure_id,
        title=title,
        description=(
            f"Estimates with intervals under {len(specifications)} sets of definitions, the one "
            f"used first. In {above} the whole interval is above 1, in {below} below it; 1 says "
            "no difference."
        ),
        specs={
            "wide": _chart(specifications, width=WIDE_PX, row_px=24, words_px=420, above=0),
            "narrow": _chart(specifications, width=NARROW_PX, row_px=40, words_px=0, above=15),
        },
        table=Table(
            columns=(
                Column("Definitions"),
                *(Column(heading, number=True) for heading in ("Ratio", "Lower", "Upper")),
                Column("Note"),
            ),
            rows=tuple((s.words, s.value, s.low, s.high, s.reason) for s in specifications),
        ),
    )


def _chart(
    specifications: Sequence[Specification], *, width: int, row_px: int, words_px: int, above: int
) -> dict[str, Any]:
    """Words ``words_px`` left of the axis, or ``above`` px over the marks."""
    import altair as alt

    height = row_px * len(specifications)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))
    x_scale, colour = _RANGE.vega_scale(), alt.Color("colour:N", scale=None)
    axis = alt.Axis(
        values=[0.125, 0.25, 0.5, 1, 2, 4, 8],
        format="~g",
        grid=True,
        gridDash=[1, 3],
        domain=False,
        ticks=False,
    )
    same = (
        alt.Chart(alt.InlineData(values=[{"same": _SAME}]))
        .mark_rule(color=light("ink"), strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=alt.X("same:Q", scale=x_scale))
    )
    estimates = alt.Chart(alt.InlineData(values=_estimates(specifications, row_px=row_px)))
    line = estimates.mark_rule(strokeWidth=5, strokeCap="round", opacity=0.45).encode(
        x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=y, color=colour
    )
    point = estimates.mark_point(size=60, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=None, scale=x_scale, axis=axis), y=y, color=colour
    )
    words = (
        alt.Chart(alt.InlineData(values=_words(specifications, row_px=row_px)))
        .mark_text(align="left", baseline="middle", dx=-words_px, dy=-above)
        .encode(x=alt.value(0), y=y, text="words:N")
    )
    return finished(
        alt.layer(same, line, point, words),
        width=width,
        height=height + 56,
        title=alt.TitleParams("Ratio, with its interval; 1 means no difference", dx=-words_px),
    )


def _estimates(specifications: Sequence[Specification], *, row_px: int) -> list[dict[str, Any]]:
    return [
        {
            "value": _RANGE.place(s.value),
            "low": _RANGE.place(s.low),
            "high": _RANGE.place(s.high),
            "y": row_px * (index + 0.7),
            "colour": light("blue") if s.reference else light("grey"),
        }
        for index, s in enumerate(specifications)
        if s.value is not None and s.low is not None and s.high is not None
    ]


def _words(specifications: Sequence[Specification], *, row_px: int) -> list[dict[str, Any]]:
    return [
        {
            "words": label(s.words if s.value is not None else f"{s.words} (no estimate)"),
            "y": row_px * (index + 0.7),
        }
        for index, s in enumerate(specifications)
    ]
