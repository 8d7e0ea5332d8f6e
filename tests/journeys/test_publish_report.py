"""`probity publish report` as a user runs it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from probity.cli.app import app
from probity.core import InputError

CLAIM = "C11-99-9997-percent"
RECORD = """Force,Deployment Location,Date,Duration,Watchlist Size,Total Alerts,False Alerts,Faces seen
Village Police,Market <b>Square</b>,01/05/23,5h00m,100,4,1,9000
Village Police,=1+1,02/05/23,4h00m,100,2,0,7000
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["publish", "report", *map(str, arguments)])


def test_it_says_where_the_report_is(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report.html"
    result = run("--claims", CLAIM, "--out", out)
    assert result.exit_code == 0, result.output
    assert str(out) in result.output.splitlines()[-1]
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_ones_own_record_is_in_the_report(tmp_path: Path) -> None:
    record, out = tmp_path / "record.csv", tmp_path / "report.html"
    record.write_text(RECORD, encoding="utf-8")
    result = run("--claims", CLAIM, "--records", record, "--out", out)
    assert result.exit_code == 0, result.output
    text = out.read_text(encoding="utf-8")
    assert "Market &lt;b&gt;Square&lt;/b&gt;" in text
    assert "record.csv" in text


def test_a_place_that_cannot_be_written_to_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    result = run("--claims", CLAIM, "--out", blocker / "report.html")
    assert isinstance(result.exception, InputError)
    assert "cannot write the report" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("arguments", [("--claims", "no-such"), ("--records", "no-such.pdf")])
def test_what_does_not_exist_is_named_and_no_report_written(
    tmp_path: Path, arguments: tuple[str, str]
) -> None:
    out = tmp_path / "report.html"
    result = run(*arguments, "--out", out)
    assert isinstance(result.exception, InputError)
    assert "no-such" in str(result.exception)
    assert not out.exists()
