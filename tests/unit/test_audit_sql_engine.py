"""Every operator of the rule language in SQL, against what it gives by hand."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from probity.audit.engine import run
from probity.audit.guarded import require_guarded
from probity.audit.language import parse_event, parse_formula
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule, TemporalRule
from probity.core.event import FIELDS
from probity.core.event_columns import arrow_schema

SECOND = 1_000_000
# (event, second, kind, fields)
LOG = [
    (1, 1, "alert.raised", {"alert": 1, "deployment": 7, "score": 0.7}),
    (2, 2, "alert.raised", {"alert": 2, "deployment": 7}),
    (3, 3, "alert.raised", {"alert": 3, "deployment": 7, "score": 0.5}),
    (4, 3, "alert.adjudicated", {"alert": 1, "decision": "accept", "actor": 1}),
    (5, 4, "alert.adjudicated", {"alert": 1, "decision": "reject", "actor": 2}),
    (6, 6, "alert.deleted", {"alert": 1}),
    (7, 9, "alert.raised", {"alert": 4, "deployment": 8, "score": 0.9}),
    (8, 9, "alert.deleted", {"alert": 3}),
    (9, 9, "alert.adjudicated", {"alert": 4}),
]
FIELDS_USED = ("alert", "deployment", "score", "decision", "actor")


def judged(
    for_each: str, require: str, folder: Path, *, when: str | None = None, to_s: int = 10
) -> tuple[int, list[int], list[int], list[int]]:
    """Checked, breached, undecided, unknown."""
    check = TemporalRule(
        for_each=parse_event(for_each),
        require=parse_formula(require),
        when=None if when is None else parse_formula(when),
    )
    found = outcome_of(check, folder, to_s=to_s)
    assert isinstance(found, Outcome)
    return (
        found.checked,
        found.breached.tolist(),
        found.undecided.tolist(),
        found.unknown.tolist(),
    )


def outcome_of(check, folder: Path, *, to_s: int = 10):
    require_guarded(check)
    rows = [
        {"event": event, "time": second * SECOND, "kind": kind, **fields}
        for event, second, kind, fields in LOG
    ]
    schema = arrow_schema(FIELDS_USED)
    path = folder / "log.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    rule = Rule(
        rule_id="R",
        title="t",
        paragraph="p",
        paraphrase="p",
        source_url="https://example.org/",
        status="DERIVED",
        check=check,
    )
    columns = [name for name in schema.names if name in FIELDS]
    (found,) = run([rule], parquet=path, columns=columns, to_us=to_s * SECOND, threads=1)
    return found


@pytest.mark.parametrize(
    ("for_each", "require", "expected"),
    [
        # Alert 2 is never deleted, and had until second 7; 4 has until second 14, after the end.
        (
            "alert.raised(alert: a)",
            "EVENTUALLY[0, 5 s] alert.deleted(alert: a)",
            (4, [2, 3], [7], []),
        ),
        ("alert.raised(alert: a)", "EVENTUALLY alert.deleted(alert: a)", (4, [], [2, 7], [])),
        # The interval is closed: alert 1 after exactly 5 s, alert 3 after exactly 6 s.
        (
            "alert.raised(alert: a)",
            "EVENTUALLY[6 s, 6 s] alert.deleted(alert: a)",
            (4, [1, 2], [7], []),
        ),
        ("alert.deleted(alert: a)", "ONCE[0, 5 s] alert.raised(alert: a)", (2, [8], [], [])),
        ("alert.raised(alert: a, score: s)", "s >= 0.6", (4, [3], [], [2])),
        ("alert.raised(alert: a, score: s)", "s IN (0.7, 0.9)", (4, [3], [], [2])),
        ("alert.raised(alert: a, score: s)", "PRESENT s", (4, [2], [], [])),
        ("alert.raised(alert: a, score: s)", "NOT (s >= 0.6)", (4, [1, 7], [], [2])),
        ("alert.raised(alert: a, score: s)", "s + 0.25 >= 0.95 OR a = 3", (4, [], [], [2])),
        # At one instant: the order within it means nothing.
        ("alert.adjudicated(alert: a)", "alert.raised(alert: a)", (3, [4, 5], [], [])),
        # Nobody said accept after reject: event 5 itself is a reject.
        (
            "alert.deleted(alert: a)",
            '(NOT alert.adjudicated(alert: a, decision: "reject")) SINCE alert.raised(alert: a)',
            (2, [6], [], []),
        ),
        # What stops at the very instant of the start does not stop it.
        (
            "alert.adjudicated(alert: a)",
            "(NOT alert.adjudicated(alert: a)) SINCE alert.raised(alert: a)",
            (3, [4, 5], [], []),
        ),
        # 1: deleted after a reject; 2: no end; 3: nobody judged it; 4: the log ends.
        (
            "alert.raised(alert: a)",
            '(NOT alert.adjudicated(alert: a, decision: "reject")) UNTIL[0, 7 s] '
            "alert.deleted(alert: a)",
            (4, [1, 2], [7], []),
        ),
        (
            "alert.deleted(alert: a)",
            "COUNT p. (EXISTS d. (ONCE alert.adjudicated(alert: a, actor: p, decision: d))) = 2",
            (2, [8], [], []),
        ),
        # While the log may go on, there may be more: never surely at most one, or surely less.
        (
            "alert.raised(alert: a)",
            "COUNT p. (EVENTUALLY[0, 8 s] alert.adjudicated(alert: a, actor: p)) <= 1",
            (4, [1], [3, 7], []),
        ),
        ("alert.adjudicated(alert: a, decision: d)", 'd = "accept"', (3, [5], [], [9])),
        (
            "alert.deleted(alert: a)",
            "FORALL p. (ONCE alert.adjudicated(alert: a, actor: p) IMPLIES p = 1)",
            (2, [6], [], []),
        ),
        # A temporal operator within another, with a value of the instance inside.
        (
            "alert.deleted(alert: a)",
            "ONCE (alert.raised(alert: a) AND EVENTUALLY[0, 2 s] alert.adjudicated(alert: a))",
            (2, [8], [], []),
        ),
        # Both directions around now are one window.
        (
            "alert.adjudicated(alert: a)",
            "ONCE[0, 1 s] alert.deleted(alert: a) OR EVENTUALLY[0, 2 s] alert.deleted(alert: a)",
            (3, [4], [9], []),
        ),
    ],
)
def test_operator(for_each, require, expected, tmp_path):
    assert judged(for_each, require, tmp_path) == expected


def test_an_instance_that_may_be_none_is_unknown_whatever_is_required(tmp_path):
    found = judged(
        "alert.raised(alert: a, score: s)",
        "EVENTUALLY[0, 1 s] alert.deleted(alert: a)",
        tmp_path,
        when="s >= 0.6",
    )
    # The deadline of event 7 is the last moment of the log: decided.
    assert found == (3, [1, 7], [], [2])


def test_events_after_the_end_are_left_out(tmp_path):
    found = judged("alert.raised(alert: a)", "ONCE alert.deleted(alert: a)", tmp_path, to_s=8)
    assert found == (3, [1, 2, 3], [], [])


def test_rate(tmp_path):
    check = RateRule(
        of=parse_event("alert.raised(alert: a, score: s)"),
        cases=parse_formula("s >= 0.6"),
        relation="at most",
        limit=0.5,
        population="alerts",
    )
    assert outcome_of(check, tmp_path) == RateCount(rule_id="R", of=4, cases=2, unknown=1)


def test_text_of_a_rule_is_never_sql(tmp_path):
    hostile = "alert.adjudicated(alert: a, decision: d)", 'd = "\'; DROP TABLE events_0; --"'
    assert judged(*hostile, tmp_path) == (3, [4, 5], [], [9])
