"""The comparisons of engines have teeth: engines that are wrong by a little must fail them."""

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from generated_logs import SECOND, GeneratedLog, cases
from people import people
from probity.audit.engine import duckdb_run
from probity.audit.reference import judge
from probity.audit.rule import Rule
from probity.performance.engine import compare_all_pairs
from probity.performance.engine.reference import exact_scores

pytestmark = pytest.mark.control


def disagreements(folder: Path, *, until: int) -> int:
    """Generated cases in which the engine, told another end of the log, says something else."""
    found = []

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=cases())
    def look(case: tuple[Rule, GeneratedLog]) -> None:
        rule, log = case
        path = folder / "log.parquet"
        table = log.table()
        pq.write_table(table, path)
        wrong = duckdb_run.run(
            [rule], parquet=path, columns=table.column_names, to_us=log.to_us + until, threads=1
        )
        if wrong != judge([rule], log.rows, to_us=log.to_us):
            found.append(case)

    look()
    return len(found)


def test_an_audit_engine_that_mistakes_the_end_of_the_log_is_caught(tmp_path: Path) -> None:
    assert disagreements(tmp_path, until=0) == 0
    assert disagreements(tmp_path, until=2 * SECOND) > 0


@pytest.mark.parametrize("screen", ["int16", "float32"])
def test_a_comparison_engine_that_takes_more_than_for_at_least_is_caught(screen: str) -> None:
    given = people(probes=50, references=40, dimension=7, subjects=10, groups=2)
    scores = np.unique(exact_scores(given.probes, given.references))[::100]
    counts = partial(compare_all_pairs, given.probes, given.references, **given.labels)
    truth = counts(engine=f"reference-{screen}", thresholds=scores)
    right = counts(engine=screen, thresholds=scores)
    wrong = counts(engine=screen, thresholds=np.nextafter(scores, 2))
    at_or_above = [
        np.concatenate([one.at_or_above for one in side.strata.values()])
        for side in (truth, right, wrong)
    ]
    np.testing.assert_array_equal(at_or_above[0], at_or_above[1])
    assert (at_or_above[0] != at_or_above[2]).any()
