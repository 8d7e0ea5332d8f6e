"""`probity records read` and `problems` as a person, a program and a spreadsheet meet them."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

import malformed
from lookalike import MET_2025, document, figures
from probity.cli.app import app
from probity.records.kinds import KINDS

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "grid.pdf"
    path.write_bytes(document(MET_2025, [figures(i) for i in range(4)]))
    return path


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    path = tmp_path / "doubtful.csv"
    path.write_bytes(malformed.csv(Location="=1+1 <b>[red]", Faces_seen="-5", Total_Alerts="12"))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["records", *map(str, arguments)])


def validated(name: str, output: str) -> dict:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    document = json.loads(output)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def test_json_has_rows_totals_problems_and_their_source(pdf: Path) -> None:
    read = validated("records-read", run("read", pdf, "--format", "json").output)
    rows = [figures(i) for i in range(4)]
    assert read["totals"]["rows"] == len(read["deployments"]) == 4
    for name in ("faces_seen", "alerts", "arrests", "watchlist_size"):
        assert read["totals"][name] == sum(int(row[name]) for row in rows)
    assert read["totals"]["engagements"] is None
    assert read["deployments"][2]["source"] == {"page": 1, "row": 3}
    assert read["deployments"][2]["printed"]["date"] == "03/01/25"
    assert read["layout"] == "metropolitan-2025"
    assert read["problems"] == []


def test_json_is_the_same_every_time(pdf: Path) -> None:
    assert (
        run("read", pdf, "--format", "json").output == run("read", pdf, "--format", "json").output
    )


def test_table_for_a_person(pdf: Path) -> None:
    output = run("read", pdf).output
    assert "4 deployments" in output
    assert "High St, Town 3" in output
    assert "no problems found" in output
    assert "\x1b" not in output


def test_csv_has_our_columns_and_is_inert_in_a_spreadsheet(doubtful: Path) -> None:
    output = run("read", doubtful, "--format", "csv").output
    rows = list(csv.DictReader(io.StringIO(output)))
    assert [row["row"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["place"] == "'=1+1 <b>[red]"
    assert rows[1]["faces_seen"] == ""
    assert rows[0]["faces_seen"] == "9780"
    for start in "=+-@\t\r":
        path = doubtful.with_name("start.csv")
        path.write_bytes(malformed.csv(Location=f"{start}cmd"))
        exported = run("read", path, "--format", "csv").output
        cells = [cell for row in csv.reader(io.StringIO(exported)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]


def test_problems_say_row_column_kind_and_what_was_done(doubtful: Path, pdf: Path) -> None:
    listed = validated(
        "records-problems", run("problems", doubtful, pdf, "--format", "json").output
    )
    first, second = listed["files"]
    found = {(p["row"], p["column"], p["kind"]) for p in first["problems"]}
    assert {(2, "faces_seen", "unreadable-cell"), (2, "alerts", "parts-do-not-add-up")} <= found
    assert all(p["done"] for p in first["problems"])
    assert second["problems"] == []
    table = run("problems", doubtful).output
    assert "unreadable-cell" in table
    assert "-5" in table
    rows = list(csv.DictReader(io.StringIO(run("problems", doubtful, "--format", "csv").output)))
    assert {row["kind"] for row in rows} <= KINDS.keys()
    assert {row["got"] for row in rows if row["kind"] == "unreadable-cell"} == {"'-5"}


def test_markup_in_a_name_is_shown_and_not_obeyed(doubtful: Path) -> None:
    assert "<b>[red]" in run("read", doubtful).output


def test_force_and_mapping(tmp_path: Path) -> None:
    path, columns = tmp_path / "table.csv", tmp_path / "mapping.toml"
    path.write_text("Where,When,Flags,Counted\nA,01/02/25,3,90\n")
    columns.write_text(
        '[columns]\nWhere = "place"\nWhen = "date"\nFlags = "alerts"\nCounted = "faces_seen"\n'
    )
    result = run(
        "read", path, "--columns", columns, "--force", "Anytown Police", "--format", "json"
    )
    read = validated("records-read", result.output)
    assert read["deployments"][0]["force"] == "Anytown Police"
    assert read["totals"]["faces_seen"] == 90
    assert read["layout"] == "mapped"


@pytest.mark.parametrize("command", ["read", "problems"])
@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"Name,Age\nAnn,3\n", malformed.csv()[:40]],
)
def test_bad_input_is_one_line_and_exit_code_3(
    command: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        [Path(sys.executable).with_name("probity"), "records", command, path],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith(f"probity: {path}")
    assert done.stderr.count("\n") == 1
    assert path.read_bytes() == content, "the user's file is left as it was"


def test_the_help_names_both_commands() -> None:
    output = run("--help").output
    assert "read" in output
    assert "problems" in output


def test_every_kind_of_problem_is_explained() -> None:
    assert all(kind == kind.lower() and text.endswith(".") for kind, text in KINDS.items())
