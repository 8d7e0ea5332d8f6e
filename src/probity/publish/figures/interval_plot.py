"""A claim's measures, each with its interval, beside what the claim says."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.axis_scale import AxisScale, Unit, scale_for
from probity.publish.figures.figure import Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, finished, light

_AXES_PX = 62
"""Room for the axis below and the line above the rows."""
_LINE_PX = 15
_LINE_CHARACTERS = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRow:
    """One measure: its words, its value with interval, and the same in words.

    ``tested`` marks a measure that the claim's limit applies to.
    """

    words: str
    value: float
    low: float
    high: float
    value_words: str
    tested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRange:
    """Where the claim says that its measure lies: one or two pieces, ends may be infinite.

    ``said_by`` is what says it, where that is no claim.
    """

    pieces: tuple[tuple[float, float], ...]
    words: str
    said_by: str = "the claim"


def interval_plot(
    rows: Sequence[IntervalRow],
    *,
    figure_id: str,
    title: str,
    description: str,
    unit: Unit,
    claimed: ClaimedRange | None,
    table: Table,
) -> Figure:
    """A row per measure: point and interval; what is claimed is shaded behind the tested rows.

    Parameters
    ----------
    rows : sequence of IntervalRow
        Measures that share one unit, the tested ones first.
    figure_id, title, description, table
        As in ``Figure``.
    unit : {"proportion", "number"}
        What the values are.
    claimed : ClaimedRange, optional
        Left out where none of the rows is compared with a limit.
    """
    return Figure(
        figure_id=figure_id,
        title=title,
        description=description,
        specs={"any": _chart(rows, unit=unit, claimed=claimed)},
        table=table,
    )


def _chart(
    rows: Sequence[IntervalRow], *, unit: Unit, claimed: ClaimedRange | None
) -> dict[str, Any]:
    import altair as alt

    limits = [end for piece in claimed.pieces for end in piece] if claimed else []
    scale = scale_for([*limits, *(v for r in rows for v in (r.value, r.low, r.high))], unit=unit)
    drawn = _laid_out(rows, scale)
    height = drawn[-1]["end"]
    y_scale = alt.Scale(domain=[0, height], reverse=True, nice=False)
    layers = _measures(drawn, scale, y_scale)
    if claimed is not None:
        tested = [d for d, r in zip(drawn, rows, strict=True) if r.tested]
        layers = [*_claimed(claimed, scale, y_scale, tested), *layers]
    return finished(
        alt.layer(*layers),
        width=NARROW_PX,
        height=height + _AXES_PX,
        right=12,
        title=f"Shaded: what {claimed.said_by} says, {label(claimed.words)}" if claimed else "",
    )


def _laid_out(rows: Sequence[IntervalRow], scale: AxisScale) -> list[dict[str, Any]]:
    """Each row's marks: where they stand along the axis, and how far down, in px."""
    drawn: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        lines = textwrap.wrap(label(row.words, limit=160), _LINE_CHARACTERS)
        middle = top + _LINE_PX * len(lines) + 16
        drawn.append(
            {
                "value": scale.place(row.value),
                "low": scale.place(row.low),
                "high": scale.place(row.high),
                "shape": "triangle-left" if row.value < scale.low else "circle",
                "words": lines,
                "value_words": label(row.value_words, limit=80),
                "top": top,
                "band": middle - 11,
                "middle": middle,
                "bottom": middle + 11,
                "below": middle + 14,
                "end": middle + 44,
                "colour": light("blue") if row.tested else light("grey"),
            }
        )
        top = middle + 44
    return drawn


def _measures(drawn: Sequence[dict[str, Any]], scale: AxisScale, y_scale: Any) -> list[Any]:
    import altair as alt

    def at(depth: str) -> Any:
        return alt.Y(depth, type="quantitative", axis=None, scale=y_scale)

    base = alt.Chart(alt.InlineData(values=list(drawn)))
    colour = alt.Color("colour:N", scale=None)
    x_scale = scale.vega_scale()
    line = base.mark_rule(strokeWidth=6, strokeCap="round", opacity=0.45).encode(
        x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=at("middle"), color=colour
    )
    point = base.mark_point(size=90, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=None, scale=x_scale, axis=scale.vega_axis()),
        y=at("middle"),
        color=colour,
        shape=alt.Shape("shape:N", scale=None),
    )
    text: dict[str, Any] = {"align": "left", "baseline": "top", "lineHeight": _LINE_PX}
    words = base.mark_text(fontWeight="bold", **text).encode(
        x=alt.value(0), y=at("top"), text="words:N"
    )
    in_words = base.mark_text(color=light("muted"), **text).encode(
        x=alt.value(0), y=at("below"), text="value_words:N"
    )
    return [line, point, words, in_words]


def _claimed(
    claimed: ClaimedRange, scale: AxisScale, y_scale: Any, tested: Sequence[dict[str, Any]]
) -> list[Any]:
    """Behind each tested row, shading where the claim says it lies, and a line at each limit."""
    import altair as alt

    x_scale = scale.vega_scale()
    top, bottom = alt.Y("band:Q", axis=None, scale=y_scale), alt.Y2("bottom:Q")
    heights = [{"band": row["band"], "bottom": row["bottom"]} for row in tested]
    ends = {end for piece in claimed.pieces for end in piece if scale.low <= end <= scale.high}
    pieces = [
        {"low": scale.place(low), "high": scale.place(high), **height}
        for low, high in claimed.pieces
        for height in heights
    ]
    limits = [{"limit": end, **height} for end in sorted(ends) for height in heights]
    side = (
        alt.Chart(alt.InlineData(values=pieces))
        .mark_rect(color=light("band"))
        .encode(x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=top, y2=bottom)
    )
    limit = (
        alt.Chart(alt.InlineData(values=limits))
        .mark_rule(color=light("ink"), strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=alt.X("limit:Q", scale=x_scale), y=top, y2=bottom)
    )
    return [side, limit]
