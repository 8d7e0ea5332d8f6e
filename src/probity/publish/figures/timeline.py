"""One breach on a time axis: the event, when the rule allowed what, and what came when."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from probity.audit.plain_times import plain_length
from probity.publish.figures.figure import Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, finished, light

_WIDTH = NARROW_PX
_LINE_PX = 15
_LINE_CHARACTERS = 54
_MARK_PX = 27
_TOP_PX = 6
_LEAST_BAND_PX = 5
_BEYOND = 6
"""How many times the longest stretch the rule speaks of an axis shows; what is further away is
drawn at its end, with an arrow."""

_STEPS_US = [
    *(base * 10**power for power in range(6) for base in (1, 2, 5)),
    *(seconds * 1_000_000 for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)),
    *(hours * 3_600_000_000 for hours in (1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2400, 8760)),
]
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A row of a timeline.

    Parameters
    ----------
    words : str
        What it is, such as "alert.deleted, 36 h 50 min after".
    at_us : int
        Microseconds after the event that the rule was checked for; negative before it.
    mark : "instance", "event" or "nothing"
        The event itself, another one, or that none came; ``at_us`` is then where the log, or
        the time allowed, ends.
    """

    words: str
    at_us: int
    mark: Literal["instance", "event", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time that the rule speaks of.

    Parameters
    ----------
    words : str
        What it is for, such as "Due within 24 h after: alert.deleted".
    from_us, to_us : int or None
        From the event; None has no end on that side.
    wanted : bool
        Something was due there; else the breach is that something came there.
    """

    words: str
    from_us: int | None
    to_us: int | None
    wanted: bool


def timeline(
    moments: Sequence[Moment],
    windows: Sequence[Window],
    *,
    figure_id: str,
    title: str,
    description: str,
    table: Table,
    notes: Sequence[str] = (),
) -> Figure:
    """A row for each moment, from the top in the order given, over the shaded windows.

    Parameters
    ----------
    moments : sequence of Moment
        At least one.
    windows : sequence of Window
        Drawn in rows of their own above the moments, and shaded through to the axis.
    figure_id, title, description, table, notes
        As in ``Figure``.
    """
    return Figure(
        figure_id=figure_id,
        title=title,
        description=description,
        specs={"any": _chart(moments, windows)},
        table=table,
        notes=tuple(notes),
    )


def _chart(moments: Sequence[Moment], windows: Sequence[Window]) -> dict[str, Any]:
    import altair as alt

    low, high = _domain(moments, windows)
    rows: list[Window | Moment] = [*windows, *moments]
    lines = [textwrap.wrap(label(row.words, limit=240), _LINE_CHARACTERS) for row in rows]
    heights = [_LINE_PX * len(words) + _MARK_PX for words in lines]
    bottom = _TOP_PX + sum(heights)
    x_scale = alt.Scale(domain=[low, high], nice=False)
    y_scale = alt.Scale(domain=[0, bottom], reverse=True, nice=False)

    def at(depth: str) -> Any:
        return alt.Y(depth, type="quantitative", axis=None, scale=y_scale)

    bands, marks, texts = [], [], []
    least = (high - low) * _LEAST_BAND_PX / _WIDTH
    top = _TOP_PX
    for row, words_of_row, height in zip(rows, lines, heights, strict=True):
        texts.append({"top": top, "words": words_of_row})
        middle = top + height - _MARK_PX + 11
        if isinstance(row, Window):
            bands.append(_band(row, low, high, least, middle=middle, bottom=bottom))
        else:
            marks.append(_mark(row, low, high, middle=middle + 2))
        top += height
    band = alt.Chart(alt.InlineData(values=bands))
    x, x2 = alt.X("low:Q", scale=x_scale), alt.X2("high:Q")
    layers: list[Any] = []
    if bands:
        shade = band.mark_rect(color=light("band")).encode(
            x=x, x2=x2, y=at("middle"), y2="bottom:Q"
        )
        bar = band.mark_rule(strokeWidth=5).encode(
            x=x,
            x2=x2,
            y=at("middle"),
            color=alt.Color("colour:N", scale=None),
            strokeDash=alt.StrokeDash("dash:N", scale=None),
        )
        layers += [shade, bar]
    axis = alt.Axis(
        values=_ticks(low, high),
        labelExpr=_labels(_ticks(low, high)),
        grid=True,
        gridDash=[1, 3],
        domain=True,
        labelOverlap="greedy",
    )
    point = (
        alt.Chart(alt.InlineData(values=marks))
        .mark_point(filled=True, opacity=1, strokeWidth=1.5)
        .encode(
            x=alt.X("at:Q", scale=x_scale, title=None, axis=axis),
            y=at("middle"),
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            angle=alt.Angle("angle:Q", scale=None),
        )
    )
    words = (
        alt.Chart(alt.InlineData(values=texts))
        .mark_text(align="left", baseline="top", lineHeight=_LINE_PX, color=light("ink"))
        .encode(x=alt.value(0), y=at("top"), text="words:N")
    )
    return finished(alt.layer(*layers, point, words), width=_WIDTH, height=bottom + 30, right=14)


def _domain(moments: Sequence[Moment], windows: Sequence[Window]) -> tuple[float, float]:
    """What the axis shows: every window's finite ends, and moments that are not far beyond."""
    ends = [end for w in windows for end in (w.from_us, w.to_us) if end is not None and end != 0]
    near = [m.at_us for m in moments if m.mark != "nothing"]
    reach = max([abs(end) for end in ends] or [abs(at) for at in near] or [0])
    furthest = _BEYOND * reach if reach else math.inf
    shown = [max(-furthest, min(furthest, at)) for at in (0, *ends, *(m.at_us for m in moments))]
    low, high = float(min(shown)), float(max(shown))
    span = (high - low) or 2_000_000.0
    return low - 0.04 * span, high + 0.04 * span


def _band(
    window: Window, low: float, high: float, least: float, *, middle: int, bottom: int
) -> dict[str, Any]:
    first = low if window.from_us is None else min(max(window.from_us, low), high)
    last = high if window.to_us is None else min(max(window.to_us, low), high)
    if last - first < least:
        first, last = first - least / 2, last + least / 2
    return {
        "low": first,
        "high": last,
        "middle": middle,
        "bottom": bottom,
        "colour": light("blue") if window.wanted else light("contradicted"),
        "dash": [1, 0] if window.wanted else [5, 3],
    }


def _mark(moment: Moment, low: float, high: float, *, middle: int) -> dict[str, Any]:
    beyond = "triangle-right" if moment.at_us > high else "triangle-left"
    outside = not low <= moment.at_us <= high
    shape = {"instance": "diamond", "event": "circle", "nothing": "cross"}[moment.mark]
    nothing = moment.mark == "nothing"
    return {
        "at": min(max(moment.at_us, low), high),
        "middle": middle,
        "shape": beyond if outside and not nothing else shape,
        "size": 130 if moment.mark == "instance" else 95,
        "angle": 45 if nothing else 0,
        "fill": light("page") if nothing else light("ink"),
        "colour": light("ink"),
    }


def _ticks(low: float, high: float) -> list[int]:
    step = next((s for s in _STEPS_US if (high - low) / s <= _MOST_TICKS), None)
    if step is None:
        step = _STEPS_US[-1] * math.ceil((high - low) / _MOST_TICKS / _STEPS_US[-1])
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _labels(ticks: Sequence[int]) -> str:
    """A Vega expression from a tick to its words: lengths are ours, no text of a log is in it."""
    words = {tick: ("−" if tick < 0 else "+") + plain_length(abs(tick)) for tick in ticks}
    words[0] = "the event"
    cases = "".join(f"datum.value == {tick} ? '{text}' : " for tick, text in words.items())
    return f"{cases}''"
