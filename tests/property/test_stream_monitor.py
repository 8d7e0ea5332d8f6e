"""The stream monitor says, event for event, what the plain reference monitor says.

However the log is cut into batches, and in whatever order events come within the lateness.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generated_logs import LAST, SECOND, GeneratedLog, cases
from probity.audit.reference import judge
from probity.audit.rule import Rule
from probity.audit.stream.monitor import StreamMonitor

SETTINGS = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def streamed(
    rules: Sequence[Rule], table: pa.Table, cuts: Sequence[int], *, to_us: int, lateness_us: int
):
    monitor = StreamMonitor(rules, lateness_us=lateness_us, to_us=to_us)
    breached, unknown = defaultdict(list), defaultdict(list)

    def keep(decided):
        for one in decided:
            breached[one.rule_id] += [breach.event for breach in one.breaches]
            unknown[one.rule_id] += one.unknown.tolist()

    edges = [0, *sorted(cuts), len(table)]
    for first, last in pairwise(edges):
        for batch in table.slice(first, last - first).to_batches():
            monitor.add(batch)
        keep(monitor.advance())
        for store in monitor.stores.values():
            # So that even logs of twenty events have something dropped.
            store._rows_after_pruning = -1_000
    keep(monitor.finish())
    return monitor, monitor.outcomes(breached, unknown)


def require_agreement(rule: Rule, log: GeneratedLog, data: st.DataObject) -> None:
    rows = list(log.rows) if data.draw(st.booleans()) else list(log.tidy)
    shuffled = rows == list(log.rows)
    lateness = (LAST + 1) * SECOND if shuffled else data.draw(st.sampled_from([0, 1, SECOND]))
    table = GeneratedLog(tuple(rows), log.to_us).table(tidy=False)
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=6))
    expected = judge([rule], log.rows, to_us=log.to_us)
    monitor, got = streamed([rule], table, cuts, to_us=log.to_us, lateness_us=lateness)
    assert got == expected, rule.check
    assert monitor.reorder.too_late == 0


@settings(SETTINGS, max_examples=120, phases=[Phase.generate])
@given(case=cases(), data=st.data())
def test_generated_rules_over_generated_streams(case, data):
    require_agreement(*case, data)


@pytest.mark.verify
@settings(SETTINGS, max_examples=2000, derandomize=False)
@given(case=cases(), data=st.data())
def test_2000_generated_rules_over_generated_streams(case, data):
    require_agreement(*case, data)
