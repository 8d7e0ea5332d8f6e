"""One run, one log, every engine: reference, DuckDB, stream and Spark find the same events."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generated_logs import LAST, SECOND, GeneratedLog, logs, rules
from probity.audit.engine import duckdb_run, spark_run
from probity.audit.reference import judge
from probity.audit.rule import Rule
from spark_here import needs_java, spark
from streamed_logs import streamed

pytestmark = [needs_java, pytest.mark.verify]
__all__ = ["spark"]

SETTINGS = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@st.composite
def policies(draw: st.DrawFn) -> list[Rule]:
    """Rules as one policy: Spark then starts once for all of them."""
    drawn = draw(st.lists(rules(), min_size=5, max_size=5))
    return [replace(rule, rule_id=f"R{number}") for number, rule in enumerate(drawn)]


def outcomes(policy: Sequence[Rule], log: GeneratedLog, folder: Path, session: Any) -> dict:
    """What each engine says of every rule."""
    path, table = folder / "log.parquet", log.table()
    pq.write_table(table, path)
    what = {"parquet": path, "columns": table.column_names, "to_us": log.to_us}
    late = (LAST + 1) * SECOND
    as_sent = GeneratedLog(log.rows, log.to_us).table(tidy=False)
    _, from_stream = streamed(
        policy, as_sent, [len(as_sent) // 2], to_us=log.to_us, lateness_us=late
    )
    return {
        "reference": tuple(judge(policy, log.rows, to_us=log.to_us)),
        "duckdb": duckdb_run.run(policy, threads=1, **what),
        "stream": tuple(from_stream),
        "spark": spark_run.run(policy, session=session, **what),
    }


@settings(SETTINGS, max_examples=5, phases=[Phase.generate])
@given(policy=policies(), log=logs())
def test_every_engine_finds_the_same_events(policy, log, tmp_path, spark):
    found = outcomes(policy, log, tmp_path, spark)
    for engine, said in found.items():
        assert said == found["reference"], engine
