"""`probity audit --follow`: a live log, late events, hostile lines, crashes."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

from live_logs import SECOND, START_US, end_of, header_line, lines, live_rows, shuffled, write
from probity.audit.outcome import Outcome
from probity.audit.policy_file import load_policy
from probity.audit.reference import judge
from probity.audit.stream.sources import open_source
from probity.cli.app import app
from probity.core import InputError

ROOT = Path(__file__).parents[2]
POLICY = "met-lfr-2024-09"
PROGRAM = (str(Path(sys.executable).with_name("probity")),)
FACES = 1_500


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return live_rows(faces=FACES)


@pytest.fixture(scope="module")
def expected(rows) -> Counter:
    return by_reference(rows, to_us=end_of(rows))


def by_reference(rows: list[dict], *, to_us: int) -> Counter:
    """Findings by rule and event, as the reference has them, of rules that the log shows."""
    shown = {"R01", "R44", "R44-compared", "R44-cancelled", "R45", "R71-alert", "R76", "R76-time"}
    found = judge(load_policy(POLICY).rules, rows, to_us=to_us)
    return Counter(
        (one.rule_id, int(event))
        for one in found
        if isinstance(one, Outcome) and one.rule_id in shown
        for event in one.breached
    )


def run(*words: object, code: int = 0, text: bytes | None = None, errors: bool = False) -> str:
    arguments = ["audit", *map(str, words), "--policy", POLICY, "--follow"]
    result = CliRunner().invoke(app, arguments, input=text, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stderr if errors else result.stdout


def found_in(path: Path) -> Counter:
    findings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Counter((one["rule"], one["event"]["event"]) for one in findings)


def test_a_whole_log_gives_the_findings_of_the_reference(tmp_path, rows, expected) -> None:
    log = write(tmp_path / "log.jsonl", rows)
    output = run(log, "--until-end", "--findings", tmp_path / "found.jsonl")
    assert found_in(tmp_path / "found.jsonl") == expected
    assert len({rule for rule, _ in expected}) >= 4
    assert sum(expected.values()) > 500
    assert f"R44-compared   breached: {FACES:,} checked" in output
    assert "render.blurred is not recorded" in output


def test_events_late_within_the_bound_change_nothing(tmp_path, rows, expected) -> None:
    log = write(tmp_path / "log.jsonl", shuffled(rows, within_us=10 * SECOND))
    output = run(log, "--until-end", "--findings", tmp_path / "found.jsonl")
    assert found_in(tmp_path / "found.jsonl") == expected
    assert "too late" not in output


def test_events_beyond_the_bound_are_counted_and_named(tmp_path, rows) -> None:
    late = next(row for row in rows if row["kind"] == "template.deleted")
    log = write(tmp_path / "log.jsonl", [row for row in rows if row is not late] + [late])
    output = run(log, "--until-end", "--lateness", "1 h")
    assert f"1 events came too late and were left out (first: {late['event']})" in output


def test_a_finding_is_told_before_the_log_ends(tmp_path) -> None:
    """As soon as the deadline and the lateness are over, while the program goes on reading."""
    log = tmp_path / "log.jsonl"
    made = {"event": 1, "time": START_US, "kind": "template.created", "template": 1,
            "deployment": 1}  # fmt: skip
    later = {"event": 2, "time": START_US + 13 * SECOND, "kind": "deployment.end", "deployment": 1}
    log.write_text(f"{header_line([made])}\n{lines([made])}", encoding="utf-8")
    command = [*PROGRAM, "audit", str(log), "--policy", POLICY, "--follow",
               "--state", str(tmp_path / "state")]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        _wait_for(tmp_path / "state" / "follow.sqlite")
        with log.open("a", encoding="utf-8") as file:
            file.write(lines([later]))
        assert process.stdout is not None
        assert process.stdout.readline().startswith("R01: Template 1 of a passer-by")
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "1 events held back" in rest


def test_held_back_until_the_log_shows_that_it_records_the_kind(tmp_path) -> None:
    """Without a header, a deletion that nobody logs is no breach; once one is logged, it is."""
    made = [
        {"event": n, "time": START_US + n * 60 * SECOND, "kind": "template.created",
         "template": n, "deployment": 1}
        for n in range(3)
    ]  # fmt: skip
    log = tmp_path / "log.jsonl"
    log.write_text(lines(made), encoding="utf-8")
    output = run(log, "--until-end", "--findings", tmp_path / "silent.jsonl")
    assert (tmp_path / "silent.jsonl").read_text() == ""
    assert "2 held back" in output
    assert "alert.raised is not recorded; template.deleted is not recorded" in output
    at = START_US + 2 * 60 * SECOND + 1
    log.write_text(
        lines(
            [
                *made,
                {"event": 8, "time": at, "kind": "template.deleted", "template": 2},
                {"event": 9, "time": at, "kind": "alert.raised", "alert": 1, "deployment": 1,
                 "template": 77},
            ]
        ),
        encoding="utf-8",
    )  # fmt: skip
    run(log, "--until-end", "--findings", tmp_path / "told.jsonl")
    assert found_in(tmp_path / "told.jsonl")["R01", 0] == 1
    assert found_in(tmp_path / "told.jsonl")["R01", 1] == 1


def killed_and_restarted(
    folder: Path, rows: list[dict], expected: Counter, *, kills: int, seed: int
) -> None:
    """The log grows while the program is killed again and again, at any moment."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    log, found = folder / "log.jsonl", folder / "found.jsonl"
    text = f"{header_line(rows)}\n{lines(shuffled(rows, within_us=5 * SECOND))}".encode()
    cuts = np.sort(rng.integers(1, int(0.9 * len(text)), kills + 1))
    log.write_bytes(text[: cuts[0]])
    command = [*PROGRAM, "audit", str(log), "--policy", POLICY, "--follow",
               "--state", str(folder / "state"), "--findings", str(found)]  # fmt: skip
    for start, end in pairwise(cuts):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            killed_at = time.monotonic() + 0.5 + 1.0 * float(rng.random())
            pieces = np.linspace(start, end, 12).astype(int)
            with log.open("ab") as file:
                for first, last in pairwise(pieces):
                    file.write(text[first:last])
                    file.flush()
                    time.sleep(0.04)
            time.sleep(max(0.0, killed_at - time.monotonic()))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert found_so_far(found) <= expected
    with log.open("ab") as file:
        file.write(text[cuts[-1] :])
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _wait_until(lambda: found_so_far(found) == expected)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    assert found_in(found) == expected


