"""The files that every page uses: the style sheet and the scripts."""

from collections.abc import Mapping
from importlib.resources import files

from probity.publish.figures.theme import colour_rules
from probity.publish.page import style_sheet

_SCRIPTS = ("scheme.js",)


def style_and_scripts() -> Mapping[str, bytes]:
    """Every asset by its path below the site's root."""
    folder = files("probity.publish.site") / "assets"
    style = colour_rules(swap="#scheme") + style_sheet("style.css")
    style += (folder / "site.css").read_text("utf-8")
    return {
        "assets/site.css": style.encode("utf-8"),
        **{f"assets/{name}": (folder / name).read_bytes() for name in _SCRIPTS},
    }
