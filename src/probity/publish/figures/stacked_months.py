"""Counts a month, stacked by kind; the parts of a month never overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.theme import light
from probity.publish.figures.time_axis import months

_LABEL_PX = 36
"""Room for the numbers on the left, the same in each panel so that months line up."""


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of count: its key in the data, its name for readers, its colour."""

    key: str
    name: str
    colour: str


def stacked_months(
    counts_by_month: Mapping[str, Mapping[str, int]],
    parts: Sequence[Part],
    *,
    title: str,
    width: int,
    height: int,
    legend: bool,
) -> Any:
    """An Altair chart: a bar a month, the parts stacked in the order given, from the bottom.

    Parameters
    ----------
    counts_by_month : Mapping of str to Mapping of str to int
        ``YYYY-MM`` in order of time, to the count of each part by its key.
    parts : sequence of Part
        The kinds drawn.
    title : str
        What the height of a bar is.
    width, height : int
        Of the whole drawing, px; the legend is drawn above it.
    legend : bool
        Whether the names of the parts are drawn.
    """
    import altair as alt

    rows = [
        {"month": f"{month}-01", "part": part.name, "order": order, "count": counts[part.key]}
        for month, counts in counts_by_month.items()
        for order, part in enumerate(parts)
        if counts[part.key]
    ]
    first, *_, last = (*counts_by_month, list(counts_by_month)[-1])
    names = [part.name for part in parts]
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=names, range=[light(part.colour) for part in parts]),
        legend=alt.Legend(title=None, columns=len(parts) if width > 2 * len(parts) * 90 else 2)
        if legend
        else None,
    )
    axis = alt.Axis(
        tickCount=4, tickMinStep=1, format=",d", minExtent=_LABEL_PX, maxExtent=_LABEL_PX
    )
    return (
        alt.Chart(alt.InlineData(values=rows), title=title)
        .mark_bar()
        .encode(
            x=months("month", first=f"{first}-01", last=f"{last}-01"),
            y=alt.Y("count:Q", title=None, stack="zero", axis=axis),
            color=colour,
            order=alt.Order("order:Q"),
        )
        .properties(width=width - _LABEL_PX - 10, height=height)
    )
