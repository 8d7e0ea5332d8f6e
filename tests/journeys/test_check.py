"""`probity check` as people use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.claims.finding import Verdict
from probity.cli import check_table, progress
from probity.cli.app import app
from probity.core import InputError

ONE = ("--claims", "C1-at-worst-1-in-6000")
HEADINGS = "date,place,force,faces seen,alerts,true alerts,false alerts,arrests\n"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["check", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: str) -> str:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, ["check", *words], catch_exceptions=False)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_a_question_then_the_verdict_then_the_claim_then_the_figures() -> None:
    lines = run(*ONE).splitlines()
    assert lines[0] == "How often is an alert false?"
    assert lines[2].startswith("✓ SUPPORTED")
    assert "At worst 1 in 6,000 false alerts (Home Office)" in lines[2]
    assert "10 of 3,147,436 (1 in 315,000; 95% interval 1 in 171,000" in lines[3]
    assert lines[4].strip() == "to 1 in 656,000)"
    assert any("another version" in line and "9 of 3,096,216" in line for line in lines)
    assert any("false share of alerts: 10 of 2,077" in line for line in lines)
    assert lines[-5] == "1 claim, one rule:"


def test_claims_of_all_sides_on_one_question_stand_together() -> None:
    text = run("--claims", "big-brother-watch", "--claims", "home-office")
    first_question = text.split("Are some groups")[0]
    assert "(Big Brother Watch)" in first_question
    assert "(Home Office)" in first_question


def test_every_verdict_has_its_word_and_its_own_symbol() -> None:
    text = run(*(w for n in ("home-office", "essex-police", "gb-news") for w in ("--claims", n)))
    assert len(set(check_table.SYMBOLS.values())) == len(Verdict)
    for verdict, symbol in check_table.SYMBOLS.items():
        assert f"\n{symbol} {verdict.upper()}" in "\n" + text


def test_a_pipe_gets_no_colours_no_cursor_moves_and_no_trailing_blanks() -> None:
    text = run(*ONE)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= check_table.PIPE_WIDTH


def test_json() -> None:
    document = json.loads(run(*ONE, "--format", "json"))
    assert document["schema"] == "probity/check/1"
    (claim,) = document["claims"]
    assert claim["verdict"] == "supported"
    assert claim["measures"][0]["n"] == 3_147_436


def test_claim_review() -> None:
    document = json.loads(run(*ONE, "--format", "claim-review"))
    (review,) = document["@graph"]
    assert review["reviewRating"]["alternateName"] == "Supported"


def test_the_order_of_asking_is_the_order_of_the_answer() -> None:
    names = ("south-wales-police", "essex-police")
    document = json.loads(run("--claims", names[0], "--claims", names[1], "--format", "json"))
    assert [c["claimant"] for c in document["claims"]] == [
        "South Wales Police",
        "South Wales Police",
        "Essex Police",
    ]


def test_an_unknown_name_lists_the_known_ones() -> None:
    message = refused("--claims", "met")
    assert "metropolitan-police" in message
    assert "resistance-kitchen" in message


def test_a_contradiction_fails_only_when_asked_to() -> None:
    run("--claims", "gb-news")
    failing = CliRunner().invoke(app, ["check", "--claims", "gb-news", "--fail-on", "contradicted"])
    assert failing.exit_code == 1
    assert "CONTRADICTED" in failing.stdout
    run(*ONE, "--fail-on", "contradicted")


# Records of one's own ---------------------------------------------------------------------------


def own_record(path: Path, *rows: str) -> str:
    path.write_text(HEADINGS + "\n".join(rows) + "\n")
    return str(path)


def test_records_of_a_force_make_its_claim_testable(tmp_path: Path) -> None:
    claim = ("--claims", "C12-no-false-alert-since-2023", "--format", "json")
    (before,) = json.loads(run(*claim))["claims"]
    assert before["verdict"] == "untestable"
    assert "the force's own deployment record is needed" in before["needed"]["datum"]

    clean = own_record(
        tmp_path / "clean.csv",
        "2023-06-01,Cardiff,South Wales Police,100000,5,5,0,2",
        "2024-03-01,Cardiff,South Wales Police,200000,7,7,0,3",
    )
    (after,) = json.loads(run(*claim, "--records", clean))["claims"]
    assert after["verdict"] == "supported"
    assert after["measures"][0]["value"] == 0
    assert after["measures"][0]["sources"] == ["clean"]

    one_false = own_record(
        tmp_path / "one-false.csv",
        "2023-06-01,Cardiff,South Wales Police,100000,5,4,1,2",
        "2024-03-01,Cardiff,South Wales Police,200000,7,7,0,3",
    )
    (after,) = json.loads(run(*claim, "--records", one_false))["claims"]
    assert after["verdict"] == "contradicted"


def test_records_that_disagree_with_the_report_leave_a_claim_undecided(tmp_path: Path) -> None:
    rows = [
        f"2024-{month:02d}-15,Market,Metropolitan Police,1000,50,0,50,0" for month in (10, 11, 12)
    ]
    rows += [
        f"2025-{month:02d}-15,Market,Metropolitan Police,1000,50,0,50,0" for month in range(1, 10)
    ]
    rows = ["2024-09-11,Market,Metropolitan Police,1000,50,0,50,0", *rows]
    rows += ["2025-09-10,Market,Metropolitan Police,1000,50,0,50,0"]
    own = own_record(tmp_path / "own.csv", *rows)
    (claim,) = json.loads(run(*ONE, "--format", "json", "--records", own))["claims"]
    assert claim["verdict"] == "undecided"
    assert "which of the conflicting published versions is right" in claim["needed"]["datum"]
    assert {s for m in claim["measures"][:2] for s in m["sources"]} >= {"own"}


def test_records_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "no-table.csv"
    file.write_text("hello\n")
    assert "no-table.csv" in refused(*ONE, "--records", str(file))
    unnamed = tmp_path / "unnamed.csv"
    unnamed.write_text("date,place,faces seen,alerts,false alerts\n2025-01-01,Market,1000,3,0\n")
    assert "name their force" in refused(*ONE, "--records", str(unnamed))


def test_the_same_record_twice_is_refused(tmp_path: Path) -> None:
    row = "2023-06-01,Cardiff,South Wales Police,100000,5,5,0,2"
    one, two = own_record(tmp_path / "a.csv", row), own_record(tmp_path / "b.csv", row)
    assert "counted twice" in refused(*ONE, "--records", one, "--records", two)


@pytest.mark.shared
def test_a_forces_own_pdf_gives_what_the_bundled_rows_give(shared_directory: Path) -> None:
    pdf = shared_directory / "grids/met-lfr-grid-2020-2022.pdf"
    own = json.loads(run(*ONE, "--format", "json", "--records", str(pdf)))
    bundled = json.loads(run(*ONE, "--format", "json"))

    def early(document: dict[str, list[dict[str, list[dict[str, object]]]]]) -> object:
        (reading,) = (
            r for r in document["claims"][0]["other_readings"] if "2020 to 2022" in str(r["words"])
        )
        measure = reading["measure"]
        assert isinstance(measure, dict)
        return [measure[key] for key in ("k", "n", "value", "low", "high")]

    assert early(own) == early(bundled)


# Progress ---------------------------------------------------------------------------------------


def test_quick_work_shows_no_bar_and_neither_does_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SLOW_SECONDS", -1.0)
    with progress.slow_work("testing", total=2) as step:
        step()
        step()
    assert capsys.readouterr() == ("", "")
