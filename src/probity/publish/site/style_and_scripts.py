"""The files that every page uses: the style sheet and the scripts."""

from collections.abc import Mapping
from importlib.resources import files

from probity.publish.figures.theme import colour_rules
from probity.publish.figures.tile_map import SHADES, shade, tiles
from probity.publish.page import style_sheet

_SCRIPTS = ("front.js", "records.js", "scheme.js")


def style_and_scripts() -> Mapping[str, bytes]:
    """Every asset by its path below the site's root."""
    folder = files("probity.publish.site") / "assets"
    style = colour_rules(swap="#scheme") + style_sheet("style.css")
    style += (folder / "site.css").read_text("utf-8") + _map_rules()
    return {
        "assets/site.css": style.encode("utf-8"),
        **{f"assets/{name}": (folder / name).read_bytes() for name in _SCRIPTS},
    }


def _map_rules() -> str:
    """Where each tile stands, and its colours: pages carry no style of their own."""
    columns, lines = max(t.column for t in tiles()), max(t.row for t in tiles())
    places = [f".tiles .c{n}{{grid-column:{n}}}" for n in range(1, columns + 1)]
    places += [f".tiles .r{n}{{grid-row:{n}}}" for n in range(1, lines + 1)]
    colours = dict.fromkeys(shade(count) for count in SHADES)
    paints = [f".tiles .{tile}{{background:var(--{tile});color:var(--{t})}}" for tile, t in colours]
    return "".join((*places, *paints)) + "\n"
