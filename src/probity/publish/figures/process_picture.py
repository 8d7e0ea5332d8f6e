"""What follows what in a log: kinds of events in a column, steps between them as arrows.

Kinds stand so that most steps lead downwards. A step to the next kind is a straight arrow; one
that leads further down runs in a lane on the right, one that leads back up in a lane on the left.
No two lanes that lie beside each other touch, so every arrow can be told and has its own words.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probity.audit.plain_times import plain_length
from probity.audit.process import Process, ProcessStep
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, finished, light

MOST_STEPS = 16
"""Kinds of step that are drawn; the rest, each rarer than those, are in the table only."""
MOST_LANES = 7
"""Lanes on both sides together that leave the words large enough on a phone."""

_PITCH = 106
_BOX = 64
_BOX_WIDTH = 180
_LINE = 15
_LANE = 17
_MARGIN = 4
_TEXT_PX = 11
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class _Lane:
    """A step that passes other kinds: rows it leads from and to, and its place from the middle."""

    step: ProcessStep
    start: int
    end: int
    lane: int

    @property
    def down(self) -> bool:
        return self.end > self.start


def process_picture(process: Process, *, notes: Sequence[str] = ()) -> Figure:
    """The lives of the objects of one type.

    Parameters
    ----------
    process : Process
        With at least one stage.
    notes : sequence of str
        What a reader must know before trusting the picture.
    """
    order = in_order([stage.kind for stage in process.stages], process.steps)
    rows = {kind: row for row, kind in enumerate(order)}
    steps = [step for step in process.steps if step.from_kind != step.to_kind]
    drawn = steps[:MOST_STEPS]
    while sum(_widths(_lanes(rows, drawn))) > MOST_LANES:
        drawn = drawn[:-1]
    told = list(notes)
    if len(steps) > len(drawn):
        told.append(
            f"Drawn are the {len(drawn)} most common kinds of step; the table has all "
            f"{len(process.steps)}."
        )
    commonest = process.steps[0] if process.steps else None
    example = (
        f" The most common step, {commonest.from_kind} to {commonest.to_kind}, was made "
        f"{commonest.count:,} times, in {plain_length(commonest.median_us)} at the median."
        if commonest
        else ""
    )
    return Figure(
        figure_id=f"process-{process.object_type}",
        title=f"{process.object_type.capitalize()}: {process.objects:,} in the log",
        description=(
            f"Diagram of {len(process.stages)} kinds of events in the lives of "
            f"{process.objects:,} objects of type {process.object_type}, joined by arrows for "
            f"{len(drawn)} kinds of step.{example}"
        ),
        specs={"any": _chart(process, drawn, rows)},
        table=_table(process),
        notes=tuple(told),
    )


def _table(process: Process) -> Table:
    starts = [
        ("begins with", stage.kind, stage.first, None) for stage in process.stages if stage.first
    ]
    steps = [(s.from_kind, s.to_kind, s.count, s.median_us / 1e6) for s in process.steps]
    ends = [(stage.kind, "is the last", stage.last, None) for stage in process.stages if stage.last]
    return Table(
        columns=(
            Column("From"),
            Column("To"),
            Column("Times", number=True),
            Column("Median seconds", number=True),
        ),
        rows=(*starts, *steps, *ends),
    )


def in_order(kinds: Sequence[str], steps: Sequence[ProcessStep]) -> list[str]:
    """Kinds so that few steps lead back up: from both ends, what only leaves and what only comes.

    Greedy, after Eades, Lin and Smyth (1993), doi:10.1016/0020-0190(93)90079-O; of equals the
    one that stands first in ``kinds``.
    """
    left = list(kinds)
    first: list[str] = []
    last: list[str] = []
    while left:

        def flow(kind: str, *, among: Sequence[str] = tuple(left)) -> tuple[int, int]:
            leaves = sum(s.count for s in steps if s.from_kind == kind and s.to_kind in among)
            comes = sum(s.count for s in steps if s.to_kind == kind and s.from_kind in among)
            return leaves, comes

        flows = {kind: flow(kind) for kind in left}
        sinks = [kind for kind in left if not flows[kind][0]]
        sources = [kind for kind in left if not flows[kind][1]]
        if sources:
            chosen = sources[0]
            first.append(chosen)
        elif sinks:
            chosen = sinks[-1]
            last.insert(0, chosen)
        else:
            chosen = max(left, key=lambda kind: flows[kind][0] - flows[kind][1])
            first.append(chosen)
        left.remove(chosen)
    return first + last


def _lanes(rows: Mapping[str, int], steps: Sequence[ProcessStep]) -> list[_Lane]:
    """A lane for each step but those to the next row: short ones inside, none over another."""
    ends = [(step, rows[step.from_kind], rows[step.to_kind]) for step in steps]
    passing = [(s, a, b) for s, a, b in ends if b != a + 1]
    passing.sort(key=lambda one: (abs(one[2] - one[1]), min(one[1], one[2])))
    taken: dict[bool, list[list[tuple[int, int]]]] = {True: [], False: []}
    lanes = []
    for step, start, end in passing:
        low, high = min(start, end), max(start, end)
        side = taken[end > start]
        free = (n for n, spans in enumerate(side) if all(high < a or b < low for a, b in spans))
        lane = next(free, len(side))
        if lane == len(side):
            side.append([])
        side[lane].append((low, high))
        lanes.append(_Lane(step, start, end, lane))
    return lanes


def _heights(lanes: Sequence[_Lane]) -> dict[tuple[_Lane, int], float]:
    """How far down each lane meets the box of each of its rows, so that no two cross there.

    Lanes to rows above are met above those to rows below; of the first, the inner ones first.
    """
    heights: dict[tuple[_Lane, int], float] = {}
    for down in (True, False):
        own = [one for one in lanes if one.down is down]
        for row in sorted({row for one in own for row in (one.start, one.end)}):
            here = [one for one in own if row in (one.start, one.end)]
            up = [one for one in here if one.start + one.end < 2 * row]
            ahead = [one for one in here if one.start + one.end > 2 * row]
            up.sort(key=lambda one: one.lane)
            ahead.sort(key=lambda one: -one.lane)
            for number, one in enumerate([*up, *ahead], start=1):
                heights[one, row] = _top(row) + _BOX * number / (len(here) + 1)
    return heights


def _top(row: int) -> float:
    return _MARGIN + _PITCH * row


def _words(step: ProcessStep, x: float, y: float, *, angle: int) -> dict[str, Any]:
    words = f"{step.count:,} · {_short(step.median_us)}"
    return {"x": x, "y": y, "words": words, "angle": angle}


def _box(process: Process, kind: str, row: int, middle: float) -> dict[str, Any]:
    stage = next(stage for stage in process.stages if stage.kind == kind)
    again = next((s for s in process.steps if s.from_kind == s.to_kind == kind), None)
    lines = [f"{stage.events:,} {'event' if stage.events == 1 else 'events'}"]
    ends = [f"first of {stage.first:,}"] if stage.first else []
    ends += [f"last of {stage.last:,}"] if stage.last else []
    lines += [", ".join(ends)] if ends else []
    lines += [f"again: {again.count:,} · {_short(again.median_us)}"] if again else []
    top = _top(row)
    first = top + (_BOX - _LINE * len(lines)) / 2
    return {
        "kind": kind,
        "x": middle,
        "y": first,
        "lines": [
            {"x": middle, "y": first + _LINE * number, "line": line}
            for number, line in enumerate(lines, start=1)
        ],
        "x0": middle - _BOX_WIDTH / 2,
        "x1": middle + _BOX_WIDTH / 2,
        "y0": top,
        "y1": top + _BOX,
    }


def _short(length_us: int) -> str:
    """A length to about three digits."""
    digits = 0 if length_us >= _MINUTE else 2 - math.floor(math.log10(max(length_us, 1) / 1e6))
    return plain_length(round(round(length_us / 1e6, digits) * 1e6))


def _widths(lanes: Sequence[_Lane]) -> tuple[int, int]:
    """Lanes side by side on the left, and on the right."""
    left, right = ({one.lane for one in lanes if one.down is down} for down in (False, True))
    return len(left), len(right)


def _chart(
    process: Process, steps: Sequence[ProcessStep], rows: Mapping[str, int]
) -> dict[str, Any]:
    import altair as alt

    lanes = _lanes(rows, steps)
    left, right = ((count + 1) * _LANE for count in _widths(lanes))
    own_width = left + _BOX_WIDTH + right + 2 * _MARGIN
    width = max(own_width, NARROW_PX)
    height = _PITCH * len(rows) - (_PITCH - _BOX) + 2 * _MARGIN
    middle = _MARGIN + left + _BOX_WIDTH / 2 + (width - own_width) / 2

    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    most = max((step.count for step in steps), default=1)
    heights = _heights(lanes)
    lane_of = {id(one.step): one for one in lanes}
    for number, step in enumerate(steps):
        start, end = rows[step.from_kind], rows[step.to_kind]
        stroke = 1 + 3 * math.log1p(step.count) / math.log1p(most)
        if end == start + 1:
            top, bottom = _top(start) + _BOX, _top(end)
            path = [(middle, top), (middle, bottom - 8)]
            heads.append({"x": middle, "y": bottom - 5, "angle": 180})
            words.append(_words(step, middle + 9, (top + bottom) / 2 - 1, angle=0))
        else:
            one = lane_of[id(step)]
            sign = 1 if one.down else -1
            edge = middle + sign * _BOX_WIDTH / 2
            x = edge + sign * _LANE * (one.lane + 0.8)
            y0, y1 = heights[one, start], heights[one, end]
            path = [(edge, y0), (x, y0), (x, y1), (edge + sign * 8, y1)]
            heads.append({"x": edge + sign * 5, "y": y1, "angle": -90 * sign})
            words.append(_words(step, x + sign * 8, (y0 + y1) / 2, angle=90 * sign))
        lines += [
            {"step": number, "part": part, "x": x, "y": y, "stroke": stroke}
            for part, (x, y) in enumerate(path)
        ]
    boxes = [_box(process, kind, rows[kind], middle) for kind in rows]

    x_scale = alt.Scale(domain=[0, width], nice=False)
    y_scale = alt.Scale(domain=[0, height], reverse=True, nice=False)
    at_x = alt.X("x:Q", axis=None, scale=x_scale)
    at_y = alt.Y("y:Q", axis=None, scale=y_scale)
    box = alt.Chart(alt.InlineData(values=boxes))
    layers: list[Any] = [
        box.mark_rect(
            fill=light("card"), stroke=light("line"), strokeWidth=1, cornerRadius=4
        ).encode(x=alt.X("x0:Q", axis=None, scale=x_scale), x2="x1:Q",
                 y=alt.Y("y0:Q", axis=None, scale=y_scale), y2="y1:Q"),
        box.mark_text(fontWeight="bold", baseline="middle").encode(
            x=at_x, y=at_y, text="kind:N"),
        alt.Chart(alt.InlineData(values=[line for one in boxes for line in one["lines"]]))
        .mark_text(baseline="middle", fontSize=_TEXT_PX, color=light("muted"))
        .encode(x=at_x, y=at_y, text="line:N"),
    ]  # fmt: skip
    if lines:
        layers += [
            alt.Chart(alt.InlineData(values=lines))
            .mark_line(color=light("line"), strokeJoin="round")
            .encode(x=at_x, y=at_y, order="part:O", detail="step:N",
                    strokeWidth=alt.StrokeWidth("stroke:Q", scale=None)),
            alt.Chart(alt.InlineData(values=heads))
            .mark_point(shape="triangle-up", filled=True, size=90, opacity=1, color=light("ink"))
            .encode(x=at_x, y=at_y, angle=alt.Angle("angle:Q", scale=None)),
            *_text_layers(words, at_x, at_y),
        ]  # fmt: skip
    return finished(alt.layer(*layers), width=width, height=height, right=2)


def _text_layers(words: Sequence[Mapping[str, Any]], at_x: Any, at_y: Any) -> list[Any]:
    """Words along their arrows, each over a rim in the page's colour that parts it from lines."""
    import altair as alt

    layers = []
    for angle in (0, 90, -90):
        own = [one for one in words if one["angle"] == angle]
        text: dict[str, Any] = {"angle": angle % 360, "align": "center" if angle else "left"}
        text |= {"baseline": "middle", "fontSize": _TEXT_PX}
        rim = {"color": light("page"), "stroke": light("page"), "strokeWidth": 3}
        layers += [
            alt.Chart(alt.InlineData(values=own))
            .mark_text(**text, **paint)
            .encode(x=at_x, y=at_y, text="words:N")
            for paint in (rim, {"color": light("ink")})
            if own
        ]
    return layers
