"""`probity audit` as a force's assurance team uses it."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.cli.audit_table import PIPE_WIDTH
from probity.core import InputError
from probity.core.event import FIELDS, KINDS
from probity.core.event_columns import LogHeader, arrow_schema
from stories import START_US, given

ROOT = Path(__file__).parents[2]
DAY_US = 86_400_000_000
LINES = """
-1 h | config.threshold deployment=1 threshold=0.6
0 | deployment.start deployment=1 use_case=hotspot
10 min | alert.raised alert=4 deployment=1 template=2 score=0.7
20 min | alert.raised alert=5 deployment=1 template=3 score=0.7
30 min | alert.raised alert=6 deployment=1 template=4 score=0.7
1 h | footage.written footage=2 deployment=1
2 h | alert.deleted alert=5
3 h | deployment.end deployment=1
37 h | alert.deleted alert=4
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    header = LogHeader(
        system="test 1",
        kinds=tuple(kind for kind in KINDS if kind != "render.blurred"),
        from_us=START_US - DAY_US,
        to_us=START_US + 10 * DAY_US,
    )
    path = tmp_path / "log.parquet"
    events = [dict(event) for event in given(LINES).events]
    pq.write_table(pa.Table.from_pylist(events, schema=arrow_schema(FIELDS, header)), path)
    return path


