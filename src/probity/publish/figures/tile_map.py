"""London's 33 boroughs as equal tiles: where deployments were, without big boroughs shouting.

The arrangement is this project's own: 8 columns by 7 rows, found by placing the boroughs so that
as many as possible of the 81 pairs that share a border still touch (77 do, 50 of them side by
side) while keeping compass directions. A tile's place is not a borough's exact position.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, config, light

SHADES = {
    0: ("tile0", "on-pale"),
    1: ("tile1", "on-pale"),
    5: ("tile2", "on-pale"),
    15: ("tile3", "on-deep"),
    40: ("tile4", "on-deep"),
}
"""From how many deployments, to the names of a tile's colour and of the colour of its text."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A borough's tile; columns count from the west, rows from the north, both from 1."""

    code: str
    short: str
    borough: str
    column: int
    row: int


@cache
def tiles() -> tuple[Tile, ...]:
    """The 33 tiles in order of their ONS codes."""
    text = files("probity.publish.figures").joinpath("london_tiles.csv").read_text("utf-8")
    return tuple(
        Tile(r["code"], r["short"], r["borough"], int(r["column"]), int(r["row"]))
        for r in csv.DictReader(text.splitlines())
    )


def tile_map(
    deployments_by_borough: Mapping[str, int], *, period: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Deployments per borough on the tile map.

    Parameters
    ----------
    deployments_by_borough : Mapping of str to int
        Borough name as the ONS writes it, to deployments. A borough left out had none.
    period : str
        What the counts cover, in words.
    notes : tuple of str
        How a deployment was given its borough, and how many have none.

    Raises
    ------
    ValueError
        A name is no borough.
    """
    import altair as alt

    if unknown := set(deployments_by_borough) - {t.borough for t in tiles()}:
        raise ValueError(f"no borough of London: {', '.join(sorted(unknown))}")
    rows = [
        {"x": t.column, "y": t.row, "short": t.short, "count": count, **_colours(count)}
        for t in tiles()
        for count in (deployments_by_borough.get(t.borough, 0),)
    ]
    columns, lines = max(t.column for t in tiles()), max(t.row for t in tiles())
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("x:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0)),
        y=alt.Y("y:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0)),
    )
    tile = base.mark_rect(cornerRadius=3).encode(fill=alt.Fill("tile:N", scale=None))
    text = {"fill": alt.Fill("text:N", scale=None)}
    short = base.mark_text(dy=-7, fontSize=11).encode(text="short:N", **text)
    count = base.mark_text(dy=8, fontSize=14, fontWeight="bold").encode(text="count:Q", **text)
    side = NARROW_PX // columns
    chart = (
        alt.layer(tile, short, count)
        .properties(width=side * columns, height=side * lines, padding=1)
        .configure(**config())
    )
    table = Table(
        columns=(Column("Borough"), Column("Tile"), Column("Deployments", number=True)),
        rows=tuple(
            (t.borough, t.short, deployments_by_borough.get(t.borough, 0))
            for t in sorted(
                tiles(), key=lambda t: (-deployments_by_borough.get(t.borough, 0), t.borough)
            )
        ),
    )
    return Figure(
        figure_id="tile-map",
        title="Where: deployments by borough",
        description=(
            f"Tile map of London's 33 boroughs, one equal tile each, {period}. "
            f"Each tile shows the borough's short code and its number of deployments."
        ),
        specs={"any": chart.to_dict()},
        table=table,
        notes=notes,
    )


def shade(count: int) -> tuple[str, str]:
    """The colours of ``SHADES`` for a number of deployments."""
    return SHADES[max(least for least in SHADES if count >= least)]


def _colours(count: int) -> dict[str, str]:
    tile, text = shade(count)
    return {"tile": light(tile), "text": light(text)}
