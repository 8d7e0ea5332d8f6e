"""False match rates of every group with every group: within groups on the diagonal."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from probity.claims import words
from probity.core import Rate, Undefined
from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.rate_cells import RATE_COLUMNS, rate_cells
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, config, light

MOST_DRAWN = 8
"""Groups a side in the drawing; the table holds every pair."""

_STEPS = (("tile1", "on-pale"), ("tile2", "on-pale"), ("tile3", "on-deep"), ("tile4", "on-deep"))

Pair = tuple[str, str]


def group_heat(
    rates: Mapping[Pair, Rate | Undefined], *, threshold: float, notes: Sequence[str] = ()
) -> Figure:
    """Tiles of FMR by probe group (down) and gallery or reference group (across).

    Parameters
    ----------
    rates : mapping of (probe group, other group) to Rate or Undefined
        All at one threshold.
    threshold : float
        Said in the title.
    notes : sequence of str
        As in ``Figure``.
    """
    names = sorted({name for pair in rates for name in pair})
    drawn = names[:MOST_DRAWN]
    told = [*notes, "Colours show rates, not how sure they are: intervals are in the table."]
    if len(names) > len(drawn):
        told.append(f"The first {len(drawn)} of {len(names)} groups are drawn; the table has all.")
    return Figure(
        figure_id="group-heat",
        title=f"False match rates within and across groups, at threshold {threshold:.6g}",
        description=(
            f"Tiles of the false match rate of {len(drawn)} probe groups (down) with as many "
            "groups of the other side (across). Darker is higher, in four equal steps of the "
            "logarithm from the lowest to the highest; the palest tiles have no false match."
        ),
        specs={
            "wide": _chart(rates, drawn, width=WIDE_PX),
            "narrow": _chart(rates, drawn, width=NARROW_PX),
        },
        table=Table(
            columns=(Column("Probe group"), Column("Compared with"), *RATE_COLUMNS),
            rows=tuple(
                (label(probe, limit=200), label(other, limit=200), *rate_cells(rate))
                for (probe, other), rate in sorted(rates.items())
            ),
        ),
        notes=tuple(told),
    )


def _chart(
    rates: Mapping[Pair, Rate | Undefined], names: Sequence[str], *, width: int
) -> dict[str, Any]:
    import altair as alt

    side = (width - 4) // (len(names) + 1)
    characters = max(3, side // 7)
    found = [(pair, r) for pair, r in rates.items() if pair[0] in names and pair[1] in names]
    logs = [math.log(r.value) for _, r in found if isinstance(r, Rate) and r.count.k]
    tiles = [
        {
            "x": names.index(other) + 1,
            "y": names.index(probe) + 1,
            "lines": _said(rate),
            **_colours(rate, logs),
        }
        for (probe, other), rate in found
    ]
    heads = [
        {"x": x, "y": y, "lines": textwrap.wrap(label(name, limit=40), characters)[:3] or [" "]}
        for number, name in enumerate(names, start=1)
        for x, y in ((0, number), (number, 0))
    ]

    scale = alt.Scale(domain=list(range(len(names) + 1)), paddingInner=0.05)
    x, y = alt.X("x:O", axis=None, scale=scale), alt.Y("y:O", axis=None, scale=scale)
    small: dict[str, Any] = {"fontSize": 11, "lineHeight": 13, "baseline": "middle"}
    base = alt.Chart(alt.InlineData(values=tiles)).encode(x=x, y=y)
    tile = base.mark_rect(cornerRadius=3).encode(fill=alt.Fill("tile:N", scale=None))
    text = base.mark_text(**small).encode(text="lines:N", fill=alt.Fill("text:N", scale=None))
    head = (
        alt.Chart(alt.InlineData(values=heads))
        .mark_text(color=light("ink"), **small)
        .encode(x=x, y=y, text="lines:N")
    )
    height = min(side, 64) * (len(names) + 1)
    spec: dict[str, Any] = (
        alt.layer(tile, text, head)
        .properties(width=side * (len(names) + 1), height=height, padding=2)
        .configure(**config())
        .to_dict()
    )
    return spec


def _said(rate: Rate | Undefined) -> list[str]:
    if isinstance(rate, Undefined):
        return ["none", "made"]
    if not rate.count.k:
        return ["0 of", f"{rate.count.n:,}"]
    if rate.value < words.SMALL_SHARE:
        return ["1 in", words.one_in(rate.value).removeprefix("1 in ")]
    return [words.percent(rate.value)]


def _colours(rate: Rate | Undefined, logs: Sequence[float]) -> dict[str, str]:
    if isinstance(rate, Undefined) or not rate.count.k:
        return {"tile": light("tile0"), "text": light("on-pale")}
    span = max(logs) - min(logs)
    part = (math.log(rate.value) - min(logs)) / span if span else 0.0
    tile, text = _STEPS[min(int(part * len(_STEPS)), len(_STEPS) - 1)]
    return {"tile": light(tile), "text": light(text)}
