"""The SQL engine says, event for event, what the plain reference monitor says."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from generated_logs import GeneratedLog, cases
from probity.audit.engine import duckdb_log, duckdb_run
from probity.audit.reference import judge
from probity.audit.rule import Rule

SETTINGS = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def require_agreement(rule: Rule, log: GeneratedLog, folder: Path, monkeypatch) -> None:
    """Kinds read where they lie, and kinds copied once, both give what the reference gives."""
    path = folder / "log.parquet"
    table = log.table()
    pq.write_table(table, path)
    expected = judge([rule], log.rows, to_us=log.to_us)
    for share in (0.0, 1.0):
        monkeypatch.setattr(duckdb_log, "BULK_SHARE", share)
        found = duckdb_run.run(
            [rule], parquet=path, columns=table.column_names, to_us=log.to_us, threads=1
        )
        assert found == expected, rule.check


@settings(SETTINGS, max_examples=40, phases=[Phase.generate])
@given(case=cases())
def test_generated_rules_over_generated_logs(case, tmp_path, monkeypatch):
    require_agreement(*case, tmp_path, monkeypatch)


@pytest.mark.verify
@settings(SETTINGS, max_examples=500, derandomize=False)
@given(case=cases())
def test_500_generated_rules_over_generated_logs(case, tmp_path, monkeypatch):
    require_agreement(*case, tmp_path, monkeypatch)
