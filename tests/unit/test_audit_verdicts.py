"""From counts to verdicts, and from breaches to sentences, where the stories do not reach."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from event_logs import json_lines, write_parquet
from probity.audit.audit import audit
from probity.audit.log import open_log
from probity.audit.outcome import Verdict
from probity.audit.plain_times import plain_length, plain_moment
from probity.audit.policy_file import load_policy, parse_policy
from probity.core.event import EVENT_SCHEMA
from probity.core.event_columns import LogHeader
from stories import START_US, given

FLAGGED = b"""
schema = "probity/policy/1"
name = "own"
title = "T"
operator = "O"
document = "D"
version = "1"
mode = ["live"]

[[rules]]
id = "R1"
title = "T"
paragraph = "1"
paraphrase = "P"
source = "https://force.example/policy"
status = "FOUND"
breach = "Alert {alert} of {score}."
[rules.check]
for_each = "alert.raised(alert: alert, score: score)"
require = "score >= 0.6 OR ONCE authority.granted(urgent: true)"
"""


@pytest.mark.parametrize(
    ("length_us", "words"),
    [
        (0, "0 µs"),
        (999, "999 µs"),
        (1_500, "1.5 ms"),
        (2_000_001, "2.000001 s"),
        (27 * 3_600_000_000 + 12 * 60_000_000 + 5_000_000, "27 h 12 min"),
        (86_400_000_000 + 1_000_000, "24 h 1 s"),
        (49 * 3_600_000_000, "2 d 1 h"),
    ],
)
def test_lengths_of_time(length_us: int, words: str) -> None:
    assert plain_length(length_us) == words


def test_a_moment_has_its_fraction_and_no_noughts() -> None:
    assert plain_moment(START_US + 250_000) == "2025-06-01 09:00:00.25 UTC"
    assert plain_moment(2**62) == f"{2**62} µs since 1970"


def test_a_missing_value_is_not_observable_unless_something_is_certainly_in_breach(
    tmp_path: Path,
) -> None:
    silent = "1 s | alert.raised alert=1 deployment=1 template=1"
    urgent = "0 | authority.granted authority=1 deployment=2 rank=4 window_start=0s window_end=1h"
    policy = parse_policy(FLAGGED, file="own.toml")

    def verdict(lines: str) -> tuple[Verdict | None, tuple[str, ...], int]:
        (one,) = audit(given(lines).log(tmp_path), policy, engine="reference").rules
        return one.verdict, one.missing, len(one.breached)

    # Nothing says whether the authority was urgent, so that no rule can rest on it.
    assert verdict(f"{urgent}\n{silent}")[1] == ("authority.granted never states its urgent",)
    known = f"{urgent} urgent=false\n{silent}"
    found, missing, _ = verdict(known)
    assert found is Verdict.NOT_OBSERVABLE
    assert missing == (
        "a value that the rule needs is missing in 1 of 1 instances",
        "alert.raised never states its score",
    )
    below = f"{known}\n2 s | alert.raised alert=2 deployment=1 template=2 score=0.5"
    assert verdict(below)[::2] == (Verdict.BREACHED, 1)
    above = f"{known}\n2 s | alert.raised alert=2 deployment=1 template=2 score=0.7"
    assert verdict(above)[0] is Verdict.NOT_OBSERVABLE


def test_the_nearest_of_many_events_is_the_one_that_is_told() -> None:
    lines = "0 | alert.raised alert=1 deployment=1 template=1\n"
    lines += "".join(f"{hours} h | alert.deleted alert=1\n" for hours in (90, 30, 60))
    told = given(lines).told("npl-2023", "R06")
    (finding,) = told.findings
    assert "alert.deleted came 30 h after, allowed 24 h" in finding.sentence
    assert [event.event for event in finding.related] == [2]


def test_events_of_other_alerts_prove_nothing() -> None:
    lines = "0 | alert.raised alert=1 deployment=1 template=1\n1 h | alert.deleted alert=2"
    (finding,) = given(lines).told("npl-2023", "R06").findings
    assert finding.related == ()
    assert "no alert.deleted for alert 1 up to its end" in finding.sentence


def test_the_list_that_was_not_deleted_is_told_apart_from_the_one_that_was() -> None:
    lines = """
    -3 h | watchlist.imported watchlist=7 deployment=1
    -3 h | watchlist.imported watchlist=8 deployment=1
    0 | deployment.start deployment=1
    3 h | deployment.end deployment=1
    4 h | watchlist.deleted watchlist=7
    """
    (finding,) = given(lines).told("south-wales-2018", "R09").findings
    assert "no watchlist.deleted for watchlist 8" in finding.sentence
    assert [event.event for event in finding.related] == [1]


def test_a_value_that_looks_like_a_place_is_not_filled_again(tmp_path: Path) -> None:
    own = FLAGGED.replace(
        b"alert.raised(alert: alert, score: score)",
        b"config.algorithm(algorithm: alert, version: score)",
    )
    own = own.replace(b"score >= 0.6 OR ONCE authority.granted(urgent: true)", b'alert = \\"A\\"')
    policy = parse_policy(own, file="own.toml")
    log = '0 | config.algorithm deployment=1 algorithm="{score}" version="{alert}"'
    result = audit(given(log).log(tmp_path), policy, engine="reference")
    (finding,) = result.findings(result.rules[0])
    assert finding.sentence.startswith("Alert {score} of {alert}.")


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_what_is_recorded_and_never_happened_is_a_breach_in_every_form(
    form: str, engine: str, tmp_path: Path
) -> None:
    """Nobody ever decided on an alert: JSON Lines then have no column for decisions."""
    header = LogHeader("s", ("engagement.start", "alert.adjudicated"), START_US, START_US + 10**9)
    row = {
        "event": 1,
        "time": START_US + 5,
        "kind": "engagement.start",
        "engagement": 1,
        "alert": 4,
    }
    path = tmp_path / "log"
    if form == "jsonl":
        stated = {"schema": EVENT_SCHEMA, **asdict(header)}
        path.write_text(f"{json.dumps(stated)}\n{json_lines([row])}")
    else:
        write_parquet(path, [row | {"decision": None}], header)
    with open_log(path) as log:
        result = audit(log, load_policy("met-lfr-2024-09"), engine=engine)
    found = next(one for one in result.rules if one.rule.rule_id == "R76")
    assert found.verdict is Verdict.BREACHED
    assert found.breached.tolist() == [1]
