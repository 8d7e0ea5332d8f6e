"""A log given to the stream monitor in batches, with its state saved and taken up after each."""

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from probity.audit.rule import Rule
from probity.audit.stream.monitor import StreamMonitor
from probity.audit.stream.saved import numbers_of, restore, tables_of


def streamed(
    rules: Sequence[Rule], table: pa.Table, cuts: Sequence[int], *, to_us: int, lateness_us: int
):
    """Run rules over batches; after each batch the state is saved and given to a new monitor."""
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
        saved = json.dumps(numbers_of(monitor)), tables_of(monitor)
        monitor = StreamMonitor(rules, lateness_us=lateness_us, to_us=to_us)
        restore(monitor, json.loads(saved[0]), saved[1])
        for store in monitor.stores.values():
            # So that even logs of twenty events have something dropped.
            store._rows_after_pruning = -1_000
    keep(monitor.finish())
    return monitor, monitor.outcomes(breached, unknown)
