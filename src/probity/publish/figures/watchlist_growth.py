"""How many people are looked for: the size of each deployment's watchlist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light
from probity.publish.figures.time_axis import days


@dataclass(frozen=True, slots=True)
class WatchlistSize:
    """The watchlist of one deployment: ISO day, place, entries."""

    day: str
    place: str
    entries: int


def watchlist_growth(
    sizes: Sequence[WatchlistSize], *, force: str, notes: Sequence[str] = ()
) -> Figure:
    """A point per deployment.

    Parameters
    ----------
    sizes : sequence of WatchlistSize
        In order of time, at least one.
    force : str
        Whose watchlists they are.
    notes : sequence of str
        What a reader must know before trusting the picture.
    """
    least, most = min(s.entries for s in sizes), max(s.entries for s in sizes)
    return Figure(
        figure_id="watchlist-growth",
        title="How many are looked for: watchlist size",
        description=(
            f"Scatter of the watchlist size of {len(sizes):,} deployments by {label(force)}, "
            f"{sizes[0].day} to {sizes[-1].day}: from {least:,} to {most:,} entries."
        ),
        specs={
            "wide": _chart(sizes, width=WIDE_PX, height=260),
            "narrow": _chart(sizes, width=NARROW_PX, height=240),
        },
        table=Table(
            columns=(Column("Day"), Column("Place"), Column("Watchlist entries", number=True)),
            rows=tuple((s.day, s.place, s.entries) for s in sizes),
        ),
        notes=tuple(notes),
    )


def _chart(sizes: Sequence[WatchlistSize], *, width: int, height: int) -> dict[str, Any]:
    import altair as alt

    rows = [{"day": s.day, "entries": s.entries} for s in sizes]
    chart = (
        alt.Chart(alt.InlineData(values=rows), title="Entries on the deployment’s watchlist")
        .mark_circle(color=light("blue"), size=22 if width == WIDE_PX else 14, opacity=0.6)
        .encode(
            x=days("day", first=sizes[0].day, last=sizes[-1].day),
            y=alt.Y("entries:Q", title=None, axis=alt.Axis(format=",d", tickCount=5)),
        )
    )
    return finished(chart, width=width, height=height)