def found_so_far(path: Path) -> Counter:
    """Findings of whole lines; the last may be half written while the program runs."""
    if not path.exists():
        return Counter()
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    return Counter((one["rule"], one["event"]["event"]) for one in map(json.loads, whole))


def test_killed_at_any_moment_every_finding_is_there_once(tmp_path, rows) -> None:
    killed_and_restarted(tmp_path, rows, final_at_the_end(rows), kills=3, seed=5)


@pytest.mark.verify
@pytest.mark.parametrize("seed", range(3))
def test_killed_ten_times(tmp_path, rows, seed) -> None:
    killed_and_restarted(tmp_path, rows, final_at_the_end(rows), kills=10, seed=100 + seed)


def final_at_the_end(rows: list[dict]) -> Counter:
    """What is final while the log may go on: earlier events may be 10 s late still."""
    return by_reference(rows, to_us=end_of(rows) - 10 * SECOND - 1)


def test_what_a_crash_left_half_written_is_completed(tmp_path, rows, expected) -> None:
    log, found = write(tmp_path / "log.jsonl", rows), tmp_path / "found.jsonl"
    words = (log, "--until-end", "--findings", found, "--state", tmp_path / "state")
    run(*words)
    whole = found.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1, len(whole)):
        found.write_bytes(whole[:size])
        run(*words)
        assert found.read_bytes() == whole
    found.write_bytes(b"something else\n" + whole)
    with pytest.raises(InputError, match="other findings than the state"):
        run(*words)


