"""A claim's measures, each with its interval, beside what the claim says."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.axis_scale import AxisScale, Unit, scale_for
from probity.publish.figures.figure import Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, finished, light

_ROW_PX = 82
_AXIS_PX = 62
_LINE_PX = 15
_LINE_CHARACTERS = 48


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
    """Where the claim says that its measure lies: one or two pieces, ends may be infinite."""

    pieces: tuple[tuple[float, float], ...]
    words: str


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
    y_scale = alt.Scale(domain=[0, len(rows)], reverse=True, nice=False)
    layers = _measures(rows, scale, y_scale)
    if claimed is not None:
        tested = sum(r.tested for r in rows)
        layers = [*_claimed(claimed, scale, y_scale, rows_tested=tested), *layers]
    return finished(
        alt.layer(*layers),
        width=NARROW_PX,
        height=_ROW_PX * len(rows) + _AXIS_PX,
        right=12,
        title=f"Shaded: what the claim says, {label(claimed.words)}" if claimed else "",
    )


def _measures(rows: Sequence[IntervalRow], scale: AxisScale, y_scale: Any) -> list[Any]:
    import altair as alt

    wrapped = [
        textwrap.wrap(label(r.words, limit=2 * _LINE_CHARACTERS), _LINE_CHARACTERS) for r in rows
    ]
    drawn = [
        {
            "value": scale.place(r.value),
            "low": scale.place(r.low),
            "high": scale.place(r.high),
            "shape": "triangle-left" if r.value < scale.low else "circle",
            "words": lines,
            "value_words": label(r.value_words, limit=80),
            "above": index + 0.42 - (len(lines) - 1) * _LINE_PX / _ROW_PX,
            "middle": index + 0.60,
            "below": index + 0.78,
            "colour": light("blue") if r.tested else light("grey"),
        }
        for index, (r, lines) in enumerate(zip(rows, wrapped, strict=True))
    ]

    def at(height: str) -> Any:
        return alt.Y(height, type="quantitative", axis=None, scale=y_scale)

    base = alt.Chart(alt.InlineData(values=drawn))
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
    words = base.mark_text(
        align="left", baseline="line-bottom", fontWeight="bold", lineHeight=_LINE_PX
    ).encode(x=alt.value(0), y=at("above"), text="words:N")
    in_words = base.mark_text(align="left", baseline="top", color=light("muted")).encode(
        x=alt.value(0), y=at("below"), text="value_words:N"
    )
    return [line, point, words, in_words]


def _claimed(
    claimed: ClaimedRange, scale: AxisScale, y_scale: Any, *, rows_tested: int
) -> list[Any]:
    """Shading where the claim says the measure lies, and a line at each limit."""
    import altair as alt

    x_scale = scale.vega_scale()
    top, bottom = (
        alt.Y("top:Q", axis=None, scale=y_scale),
        alt.Y2("bottom:Q"),
    )
    pieces = [
        {
            "low": scale.place(low),
            "high": scale.place(high),
            "top": 0.46,
            "bottom": rows_tested - 0.26,
        }
        for low, high in claimed.pieces
    ]
    ends = sorted({end for p in claimed.pieces for end in p if scale.low <= end <= scale.high})
    lines = [{"limit": end, "top": 0.46, "bottom": rows_tested - 0.26} for end in ends]
    side = (
        alt.Chart(alt.InlineData(values=pieces))
        .mark_rect(color=light("band"))
        .encode(x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=top, y2=bottom)
    )
    limit = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_rule(color=light("ink"), strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=alt.X("limit:Q", scale=x_scale), y=top, y2=bottom)
    )
    return [side, limit]