@pytest.fixture(params=["duckdb", "reference"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(*words: object, code: int = 0) -> str:
    arguments = ["audit", *map(str, words)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def refused(*words: object) -> str:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, ["audit", *map(str, words)], catch_exceptions=False)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_the_table_gives_the_verdict_first_and_each_breach_in_words(log: Path, engine: str) -> None:
    text = run(log, "--policy", "south-wales-current", "--engine", engine)
    assert max(map(len, text.splitlines())) <= PIPE_WIDTH
    assert "\x1b" not in text
    breached, rest = text.split("? UNDECIDED", maxsplit=1)
    assert "✗ BREACHED" in breached
    flat = " ".join(breached.split())
    assert "2 of 3 checked in breach." in flat
    assert "alert.deleted came 36 h 50 min after, allowed 24 h" in flat
    assert "no alert.deleted for alert 6 up to its end, 2025-06-11 09:00:00 UTC" in flat
    assert "1 of 1 checked still open when the log ends" in " ".join(rest.split())


def test_examples_limit_what_is_shown_and_say_so(log: Path) -> None:
    text = run(log, "--policy", "south-wales-current", "--examples", 1)
    assert "and 1 more (--findings FILE for all)" in text
    assert "alert 6" not in text


def test_json_follows_its_schema(log: Path, engine: str) -> None:
    schema = json.loads((ROOT / "docs/reference/schemas/audit.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for policy in ("south-wales-current", "met-lfr-2024-09", "south-wales-2018", "eu-ai-act"):
        text = run(log, "--policy", policy, "--format", "json", "--engine", engine)
        jsonschema.validate(json.loads(text), schema)
    document = json.loads(
        run(log, "--policy", "met-lfr-2024-09", "--format", "json", "--engine", engine)
    )
    rules = {rule["id"]: rule for rule in document["rules"]}
    assert rules["R71"]["breaches"] == 1
    assert rules["R04"]["verdict"] == "not observable"
    assert "render.blurred is not recorded" in rules["R04"]["missing"]
    assert rules["R25"]["verdict"] == "needs a document"
    assert rules["R07"]["undecided"] == 1
    assert sum(document["verdicts"].values()) == len(rules)


def test_an_unverified_limit_is_shown_as_such(log: Path) -> None:
    assert "UNVERIFIED: not checked against the document" in run(log, "--policy", "college-app")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_every_finding_goes_to_a_file(log: Path, ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"out/findings.{ending}"
    text = run(log, "--policy", "south-wales-current", "--examples", 0, "--findings", target)
    assert "3 findings are in" in text
    if ending == "csv":
        rows = _rows(target)
        events = [int(row["event"]) for row in rows]
    elif ending == "jsonl":
        rows = [json.loads(line) for line in target.read_text().splitlines()]
        events = [row["event"]["event"] for row in rows]
    else:
        events = pq.read_table(target).column("event").to_pylist()
    assert events == [2, 4, 0]
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_a_findings_file_of_another_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    message = refused(
        tmp_path / "absent", "--policy", "gmp-lfr", "--findings", tmp_path / "findings.docx"
    )
    assert ".docx" in message
    assert ".csv, .jsonl, .parquet" in message


def test_a_sentence_cannot_run_in_a_spreadsheet(log: Path, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text(
        (ROOT / "src/probity/audit/policies/npl-2023.toml")
        .read_text()
        .replace('breach = "Alert', 'breach = "=HYPERLINK(1)&Alert')
    )
    target = tmp_path / "findings.csv"
    run(log, "--policy", policy, "--findings", target)
    sentences = [row["sentence"] for row in _rows(target)]
    assert sum(sentence.startswith("'=HYPERLINK") for sentence in sentences) == 2


def test_a_text_of_the_log_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    header = LogHeader("x", tuple(KINDS), START_US, START_US + DAY_US)
    event = {
        "event": 1,
        "time": START_US,
        "kind": "engagement.start",
        "engagement": 1,
        "reason": "avoidance",
    }
    item = {
        "event": 2,
        "time": START_US,
        "kind": "watchlist.item.added",
        "watchlist": 7,
        "item": 3,
        "image_source": "passport",
        "category": "[red]{alert}; DROP TABLE log; --",
    }
    schema = arrow_schema(FIELDS, header)
    pq.write_table(pa.Table.from_pylist([event, item], schema=schema), path)
    text = run(path, "--policy", "college-app")
    assert "[red]{alert}; DROP TABLE log; --" in " ".join(text.split())


def test_the_page_is_written_and_the_last_line_says_where(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "audit.html"
    text = run(log, "--policy", "south-wales-current", "--report", out)
    assert text.splitlines()[-1] == f"The page is {out}"
    page = out.read_text(encoding="utf-8")
    assert "<title>Audit: South Wales Police" in page
    assert 'id="rule-R05-breach-2"' in page
    assert 'id="process-alert"' in page


def test_with_a_page_json_stays_a_document_of_its_own(log: Path, tmp_path: Path) -> None:
    words = ("--policy", "gmp-lfr", "--report", tmp_path / "x.html", "--format", "json")
    json.loads(run(log, *words))


def test_a_page_that_cannot_be_written_is_said_so(log: Path, tmp_path: Path) -> None:
    assert "cannot write the page" in refused(log, "--policy", "gmp-lfr", "--report", tmp_path)


def test_fail_on_breach(log: Path) -> None:
    run(log, "--policy", "south-wales-current", "--fail-on", "breach", code=1)
    run(log, "--policy", "welsh-oifr", "--fail-on", "breach")


def test_policies_are_listed_with_their_rules() -> None:
    text = run("--policies")
    assert "met-lfr-2024-09  Metropolitan Police" in text
    assert re.search(r"R73\s+At most 1 false alert in 1,000 faces seen", text)
    listed = json.loads(run("--policies", "--format", "json"))["policies"]
    assert {policy["name"] for policy in listed} >= {"college-app", "bedfordshire", "pnd-rfr"}
    (one,) = json.loads(run("--policies", "--policy", "gmp-lfr", "--format", "json"))["policies"]
    assert [rule["id"] for rule in one["rules"]] == ["R05", "R12", "R63"]


@pytest.mark.parametrize(
    "name",
    ["met", "../../etc/passwd", "", "x" * 5000, "gmp-lfr\x1b[2J", "a'; DROP TABLE log; --", "/"],
)
def test_a_hostile_policy_name_is_one_clear_line(log: Path, name: str) -> None:
    message = refused(log, "--policy", name)
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 6_000


def test_without_a_log_or_a_policy_the_usage_is_explained(log: Path) -> None:
    for words in ((log,), ("--policy", "gmp-lfr")):
        result = CliRunner().invoke(app, ["audit", *map(str, words)])
        assert result.exit_code == 2
        assert "--policies" in result.output


def test_the_commands_of_the_guide_do_what_it_says(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs/guides/audit.md").read_text(encoding="utf-8")
    commands = re.findall(r"^probity (audit .*)$", guide, re.M)
    assert len(commands) == 6
    for command in commands:
        result = CliRunner().invoke(app, command.split(), catch_exceptions=False)
        assert result.exit_code == ("--fail-on" in command), command
    assert (tmp_path / "breaches.csv").read_text().count("\n") == 4
    assert "<title>Audit: South Wales" in (tmp_path / "audit.html").read_text(encoding="utf-8")