def test_the_same_log_sent_again_through_a_pipe_repeats_nothing(tmp_path, rows, expected) -> None:
    text = f"{header_line(rows)}\n{lines(rows)}".encode()
    state, found = tmp_path / "state", tmp_path / "found.jsonl"
    for sent in (text[: len(text) // 2], text):
        command = [*PROGRAM, "audit", "-", "--policy", POLICY, "--follow",
                   "--state", str(tmp_path / "state"), "--findings", str(found)]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
            assert process.stdin is not None
            process.stdin.write(sent)
            process.stdin.flush()
            if sent is not text:
                _wait_until(lambda: found.exists() and found.stat().st_size > 0)
                process.kill()
    assert state.exists()
    assert found_in(found) == expected


def test_a_state_for_another_policy_lateness_or_log_is_refused(tmp_path, rows) -> None:
    log = write(tmp_path / "log.jsonl", rows)
    state = tmp_path / "state"
    run(log, "--until-end", "--state", state)
    with pytest.raises(InputError, match="another policy, log or setting"):
        run(log, "--until-end", "--state", state, "--lateness", "11 s")
    other = write(tmp_path / "other.jsonl", rows[1:])
    with pytest.raises(InputError, match="another log"):
        run(other, "--until-end", "--state", state)
    with log.open("a") as file:
        file.write(lines(rows[-1:]))
    with pytest.raises(InputError, match="went on after the end"):
        run(log, "--until-end", "--state", state)


def _cut(file: Path, rng: np.random.Generator) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(rng.integers(100, len(whole) - 100))])


def _noise(file: Path, rng: np.random.Generator) -> None:
    file.write_bytes(rng.bytes(file.stat().st_size))


def _one_bit(file: Path, rng: np.random.Generator) -> None:
    """In one of the saved tables, where SQLite itself sees nothing."""
    with closing(sqlite3.connect(file)) as db, db:
        names = [name for (name,) in db.execute("SELECT name FROM state ORDER BY name")]
        name = names[int(rng.integers(len(names)))]
        (content,) = db.execute("SELECT content FROM state WHERE name = ?", (name,)).fetchone()
        changed = bytearray(content)
        changed[int(rng.integers(len(changed)))] ^= 1
        db.execute("UPDATE state SET content = ? WHERE name = ?", (bytes(changed), name))


def _a_part_less(file: Path, rng: np.random.Generator) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DELETE FROM state WHERE name = 'held'")


