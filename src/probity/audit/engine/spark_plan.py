"""Cutting a query for Spark, which copies a step into every place that reads it.

Steps that read each other twice, and so on ten times over, would be a plan of a thousand copies.
A step whose copies would be large is therefore computed first, once.
"""

from collections import Counter
from dataclasses import dataclass

from sqlglot import exp

from probity.audit.engine.sql import Step, within

LARGEST = 60
"""Steps, counted with copies, from which a step that is read more than once is computed first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps to compute first, in this order and under their names, and the query that is left."""

    first: tuple[Step, ...]
    query: exp.Query


def in_parts(query: exp.Query, *, largest: int = LARGEST) -> Plan:
    """Cut a query with steps (``WITH``), so that no part grows out of proportion to its steps."""
    body = query.copy()
    steps = {one.alias: one.this for one in body.ctes}
    body.set("with_", None)
    reads = {name: _read(step, steps) for name, step in steps.items()}
    readers: Counter[str] = Counter()
    for read in (*reads.values(), _read(body, steps)):
        readers.update(read)
    sizes: dict[str, int] = {}
    first: list[Step] = []
    for name, step in steps.items():
        sizes[name] = 1 + sum(sizes[one] for one in reads[name])
        if sizes[name] > largest and readers[name] > 1:
            left = {one: steps[one] for one in steps if one not in {cut.name for cut in first}}
            first.append(Step(name, _with_what_it_reads(step, left)))
            sizes[name] = 1
    left = {one: steps[one] for one in steps if one not in {cut.name for cut in first}}
    return Plan(tuple(first), _with_what_it_reads(body, left))


def _read(query: exp.Expr, steps: dict[str, exp.Query]) -> list[str]:
    return [table.name for table in query.find_all(exp.Table) if table.name in steps]


def _with_what_it_reads(query: exp.Query, steps: dict[str, exp.Query]) -> exp.Query:
    needed: set[str] = set()
    waiting = _read(query, steps)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _read(steps[name], steps)
    kept = [Step(name, step.copy()) for name, step in steps.items() if name in needed]
    return within(query.copy(), kept)
