"""A small scenario of live recognition: three deployments, a thousandth of the usual work."""

from importlib.resources import files
from pathlib import Path

from probity.twin.changes import changed
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario

SMALL = (
    'name = "small"',
    "calendar.deployments=3",
    "places.0.faces_per_hour=305.0",
    "watchlist.pool_size=700",
    "watchlist.size=500",
)


def small_scenario(*changes: str) -> LiveScenario:
    """Fixed cameras with three deployments, fewer passers-by and a small pool."""
    scenario = changed(load_scenario("fixed-cameras"), (*SMALL, *changes))
    assert isinstance(scenario, LiveScenario)
    return scenario


def write_small_scenario(path: Path) -> Path:
    """The same as a file."""
    text = (files("probity.twin") / "scenarios" / "fixed-cameras.toml").read_text("utf-8")
    for old, new in (
        ('name = "fixed-cameras"', 'name = "small"'),
        ("deployments = 13", "deployments = 3"),
        ("faces_per_hour = 3050.0", "faces_per_hour = 305.0"),
        ("pool_size = 20000", "pool_size = 700"),
        ("size = { mean = 16500.0, sd = 400.0, least = 15000.0, most = 18500.0 }",
         "size = { mean = 500.0, sd = 0.0, least = 500.0, most = 500.0 }"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path