def _a_trigger(file: Path, rng: np.random.Generator) -> None:
    """SQL of a stranger that would run when the state is saved."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TRIGGER evil AFTER INSERT ON finding BEGIN DELETE FROM finding; END")


def _a_view(file: Path, rng: np.random.Generator) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DROP TABLE state")
        db.execute("CREATE VIEW state AS SELECT 'numbers' AS name, x'00' AS content")


DAMAGE = (_cut, _noise, _one_bit, _a_part_less, _a_trigger, _a_view)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_state_is_one_clear_error(tmp_path, rows, damage, seed) -> None:
    log = write(tmp_path / "log.jsonl", rows[:400])
    state = tmp_path / "state"
    run(log, "--until-end", "--state", state)
    damage(state / "follow.sqlite", np.random.default_rng(np.random.SeedSequence(seed)))
    with pytest.raises(InputError) as caught:
        run(log, "--until-end", "--state", state)
    assert "\n" not in str(caught.value)


HOSTILE = (
    "not json",
    "{" * 5_000,
    '{"event": 1, "time": ' + "[" * 30_000 + "]" * 30_000 + "}",
    '{"event": 1, "event": 2, "time": "2026-01-01T00:00:00Z", "kind": "deployment.end"}',
    '{"event": 99999999999999999999, "time": "2026-01-01T00:00:00Z", "kind": "deployment.end"}',
    '{"event": -1, "time": "2026-01-01T00:00:00Z", "kind": "deployment.end"}',
    '{"event": 5, "time": "1000000-01-01T00:00:00Z", "kind": "deployment.end"}',
    '{"event": 5, "time": 12, "kind": "deployment.end"}',
    '{"event": 5, "time": "2026-01-01T00:00:00Z"}',
    '{"event": 5, "time": "2026-01-01T00:00:00Z", "kind": ["deployment.end"]}',
    '{"event": 5, "time": "2026-01-01T00:00:00Z", "kind": "deployment.end", "deployment": 1e400}',
    '{"event": 5, "time": "2026-01-01T00:00:00Z", "kind": "' + "x" * 300 + '"}',
    "[1, 2, 3]",
    "\x00\x01\x02",
    "null",
    '"; DROP TABLE finding; --',
    "x" * 70_000,
)


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:24])
def test_a_hostile_line_is_counted_and_the_rest_is_judged(tmp_path, rows, expected, line) -> None:
    log, found = tmp_path / "log.jsonl", tmp_path / "found.jsonl"
    some = rows[:300]
    half = len(some) // 2
    log.write_text(
        f"{header_line(some)}\n{lines(some[:half])}{line}\n{lines(some[half:])}", encoding="utf-8"
    )
    output = run(log, "--until-end", "--findings", found)
    assert "1 lines are no event" in output
    clean = write(tmp_path / "clean.jsonl", some)
    run(clean, "--until-end", "--findings", tmp_path / "clean.found.jsonl")
    assert found.read_bytes() == (tmp_path / "clean.found.jsonl").read_bytes()
    assert found_in(found)


def test_what_cannot_be_followed_is_one_clear_error(tmp_path) -> None:
    (tmp_path / "log.csv").write_text("event,time,kind\n")
    with pytest.raises(InputError, match="no form of log that can be followed"):
        run(tmp_path / "log.csv")
    with pytest.raises(InputError, match="cannot be opened"):
        run(tmp_path / "nothing.jsonl")
    with pytest.raises(InputError, match="--lateness"):
        run(tmp_path / "log.csv", "--lateness", "soon")
    (tmp_path / "log.jsonl").write_text('{"schema": "probity/events/1"}\n')
    with pytest.raises(InputError, match="header"):
        run(tmp_path / "log.jsonl", "--until-end")


def test_json_follows_its_schema(tmp_path, rows, expected) -> None:
    """Findings, one a line, and the summary after them; while the log goes on, and at its end."""
    schema = json.loads((ROOT / "docs/reference/schemas/audit-follow.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    one = jsonschema.Draft202012Validator(
        {**schema["$defs"]["finding"], "$defs": schema["$defs"]},
    )
    log = write(tmp_path / "log.jsonl", rows)
    for words in (("--until-end",), ("--until-end", "--forget-after", "3 h")):
        lines_before, brace, document = run(log, *words, "--format", "json").partition("{\n")
        summary = json.loads(brace + document)
        jsonschema.validate(summary, schema)
        findings = [json.loads(line) for line in lines_before.splitlines()]
        assert len(findings) == sum(rule["findings"] for rule in summary["rules"]) > 0
        for finding in findings:
            one.validate(finding)


@pytest.mark.parametrize(
    ("rotated", "problem"), [(False, "the log is gone"), (True, "another file is in the place")]
)
def test_a_log_that_is_rotated_is_not_waited_for(tmp_path, rotated: bool, problem: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": 1}\n')
    steps = open_source(str(path), ("event", "time", "kind"), until_end=False).steps(
        0, stopped=lambda: False
    )
    assert next(steps) == (None, path.stat().st_size)
    assert next(steps) is None
    path.rename(tmp_path / "log.jsonl.1")
    if rotated:
        path.write_text('{"event": 1}\n' * 9)
    with pytest.raises(InputError, match=problem):
        next(steps)


def test_a_pipe_ends_where_its_header_says(tmp_path) -> None:
    rows = [{"event": 1, "time": START_US, "kind": "template.created", "template": 1,
             "deployment": 1}]  # fmt: skip
    header = json.loads(header_line(rows)) | {"to_us": START_US + 10 * SECOND}
    header["kinds"] += ["alert.raised"]
    text = f"{json.dumps(header)}\n{lines(rows)}"
    (tmp_path / "log.jsonl").write_text(text)
    of_file = run(tmp_path / "log.jsonl", "--until-end")
    assert re.search("^R01 +breached: 1 checked, 1 breaches, 0 open$", of_file, re.MULTILINE)
    read, write_end = os.pipe()
    os.write(write_end, text.encode())
    os.close(write_end)
    command = [*PROGRAM, "audit", "-", "--policy", POLICY, "--follow"]
    with os.fdopen(read) as pipe:
        told = subprocess.run(command, stdin=pipe, capture_output=True, text=True, check=True)
    assert told.stdout == of_file


RATE = """
schema = "probity/policy/1"
name = "a-rate"
title = "A policy with a rate"
operator = "Operator"
document = "Document"
version = "1"
mode = ["live"]

