"""Scenario files are validated as a whole before any work; each refusal says where and why."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from probity.core import InputError
from probity.twin.scenario import LiveScenario, SearchScenario
from probity.twin.scenario_file import (
    MAX_BYTES,
    known_scenarios,
    load_scenario,
    parse_scenario,
    scenario_digest,
)

LIVE = (files("probity.twin") / "scenarios" / "met-year-2025.toml").read_text("utf-8")
SEARCH = (files("probity.twin") / "scenarios" / "rfr-national.toml").read_text("utf-8")

READY_MADE = {
    "carnival",
    "fixed-cameras",
    "met-year-2025",
    "oifr-pilot",
    "rfr-national",
    "town-centre-2024",
}


def refused(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(InputError) as caught:
        parse_scenario(data, file="mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml"), message
    assert message.isprintable(), message
    assert len(message) < 1000, message
    return message


def changed(old: str, new: str, text: str = LIVE) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def test_the_ready_made_scenarios_are_all_there() -> None:
    assert set(known_scenarios()) == READY_MADE


@pytest.mark.parametrize("name", sorted(READY_MADE))
def test_every_value_is_published_or_assumed_and_every_source_is_used(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert [one for one in scenario.parameters() if scenario.provenance_of(one) is None] == []
    stated = " ".join(
        getattr(one, "source", "") + " " + (getattr(one, "how", "") or "")
        for one in scenario.provenance.values()
    )
    unused = [source.id for source in scenario.sources if source.id not in stated]
    assert unused == []


def test_a_year_has_the_published_deployments_and_faces() -> None:
    year = load_scenario("met-year-2025")
    assert isinstance(year, LiveScenario)
    assert year.calendar.deployments == 231
    # 4,220,097 faces seen in the 231 deployments of 2025.
    assert year.expected_faces_per_replicate == pytest.approx(4_220_097, rel=0.01)


@pytest.mark.parametrize(
    ("old", "new", "where", "why"),
    [
        ("faces_per_hour = 3000.0", "faces_per_hour = -1.0", "places[0].faces_per_hour", "than 0"),
        ("faces_per_hour = 3000.0", "faces_per_hour = 1e12", "places[0].faces_per_hour", "1e+06"),
        ("crowd_share = 0.538", "crowd_share = 0.6", "whole", "groups.crowd_share sum to 1.062"),
        ("weight = 0.6", "weight = 0.5", "whole", "places.weight sum to 0.9"),
        ("custody = 0.97", "custody = 0.9", "watchlist", "image_sources sum to 0.93"),
        ("share = { all = 0.5 }", "share = { all = 0.6 }", "whole", "bands of White sum to 1.1"),
        ("threshold = 0.64", "threshold = 1.2", "recogniser.threshold", "less than 1"),
        ("threshold = 0.64", "threshold = 0.0", "recogniser.threshold", "more than 0"),
        ("threshold = 0.64", "threshold = nan", "", "not JSON compliant"),
        ("deployments = 231", "deployments = 100000", "whole", "people would pass"),
        ("deployments = 231", "deployments = 1000000000000", "calendar.deployments", "100000"),
        ("pool_size = 20000", "pool_size = 15000", "watchlist", "larger than the pool"),
        ("pool_size = 20000", "pool_size = 3000000", "watchlist.pool_size", "2e+06"),
        ("cv = 0.3, most = 86400.0", "cv = -0.3, most = 86400.0", "retention.alert", "at least 0"),
        ("mean = 50400.0", "mean = -5.0", "retention.alert.delay_s.mean", "at least 0"),
        ("mean = 50400.0", "mean = 90000.0", "retention.alert.delay_s", "above the most"),
        ("cv = 0.3, most = 86400.0", "most = 4e9", "alert.delay_s", "at most 3,155,760,000"),
        ("compile_lead_h = { mean = 14.0, cv = 0.25, most = 23.0 }",
         "compile_lead_h = { mean = 14.0, most = 1e18 }", "compile_lead_h", "at most 876,600"),
        ("first_day = 2025-01-08", "first_day = 1925-01-01", "calendar.first_day", "2000-01-01"),
        ("last_day = 2025-12-31", "last_day = 9999-12-31", "calendar.last_day", "2099-12-31"),
        ("staff = 60\nvalid_days = 365", "staff = 100000\nvalid_days = 1", "whole", "trainings"),
        ("faces_per_hour = 3000.0", "faces_per_hour = 1e6", "whole", "could pass in a deployment"),
        (
            'watchlist = { after = "deployment-end"',
            'watchlist = { after = "watchlist"',
            "retention",
            "watchlist after watchlist",
        ),
        ("mated_shift = { all = 0.0 }", "mated_shift = { White = 0.0 }", "whole", "one for each"),
        ("\nsensitivity = { all = 0.998 }", "\nsensitivity = { Nobody = 1.0 }", "whole", "Nobody"),
        ("[0.809, 0.58]", "[0.7, 0.58]", "recogniser", "does not increase"),
        ("[1.9, 1.0]", "[1.9, 0.9]", "recogniser", "from 0 to 1"),
        ("last_day = 2025-12-31", "last_day = 2024-12-31", "calendar", "before first_day"),
        ("start_hour = { mean = 12.5", "start_hour = { mean = 8.0", "start_hour", "not in order"),
        ("least = 9.0, most = 16.0", "least = 9.0, most = 23.0", "calendar", "past midnight"),
        ("repeat_pass_share = 0.1", "repeat_pass_share = 1.0", "repeat_pass_share", "0.9"),
        ('"wanted by the courts" = 6', '"nobody" = 6', "whole", "no such category"),
        ("light_to_hour = 19", "light_to_hour = 5", "capture", "not before"),
        ('hourly_profile = "leeds-footfall"', "hourly_profile = [1.0]", "hourly_profile", "'flat'"),
        ('"capture" = {', '"captur" = {', "whole", "no such parameter"),
        ('source = "leeds-footfall"', 'source = "nowhere"', "whole", "no such source"),
        ('mode = "live"', 'mode = "covert"', "whole", "operator-initiated"),
        ("cameras = 2", "cameras = 2\nmicrophones = 1", "capture.microphones", "not permitted"),
        ("cameras = 2", 'cameras = "2"', "capture.cameras", "integer"),
        ('schema = "probity/scenario/1"', 'schema = "probity/scenario/9"', "schema", "scenario/1"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(old: str, new: str, where: str, why: str) -> None:
    message = refused(changed(old, new))
    assert where in message
    assert why in message


@pytest.mark.parametrize(
    ("of", "why"), [("alert", None), ("footage", "keep 1.005 of each footage")]
)
def test_exceptions_keep_no_more_than_there_is(of: str, why: str | None) -> None:
    kept = "kept_days = { mean = 180.0, cv = 0.5, most = 1000.0 }"
    another = f'[[retention.exceptions]]\ndata_class = "{of}"\ncode = "b"\nshare = 0.995\n{kept}'
    text = changed(kept, f"{kept}\n\n{another}")
    if why is None:
        parse_scenario(text.encode(), file="mine.toml")
    else:
        assert why in refused(text)


def test_a_billion_listed_images_are_refused() -> None:
    few = changed("deployments = 231", "deployments = 70000")
    few = changed("faces_per_hour = 3000.0", "faces_per_hour = 1.0", few)
    assert "images on the lists of a replicate" in refused(few)


def test_clocks_in_a_longer_circle_are_refused() -> None:
    text = changed('medium = { after = "deployment-end"', 'medium = { after = "watchlist"')
    parse_scenario(text.encode(), file="mine.toml")
    circle = changed(
        'watchlist = { after = "deployment-end"', 'watchlist = { after = "medium"', text
    )
    assert "watchlist after medium after watchlist" in refused(circle)


def test_a_search_for_the_whole_world_is_refused() -> None:
    assert "searches in a replicate" in refused(
        changed("searches_per_day = 830.0", "searches_per_day = 100000.0", SEARCH)
    )
    assert "search.gallery_size" in refused(
        changed("gallery_size = 19000000", "gallery_size = 1000000000000", SEARCH)
    )
    assert isinstance(parse_scenario(SEARCH.encode(), file="mine.toml"), SearchScenario)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "not UTF-8"),
        ("name = ", "not TOML"),
        ("name = '" + "x" * 5000 + "'", "line too long"),
        ("a = " + "[" * 40 + "]" * 40, "nested too deeply"),
        ("", "discriminator"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(content: str | bytes, why: str) -> None:
    assert why in refused(content)


def test_files_are_limited_and_names_are_known(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="file too large"):
        load_scenario(large)
    with pytest.raises(InputError, match=r"no such scenario.*carnival"):
        load_scenario("carnaval")
    with pytest.raises(InputError, match="not a regular file"):
        load_scenario(tmp_path)


def rewritten(change: Callable[[str], str]) -> str:
    return scenario_digest(parse_scenario(change(LIVE).encode(), file="mine.toml"))


def test_the_digest_follows_what_a_run_depends_on_and_nothing_else() -> None:
    same = rewritten(lambda text: text)
    assert rewritten(lambda text: text.replace('title = "A year', 'title = "One year')) == same
    assert rewritten(lambda text: "# more\n" + text) == same
    assert rewritten(lambda text: text.replace("threshold = 0.64", "threshold = 0.63")) != same
