"""Drawing a Vega-Lite specification as SVG that can stand in a page beside others."""

import re
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from probity.publish.figures.figure import Figure

_SVG = "{http://www.w3.org/2000/svg}"

_LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")
_GEOMETRY = ("d", "transform", "x", "y", "x2", "y2", "width", "height")

# What Vega writes for its own interaction and description of parts. A drawing is one image to
# assistive technology, its typeface comes from the page, and an opacity of 1 says nothing.
_UNUSED = ("role", "class", "pointer-events", "font-family", "stroke-miterlimit", "version")


def draw(spec: dict[str, Any], *, drawing_id: str, description: str) -> str:
    """One ``<svg>`` element: the same bytes for the same specification, wherever it is drawn.

    Parameters
    ----------
    spec : dict
        Vega-Lite specification with its data inline. Nothing is fetched.
    drawing_id : str
        Prefix of every id in the drawing, unique on the page.
    description : str
        The drawing's accessible name.
    """
    import vl_convert

    return _tidied(
        vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]),
        drawing_id=drawing_id,
        description=description,
    )


def _tidied(svg: str, *, drawing_id: str, description: str) -> str:
    root = ET.fromstring(svg)  # noqa: S314 (our own renderer wrote it, without entities)
    _prune(root)
    _rename_ids(root, drawing_id)
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.set("viewBox", f"0 0 {width} {height}")
    root.set("class", "drawing")
    root.set("role", "img")
    root.set("aria-label", description)
    ET.register_namespace("", _SVG.strip("{}"))
    return ET.tostring(root, encoding="unicode")


def _prune(parent: ET.Element) -> None:
    """Drop unused attributes, undrawn paths and groups that only wrap."""
    for name in [n for n in parent.attrib if n in _UNUSED or n.startswith("aria-")]:
        del parent.attrib[name]
    for name in _GEOMETRY:
        if name in parent.attrib:
            parent.set(name, _LONG_DECIMAL.sub(_two_places, parent.attrib[name]))
    if parent.get("opacity") == "1":
        del parent.attrib["opacity"]
    kept: list[ET.Element] = []
    for child in parent:
        _prune(child)
        if _draws_nothing(child):
            continue
        if child.tag == f"{_SVG}g" and set(child.items()) <= {("transform", "translate(0,0)")}:
            kept.extend(child)
        else:
            kept.append(child)
    parent[:] = kept


def _two_places(number: re.Match[str]) -> str:
    return f"{float(number.group()):.2f}"


def _draws_nothing(element: ET.Element) -> bool:
    if element.tag == f"{_SVG}g":
        return len(element) == 0
    if element.get("display") == "none":
        return True
    if element.tag == f"{_SVG}path":
        unpainted = element.get("fill", "none") == "none" and element.get("stroke") is None
        return element.get("d", "") in {"", "M0,0h0v0h0Z"} or unpainted
    if element.tag == f"{_SVG}text":
        return not (element.text or len(element))
    return False


def _rename_ids(root: ET.Element, prefix: str) -> None:
    """Number ids afresh: Vega's counter runs on over all charts drawn by one process."""
    old_ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    new = {old: f"{prefix}-{number}" for number, old in enumerate(old_ids, start=1)}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, new[value])
            elif value.startswith("url(#"):
                element.set(name, f"url(#{new[value[5:-1]]})")


def drawn(figure: Figure) -> dict[str, Markup]:
    """A figure's drawings by the space they are made for."""
    return {
        # The renderer's XML escapes every label; ``draw`` parses it and writes it anew.
        space: Markup(  # noqa: S704
            draw(spec, drawing_id=f"{figure.figure_id}-{space}", description=figure.description)
        )
        for space, spec in figure.specs.items()
    }