[[rules]]
id = "R1"
title = "No rejections"
paragraph = "1"
paraphrase = "Hardly any alert is rejected."
source = "https://force.example/policy"
status = "DERIVED"
breach = "Too many alerts are rejected."
[rules.check]
template = "rate"
of = "alert.adjudicated(alert: alert, decision: decision)"
cases = 'decision = "reject"'
relation = "at most"
limit = "0.1"
population = "alerts"
"""


def test_a_rate_in_breach_fails_where_a_breach_is_to(tmp_path) -> None:
    (tmp_path / "rate.toml").write_text(RATE)
    rejected = {"kind": "alert.adjudicated", "decision": "reject"}
    rows = [{**rejected, "event": n, "time": START_US + n * SECOND, "alert": n} for n in range(40)]
    log = write(tmp_path / "log.jsonl", rows)
    words = ["audit", str(log), "--policy", str(tmp_path / "rate.toml"), "--fail-on", "breach"]
    for further in ([], ["--follow", "--until-end"]):
        result = CliRunner().invoke(app, [*words, *further])
        assert "breached" in result.stdout.casefold()
        assert result.exit_code == 1


def test_an_engine_cannot_be_chosen_for_a_stream(tmp_path, rows) -> None:
    log = write(tmp_path / "log.jsonl", rows[:20])
    assert "no --engine" in run(log, "--until-end", "--engine", "reference", code=2, errors=True)


def test_what_is_kept_without_end_is_said_first_and_last(tmp_path, rows) -> None:
    log = write(tmp_path / "log.jsonl", rows)
    words = ["audit", str(log), "--policy", POLICY, "--follow", "--until-end"]
    said = CliRunner().invoke(app, words)
    assert said.stderr.startswith("R08, R09, R44, R44-compared, R44-cancelled, R50, R72, R76, R76")
    assert re.search(r"^[1-9][0-9,]* events are still needed, and more will be: R08,", said.stdout,
                     re.MULTILINE)  # fmt: skip
    bounded = CliRunner().invoke(app, [*words, "--forget-after", "3 h"])
    assert not bounded.stderr
    assert "still needed" not in bounded.stdout


def test_forgetting_is_said(tmp_path, rows) -> None:
    """An authority given an hour before the start is forgotten two hours into the deployment."""
    log = write(tmp_path / "log.jsonl", rows)
    output = run(log, "--until-end", "--forget-after", "3 h")
    assert "counts as if it never happened in: R08, R09, R44, R44-compared" in output
    bounded = re.search(r"R44-compared .* checked, ([0-9,]+) breaches", output)
    whole = run(log, "--until-end")
    assert "never happened" not in whole
    unbounded = re.search(r"R44-compared .* checked, ([0-9,]+) breaches", whole)
    assert unbounded is not None
    assert int(unbounded[1].replace(",", "")) == FACES // 3
    assert bounded is not None
    assert int(bounded[1].replace(",", "")) > FACES // 3 + 100


def _wait_for(path: Path) -> None:
    _wait_until(path.exists)


def _wait_until(done) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
