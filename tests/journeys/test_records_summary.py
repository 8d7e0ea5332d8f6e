"""`probity records summary` as a person and a program use it."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from probity.cli.app import app

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/schemas/records-summary.json").read_text()
)
MET = "Metropolitan Police"
RECORD = """Deployment Location,Date,Duration,Watchlist Size,Total Alerts,False Alerts,Faces seen
Market,01/05/23,5h00m,100,4,1,9000
Square,02/05/23,4h00m,100,2,0,7000
"""


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["records", "summary", *arguments])


def _json(*arguments: str) -> dict[str, object]:
    result = _run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def _row(output: str, label: str) -> str:
    return next(line for line in output.splitlines() if line.strip().startswith(label))


def test_the_annual_reports_year_beside_the_annual_report() -> None:
    output = _run("--force", MET, "--from", "2024-09-11", "--to", "2025-09-10").output
    assert "207" in _row(output, "deployments")
    assert "203  conflict" in _row(output, "deployments")
    assert "3,147,436  same" in _row(output, "faces seen")
    assert "2,077  conflict" in _row(output, "alerts")
    assert "10  conflict" in _row(output, "false alerts")
    assert "962  conflict" in _row(output, "arrests")
    assert "register-annual-2025" in output
    assert "of the 395 days" in output


def test_lines_fit_a_pipe_and_end_without_blanks() -> None:
    lines = _run("--force", MET, "--by", "year").output.splitlines()
    assert max(map(len, lines)) <= 100
    assert [line for line in lines if line != line.rstrip()] == []


def test_pooling_over_the_breaks_is_said() -> None:
    output = _run("--force", MET, "--from", "2024-01-01", "--to", "2024-12-31").output
    assert "902,748" in output
    assert "faces seen are not comparable across 2024-01-19, 2024-07-23, 2024-08-20" in output
    assert "MPS-20230711-1a prints the date 2023-07-11" in " ".join(output.split())
    assert "2024-01-19 to 2024-07-22" in output


@pytest.mark.parametrize(
    "by", ["force", "year", "month", "place", "borough", "threshold", "use-case"]
)
def test_json_of_every_grouping_follows_its_schema(by: str) -> None:
    document = _json("--force", MET, "--from", "2024-01-01", "--to", "2024-12-31", "--by", by)
    groups = document["groups"]
    assert isinstance(groups, list)
    whole = document["whole"]
    assert isinstance(whole, dict)
    assert sum(g["deployments"] for g in groups) == whole["deployments"] == 180
    assert document["by"] == by


def test_all_forces_together_are_the_deployments_that_no_other_row_repeats() -> None:
    document = _json()
    whole = document["whole"]
    assert isinstance(whole, dict)
    assert whole["deployments"] == 602 - 30
    assert "mix layouts" in str(document["cautions"])


def test_json_says_which_breaks_a_group_crosses() -> None:
    groups = _json("--force", MET, "--by", "year")["groups"]
    assert isinstance(groups, list)
    crossed = {g["key"]: [b["day"] for b in g["breaks_crossed"]] for g in groups}
    assert crossed.pop("2024") == ["2024-01-19", "2024-07-23", "2024-08-20"]
    assert set(map(len, crossed.values())) == {0}


def test_json_of_an_empty_selection_follows_its_schema() -> None:
    document = _json("--force", "Hampshire & Isle of Wight Constabulary")
    assert "cannot be summed" in str(document["cautions"])


def test_json_is_the_same_every_time() -> None:
    assert _run("--format", "json").output == _run("--format", "json").output


def test_csv_has_a_row_per_group_stretch_and_published_total() -> None:
    output = _run(
        "--force", MET, "--from", "2024-01-01", "--to", "2024-12-31", "--by", "use-case",
        "--format", "csv",
    ).output  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(output)))
    levels = [row["level"] for row in rows]
    assert levels.count("whole") == 1
    assert levels.count("segment") > 0
    assert {row["key"] for row in rows if row["level"] == "published"} == {
        "garbett-sheet",
        "policeprof-2024-12",
        "bhn-2025-08",
    }
    groups = [row for row in rows if row["level"] == "group"]
    assert sum(int(row["faces_seen"]) for row in groups) == 902_748


def test_deployments_that_may_be_in_the_period_are_named() -> None:
    document = _json("--force", "Bedfordshire Police", "--from", "2025-10-10", "--to", "2025-10-20")
    assert document["unplaced"] == ["BED-202510"]


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_text(RECORD)
    document = _json("--records", str(path), "--force", "Some Police")
    whole = document["whole"]
    assert isinstance(whole, dict)
    assert whole["deployments"] == 2
    assert whole["totals"]["faces_seen"] == 16_000
    assert whole["totals"]["duration_minutes"] == 540


def test_two_files_with_the_same_rows_are_noticed(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(RECORD)
    document = _json("--records", str(tmp_path / "a.csv"), "--records", str(tmp_path / "b.csv"))
    cautions = document["cautions"]
    assert isinstance(cautions, list)
    assert cautions[0].startswith("2 rows repeat")


def test_names_in_a_file_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_text(RECORD.replace("Market", "Mar\x1b[2Jket [bold]x[/bold]"))
    output = _run("--records", str(path), "--by", "place").output
    assert "\x1b" not in output
    assert "[bold]x[/bold]" in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--force", "Metropolitan Polce"), ("Did you mean 'Metropolitan Police'", "Essex Police")),
        (("--from", "11/09/2024"), ("--from", "YYYY-MM-DD")),
        (("--from", "2024-02-30"), ("--from", "2024-02-30")),
        (("--to", "20240911"), ("--to", "YYYY-MM-DD")),
        (("--from", "2025-01-01", "--to", "2024-01-01"), ("--to", "before --from 2025-01-01")),
        (("--by", "weather"), ("weather", "use-case")),
        (("--columns", "x.toml"), ("--columns", "--records")),
    ],
)
def test_wrong_usage_says_what_is_allowed(
    arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    result = _run(*arguments)
    assert result.exit_code == 2
    said = " ".join(result.output.replace("│", " ").split())
    for word in words:
        assert word in said


def test_a_force_that_the_file_does_not_name(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_text("Metropolitan Police Service\n" + RECORD)
    result = _run("--records", str(path), "--force", "Essex Police")
    assert result.exit_code == 2
    assert "Metropolitan Police" in result.output
