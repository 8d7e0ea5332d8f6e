"""`probity twin compare` as somebody with a question runs it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from probity.cli.app import app
from probity.core import InputError
from small_twin import write_small_scenario

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/schemas/what-if.json").read_text("utf-8")
)


def run(*words: object) -> Result:
    return CliRunner().invoke(
        app, ["twin", "compare", *map(str, words)], catch_exceptions=False, color=False
    )


def asked(*words: object) -> dict[str, Any]:
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_scenario(tmp_path_factory.mktemp("scenario") / "small.toml")


def measure(point: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in point["measures"] if one["name"] == name)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_change_is_compared_with_the_scenario_as_it_is(small: Path) -> None:
    document = asked(small, "--set", "adjudication.officers=0", "--replicates", 4)
    (question,) = document["questions"]
    (point,) = question["points"]
    assert (question["key"], point["value"]) == (None, None)
    assert point["changes"] == ["adjudication.officers=0"]
    assert document["base"]["changes"] == []
    assert point["scenario_sha256"] != document["base"]["scenario_sha256"]
    spoken = measure(point, "engagements_per_year")
    assert spoken["here"]["value"] == 0
    assert spoken["difference"]["high"] < 0
    assert spoken["told_apart"] is None
    assert measure(point, "arrests_per_year")["told_apart"]["in_a_year"]


def test_values_are_varied_one_question_at_a_time(small: Path) -> None:
    document = asked(
        small, "--vary", "recogniser.threshold=0.60:0.64:0.04", "--vary",
        "adjudication.officers=1,2", "--set", "crowd.dispersion=0", "--replicates", 3,
    )  # fmt: skip
    assert document["base"]["changes"] == ["crowd.dispersion=0"]
    assert [
        (question["key"], [point["value"] for point in question["points"]])
        for question in document["questions"]
    ] == [("recogniser.threshold", [0.6, 0.64]), ("adjudication.officers", [1, 2])]


def test_two_files_and_the_same_twice(small: Path) -> None:
    document = asked(small, small, "--replicates", 2)
    for one in document["questions"][0]["points"][0]["measures"]:
        if "value" in one["difference"]:
            assert one["difference"]["value"] == 0
    again = run(small, small, "--replicates", 2, "--format", "json")
    assert json.loads(again.stdout) == document


def test_the_table_says_what_a_year_could_tell(small: Path) -> None:
    result = run(
        small, "--vary", "recogniser.threshold=0.54,0.64", "--replicates", 3,
        "--measure", "false_alerts_per_year", "--measure", "fpir_per_nonmated_pass",
    )  # fmt: skip
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    assert rows[0][0] == "recogniser.threshold"
    assert [row[:2] for row in rows[1:]] == [
        ["0.54", "false_alerts_per_year"],
        ["0.54", "fpir_per_nonmated_pass"],
        ["0.64", "false_alerts_per_year"],
        ["0.64", "fpir_per_nonmated_pass"],
    ]
    assert [row[6] for row in rows[1:]][1::2] == ["not published"] * 2
    assert rows[1][6].startswith(("yes (power", "no (power"))


def test_the_page_is_written_and_json_stays_whole(small: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = run(
        small, "--set", "recogniser.threshold=0.6", "--replicates", 2, "--format", "json",
        "--report", page,
    )  # fmt: skip
    json.loads(result.stdout)
    text = page.read_text(encoding="utf-8")
    assert "What is published, and what is assumed" in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--vary", "recogniser.threshold=0.6,0.7", "fixed-cameras"), 2),
        (("--set", "recogniser.treshold=0.6"), 3),
        (("--set", "groups.0.crowd_share=2"), 3),
        (("--vary", "recogniser.threshold=0.6:1.2:0.1"), 3),
        (("--vary", "recogniser.threshold"), 3),
        (("--set", "recogniser.threshold=0.6", "--measure", "accuracy"), 3),
        (("--set", "recogniser.threshold=0.6", "--level", "2"), 3),
        (("oifr-pilot",), 3),
        (("nowhere",), 3),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_work(
    small: Path, words: tuple[str, ...], code: int
) -> None:
    arguments = ["twin", "compare", str(small), *words, "--replicates", "100000"]
    result = CliRunner().invoke(app, arguments)
    if code == 3:
        assert isinstance(result.exception, InputError)
        assert "\n" not in str(result.exception)
    else:
        assert result.exit_code == code
    assert result.stdout == ""
