"""A life drawn: a bar for each thing that exists, from when to when, and where a rule ends it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light
from probity.publish.how_it_works.lengths import about
from probity.publish.how_it_works.life import Life, Thing

_MS, _SECOND, _MINUTE, _HOUR, _DAY = 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
_WIDE_TICKS = (
    (10 * _MS, "1/100 s"), (100 * _MS, "1/10 s"), (_SECOND, "1 s"), (10 * _SECOND, "10 s"),
    (_MINUTE, "1 min"), (10 * _MINUTE, "10 min"), (_HOUR, "1 hour"), (_DAY, "1 day"),
    (30 * _DAY, "30 days"),
)  # fmt: skip
_NARROW_TICKS = (
    (10 * _MS, "1/100 s"), (_SECOND, "1 s"), (_MINUTE, "1 min"), (_HOUR, "1 h"), (_DAY, "1 d"),
    (30 * _DAY, "30 d"),
)  # fmt: skip
_ROW_PX, _TOP_PX, _BAR_PX = 48, 6, 13
_PADDING = {"left": 10, "right": 16, "top": 2, "bottom": 26}
"""Around the plot, in pixels: stated, so that lines can be laid over a drawing."""
_SPREAD = 2.5
"""How far a logarithmic axis goes on beyond its first and last moment, as a factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Where a moment is drawn, from 0 to 1.

    Parameters
    ----------
    low, high : float
        Ends of the axis in microseconds; on a logarithmic one both above 0.
    """

    kind: Literal["log", "linear"]
    low: float
    high: float

    def place(self, time_us: float) -> float:
        """The place of a moment; one beyond the axis is drawn at its end."""
        inside = min(max(time_us, self.low), self.high)
        if self.kind == "linear":
            return (inside - self.low) / (self.high - self.low)
        return math.log(inside / self.low) / math.log(self.high / self.low)


def time_scale(lives: Sequence[Life]) -> TimeScale:
    """A scale that shows every moment and limit of some lives, which count alike."""
    times = [moment.at_us for life in lives for moment in life.moments]
    times += [
        thing.limit.by_us
        for life in lives
        for thing in life.things
        if thing.limit is not None and thing.limit.by_us is not None
    ]
    if lives[0].scale == "linear":
        margin = 0.05 * (max(times) - min(times))
        return TimeScale(kind="linear", low=min(times) - margin, high=max(times) + margin)
    first = min(time for time in times if time > 0)
    return TimeScale(kind="log", low=first / _SPREAD, high=max(times) * _SPREAD)


def life_picture(life: Life) -> Figure:
    """The figure of a life."""
    scale = time_scale([life])
    even = (
        "Time runs evenly from left to right."
        if scale.kind == "linear"
        else "Each step to the right is ten times longer than the one before, so that a hundredth "
        "of a second and a month fit in one picture."
    )
    return Figure(
        figure_id=f"life-{life.key}",
        title="What exists about them, and for how long",
        description=_description(life),
        specs={
            "wide": _chart(life.things, scale, width=WIDE_PX),
            "narrow": _chart(life.things, scale, width=NARROW_PX),
        },
        table=_table(life),
        notes=(
            f"Time counts from when {life.clock}. {even} A solid bar is something that exists; a "
            "striped one is a conversation. A triangle is the latest moment that a rule allows.",
        ),
    )


def cursors(life: Life, *, space: str) -> str:
    """Lines of SVG, one for each moment, to be laid over a drawing: the page shows one of them."""
    scale = time_scale([life])
    width = WIDE_PX if space == "wide" else NARROW_PX
    bottom = _PADDING["top"] + _TOP_PX + _ROW_PX * len(life.things)
    lines = []
    for number, moment in enumerate(life.moments, start=1):
        x = _PADDING["left"] + scale.place(moment.at_us) * _inner(width)
        lines.append(
            f'<g class="now now-{number}"><path d="M{x:.1f} 0V{bottom}"/>'
            f'<path class="head" d="M{x - 5:.1f} 0h10l-5 7z"/></g>'
        )
    return "".join(lines)


def _chart(things: Sequence[Thing], scale: TimeScale, *, width: int) -> dict[str, Any]:
    import altair as alt

    narrow = width == NARROW_PX
    bottom = _TOP_PX + _ROW_PX * len(things)
    x_scale, y_scale = (alt.Scale(domain=domain, nice=False) for domain in ([0, 1], [bottom, 0]))
    ticks = _ticks(scale, narrow=narrow)
    labels = "".join(f"datum.value == {place:.6f} ? '{words}' : " for place, words in ticks) + "''"
    axis = alt.Axis(
        values=[round(place, 6) for place, _ in ticks],
        labelExpr=labels,
        labelOverlap="greedy",
        grid=True,
        gridDash=[1, 3],
        domain=True,
    )

    def at_y(field: str) -> Any:
        return alt.Y(field, type="quantitative", axis=None, scale=y_scale)

    at_x = alt.X("x:Q", scale=x_scale, title=None, axis=axis)
    bars: list[dict[str, Any]] = []
    stripes: list[dict[str, Any]] = []
    ends, limits, words = [], [], []
    for number, thing in enumerate(things):
        top = _TOP_PX + _ROW_PX * number
        first = 0.0 if thing.from_us is None else scale.place(thing.from_us)
        last = 1.0 if thing.to_us is None else scale.place(thing.to_us)
        middle = top + 30
        bar = {"x": first, "x2": max(last, first + 0.004), "y": middle}
        (bars if thing.sort == "data" else stripes).append(bar)
        if thing.to_us is None:
            ends.append({"x": 1.0, "y": middle, "angle": 90})
        if thing.from_us is None:
            ends.append({"x": 0.0, "y": middle, "angle": 270})
        length = f": {_kept(thing)}"
        words.append({"y": top + 8, "words": thing.name + ("" if narrow else length)})
        if thing.limit is not None and thing.limit.by_us is not None:
            limits.append({"x": scale.place(thing.limit.by_us), "y": middle + 13})

    def chart(rows: list[dict[str, Any]]) -> Any:
        return alt.Chart(alt.InlineData(values=rows))

    layers: list[Any] = [
        chart(bars)
        .mark_rule(strokeWidth=_BAR_PX, color=light("blue"))
        .encode(x=at_x, x2="x2:Q", y=at_y("y"))
    ]
    if stripes:
        layers.append(
            chart(stripes)
            .mark_rule(strokeWidth=_BAR_PX, strokeDash=[3, 3], color=light("orange"))
            .encode(x=at_x, x2="x2:Q", y=at_y("y"))
        )
    for rows, shape, size, colour in (
        (ends, "triangle-up", 150, "blue"),
        (limits, "triangle-up", 90, "ink"),
    ):
        if rows:
            layers.append(
                chart(rows)
                .mark_point(filled=True, shape=shape, size=size, opacity=1, color=light(colour))
                .encode(
                    x=at_x,
                    y=at_y("y"),
                    angle=alt.Angle("angle:Q", scale=None) if rows is ends else alt.value(0),
                )
            )
    layers.append(
        chart(words)
        .mark_text(align="left", baseline="middle", fontSize=13 if narrow else 14,
                   color=light("ink"))
        .encode(x=alt.value(5), y=at_y("y"), text="words:N")
    )  # fmt: skip
    spec = finished(alt.layer(*layers), width=_inner(width), height=bottom)
    return {**spec, "autosize": {"type": "none"}, "padding": _PADDING}


def _inner(width: int) -> int:
    return width - _PADDING["left"] - _PADDING["right"]


def _ticks(scale: TimeScale, *, narrow: bool) -> list[tuple[float, str]]:
    if scale.kind == "log":
        marks = _NARROW_TICKS if narrow else _WIDE_TICKS
        return [(scale.place(at), words) for at, words in marks if scale.low < at < scale.high]
    step = (12 if narrow else 6) * _HOUR
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return [
        (scale.place(n * step), f"{n * step // _HOUR} h" if n else "0")
        for n in range(first, last + 1)
    ]


def _kept(thing: Thing) -> str:
    if thing.from_us is None or thing.to_us is None:
        before = "from before" if thing.from_us is None else ""
        beyond = "no end stated" if thing.to_us is None else ""
        return ", ".join(part for part in (before, beyond) if part)
    return about(thing.to_us - thing.from_us)


def _description(life: Life) -> str:
    parts = [f"{thing.name}: {_kept(thing)}" for thing in life.things]
    return f"{life.heading}. {'; '.join(parts)}."


def _table(life: Life) -> Table:
    return Table(
        columns=(
            Column("What exists"),
            Column("From, seconds", number=True),
            Column("To, seconds", number=True),
            Column("How long"),
            Column("Who can see it"),
            Column("Latest by the rule, seconds", number=True),
            Column("Rule"),
            Column("Length published or assumed"),
        ),
        rows=tuple(
            (
                thing.name,
                None if thing.from_us is None else thing.from_us / _SECOND,
                None if thing.to_us is None else thing.to_us / _SECOND,
                _kept(thing),
                thing.seen_by,
                None
                if thing.limit is None or thing.limit.by_us is None
                else thing.limit.by_us / _SECOND,
                "none drawn on" if thing.limit is None else thing.limit.rule.rule_id,
                thing.basis,
            )
            for thing in life.things
        ),
    )
