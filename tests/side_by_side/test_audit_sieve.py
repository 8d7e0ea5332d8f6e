"""What a sieve leaves out, the rule would have found right: with and without it, one outcome."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generated_logs import GeneratedLog, logs
from probity.audit.duckdb_session import open_session
from probity.audit.engine import duckdb_log, duckdb_run, sieve
from probity.audit.engine.sieve import Sieve, sieve_of, slices
from probity.audit.language import parse_event, parse_formula
from probity.audit.reference import judge
from probity.audit.rule import Rule, TemporalRule
from rule_tables import rule_of

SETTINGS = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
RULES = [
    "EVENTUALLY[0, 2 s] alert.deleted(alert: a)",
    "EVENTUALLY[0, 5 s] (alert.adjudicated(alert: a) OR alert.deleted(alert: a))",
    "EVENTUALLY alert.adjudicated(alert: a)",
    "ONCE[0, 2 s] alert.deleted(alert: a)",
    "ONCE (alert.adjudicated(alert: a) OR alert.deleted(alert: a))",
    "EVENTUALLY[0, 1 s] alert.deleted(alert: a) OR ONCE[0, 1 s] alert.adjudicated(alert: a)",
    "EVENTUALLY[0, 5 s] alert.deleted(alert: a) OR s >= 2",
    'EVENTUALLY[0, 0 s] (alert.deleted(alert: a) OR alert.adjudicated(alert: a, decision: "x"))',
]


@st.composite
def sieved_cases(draw: st.DrawFn) -> tuple[Rule, GeneratedLog]:
    """A rule that has a sieve, and a log in which the ids meet."""
    rule = rule_of("alert.raised(alert: a, score: s)", draw(st.sampled_from(RULES)))
    return rule, draw(logs(kinds=("alert.raised", "alert.adjudicated", "alert.deleted")))


def require_agreement(rule: Rule, log: GeneratedLog, folder: Path, monkeypatch) -> None:
    """Many ids or few, in order or not, numbers read or not."""
    path = folder / "log.parquet"
    monkeypatch.setattr(duckdb_log, "BULK_SHARE", 0.0)
    expected = judge([rule], log.rows, to_us=log.to_us)
    for order, bits in (("time", 22), ("alert", 2)):
        table = log.table().sort_by(order)
        pq.write_table(table, path, row_group_size=4)
        monkeypatch.setattr(sieve, "KEY_BITS", bits)
        found = duckdb_run.run(
            [rule], parquet=path, columns=table.column_names, to_us=log.to_us, threads=1
        )
        assert found == expected, rule.check


@settings(SETTINGS, max_examples=60, phases=[Phase.generate])
@given(case=sieved_cases())
def test_rules_with_a_sieve(case, tmp_path, monkeypatch):
    require_agreement(*case, tmp_path, monkeypatch)


@pytest.mark.verify
@settings(SETTINGS, max_examples=1_000, derandomize=False)
@given(case=sieved_cases())
def test_1000_rules_with_a_sieve(case, tmp_path, monkeypatch):
    require_agreement(*case, tmp_path, monkeypatch)


def check_of(for_each: str, require: str, *, when: str | None = None) -> TemporalRule:
    condition = None if when is None else parse_formula(when)
    return TemporalRule(
        for_each=parse_event(for_each), require=parse_formula(require), when=condition
    )


BULK = {"alert.raised", "alert.deleted"}
ALL_BULK = BULK | {"alert.adjudicated"}


def test_a_sieve_follows_from_the_formula():
    found = sieve_of(check_of("alert.raised(alert: a)", RULES[1]), BULK)
    proofs = ("alert.adjudicated", "alert.deleted")
    assert found == Sieve("alert.raised", proofs, "alert", 5_000_000, True)
    back = sieve_of(check_of("alert.raised(alert: a)", RULES[3]), BULK)
    assert back == Sieve("alert.raised", ("alert.deleted",), "alert", 2_000_000, False)


@pytest.mark.parametrize(
    ("require", "when"),
    [
        (RULES[0], "a = 1"),
        ("EVENTUALLY[1 s, 2 s] alert.deleted(alert: a)", None),
        ('EVENTUALLY[0, 2 s] alert.adjudicated(alert: a, decision: "x")', None),
        ("NOT (EVENTUALLY[0, 2 s] alert.deleted(alert: a))", None),
        (f"({RULES[0]}) AND ({RULES[3]})", None),
        (f"({RULES[0]}) OR ONCE alert.deleted(alert: a)", None),
        ("EVENTUALLY[0, 2 s] alert.adjudicated(alert: a)", None),
    ],
    ids=["when", "not at once", "value", "negated", "both", "named twice", "rare"],
)
def test_no_sieve_where_one_event_is_not_enough_or_not_worth_it(require, when):
    bulk = BULK if require.endswith("adjudicated(alert: a)") else ALL_BULK
    assert sieve_of(check_of("alert.raised(alert: a)", require, when=when), bulk) is None


def test_ids_in_the_order_of_the_log_are_divided(tmp_path, monkeypatch):
    path = tmp_path / "log.parquet"
    monkeypatch.setattr(sieve, "KEY_BITS", 3)

    def divided(ids: list[int]) -> list[tuple[int | None, int | None]]:
        rows = [{"event": n, "time": n, "kind": "k", "alert": a} for n, a in enumerate(ids)]
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=5)
        with open_session([path]) as session:
            return slices(session, [path], "alert")

    assert divided(list(range(20))) == [(None, 5), (6, 11), (12, 17), (18, None)]
    assert divided(list(range(6))) == [(None, None)]
    # Every row group holds ids from all over, or ids lie so far apart that arrays would be empty.
    assert divided([n * 7 % 20 for n in range(20)]) == [(None, None)]
    assert divided([0] * 5 + [2**62] * 5) == [(None, None)]
