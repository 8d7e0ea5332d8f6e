"""Colours can be told apart, in light and in dark, by everyone."""

import re
from itertools import combinations

import pytest

from probity.publish.figures.theme import COLOURS, colour_rules

SCHEMES = ("light", "dark")
SURFACES = ("page", "card", "tint")
TEXT = ("ink", "muted", "link", "supported", "contradicted", "undecided", "untestable")
MARKS = ("blue", "pale", "orange", "grey", "line")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: str) -> float:
    """Contrast ratio of two named colours."""
    values = sorted(luminance(getattr(COLOURS[name], scheme)) for name in (one, other))
    return (values[1] + 0.05) / (values[0] + 0.05)


def test_contrast_is_computed_as_in_wcag() -> None:
    assert luminance("#ffffff") == pytest.approx(1.0)
    assert luminance("#777777") == pytest.approx(0.1845, abs=5e-4)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXT)
def test_text_has_at_least_4_5_to_1(text: str, surface: str, scheme: str) -> None:
    assert contrast(text, surface, scheme) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", ["page", "card"])
@pytest.mark.parametrize("mark", MARKS)
def test_marks_of_charts_have_at_least_3_to_1(mark: str, surface: str, scheme: str) -> None:
    assert contrast(mark, surface, scheme) >= 3.0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("tile", "text"),
    [
        ("tile0", "on-pale"),
        ("tile1", "on-pale"),
        ("tile2", "on-pale"),
        ("tile3", "on-deep"),
        ("tile4", "on-deep"),
    ],
)
def test_numbers_on_tiles_can_be_read(tile: str, text: str, scheme: str) -> None:
    assert contrast(tile, text, scheme) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_two_kinds_of_true_alert_differ_in_lightness_too(scheme: str) -> None:
    assert contrast("blue", "pale", scheme) >= 1.8


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_value_names_one_colour_so_that_repainting_is_unambiguous(scheme: str) -> None:
    values = [getattr(colour, scheme) for colour in COLOURS.values()]
    clashes = [(a, b) for a, b in combinations(values, 2) if a == b]
    assert not clashes
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in values)


def test_every_colour_is_repainted_as_fill_and_as_stroke() -> None:
    rules = colour_rules()
    for name, colour in COLOURS.items():
        assert f'[fill="{colour.light}"]{{fill:var(--{name})}}' in rules
        assert f'[stroke="{colour.light}"]{{stroke:var(--{name})}}' in rules
