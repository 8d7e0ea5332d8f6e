"""Drawings: the same bytes every time, safe labels, ids of their own."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import pytest

from probity.publish.figures.deployments_over_time import deployments_over_time
from probity.publish.figures.figure import label
from probity.publish.figures.render import draw
from probity.publish.figures.theme import COLOURS, config

HOSTILE = '<script>alert(1)</script>" onload="x&amp;{{7*7}}'


def clipped(names: list[str]) -> dict[str, Any]:
    """A chart with a clip path, whose id Vega counts up over all charts of a process."""
    rows = [{"name": name, "value": i + 1} for i, name in enumerate(names)]
    chart = alt.Chart(alt.InlineData(values=rows)).mark_circle(clip=True)
    encoded = chart.encode(x="value:Q", y="name:N").configure(**config())
    spec: dict[str, Any] = encoded.to_dict()
    return spec


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own drawing)


def texts(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in parsed(svg).iter() if e.tag.endswith("text")]


def test_the_same_specification_gives_the_same_bytes_whatever_was_drawn_before() -> None:
    first = draw(clipped(["a", "b"]), drawing_id="x", description="d")
    draw(clipped(["other"]), drawing_id="y", description="d")
    assert draw(clipped(["a", "b"]), drawing_id="x", description="d") == first


def test_ids_start_with_the_drawing_and_references_follow_them() -> None:
    svg = draw(clipped(["a"]), drawing_id="claim-C1-measures-any", description="d")
    ids = [e.attrib["id"] for e in parsed(svg).iter() if "id" in e.attrib]
    assert ids == ["claim-C1-measures-any-1"]
    assert 'clip-path="url(#claim-C1-measures-any-1)"' in svg


def test_a_label_with_markup_is_drawn_as_text() -> None:
    svg = draw(clipped([HOSTILE]), drawing_id="x", description=HOSTILE)
    root = parsed(svg)
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert root.get("aria-label") == HOSTILE
    assert any("<script>" in text for text in texts(svg))
    assert "<script" not in svg


@pytest.mark.parametrize("name", ["datum.value", "a.b[0]", "x:Q", "{{7*7}}", "${1}", "\\u0041"])
def test_a_label_is_never_an_expression_or_a_path(name: str) -> None:
    assert name in texts(draw(clipped([name]), drawing_id="x", description="d"))


def test_a_drawing_is_one_image_without_style_attributes_or_foreign_colours() -> None:
    spec = deployments_over_time({"2024-01": 3, "2024-02": 5}, force="F").specs["wide"]
    root = parsed(draw(spec, drawing_id="x", description="What it shows"))
    assert (root.get("role"), root.get("aria-label")) == ("img", "What it shows")
    ours = {colour.light for colour in COLOURS.values()} | {"none", "transparent"}
    for element in root.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        assert {element.get("fill", "none"), element.get("stroke", "none")} <= ours


def test_a_drawing_keeps_its_axis_and_bars() -> None:
    months: Mapping[str, int] = {"2024-01": 3, "2024-12": 5}
    svg = draw(
        deployments_over_time(months, force="F").specs["narrow"], drawing_id="x", description="d"
    )
    assert {"2024", "0", "5"} <= set(texts(svg))
    bars = [e for e in parsed(svg).iter() if e.get("fill") == COLOURS["blue"].light]
    assert len(bars) == 2


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Croydon", "Croydon"),
        ("a\x00b", "a\\x00b"),
        ("abc\u202egnp.exe", "abc\\x202egnp.exe"),
        ("\ud800", "\\xd800"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_names_are_made_printable_and_short(given: str, shown: str) -> None:
    assert label(given) == shown
