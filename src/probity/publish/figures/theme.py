"""The colours of the page and its charts, and how charts are set.

Each colour has a light and a dark value. Charts are drawn with the light values; the page's
style sheet repaints them by those values, so one drawing serves both. Pairs used as text meet
4.5:1 and marks meet 3:1 against the page in both schemes (a test measures them).
"""

from dataclasses import dataclass
from typing import Any

WIDE_PX = 880
"""Width of a drawing made for a desktop or a printed page."""

NARROW_PX = 340
"""Width of a drawing made for a phone; also of the drawings inside a claim."""

FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
"""The renderer lays text out with Liberation Sans, which has Arial's widths."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A named colour as ``#rrggbb``, for light and for dark surroundings."""

    light: str
    dark: str


COLOURS: dict[str, Colour] = {
    "page": Colour("#fbfaf8", "#12161b"),
    "card": Colour("#ffffff", "#1a2027"),
    "tint": Colour("#f1f0ec", "#222a33"),
    "ink": Colour("#1b2430", "#e9ebee"),
    "muted": Colour("#545f6d", "#abb5c0"),
    "line": Colour("#75808d", "#8994a1"),
    "hair": Colour("#dcdfe2", "#36404b"),
    "link": Colour("#1c4f8f", "#8fbdf2"),
    "supported": Colour("#1d5c9c", "#7fb6ee"),
    "contradicted": Colour("#a4450d", "#f0a06a"),
    "undecided": Colour("#6c4f99", "#c4aceb"),
    "untestable": Colour("#5a6470", "#aab4bf"),
    "blue": Colour("#215f9e", "#6eabe8"),
    "pale": Colour("#4d97cf", "#3d73a6"),
    "orange": Colour("#c2560f", "#ee9050"),
    "grey": Colour("#7c8590", "#8e98a4"),
    "band": Colour("#e4ebf3", "#26394e"),
    "tile0": Colour("#eeeeea", "#222931"),
    "tile1": Colour("#d3e3f2", "#1f3c58"),
    "tile2": Colour("#a3c6e6", "#2a5a87"),
    "tile3": Colour("#2f70b2", "#74aee6"),
    "tile4": Colour("#133f6e", "#c4e0fa"),
    "on-pale": Colour("#1a2431", "#f4f6f8"),
    "on-deep": Colour("#fefefe", "#0c1116"),
}


def light(name: str) -> str:
    """The value a chart is drawn with."""
    return COLOURS[name].light


def colour_rules(*, swap: str = "") -> str:
    """CSS: the colours as custom properties, and the repainting of drawings in the dark.

    Parameters
    ----------
    swap : str
        Selector of a checkbox that swaps light and dark; empty where the page has none.
    """
    light_values = "".join(f"--{name}:{c.light};" for name, c in COLOURS.items())
    dark_values = "".join(f"--{name}:{c.dark};" for name, c in COLOURS.items())
    repaint = "".join(
        f'.drawing [{paint}="{c.light}"]{{{paint}:var(--{name})}}'
        for name, c in COLOURS.items()
        for paint in ("fill", "stroke")
    )
    if not swap:
        return (
            f":root{{color-scheme:light dark;{light_values}}}"
            f"@media screen and (prefers-color-scheme:dark){{:root{{{dark_values}}}}}"
            f"{repaint}"
        )
    dark = f"{{color-scheme:dark;{dark_values}}}"
    return (
        f":root{{color-scheme:light;{light_values}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not(:has({swap}:checked)){dark}}}"
        f"@media screen and (prefers-color-scheme:light){{:root:has({swap}:checked){dark}}}"
        f"{repaint}"
    )


def config() -> dict[str, Any]:
    """Vega-Lite configuration shared by every chart: quiet axes, no frame, no ARIA noise.

    A drawing is one image to assistive technology, named by its figure; its values are in the
    figure's table.
    """
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "domainColor": light("line"),
            "tickColor": light("line"),
            "gridColor": light("hair"),
            "labelColor": light("muted"),
            "titleColor": light("muted"),
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "labelPadding": 5,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "legend": {
            "labelColor": light("ink"),
            "titleColor": light("muted"),
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "orient": "top",
            "symbolType": "square",
            "symbolStrokeWidth": 0,
            "labelLimit": 300,
        },
        "title": {
            "color": light("muted"),
            "fontSize": 12,
            "fontWeight": "normal",
            "anchor": "start",
            "frame": "group",
            "offset": 12,
        },
        "text": {"color": light("ink"), "fontSize": 12},
    }


def finished(
    chart: Any, *, width: int, height: int, right: int = 8, **properties: Any
) -> dict[str, Any]:
    """The specification of a chart of one panel that fills ``width`` by ``height`` px exactly.

    ``right`` leaves room for a label that stands out over the last tick. Other properties of
    the chart, such as its title, are passed on.
    """
    import altair as alt

    spec: dict[str, Any] = (
        chart.properties(
            width=width,
            height=height,
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
            padding={"left": 2, "right": right, "top": 2, "bottom": 2},
            **properties,
        )
        .configure(**config())
        .to_dict()
    )
    return spec
