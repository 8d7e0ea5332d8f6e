"""`probity twin run --faults`, and an audit of the log beside its key."""

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import InputError


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (files("probity.twin") / "scenarios" / "fixed-cameras.toml").read_text("utf-8")
    for old, new in (
        ("deployments = 13", "deployments = 3"),
        ("faces_per_hour = 3050.0", "faces_per_hour = 150.0"),
        ("pool_size = 20000", "pool_size = 700"),
        ("size = { mean = 16500.0, sd = 400.0, least = 15000.0, most = 18500.0 }",
         "size = { mean = 500.0, sd = 20.0, least = 400.0, most = 600.0 }"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("scenario") / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def probity(*arguments: object):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_an_audit_finds_what_the_key_says(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = probity(
        "twin", "run", small, "--out", out, "--events",
        "--faults", "template-late", "--faults", "rank-too-low", "--faults", "footage-recorded",
    )  # fmt: skip
    assert done.exit_code == 0
    assert "no deployment had room for: footage-recorded" in done.stderr
    key = json.loads((out / "faults.json").read_text("utf-8"))
    schema = Path(__file__).parents[2] / "docs/reference/schemas/faults.json"
    jsonschema.validate(key, json.loads(schema.read_text("utf-8")))
    assert key["not_planted"] == ["footage-recorded"]
    assert {one["fault"] for one in key["faults"]} == {"template-late", "rank-too-low"}
    expected = {
        rule.split("/")[1]: breaches["events"]
        for one in key["faults"]
        for breaches in one["breaches"]
        for rule in breaches["rules"]
        if rule.startswith("met-lfr-2024-09/")
    }
    assert expected.keys() == {"R01", "R45"}
    said = probity(
        "audit", out / "events.parquet", "--policy", "met-lfr-2024-09", "--format", "json"
    )
    rules = {rule["id"]: rule for rule in json.loads(said.stdout)["rules"]}
    for rule, events in expected.items():
        assert rules[rule]["breaches"] == len(events) == 1


def test_faults_need_an_event_log_and_a_name_that_there_is(small: Path, tmp_path: Path) -> None:
    for arguments, words in (
        (["--faults", "all"], "planted in the event log"),
        (["--events", "--faults", "nonsense"], "no such fault"),
        (["--events", "--faults", "probe-kept"], "no fault of such a log"),
    ):
        done = probity("twin", "run", small, "--out", tmp_path / "out", *arguments)
        assert isinstance(done.exception, InputError)
        assert words in str(done.exception)
        assert not (tmp_path / "out").exists()


def test_the_list_of_faults() -> None:
    listed = json.loads(probity("twin", "faults", "--format", "json").stdout)
    assert listed["schema"] == "probity/twin-faults/1"
    by_name = {one["fault"]: one for one in listed["faults"]}
    assert by_name["overrun"]["rules"] == ["college-app/R43-end"]
    assert by_name["clock-ahead"]["problem"] == "clock skew"
    assert "welsh-oifr/R95" in probity("twin", "faults").stdout
